// What a transport cannot do, as far as a plan can know it.

import type { Transport } from "../transport/transport.ts";
import type { Replay } from "../model/replay.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Params } from "../model/params.ts";
import { type PeerKind, PEERS, type Pin } from "../model/placement.ts";

/** The workload that asks, waits for the reply and asks again; its serving end does nothing but send as many bytes back. */
const ECHOING_WORKLOAD = "ping-pong";
/** Those that have one request at most under way on a connection, and wait for its reply. */
const IN_TURN_WORKLOADS: ReadonlySet<string> = new Set(["clients", "load", "promise"]);

/** Why a transport cannot be measured with a kind of peer, as one sentence; undefined where it can. */
export function peerFault(transport: Transport | undefined, peer: PeerKind): string | undefined {
  const { sharesLoop, sharesProcess } = PEERS[peer];
  if (transport?.inProcess && !sharesProcess) {
    const kinds = transport.blocking ? "worker" : "worker or loop";
    return `both ends of ${transport.name} are in one process: --peer ${kinds}`;
  }
  return transport?.blocking && sharesLoop
    ? "a blocking driver needs a peer on a thread of its own: " +
      `--peer worker${transport.inProcess ? "" : " or process"}`
    : undefined;
}

/** Whether a transport's sockets are of TCP, and take a congestion control. */
export function hasCongestionControl(transport: string): boolean {
  return /^(tcp6?|tls)(@|$)/.test(transport);
}

/** Why a case's parameters do not go with its transport, as one sentence; undefined where they do. */
export function paramsFault(transport: Transport | undefined, params: Params): string | undefined {
  const { request, reply, pipeline, streams, direction = "up", bulk = "none", address } = params;
  if (params.congestion !== undefined && !hasCongestionControl(transport?.name ?? "")) {
    return `congestion is an option of TCP, which ${transport?.name} does not have`;
  }
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
  if (transport?.mode === "datagram" && direction !== "up") {
    return `${transport.name} has no end of a stream, by which a receiver at the driver ends what the peer sends: direction=up`;
  }
  if (transport?.blocking && bulk !== "none") {
    return "a blocking driver has one call under way at a time, so that round trips and bulk would take turns: drivers that wait in the event loop alone";
  }
  if (transport?.blocking && direction === "both") {
    return "a blocking driver has one call under way at a time, so that an end cannot read while it writes: direction=up or down";
  }
  if (transport?.mode === "stream" && transport.inTurn && pipeline !== undefined) {
    return `${transport.name} is request and reply in turn: none can be in flight behind another`;
  }
  return boundariesFault(transport, params);
}

function boundariesFault(transport: Transport | undefined, params: Params): string | undefined {
  if (transport?.mode !== "stream" || !transport.keepsBoundaries) return undefined;
  const { bytes, read } = params;
  return typeof bytes === "number" && typeof read === "number" && read < bytes
    ? `${transport.name} is read a whole message at a time: one of ${bytes} bytes does not go into a read buffer of ${read}`
    : undefined;
}

/** Why `workers` threads cannot share a transport's port where a case is placed, as one sentence; undefined where they can. */
export function workersFault(
  transport: Transport | undefined,
  { workers, server }: Params,
  peer: PeerKind,
  pin: Pin,
): string | undefined {
  if (workers === undefined) return undefined;
  if (transport?.mode !== "stream" || !transport.sharesPort) {
    return `${transport?.name} has no listeners here that share a port (SO_REUSEPORT): one loop serves it`;
  }
  if (server === "iterative") {
    return "server=iterative is one connection after another, workers=… are several at once";
  }
  if (PEERS[peer].sharesLoop) {
    return "workers are threads beside the peer's, and peer loop has none: --peer worker or process";
  }
  return pin === "none"
    ? undefined
    : "the kernel spreads workers over the cores, where a pinned peer has one: --pin none";
}

/** Replies that carry the number of their request, which a load of datagrams needs, in bytes. */
const MIN_NUMBERED = 4;

/** Why a file cannot be replayed over a transport, in one sentence without its full stop; undefined where it can. */
export function replayFault(
  transport: Transport | undefined,
  { workload }: Pick<Scenario, "workload">,
  replay: Replay | undefined,
): string | undefined {
  if (replay === undefined) return undefined;
  if (transport?.answeredBy === "kernel") {
    return `the kernel answers ${transport.name} itself, with as many bytes as it was asked with`;
  }
  const { bytes, line } = replay.smallestReply;
  return transport?.mode === "datagram" && workload === "load" && bytes < MIN_NUMBERED
    ? `line ${line} of ${replay.name} has a reply of ${bytes} B, and a datagram's carries a number of ${MIN_NUMBERED}`
    : undefined;
}

/** Why a workload cannot run over a transport, as one sentence; undefined where it can. */
export function workloadFault(
  transport: Transport | undefined,
  workload: string,
  { oneWay, spins, peer, pin, cores, connections }: {
    readonly connections?: number | string | undefined;
    readonly oneWay?: true;
    readonly spins?: true;
    readonly peer?: PeerKind;
    readonly pin?: Pin;
    /** How many cores this process may use; absent: not known. */
    readonly cores?: number;
  } = {},
): string | undefined {
  const sharesLoop = peer !== undefined && PEERS[peer].sharesLoop;
  if (workload === "connect" && transport?.blocking && connections !== undefined) {
    return "a blocking driver has one call under way at a time, so that one client connects after another";
  }
  if (spins && sharesLoop) {
    return "the sender spins until each intended time, so that a server on the same event loop would starve: --peer worker or process";
  }
  if (spins && pin === "same") {
    return "the sender spins until each intended time, so that a server on the same core would starve: --pin cross or none";
  }
  if (spins && cores === 1) {
    return "the sender spins until each intended time, so that a server on the only core that this process may use would starve: it needs two (taskset, cpuset)";
  }
  if (oneWay && sharesLoop && transport?.mode === "datagram" && transport.dropsUnread) {
    return `a sender of ${transport.name} never waits, so that a receiver on the same event loop would never run: --peer worker or process`;
  }
  if (spins && transport?.mode === "datagram" && transport.oneCall) {
    return `a socket of ${transport.name} takes no send in Deno while a receive waits: ${transport.name}@libc`;
  }
  if (transport === undefined || workload === ECHOING_WORKLOAD) return undefined;
  if (transport.answeredBy === "kernel") {
    return `the kernel answers ${transport.name} itself: only round trips can be measured`;
  }
  return transport.mode === "stream" && transport.inTurn && !IN_TURN_WORKLOADS.has(workload)
    ? `${transport.name} is request and reply in turn: only round trips can be measured`
    : undefined;
}
