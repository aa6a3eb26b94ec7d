/**
 * Workloads: what the two ends of a trial do with their channels. A workload sees channels and a Clock, never the runtime.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Histogram } from "../record/histogram.ts";
import type { Channel, MaybePromise } from "../transport/channel.ts";

/** Parameter values of a case by name: sizes in bytes as numbers, choices as strings. */
export type Params = Readonly<Record<string, number | string>>;

/** How long a trial warms up and measures. */
export interface Budget {
  /** Discarded at the start of every trial, in nanoseconds. */
  readonly warmupNs: number;
  /** What the sockets need to settle, in nanoseconds: no warm-up is shorter, however short the trial; absent: nothing. */
  readonly settleNs?: number;
  /** The measured interval, in nanoseconds; the loop ends with the first operation that finishes beyond it. */
  readonly measureNs: number;
  /** Upper bound of measured operations; absent: time alone decides. */
  readonly maxOperations?: number;
  /** Lower bound of measured operations, kept even beyond `measureNs`; absent: 1. */
  readonly minOperations?: number;
}

/** What the two ends counted within the measured interval, or over the whole trial where stated. */
export interface Tally {
  /** Messages handed to the transport over the whole trial (datagram work), else absent. */
  sentMessages?: number;
  /** Messages that arrived over the whole trial, further copies of one message included. */
  receivedMessages?: number;
  /** Messages sent of which no copy arrived, where both ends counted. */
  lostMessages?: number;
  /** Messages that arrived after one with a higher sequence number (RFC 4737, section 3.3); further copies of one do not count. */
  reorderedMessages?: number;
  /** Further copies of messages that had arrived already; absent where messages carry no sequence number. */
  duplicatedMessages?: number;
  /** Bytes written within the measured interval. */
  sentBytes?: number;
  /** Bytes read within the measured interval by the driving end. */
  receivedBytes?: number;
  /** Read calls that returned bytes, within the measured interval. */
  reads?: number;
  /** Write calls within the measured interval. */
  writes?: number;
  /** Failed operations by kind, as in `{ ConnectionReset: 2 }`. */
  errors?: Record<string, number>;
}

/** What the receiving end saw from its first read after the warm-up to its last: throughput is counted where bytes arrive. */
export interface ReceiverWindow {
  /** Bytes read, without those of the read that opened the window. */
  readonly bytes: number;
  /** Datagrams received; absent on streams. */
  readonly messages?: number;
  /** Reads or receives in the window. */
  readonly reads: number;
  /** From the completion of the opening read to the end of the stream, or to that of the last receive, in nanoseconds. */
  readonly elapsedNs: number;
}

/** What the drive half of a workload is given. */
export interface DriveContext {
  /** The only source of time. */
  readonly clock: Clock;
  /** The case's parameters, with the scenario's fixed ones. */
  readonly params: Params;
  /** How long to warm up and measure. */
  readonly budget: Budget;
  /** Opens a fresh channel to the peer. The runner closes what the workload leaves open. */
  open(): MaybePromise<Channel>;
  /** Marks the start of the measured interval at both ends (CPU time is read here). Call once, between operations. */
  begin(): Promise<void>;
  /** Marks the end of the measured interval at both ends. Call once, after the last measured operation. */
  end(): Promise<void>;
}

/** What a drive half hands back. */
export interface DriveResult {
  /** Completed operations within the measured interval: exchanges, connections, messages. At least 1. */
  readonly operations: number;
  /** Length of the measured interval in nanoseconds; above 0. */
  readonly elapsedNs: number;
  /**
   * Distributions by name: `exchange`, `first`, `connect`, `close`; values in nanoseconds. `exchange` and `connect`, where
   * they are there, hold one value for each of the `operations`: a trial in which they do not counts as failed. Other names
   * are free.
   */
  readonly histograms: Readonly<Record<string, Histogram>>;
  /** The first values of a distribution in the order of time, by its name, in nanoseconds: at most 64. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
  /** Metric values that only the workload can compute, by metric id. */
  readonly values?: Readonly<Record<string, number>>;
  /** What this end counted. */
  readonly tally: Tally;
}

/** What the serve half of a workload is given. */
export interface ServeContext {
  /** The serving end's own clock. */
  readonly clock: Clock;
  /** The case's parameters, with the scenario's fixed ones. */
  readonly params: Params;
  /** The budget the driving end works with. */
  readonly budget: Budget;
  /** Stream transports: waits for the next connection, `null` once the trial is over. Datagrams: the bound socket, every time. */
  accept(): Promise<Channel | null>;
  /** How often the driver has called `begin` or `end`: 0 in warm-up, 1 while measuring, 2 after. Cheap to read in a loop. */
  readonly marks: number;
  /** Becomes true when the driver has finished: a rejected receive then means the end, not an error. */
  readonly finishing: boolean;
  /** What this end counts; written to in place, so that the peer can see whether datagrams still arrive. */
  readonly tally: Tally;
}

/** What a serve half hands back. */
export interface ServeResult {
  /** Present where the serving end is the receiver of bulk data. */
  readonly window?: ReceiverWindow;
  /** Metric values that only this end can compute, by metric id. */
  readonly values?: Readonly<Record<string, number>>;
}

/** A Workload is the pair of halves that a scenario runs over a transport. */
export interface Workload {
  /** As scenarios refer to it: `ping-pong`, `bulk`. */
  readonly name: string;
  /** Which kinds of transport it can work over. */
  readonly modes: readonly Channel["mode"][];
  /**
   * Whether the system calls that the driving thread makes in the measured interval are counted, in a case of these parameters. It is
   * stopped at each, so that nothing in such a trial may be timed. Absent: they never are.
   */
  traces?(params: Params): boolean;
  /** The measured half. */
  drive(context: DriveContext): Promise<DriveResult>;
  /** The half that the peer runs. Ends when `accept` yields `null` or its channel ends. */
  serve(context: ServeContext): Promise<ServeResult | void>;
}
