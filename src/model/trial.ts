// Trials: what one measurement of a case found, as plain data. Nothing here is computed but what was counted and timed.

import type { ReceiverWindow, Tally } from "./tally.ts";
import type { SparseHistogram } from "./histogram.ts";

/** The longest series that a trial keeps. */
export const MAX_SERIES_VALUES = 64;

/** CPU time (user and system) spent within the measured interval, in nanoseconds. */
export interface CpuTime {
  /** Both ends together. */
  readonly totalNs: number;
  /** The serving end alone; absent where both ends share a process and cannot be told apart. */
  readonly serveNs?: number;
}

/** Why a trial has no result. */
export interface TrialError {
  /** A short stable word: `peer-died`, `timeout`, `ConnectionRefused`. */
  readonly kind: string;
  /** One sentence. */
  readonly message: string;
}

/** A TrialSlice is a part of a trial, between turns of other cases of its block. */
export interface TrialSlice {
  /** Start, in nanoseconds since the run began. */
  readonly startedNs: number;
  /** Length in nanoseconds. */
  readonly elapsedNs: number;
  /** Completed operations. */
  readonly operations: number;
  /** Median of the distribution that its operations are counted in, in nanoseconds; absent: none. */
  readonly p50Ns?: number;
}

/** A Trial is one timed repetition of a Case, on fresh sockets, after its own warm-up. */
export interface Trial {
  /** The case's id. */
  readonly case: string;
  /** Round, from 1. */
  readonly round: number;
  /** Position within the round, from 0. */
  readonly order: number;
  /** Which processes measured, from 1: trials of one generation share them; absent: not known. */
  readonly generation?: number;
  /** Which block it was part of, from 1: cases of one block took turns; absent: it had its time for itself. */
  readonly block?: number;
  /** The parts in which it was measured, in the order of time; absent: it was measured in one. */
  readonly slices?: readonly TrialSlice[];
  /** Start, in nanoseconds since the run began. */
  readonly startedNs: number;
  /** Length of the measured interval in nanoseconds; of a trial that failed, up to its last completed operation, or 0. */
  readonly elapsedNs: number;
  /** Completed operations within the measured interval. */
  readonly operations: number;
  /**
   * Distributions by name: `exchange`, `first`, `connect`, `close`; of a trial in slices `afterPause` too, of the first operations of each,
   * and those within which evidence was read: they are in maxima alone.
   */
  readonly histograms: Readonly<Record<string, SparseHistogram>>;
  /** Metric values that the workload computed itself, by metric id; they take precedence over derived ones. */
  readonly values?: Readonly<Record<string, number>>;
  /** What both ends counted. */
  readonly tally: Tally;
  /** What the receiving end of bulk data saw. */
  readonly window?: ReceiverWindow;
  /** CPU time of the measured interval; absent where it could not be read. */
  readonly cpu?: CpuTime;
  /** Operations within which `cpu` and `counters` were read, in a turn of their own after the slices; absent: all of `operations`. */
  readonly evidenceOperations?: number;
  /**
   * Counters that moved within the measured interval, by how much: `TcpExt.DelayedACKs`, `Udp.RcvbufErrors` and their like count for the
   * whole network namespace, `socket.*` for the driver's first channel, `drive.*` and `serve.*` for the thread of each end, `machine.*` for
   * the machine. A counter that is not there did not move; `socket.rttNs` and `socket.cwnd` are as they were last.
   *
   * Of the health of each end, zeros are there too: between its own marks (around the turn in which evidence was read, of a trial in slices), `spanNs` apart, its thread ran for `runNs` and was ready without
   * a CPU for `waitNs`; where a CPU quota holds, `throttledPeriods` of `periods` used it up, and `throttledNs` were spent waiting for the
   * next. `machine.stealNs` is CPU time that the host gave to others, `machine.runnable` the threads that ran or were ready. The object is absent where none could be read.
   */
  readonly counters?: Readonly<Record<string, number>>;
  /**
   * The first values of a distribution in the order of time, by its name, in nanoseconds: at most {@link MAX_SERIES_VALUES} each; only
   * where a scenario's question is about their order.
   */
  readonly series?: Readonly<Record<string, readonly number[]>>;
  /** Who served, as in `process 4711`. */
  readonly peer: string;
  /**
   * Settings of the driver's first socket as read back, by name; where they cannot be, as asked for with the reason in parentheses. Those
   * of the peer's first socket, as in `serve.nagle`, where they differ, and in a job of `ab` the `backlog` of its TCP listener. With them `driveCore` and `serveCore`: the core that each thread
   * was on at both marks, `0→1` where it moved, and `driveAffinity` and `serveAffinity`: the cores that it was allowed.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** Present when the trial failed; its figures are then not used. */
  readonly error?: TrialError;
}
