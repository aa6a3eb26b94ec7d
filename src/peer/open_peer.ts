// Opens the peer of a run: on this event loop, in a worker, or in a process of its own.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import { mainUrl } from "../mains.ts";
import type { PeerKind } from "../model/placement.ts";
import { childPermissions } from "./child_permissions.ts";
import { denoRun, startLineProcess } from "./line_process.ts";
import { openLoopLink } from "./loop_link.ts";
import { createMessageLink, type PeerAnswer, whenReady } from "./message.ts";
import { openWorkerLink } from "./worker_link.ts";
import { PeerError, type PeerLink } from "./peer_link.ts";
import { type ProjectFlags, projectFlags } from "./project_flags.ts";

/** Catalog and clock are for a `loop` peer, modules for those with a catalog of their own; V8's flags for a process. */
export type PeerOptions = Readonly<
  {
    catalog: Catalog;
    clock: Clock;
    modules: readonly string[];
    directory: string;
    v8Flags?: readonly string[];
  }
>;

type Opener = (options: PeerOptions) => PeerLink | Promise<PeerLink>;

const OPENERS: Readonly<Record<PeerKind, Opener>> = {
  loop: ({ catalog, clock }) => openLoopLink(catalog, clock),
  worker: ({ modules }) => openWorkerLink(modules),
  process: openProcessLink,
};

/** Starts a peer of the wanted kind and resolves when it is ready. */
export async function openPeer(kind: PeerKind, options: PeerOptions): Promise<PeerLink> {
  return await OPENERS[kind](options);
}

/** Starts a peer process and resolves when it is ready. Throws PeerError. */
async function openProcessLink(
  { modules, directory, v8Flags = [] }: PeerOptions,
): Promise<PeerLink> {
  const permissions = childPermissions({ directory, modules });
  if ("missing" in permissions) {
    throw new PeerError("peer-failed", `peer process needs ${permissions.missing}`);
  }
  using project = flagsOf(modules, directory);
  const process = startLineProcess({
    program: Deno.execPath(),
    args: [
      ...denoRun(...v8Flags),
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
