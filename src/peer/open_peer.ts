// Opens the peer of a run.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { PeerKind } from "../model/placement.ts";
import { openLoopLink } from "./loop_link.ts";
import type { PeerLink } from "./peer_link.ts";
import { openProcessLink } from "./process_link.ts";
import { openWorkerLink } from "./worker_link.ts";

export interface PeerOptions {
  /** The driver's catalog; a `loop` peer uses it as it is. */
  readonly catalog: Catalog;
  /** The driver's clock; a `loop` peer uses it as it is. */
  readonly clock: Clock;
  /** Users' modules, for peers that build a catalog of their own. */
  readonly modules: readonly string[];
  readonly directory: string;
}

/** Starts a peer of the wanted kind and resolves when it is ready. */
export async function openPeer(kind: PeerKind, options: PeerOptions): Promise<PeerLink> {
  switch (kind) {
    case "loop":
      return openLoopLink(options.catalog, options.clock);
    case "worker":
      return await openWorkerLink(options.modules);
    case "process":
      return await openProcessLink(options.modules, options.directory);
  }
}
