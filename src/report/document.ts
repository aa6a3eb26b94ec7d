/**
 * The Report document: what a report says, as data. Builders fill it, renderers format it, and nothing in it is text
 * with markup. Names inside (cases, transports, notes) come from record files and may hold anything.
 *
 * @module
 */

import type { Scale } from "../units/scale.ts";
import type { MetricDirection, MetricUnit } from "../units/metric.ts";
import type { Placement } from "../model/placement.ts";
import type { Skip } from "../model/case.ts";

/** Version of the document and of `sockbench-report` JSON. */
export const REPORT_VERSION = 1;

/** A Phrase is one part of a sentence, kept apart so that a renderer may format it. */
export type Phrase =
  | { readonly kind: "text"; readonly text: string }
  /** A name of the record: a transport, a parameter value, a scenario. */
  | { readonly kind: "name"; readonly text: string }
  /** A ratio as the sentence states it, at least 1 where it states one; `word` follows it, as in "faster". */
  | {
    readonly kind: "ratio";
    readonly ratio: number;
    readonly decimals: number;
    readonly word: string;
  }
  /** Bounds of the ratio before them. */
  | {
    readonly kind: "interval";
    readonly low: number;
    readonly high: number;
    readonly decimals: number;
  }
  /** A value in the metric's own unit, with the bounds of its interval where the sentence gives them. */
  | {
    readonly kind: "amount";
    readonly value: number;
    readonly unit: MetricUnit;
    readonly low?: number;
    readonly high?: number;
  };

/** A Finding is one sentence on what the intervals allow to be said. */
export interface Finding {
  /** The scenario it is about. */
  readonly scenario: string;
  /** `difference`: all its ratios exclude 1; `no difference`: they include it; `unresolved`: too few pairs to tell; `search`: the best cell. */
  readonly kind: "difference" | "no difference" | "unresolved" | "search";
  /** The sentence, without its last full stop. */
  readonly phrases: readonly Phrase[];
  /** Fewest pairs (trials, for a search) that a figure of the sentence rests on. */
  readonly n: number;
  /** Most of them. */
  readonly nMax: number;
  /** Whether `n` counts pairs of trials or trials. */
  readonly counted: "pairs" | "trials";
  /** Lowest confidence that an interval of the sentence reaches, 0 to 1. */
  readonly confidence: number;
  /** Where the two ends ran; of a finding on pinning, those of the cases in question. */
  readonly placement: Placement;
  /** One sentence each on how to take it. */
  readonly remarks: readonly string[];
  /** Ids of the cases it rests on. */
  readonly cases: readonly string[];
}

/** Two values where a case met two speeds, in the metric's unit. */
export interface CellSpeeds {
  /** Median of the shorter times. */
  readonly fast: number;
  /** Share of the trials with them, 0 to 1. */
  readonly fastShare: number;
  /** Median of the longer times. */
  readonly slow: number;
  /** Share of the trials with them, 0 to 1. */
  readonly slowShare: number;
}

/** A Cell is one figure of a table, unscaled. */
export interface Cell {
  /** The case it belongs to. */
  readonly case: string;
  /** Median across the trials, in the column's unit. */
  readonly value: number;
  /** Lower bound of its interval. */
  readonly low: number;
  /** Upper bound of its interval. */
  readonly high: number;
  /** Trials. */
  readonly n: number;
  /** Confidence that the interval reaches, 0 to 1. */
  readonly confidence: number;
  /** Present when it is the best of its row and its interval overlaps no other of the row. */
  readonly mark?: "best";
  /** Present when its trials met two speeds: to be shown instead of the value. */
  readonly twoSpeeds?: CellSpeeds;
}

/** A Column of figures. */
export interface Column {
  /** Heading without the unit. */
  readonly title: string;
  /** Unit of the cells as stored. */
  readonly unit: MetricUnit;
  /** Which direction is an improvement. */
  readonly better: MetricDirection;
  /** How they are shown. */
  readonly scale: Scale;
  /** Significant digits, the same in the whole column; 0: whole numbers with all their digits. */
  readonly digits: number;
}

