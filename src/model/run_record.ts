// Records: the facts of a run, as plain data, and nothing that is derived from them.

import type { Case, Skip } from "./case.ts";
import type { Environment } from "./environment.ts";
import type { MetricDefinition } from "../units/metric.ts";
import type { PeerKind } from "./placement.ts";
import type { ScenarioSpec } from "./scenario_spec.ts";
import type { Trial } from "./trial.ts";

/** The schema version that this build writes and the newest it reads; it reads version 1 as well. */
export const SCHEMA_VERSION = 2;

/** Which optional fields this build knows: a file of the same version and a higher minor may have more, which are passed over. */
export const SCHEMA_MINOR = 0;

/** Where the figures of a record come from, where that is not a run of this version. */
export interface RecordOrigin {
  /** The program that measured: `sockbench`, or another whose output was read. */
  readonly tool: string;
  /** Its version. */
  readonly version?: string;
  /** The schema version of the file, where it was a record of an earlier one. */
  readonly schemaVersion?: number;
}

/** This suite, as {@link RecordOrigin.tool} names it. */
export const OWN_TOOL = "sockbench";

export function toolOf({ origin }: { readonly origin?: RecordOrigin | undefined }): string {
  return origin?.tool ?? OWN_TOOL;
}

/** What the run was asked to do. */
export interface RecordSettings {
  /** Profile name. */
  readonly profile: string;
  /** Rounds planned, or, in an adaptive run, done. */
  readonly rounds: number;
  /** Rounds that measured every case, where further ones went to the cases with the widest intervals alone; absent: all did. */
  readonly wholeRounds?: number;
  /** The precision that an adaptive run aimed for, as a share: 0.02 is ±2 %; absent: the run was not adaptive. */
  readonly precision?: number;
  /** Seed of the order of cases. */
  readonly seed: number;
  /** Where the serve half ran. */
  readonly peer: PeerKind;
  /** The command that repeats this run. */
  readonly command: string;
}

/** What one reading found of how fast the machine was, in nanoseconds; a part is absent where it could not be read. */
export interface ReferenceBenchmarkValues {
  /** One round trip of 64 bytes over a socket pair within one thread: four system calls. */
  readonly socketpairNs?: number;
  /** Copying 1 MiB of memory. */
  readonly copyNs?: number;
  /** One iteration of the event loop. */
  readonly turnNs?: number;
}

/** One reading, between trials and never inside one. */
export interface ReferenceBenchmarkReading extends ReferenceBenchmarkValues {
  /** Start, in nanoseconds since the run began. */
  readonly startedNs: number;
}

/** How fast the machine was while a run went on. */
export interface ReferenceBenchmarkReadings {
  /** In the order of time: at the start, between trials where that was cheap, and at the end. */
  readonly readings: readonly ReferenceBenchmarkReading[];
  /** Parts that could not be read, and why. */
  readonly missing: readonly Skip[];
}

/** A RunRecord is everything a run found out, and nothing that is derived from it. */
export interface RunRecord {
  /** Format version of this file. */
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Minor version of this file. */
  readonly minor: number;
  /** Names this run and no other: both sides of an A/B job and the parts of a run that was spread over machines have the same; absent in records of schema 1. */
  readonly runId?: string;
  /** Where the figures come from; absent: from a run of this version. */
  readonly origin?: RecordOrigin;
  /** ISO 8601 start time, UTC. */
  readonly startedAt: string;
  /** Wall time of the run in nanoseconds. */
  readonly durationNs: number;
  /** The plan's estimate of that, in nanoseconds. */
  readonly estimateNs: number;
  /** True when the run ended before its last round. */
  readonly partial: boolean;
  /** Machine and runtime, of the driving end and of whatever shares its machine. */
  readonly environment: Environment;
  /** Those of the serving end, where it was on another machine. */
  readonly peerEnvironment?: Environment;
  /** What was asked for. */
  readonly settings: RecordSettings;
  /** A fixed measure of the machine that version 0.1 took along with the run; this version writes none. */
  readonly yardstick?: ReferenceBenchmarkReadings;
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
