/**
 * Paths for Unix-domain sockets.
 *
 * @module
 */

/**
 * A fresh path in `directory`. The name is short because the kernel takes at most 108 bytes of path, and random because both
 * ends of a trial, in two processes, draw names in the same directory.
 */
export function freshSocketPath(directory: string): string {
  return `${directory}/${crypto.randomUUID().slice(0, 13)}.sock`;
}

/** Removes a socket file; one that is gone already (Deno removes a stream listener's own) is no error. */
export function removeSocketFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
