// What the system said, without the runtime's additions.

/**
 * The reason of a failed system call in a few words: "No space left on device".
 *
 * @returns one line
 */
export function systemMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*/s, "").replaceAll(/\s+/g, " ");
}
