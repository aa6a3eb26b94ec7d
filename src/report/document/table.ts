// Tables: rows with typed keys, columns with typed units. A writer chooses scale, digits and layout.

import type { Placement } from "../../model/placement.ts";
import type { MetricDirection, MetricUnit } from "../../units/metric.ts";
import type { Inline } from "./inline.ts";

/** A Key is one factor with its value, or several under one heading. */
export type Key = FactorKey | PlacementKey | KeyGroup;

/** A factor of a case: its transport, a parameter, its scenario, a metric. `factor`: as in `transport`; `value`: absent where the case has no such factor; `unit`: `B` or words; `named`: its factor stands beside it. */
export interface FactorKey {
  readonly factor: string;
  readonly value?: number | string;
  readonly unit?: string;
  readonly named?: boolean;
}

export type PlacementKey = Readonly<{ factor: "placement"; value: Placement }>;

/** Several keys under one heading, as all in which two cases agree. Several keys as one, as in `at`; may be empty. */
export interface KeyGroup {
  readonly factor: string;
  readonly keys: readonly FactorKey[];
  readonly value?: undefined;
}

/** Whether a key is of a placement. */
export function isPlacement(key: Key): key is PlacementKey {
  return typeof key.value === "object";
}

/** Whether a key is a group of keys. */
export function isGroup(key: Key): key is KeyGroup {
  return "keys" in key;
}

/** A Table is rows and columns of cells. */
export interface Table {
  readonly kind: "table";
  /** What it shows: writers choose by it what to draw and what to leave out. */
  readonly role: TableRole;
  /** One or several sentences above it: what the figures are. */
  readonly caption: readonly Inline[];
  /** What one row is, in the singular, as in `case`. */
  readonly noun: string;
  /** Title under which a page may fold it, as it is looked up rather than read; absent: it is read. */
  readonly fold?: string;
  /** `shown`: every figure with its interval; `on demand`: figures alone, as intervals of all would bury them. */
  readonly intervals: "shown" | "on demand";
  /** Keys that all rows have in common and that a reader must know, such as the placement; stated above the table. */
  readonly common: readonly Key[];
  /** Factors of the rows' keys, each a column of its own at the left. */
  readonly keys: readonly KeyColumn[];
  /** Heading of the rows' names; where it is there, a writer that is short of room writes each row's name in place of its keys. */
  readonly names?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/**
 * `headline`: one metric, cases side by side; `further`: another metric likewise; `split`: one metric, its parts side by side;
 * `metrics`: one row a case, all metrics side by side; `run-wide`: the same of all operations of the run together; `answers`:
 * what did best; `comparisons`: ratios; `cells`: verdicts, one row each; `evidence`: what the kernel counted; `words`: words.
 */
export type TableRole =
  | "headline"
  | "further"
  | "split"
  | "metrics"
  | "run-wide"
  | "answers"
  | "comparisons"
  | "cells"
  | "evidence"
  | "words";

export type KeyColumn = Readonly<{ factor: string; title: string }>;

export type ColumnMetric = Readonly<
  { id: string; title: string; unit: MetricUnit; better: MetricDirection }
>;

/** `id`: unique within the table; `keys`: the heading where there is no title; `metric`: absent where figures have units of their own. */
export interface Column {
  readonly id: string;
  readonly title?: string;
  readonly keys?: readonly Key[];
  readonly metric?: ColumnMetric;
  readonly align: "number" | "words";
}

/** A Row is a line of a table. `keys`: one for each key column; `name`: where the table has `names`; `null`: not measured. */
export interface Row {
  readonly keys: readonly Key[];
  readonly name?: string;
  readonly cells: readonly (Cell | null)[];
}

/** A Cell is what stands in a row under a column. */
export type Cell =
  | FigureCell
  | RatioCell
  | CountCell
  | ProbabilityCell
  | WordsCell
  | VerdictCell;

/** A FigureCell is one figure, unscaled. */
export interface FigureCell {
  readonly kind: "figure";
  readonly case: string;
  /** In the column's unit, or in `unit`. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Confidence that the interval reaches, 0 to 1. */
  readonly confidence: number;
  /** Its unit, where the column has none. */
  readonly unit?: MetricUnit;
  /** Present when it is the best of its row beyond doubt. */
  readonly mark?: "best";
  /** Present when its trials fell into two groups: to be shown instead of the value. */
  readonly modes?: Modes;
  /** What it was measured at, where that differs within its row; absent: what the row's keys say. */
  readonly at?: FactorKey;
  /** What must be read beside it, as the loss of a throughput; absent: nothing. */
  readonly beside?: {
    /** As in `loss`. */
    readonly title: string;
    /** In `unit`. */
    readonly value: number;
    readonly unit: MetricUnit;
  };
  /** True where it has no interval: what was met is what is stated, as of a maximum. */
  readonly isExact?: boolean;
}

/** Two values where the trials of a case fell into two groups, in the metric's unit. Medians of the two groups of trials (`fast`: shorter times, higher rates), and their shares, 0 to 1. */
export type Modes = Readonly<{ fast: number; fastShare: number; slow: number; slowShare: number }>;

/** A RatioCell is how two sides compare. */
export interface RatioCell {
  readonly kind: "ratio";
  /** `ratio`: the sides are divided; `difference`: of shares, which may be 0: 1 plus the points gained. Above 1 is better. */
  readonly effect: "ratio" | "difference";
  /** Present where a change of a metric is stated in its words, as in `5.0 % slower`; absent: as a number. */
  readonly stated?: { readonly unit: MetricUnit; readonly better: "lower" | "higher" };
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Pairs; of unpaired trials those of the smaller side. */
  readonly n: number;
  /** What `n` counts; absent: pairs. */
  readonly counted?: "pair" | "trial";
  /** Confidence that the interval reaches, 0 to 1. */
  readonly confidence: number;
  /** What is said of it, where no column of its own says so. */
  readonly verdict?: CellVerdict;
}

/** A CountCell is a number of things. */
export type CountCell = { readonly kind: "count"; readonly value: number };

export type ProbabilityCell = Readonly<{ kind: "probability"; value: number }>;

export type WordsCell = Readonly<{ kind: "words"; text: readonly Inline[] }>;

/** What may be said of one cell of a comparison. */
export const CELL_VERDICTS = [
  "pass",
  "regressed",
  "improved",
  "inconclusive",
  "new",
  "missing",
  "incomparable",
] as const;
export type CellVerdict = typeof CELL_VERDICTS[number];

/** A VerdictCell is what is said of the row. Writers for test runners and code hosts look for it. */
export type VerdictCell = Readonly<{ kind: "verdict"; verdict: CellVerdict; reason: string }>;
