// Workloads: what the two ends of a trial do with their channels. A workload sees channels and a Clock, never the runtime.

import type { Budget } from "../model/budget.ts";
import type { Replay } from "../model/replay.ts";
import type { Params } from "../model/params.ts";
import type { ReceiverWindow, Tally } from "../model/tally.ts";
import type { Clock } from "../clock.ts";
import type { Histogram } from "../model/histogram.ts";
import type { Channel, MaybePromise } from "../transport/channel.ts";

/** What the drive half of a workload is given. */
export interface DriveContext {
  /** The only source of time. */
  readonly clock: Clock;
  /** The case's parameters, with the scenario's fixed ones. */
  readonly params: Params;
  /** How long to warm up and measure. */
  readonly budget: Budget;
  /** What a file asks to be sent, where parameter `replay` names one. */
  readonly replay?: Replay | undefined;
  /** Opens a fresh channel to the peer. The runner closes what the workload leaves open. */
  open(): MaybePromise<Channel>;
  /**
   * Waits until the peer has served and closed this many connections of the trial. Call it between operations, with those that were opened
   * and closed here, so that what they left to do at the other end is not counted with what comes after. Returns when the last of them was
   * closed there, on this end's clock in nanoseconds: without the time that the answer took to get here, of milliseconds, where the clocks of
   * both ends can be set against each other.
   */
  settle(connections: number): Promise<number>;
  /** Asks the peer whether its receiver has measured for as long as it should. Takes a message to the peer and back. */
  hasMeasured(): Promise<boolean>;
  /** Memory of this process that is in use, in bytes; undefined where the kernel cannot be asked. */
  residentBytes?(): number | undefined;
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
  /** Operations between begin and end, where those that came first are not among the measured; absent: `operations`. */
  readonly evidenceOperations?: number;
  /** What this end counted. */
  readonly tally: Tally;
  /** Present where the driving end received bulk data. */
  readonly window?: ReceiverWindow;
  /** Of a half that failed: requests that were due and had no reply; absent where one at a time is under way. */
  readonly inFlight?: number;
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
  /** Memory of this process that is in use, in bytes; undefined where the kernel cannot be asked. */
  residentBytes?(): number | undefined;
  /** Counts a connection that was served and closed. */
  served(): void;
  /** Says that the receiver of this end has measured for as long as it should: the sender may end. */
  measured(): void;
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

/** What one slice of a session measures. */
export interface SliceOrder {
  /** Operations that come first and stand apart, as those after a pause take longer. */
  readonly leadIn: number;
  /** Length of what is measured after them, in nanoseconds; it ends with the first operation that finishes beyond it. */
  readonly sliceNs: number;
}

/** A WorkloadSession is a case that is open and takes turns with others: between its slices nothing is in flight. */
export interface WorkloadSession {
  /** Names of the distributions that a slice records one value an operation in, the headline's first. */
  readonly records: readonly string[];
  /** Distributions of what is measured once, as it is opened; absent: none. */
  readonly apart?: Readonly<Record<string, Histogram>>;
  /**
   * Measures one slice: what came first into the histogram `afterPause`, the rest into those that {@link WorkloadSession.records} names.
   *
   * @returns what was counted without the operations that came first
   */
  slice(
    order: SliceOrder,
    into: Readonly<Record<string, Histogram>>,
  ): Promise<Omit<DriveResult, "histograms">>;
  /** Ends it, after the last slice. */
  close(): MaybePromise<void>;
}

/** A Workload is the pair of halves that a scenario runs over a transport. */
export interface Workload {
  /** As scenarios refer to it: `ping-pong`, `bulk`. */
  readonly name: string;
  /** Which kinds of transport it can work over. */
  readonly modes: readonly Channel["mode"][];
  /** The sender waits for no answer: the receiver sees only what it can take meanwhile. Absent: the two ends take turns. */
  readonly oneWay?: true;
  /** The driving end spins between its sends: the serving end needs a core, and a loop, of its own. Absent: it waits. */
  readonly spins?: true;
  /**
   * Whether the system calls that the driving thread makes in the measured interval are counted, in a case of these parameters. It is
   * stopped at each, so that nothing in such a trial may be timed. Absent: they never are.
   */
  traces?(params: Params): boolean;
  /**
   * How many sockets each end holds open at once in a case of these parameters; the serving end of datagrams has one, and as many that send
   * to it. Absent: one.
   */
  sockets?(params: Params): number;
  /**
   * Whether a case of these parameters can take turns with others, or why not, in one clause. Absent: it cannot.
   *
   * @param mode of the transport's channels
   */
  pausable?(params: Params, mode: Channel["mode"]): true | string;
  /** Opens a case that takes turns, and warms it up. Present where `pausable` is. */
  open?(context: DriveContext): Promise<WorkloadSession>;
  /**
   * How many operations of a process are slower than all later ones, as the runtime compiles their code: they are discarded before anything
   * is measured. Absent: those of one trial.
   */
  readonly coldOperations?: number;
  /** The measured half, of a case that is measured in one piece. */
  drive(context: DriveContext): Promise<DriveResult>;
  /** The half that the peer runs. Ends when `accept` yields `null` or its channel ends. */
  serve(context: ServeContext): Promise<ServeResult | void>;
}
