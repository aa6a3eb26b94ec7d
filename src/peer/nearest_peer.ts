// Which peer the permissions at hand allow.

import { mainUrl } from "../mains.ts";
import { PEER_KINDS, type PeerKind } from "../model/placement.ts";
import { childPermissions } from "./child_permissions.ts";

/** A peer that can be had, and what to say where it is not the most independent one. `skip`: why none is more independent. */
export type NearestPeer = Readonly<
  { peer: PeerKind; skip?: { readonly what: string; readonly reason: string } }
>;

/** The most independent peer that the permissions allow: a process gets no more of them than this one has, a worker the same. */
export function nearestPeer(modules: readonly string[]): NearestPeer {
  const reason = peerObstacle("process", modules);
  if (reason === undefined) return { peer: "process" };
  const peer = PEER_KINDS.findLast((kind) => peerObstacle(kind, modules) === undefined) ?? "loop";
  return { peer, skip: { what: "peer process", reason: `${reason}; ${peer} is used` } };
}

/** Why a peer cannot be had. Returns one sentence without its full stop; undefined where it can. */
export function peerObstacle(kind: PeerKind, modules: readonly string[]): string | undefined {
  if (kind === "process") {
    const given = childPermissions({ modules, starts: Deno.execPath() });
    if ("missing" in given) return `permission missing: ${given.missing}`;
  }
  const source = mainUrl("worker");
  if (kind === "worker" && source.protocol === "file:") {
    const { state } = Deno.permissions.querySync({ name: "read", path: source });
    if (state !== "granted") return "permission missing: --allow-read, to load the worker's code";
  }
  return undefined;
}
