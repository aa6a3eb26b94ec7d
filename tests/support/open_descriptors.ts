// The file descriptors of this process, which go on closing in the background: connections of TLS that say goodbye, clients of HTTP.

/** Turns of the event loop until every descriptor must be closed. */
const MAX_TURNS = 2_000;

/** How many file descriptors this process has: the sanitizer does not know of those that libc opened. `undefined` where it cannot be told. */
export function openDescriptors(): number | undefined {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return undefined;
  }
}

/** Waits until there are no more of them than there were, or, where some stay open, for so long that they were left. Returns whether none was. */
export async function untilClosed(before: number | undefined): Promise<boolean> {
  const isOver = () => (openDescriptors() ?? 0) <= (before ?? 0);
  for (let turn = 0; turn < MAX_TURNS && !isOver(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return isOver();
}
