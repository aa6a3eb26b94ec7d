// Removing what a process made for itself, when it ends at once.

/** Removes the session's directory at once, for a process that ends without disposing; what is not there is no error. */
export function removeDirectory(path: string | undefined): void {
  if (path === undefined) return;
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It was never made.
  }
}
