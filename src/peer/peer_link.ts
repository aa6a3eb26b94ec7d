// PeerLink: the one small protocol between the driving end of a trial and whoever runs the serve half.
//
// `serve` opens a slot, `mark` → `mark` → `finish` (or `abort`) end it, with a `settle` before a mark where connections have to be closed
// first. Several slots may be open at once. Orders and answers are plain data, so that they cross threads, processes and, later, hosts.

import type { PeerKind } from "../model/placement.ts";
import type { Endpoint, ForeignMessages } from "../transport/channel.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { ReceiverWindow, Tally } from "../model/tally.ts";
import type { HealthMark } from "./health_mark.ts";
import type { ThreadMark } from "./thread_mark.ts";

export interface ServeOrder {
  readonly transport: string;
  readonly workload: string;
  /** The case's parameters, with the scenario's fixed ones. */
  readonly params: Params;
  readonly budget: Budget;
  readonly directory: string;
  /** The core to tie the serving thread to while any slot is open; absent: the thread runs where it may. A `loop` peer has no thread of its own. */
  readonly core?: number;
  /** The port to listen on beside others; absent: alone, on a free one. */
  readonly sharedPort?: number;
}

/** What a peer reads of itself at a mark. */
export interface PeerMark {
  /** CPU time in nanoseconds the peer's process has used so far; `null` where it is the driver's process, absent where it is not known. */
  readonly cpuNs?: number | null | undefined;
  /** The thread that serves; absent where it is the driver's own, or where the kernel room is closed. */
  readonly thread?: ThreadMark;
  /** What kept that thread off its CPU; absent as for `thread`. */
  readonly health?: HealthMark;
}

/** What a peer has seen by the end of a trial. */
export interface ServeReport {
  readonly tally: Tally;
  /** Present where it was the receiver of bulk data. */
  readonly window?: ReceiverWindow;
  /** Metric values that only the serving end can compute, by metric id. */
  readonly values?: Readonly<Record<string, number>>;
  /** Settings of its first channel, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Datagrams that came from sockets which are not the driver's; absent: none, as far as is known. */
  readonly foreign?: ForeignMessages;
  /** Connections that were not the driver's; absent: none, as far as is known. */
  readonly foreignConnections?: number;
  /** Connections that were accepted; absent where there are none. */
  readonly accepted?: number;
}

/** Connections that were served and closed, and when the last of them was by {@linkcode Clock.sharedNs}; null: not known. */
export type Served = Readonly<{ connections: number; atNs: number | null }>;

/** What a peer says of where it runs, when it is ready. */
export interface PeerEnvironment {
  /** Runtime and version, as in `Deno/2.9.6`. */
  readonly runtime: string;
  /** Operating system and architecture, as in `linux x64`. */
  readonly platform: string;
  /** Process id of the peer, in its own namespace. */
  readonly pid: number;
  /** Id of the thread that serves, gettid(2); absent where the kernel room is closed. */
  readonly tid?: number;
}

/** What a peer is told at the end of a trial, of what only the driver knows. `senders`: where the driver's datagram sockets are bound; `opened`: connections that it tried to open; absent: nobody is a stranger. */
export type DrivenEnds = Readonly<{ senders?: readonly Endpoint[]; opened?: number }>;

/** A PeerLink reaches one peer, which serves several trials at once: a slot each. */
export interface PeerLink {
  readonly kind: PeerKind;
  /** Names the peer in trials and errors: `process 4711`. */
  readonly label: string;
  /** Where the peer runs, as it said when it was ready. */
  readonly environment: PeerEnvironment;
  /** Rejects, with a {@link PeerError}, when the peer dies; never resolves. */
  readonly died: Promise<never>;
  /** Starts a serve half in a slot of its own. Slots that are open at once must agree in `core`. */
  serve(order: ServeOrder): Promise<PeerSlot>;
  /** Ends whatever runs and the peer itself, at once. Safe to call twice, and on a dead peer. */
  close(): Promise<void>;
}

/** A PeerSlot is the serving end of one trial. */
export interface PeerSlot {
  readonly endpoint: Endpoint;
  /** Names the driver's first connection, as the other end sees it: until then none is served, and one of another name never. */
  admit(client: string): void;
  /** Waits until the serve half has served and closed this many connections. Returns when that was by {@linkcode Clock.sharedNs}; null: not known. */
  settle(connections: number): Promise<number | null>;
  /** What it has served and closed so far. */
  served(): Promise<Served>;
  /** Whether the serve half's receiver has measured for as long as it should. */
  hasMeasured(): Promise<boolean>;
  /** Marks the begin or end of the measured interval; what the peer read of itself. */
  mark(): Promise<PeerMark>;
  /** Ends the serve half, after the driver has closed its channels (streams) or sent its last (datagrams). */
  finish(ends?: DrivenEnds): Promise<ServeReport>;
  /** Closes what is open and forgets the slot. */
  abort(): Promise<void>;
}

/** Thrown when a peer dies, hangs or violates the protocol; the message names it. */
export class PeerError extends Error {
  /** Always "PeerError". */
  override readonly name = "PeerError";
  /**
   * Makes the error of a kind and its sentence.
   *
   * @param kind a short stable word: `peer-died`, `peer-failed`
   * @param message one sentence that names the peer
   */
  constructor(readonly kind: "peer-died" | "peer-failed", message: string) {
    super(message);
  }
}
