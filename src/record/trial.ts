/**
 * Trials and records: the facts of a run, as plain data. Nothing here is computed but what was counted and timed.
 *
 * @module
 */

import type { MetricDefinition } from "../metrics.ts";
import type { Case, PeerKind, Skip } from "../plan/case.ts";
import type { ScenarioSpec } from "../scenario/scenario.ts";
import type { ReceiverWindow, Tally } from "../workload/workload.ts";
import type { SparseHistogram } from "./histogram.ts";

/** The schema version that this build writes and the newest it reads. */
export const SCHEMA_VERSION = 1;

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

/** A Trial is one timed repetition of a Case, on fresh sockets, after its own warm-up. */
export interface Trial {
  /** The case's id. */
  readonly case: string;
  /** Round, from 1. */
  readonly round: number;
  /** Position within the round, from 0. */
  readonly order: number;
  /** Start, in nanoseconds since the run began. */
  readonly startedNs: number;
  /** Length of the measured interval in nanoseconds; 0 when the trial failed before it ended. */
  readonly elapsedNs: number;
  /** Completed operations within the measured interval. */
  readonly operations: number;
  /** Distributions by name: `exchange`, `first`, `connect`, `close`. */
  readonly histograms: Readonly<Record<string, SparseHistogram>>;
  /** Metric values that the workload computed itself, by metric id; they take precedence over derived ones. */
  readonly values?: Readonly<Record<string, number>>;
  /** What both ends counted. */
  readonly tally: Tally;
  /** What the receiving end of bulk data saw. */
  readonly window?: ReceiverWindow;
  /** CPU time of the measured interval; absent where it could not be read. */
  readonly cpu?: CpuTime;
  /**
   * Counters that moved within the measured interval, by how much: `TcpExt.DelayedACKs`, `Udp.RcvbufErrors` and their like count for the
   * whole network namespace, `socket.*` for the driver's first channel, `drive.*` and `serve.*` for the thread of each end. A counter that
   * is not there did not move; `socket.rttNs` and `socket.cwnd` are as they were last. The object is absent where none could be read.
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
   * of the peer's first socket, as in `serve.nagle`, where they differ. With them `driveCore` and `serveCore`: the core that each thread
   * was on at both marks, `0→1` where it moved, and `driveAffinity` and `serveAffinity`: the cores that it was allowed.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** Present when the trial failed; its figures are then not used. */
  readonly error?: TrialError;
}

/** What the run was asked to do. */
export interface RecordSettings {
  /** Profile name. */
  readonly profile: string;
  /** Rounds planned, or, in an adaptive run, done. */
  readonly rounds: number;
  /** The precision that an adaptive run aimed for, as a share: 0.02 is ±2 %; absent: the run was not adaptive. */
  readonly precision?: number;
  /** Seed of the order of cases. */
  readonly seed: number;
  /** Where the serve half ran. */
  readonly peer: PeerKind;
  /** The command that repeats this run. */
  readonly command: string;
}

/** One fact about the machine or runtime; `null` where it could not be read. */
export type Fact = string | number | boolean | null;

/** The machine and the runtime, by room: facts that explain figures, and the fingerprint that makes two records comparable. */
export interface Environment {
  /** `deno`, `v8`, `typescript` versions, and `sockbench`'s own. */
  readonly versions: Readonly<Record<string, string>>;
  /** Operating system and architecture, as in `linux x86_64`. */
  readonly platform: string;
  /** Kernel release, as in `6.18.44`. */
  readonly kernel: Fact;
  /** CPU model. */
  readonly cpu: Fact;
  /** Logical cores. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memoryBytes: Fact;
  /** `bare metal`, `virtual machine (KVM)`, `container`. */
  readonly virtualization: Fact;
  /** Load average of the last minute at the start. */
  readonly loadAverage: Fact;
  /** Kernel settings that matter to sockets, by sysctl name. */
  readonly sysctls: Readonly<Record<string, Fact>>;
  /** What could not be learned and why. */
  readonly missing: readonly Skip[];
}

/** The fewest readings of the yardstick by which two records can be normalized: below, no interval is sure enough for a gate. */
export const MIN_YARDSTICK_READINGS = 10;

/** What one reading of the yardstick found, in nanoseconds; a part is absent where it could not be read. */
export interface YardstickValues {
  /** One round trip of 64 bytes over a socket pair within one thread: four system calls. */
  readonly socketpairNs?: number;
  /** Copying 1 MiB of memory. */
  readonly copyNs?: number;
  /** One turn of the event loop. */
  readonly turnNs?: number;
}

/** One reading of the yardstick: a short fixed measure of the machine, never inside a trial. */
export interface YardstickReading extends YardstickValues {
  /** Start, in nanoseconds since the run began. */
  readonly startedNs: number;
}

/** How fast the machine was while a run went on. */
export interface YardstickReadings {
  /** In the order of time: at the start, between trials where that was cheap, and at the end. */
  readonly readings: readonly YardstickReading[];
  /** Parts that could not be read, and why. */
  readonly missing: readonly Skip[];
}

/** A RunRecord is everything a run found out, and nothing that is derived from it. */
export interface RunRecord {
  /** Format version of this file. */
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** ISO 8601 start time, UTC. */
  readonly startedAt: string;
  /** Wall time of the run in nanoseconds. */
  readonly durationNs: number;
  /** The plan's estimate of that, in nanoseconds. */
  readonly estimateNs: number;
  /** True when the run ended before its last round. */
  readonly partial: boolean;
  /** Machine and runtime. */
  readonly environment: Environment;
  /** What was asked for. */
  readonly settings: RecordSettings;
  /** A fixed measure of the machine, taken along with the run; absent: none was taken. */
  readonly yardstick?: YardstickReadings;
  /** Declarations of the scenarios run, so that a report needs no code. */
  readonly scenarios: readonly ScenarioSpec[];
  /** Every metric that `scenarios` name, with unit and direction, so that a report needs no code. */
  readonly metrics: readonly MetricDefinition[];
  /** The cells measured. */
  readonly cases: readonly Case[];
  /** What was planned and could not be measured. */
  readonly skipped: readonly Skip[];
  /** What was measured, in the order of measuring. */
  readonly trials: readonly Trial[];
}
