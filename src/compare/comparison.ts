// Comparisons: two records set side by side, as data.

import type { TrialError } from "../model/trial.ts";
import type { MetricUnit } from "../units/metric.ts";
import type { Effect } from "./effect.ts";
import type { Summary } from "./summarize.ts";

/** What names a cell and says whether it is its scenario's headline. */
export interface Cell {
  /** The case's id. */
  readonly case: string;
  /** The metric's id. */
  readonly metric: string;
  /** Whether the metric is the first of its scenario that has a better direction. */
  readonly headline: boolean;
}

/** A Gap is a cell that has no comparison, and why. */
export interface Gap extends Cell {
  /** One sentence, without full stop. */
  readonly reason: string;
  /** Which direction is better; of a new cell only. */
  readonly better?: "lower" | "higher";
  /** Head across its trials; of a new cell only. */
  readonly head?: Summary;
}

/** A Comparison is two summaries of one metric of one case, and the effect between them. */
export interface Comparison extends Cell, Effect {
  /** Unit of both summaries. */
  readonly unit: MetricUnit;
  /** Which direction of the metric is better. */
  readonly better: "lower" | "higher";
  /** The side compared against. */
  readonly base: Summary;
  /** The side in question. */
  readonly head: Summary;
}

/** Failed trials of a case on one side. */
export interface Failures {
  /** Trials that failed. */
  readonly failed: number;
  /** Trials that were tried. */
  readonly trials: number;
  /** What the first of them failed of; absent: none did. */
  readonly error?: TrialError;
}

/** Failed trials of a case that both sides measured. */
export interface CaseFailures {
  /** The case's id. */
  readonly case: string;
  /** Of the side compared against. */
  readonly base: Failures;
  /** Of the side in question. */
  readonly head: Failures;
}

/** For which share of the measured time the processes of each side were kept off the CPU, 0 to 1; absent where it is not known. */
export interface WaitShares {
  /** The side compared against. */
  readonly base?: number;
  /** The side in question. */
  readonly head?: number;
}

/** A RecordComparison is everything that two records say about each other. */
export interface RecordComparison {
  /** Whether trials were paired by round. */
  readonly paired: boolean;
  /** What could be compared, by case and metric. */
  readonly comparisons: readonly Comparison[];
  /** Cells that only head has. */
  readonly newCells: readonly Gap[];
  /** Cells that base has and head lacks, has no valid trial of, or gave up. */
  readonly missingCells: readonly Gap[];
  /** Cells that both have and that cannot be set against each other. */
  readonly incomparableCells: readonly Gap[];
  /** Cases that only head has. */
  readonly newCases: readonly string[];
  /** Cases that base planned and that are absent from head, have no valid trial there, or were given up there. */
  readonly missingCases: readonly string[];
  /** Every summary of head but those of cases that were given up: absolute limits need no base. */
  readonly headSummaries: readonly Summary[];
  /** Whether the base's run was ended early: what it did not come to measure cannot be missed. */
  readonly isBasePartial: boolean;
  /** Whether the head's run was ended early: what it measured may not stand for all. */
  readonly isHeadPartial: boolean;
  /** Starvation by case; absent: not known. */
  readonly waits?: ReadonlyMap<string, WaitShares>;
  /** Starvation of all trials together; absent: not known. */
  readonly health?: WaitShares;
  /** Failed trials of every case of which some trial succeeded on both sides. */
  readonly failures: readonly CaseFailures[];
  /** What a side could not read of the kernel, one sentence each: its absence is no sign of health. */
  readonly notRead: readonly string[];
  /** In what the environments differ, one sentence each. */
  readonly environmentDifferences: readonly string[];
  /** Those of them that forbid a verdict. */
  readonly environmentObstacles: readonly string[];
}

const collator = new Intl.Collator("en", { numeric: true });

/** The order of ids in every list: `bytes=64` before `bytes=1024`, and never two different ids alike. */
export function compareIds(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

export function byCell(a: Pick<Cell, "case" | "metric">, b: Pick<Cell, "case" | "metric">): number {
  return compareIds(a.case, b.case) || compareIds(a.metric, b.metric);
}

/** The key of a cell in a map; a metric's id holds letters and digits only, so that it is unambiguous. */
export function cellKey(caseId: string, metricId: string): string {
  return `${metricId} ${caseId}`;
}
