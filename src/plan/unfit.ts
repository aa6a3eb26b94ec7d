// What a transport cannot do, as far as a plan can know it.

import type { Transport } from "../transport/transport.ts";
import type { Params } from "../model/params.ts";
import type { PeerKind, Pin } from "../model/placement.ts";

/** The workload that asks, waits for the reply and asks again; its serving end does nothing but send as many bytes back. */
const ECHOING_WORKLOAD = "ping-pong";

/**
 * Why a transport cannot be measured with a kind of peer. Returns one sentence for reports without its full stop; undefined
 * where it can.
 */
export function peerFault(transport: Transport | undefined, peer: PeerKind): string | undefined {
  return transport?.blocking && peer === "loop"
    ? "a blocking driver needs a peer on a thread of its own: --peer worker or process"
    : undefined;
}

/**
 * Why a case's parameters do not go with its transport. Returns one sentence for reports without its full stop; undefined where
 * they do.
 */
export function paramsFault(transport: Transport | undefined, params: Params): string | undefined {
  const { request, reply, pipeline, streams, address } = params;
  if (address !== undefined && !transport?.usesDirectory) {
    return `address names a Unix-domain socket, and ${transport?.name} is none`;
  }
  if (address === "abstract" && transport?.driver === "node") {
    return "node:net takes an abstract name for a file, which a peer process may not write";
  }
  if (transport?.answeredBy === "kernel" && request !== reply) {
    return `the kernel answers ${transport.name} itself, with as many bytes as it was asked with`;
  }
  if (transport?.mode === "datagram" && streams !== undefined) {
    return `${transport.name} has no connections that could be written to at once`;
  }
  if (transport?.mode === "stream" && transport.inTurn && pipeline !== undefined) {
    return `${transport.name} is request and reply in turn: none can be in flight behind another`;
  }
  if (transport?.mode !== "stream" || !transport.keepsBoundaries) return undefined;
  const { bytes, read } = params;
  return typeof bytes === "number" && typeof read === "number" && read < bytes
    ? `${transport.name} is read a whole message at a time: one of ${bytes} bytes does not go into a read buffer of ${read}`
    : undefined;
}

/**
 * Why a workload cannot run over a transport. Returns one sentence for reports without its full stop; undefined where it can.
 */
export function workloadFault(
  transport: Transport | undefined,
  workload: string,
  { oneWay, spins, peer, pin }: {
    readonly oneWay?: true;
    readonly spins?: true;
    readonly peer?: PeerKind;
    readonly pin?: Pin;
  } = {},
): string | undefined {
  if (spins && peer === "loop") {
    return "the sender spins until each intended time, so that a server on the same event loop would starve: --peer worker or process";
  }
  if (spins && pin === "same") {
    return "the sender spins until each intended time, so that a server on the same core would starve: --pin cross or none";
  }
  if (oneWay && peer === "loop" && transport?.mode === "datagram" && transport.dropsUnread) {
    return `a sender of ${transport.name} never waits, so that a receiver on the same event loop would never run: --peer worker or process`;
  }
  if (transport === undefined || workload === ECHOING_WORKLOAD) return undefined;
  if (transport.answeredBy === "kernel") {
    return `the kernel answers ${transport.name} itself: only round trips can be measured`;
  }
  return transport.mode === "stream" && transport.inTurn
    ? `${transport.name} is request and reply in turn: only round trips can be measured`
    : undefined;
}
