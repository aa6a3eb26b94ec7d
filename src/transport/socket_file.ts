// Paths for Unix-domain sockets.

import { nodeBuiltin } from "./node/node_builtins.ts";

/** Bytes of a socket's own name: 12 hexadecimal digits. */
const NAME_BYTES = 12;
/** Of the path of a socket's directory, in bytes: an address (sockaddr_un) has 108, less a slash, the name, and the NUL at the end. */
export const LONGEST_DIRECTORY_BYTES: number = 108 - 1 - NAME_BYTES - 1;

/**
 * A fresh path in `directory`. The name is short because the kernel takes at most 108 bytes of path, and random because both
 * ends of a trial, in two processes, draw names in the same directory.
 *
 * @param directory as a {@linkcode SocketDirectory} has it: where it begins with a NUL, so does the path, which is then no file
 */
export function freshSocketPath(directory: string): string {
  return `${directory}/${crypto.randomUUID().replaceAll("-", "").slice(0, NAME_BYTES)}`;
}

/** Removes a socket file; one that is gone already (Deno removes a stream listener's own), or never was one, is no error. */
export function removeSocketFile(path: string): void {
  if (path.startsWith("\0")) return;
  if (!("Deno" in globalThis)) return nodeBuiltin("node:fs").rmSync(path, { force: true });
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