/** A Row is a line of a table; a cell is `null` where the case was not measured. */
export interface Row {
  /** One label for each of the table's `rowTitles`. */
  readonly labels: readonly string[];
  /** One cell for each column. */
  readonly cells: readonly (Cell | null)[];
}

/** A Table is rows and columns of figures, with the interval (`comparative`) or without (`detail`). */
export interface Table {
  /** `comparative`: one metric, cases side by side; `split`: one metric, its parts side by side; `detail`: one row per case, all metrics side by side. */
  readonly kind: "comparative" | "split" | "detail";
  /** One line above it: what the figures are. */
  readonly caption: string;
  /** Title of the metric; on a comparative table only. */
  readonly metric?: string;
  /** Headings of the label columns. */
  readonly rowTitles: readonly string[];
  /** The columns of figures. */
  readonly columns: readonly Column[];
  /** The lines. */
  readonly rows: readonly Row[];
}

/** Where more of one parameter stops paying, all else as in the best cell. */
export interface Turn {
  /** The parameter. */
  readonly parameter: string;
  /** Its value in the best cell, for display. */
  readonly bestLabel: string;
  /** The smallest value that is as good as the best, for display. */
  readonly fromLabel: string;
  /** The value itself. */
  readonly from: number;
  /** Largest value measured along this line. */
  readonly largest: number;
  /** Ratio of that value's case to the best cell, above 1 better; absent when the best cell is itself the smallest. */
  readonly ratio?: number;
  /** Lower bound of the ratio. */
  readonly low?: number;
  /** Upper bound of the ratio. */
  readonly high?: number;
}

/** The answer of a search: the best cell of one group, and where more stops paying. */
export interface SearchResult {
  /** What is searched within, as in `{ transport: "tcp" }`, for display. */
  readonly group: readonly { readonly name: string; readonly label: string }[];
  /** The best case. */
  readonly best: string;
  /** Its searched parameters, for display. */
  readonly at: readonly { readonly name: string; readonly label: string }[];
  /** The metric searched. */
  readonly metric: string;
  /** The metric's unit. */
  readonly unit: MetricUnit;
  /** Median of the best case. */
  readonly value: number;
  /** Lower bound of its interval. */
  readonly low: number;
  /** Upper bound of its interval. */
  readonly high: number;
  /** Confidence of the interval, 0 to 1. */
  readonly confidence: number;
  /** Trials of the best case. */
  readonly n: number;
  /** Cells of the group. */
  readonly cells: number;
  /** Other cells that cannot be told apart from the best, trials paired by round. */
  readonly tied: number;
  /** One per searched parameter with more than one value. */
  readonly turns: readonly Turn[];
  /** Where the two ends ran. */
  readonly placement: Placement;
}

/** What the kernel counted over the measured intervals of one case. */
export interface EvidenceRow {
  /** The case. */
  readonly case: string;
  /** The case without its scenario, for display. */
  readonly label: string;
  /** Trials that have counters. */
  readonly trials: number;
  /** Their operations. */
  readonly operations: number;
  /** Sums over these trials, in the order of the table's counters; `null` where the case cannot have any, or where other programs' are in it. */
  readonly totals: readonly (number | null)[];
}

/** An EvidenceTable is the counters that explain a scenario's figures, case by case. */
export interface EvidenceTable {
  /** Each counter's name, as in `TcpExt.DelayedACKs`, and what it counts in few words. */
  readonly counters: readonly { readonly counter: string; readonly title: string }[];
  /** What one operation is, in the singular. */
  readonly operation: string;
  /** Whether counters among them count for the whole network namespace, other programs' traffic included. */
  readonly namespaceWide: boolean;
  /** Whether counts were left out, because their case's operations cannot have caused so many. */
  readonly polluted: boolean;
  /** One row per case whose trials have counters; at least one. */
  readonly rows: readonly EvidenceRow[];
}

