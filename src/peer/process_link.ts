// The `process` peer: the serve half runs in a Deno process of its own.

import { mainUrl } from "../mains.ts";
import { childPermissions } from "./child_permissions.ts";
import { startLineProcess } from "./line_process.ts";
import { type ProjectFlags, projectFlags } from "./project_flags.ts";
import { createMessageLink, type PeerAnswer, whenReady } from "./message.ts";
import { PeerError, type PeerLink } from "./peer_link.ts";

/**
 * Starts a peer process and resolves when it is ready. Throws PeerError when it cannot be given what it needs, or cannot start.
 */
export async function openProcessLink(
  modules: readonly string[],
  directory: string,
): Promise<PeerLink> {
  const permissions = childPermissions({ directory, modules });
  if ("missing" in permissions) {
    throw new PeerError("peer-failed", `peer process needs ${permissions.missing}`);
  }
  using project = flagsOf(modules, directory);
  const process = startLineProcess({
    deno: Deno.execPath(),
    args: [
      "--unstable-net",
      ...permissions.args,
      ...project.flags,
      mainUrl("process").href,
      ...modules,
    ],
    onMessage: (message) => link.take(message as PeerAnswer),
    onFailure: (reason) => link.fail(reason),
  });
  const link = createMessageLink("process", `process ${process.pid}`, process);
  return await whenReady(link);
}

function flagsOf(modules: readonly string[], directory: string): ProjectFlags {
  try {
    return projectFlags(modules, directory);
  } catch (error) {
    throw new PeerError("peer-failed", (error as Error).message);
  }
}
