/**
 * The `process` peer: the serve half runs in a Deno process of its own.
 *
 * @module
 */

import { inheritedPermissions, startLineProcess } from "./line_process.ts";
import { createMessageLink, type PeerAnswer, whenReady } from "./message.ts";
import type { PeerLink } from "./peer_link.ts";

/**
 * Starts a peer process and resolves when it is ready.
 *
 * @param modules users' modules, as absolute URLs
 * @param directory the run's private directory for socket files
 */
export async function openProcessLink(
  modules: readonly string[],
  directory: string,
): Promise<PeerLink> {
  const process = startLineProcess({
    deno: Deno.execPath(),
    args: [
      "--unstable-net",
      "--allow-net",
      "--allow-read",
      `--allow-write=${directory}`,
      ...inheritedPermissions(),
      // Without modules nothing needs an import map, and starting takes less.
      ...(modules.length === 0 ? ["--no-config"] : []),
      import.meta.resolve("./process_main.ts"),
      ...modules,
    ],
    onMessage: (message) => link.take(message as PeerAnswer),
    onFailure: (reason) => link.fail(reason),
  });
  const link = createMessageLink("process", `process ${process.pid}`, process);
  return await whenReady(link);
}