/** A TextTable is rows of words. */
export interface TextTable {
  /** One line above it, without its full stop. */
  readonly caption: string;
  /** Headings. */
  readonly columns: readonly string[];
  /** The lines; as many texts each as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A Section is one scenario under one placement. */
export interface Section {
  /** The scenario's id. */
  readonly scenario: string;
  /** Its question. */
  readonly question: string;
  /** Where the two ends ran. */
  readonly placement: Placement;
  /** What a reader must know. */
  readonly notes: readonly string[];
  /** Headline metric, cases side by side; absent when no case yielded it. */
  readonly comparative?: Table;
  /** Tables besides the headline's that the scenario asks for: its split first, then other metrics with the cases side by side; absent: none. */
  readonly further?: readonly Table[];
  /** All metrics; absent when no case yielded one. */
  readonly detail?: Table;
  /** Answers of the scenario's search. */
  readonly search: readonly SearchResult[];
  /** What the kernel counted meanwhile; absent where nothing that explains the figures could be counted. */
  readonly evidence?: EvidenceTable;
}

/** A Warning is one thing that weakens figures, and whose. */
export interface Warning {
  /** One sentence. */
  readonly message: string;
  /** Ids of the cases concerned; empty: the run as a whole. */
  readonly cases: readonly string[];
}

/** A named fact, for display. */
export interface NamedFact {
  /** What it is. */
  readonly name: string;
  /** Its value as text. */
  readonly value: string;
}

/** A comparison as a row of "all comparisons". */
export interface ComparisonRow {
  /** The scenario. */
  readonly scenario: string;
  /** The factor's value in the case, as in `unix`. */
  readonly subject: string;
  /** The factor's value in its base, as in `tcp`. */
  readonly base: string;
  /** The factor: `transport`, `scenario`, a parameter's name. */
  readonly factor: string;
  /** In what both agree. */
  readonly at: string;
  /** The metric's title. */
  readonly metric: string;
  /** Above 1: better than the base. */
  readonly ratio: number;
  /** Lower bound of the ratio. */
  readonly low: number;
  /** Upper bound of the ratio. */
  readonly high: number;
  /** Pairs. */
  readonly n: number;
  /** Confidence of the interval, 0 to 1. */
  readonly confidence: number;
  /** What it allows to be said, as in `better`, `none found`, `cannot tell`. */
  readonly reading: string;
}

/** A Report is everything a reader is told about one record, before any format. */
export interface Report {
  /** Heading. */
  readonly title: string;
  /** One line of facts: machine, runtime, date, trials. */
  readonly subtitle: readonly string[];
  /** True when the run ended before its last round. */
  readonly partial: boolean;
  /** One sentence on how far a partial run came; absent on a complete one. */
  readonly partialRemark?: string;
  /** What matters most, first; short enough to be read. */
  readonly findings: readonly Finding[];
  /** Further findings, in the same order of weight. */
  readonly furtherFindings: readonly Finding[];
  /** Every comparison made, one row each. */
  readonly comparisons: readonly ComparisonRow[];
  /** What the words mean, for a reader who never saw the tool. */
  readonly guide: readonly NamedFact[];
  /** One per scenario and placement. */
  readonly sections: readonly Section[];
  /** What weakens the figures. */
  readonly warnings: readonly Warning[];
  /** What was planned and not measured. */
  readonly skips: readonly Skip[];
  /** How it was measured. */
  readonly method: readonly NamedFact[];
  /** The sockets' settings as the kernel had them; absent where none could be read back, which `method` then says. */
  readonly socketSettings?: TextTable;
  /** The machine and the runtime. */
  readonly environment: readonly NamedFact[];
  /** What could not be learned about the machine. */
  readonly missing: readonly Skip[];
  /** The command that repeats the run. */
  readonly reproduce: string;
}
