// Figures: the data of charts. `chart/` draws them; a format without pictures passes over them.

import type { EffectKind, MetricUnit } from "../../units/unit.ts";
import type { Placement } from "../../model/placement.ts";
import type { CellVerdict, ColumnMetric, FigureCell } from "./table.ts";

/** Most series of one chart: that many colours and marks can be told apart. */
export const MAX_SERIES = 8;

/** A Figure is one chart before it is drawn. */
export interface Figure {
  /** Distinguishes it from other blocks. */
  readonly kind: "figure";
  /** Stable slug of a–z, 0–9 and hyphens, unique within a Document: anchor and file name, as in `round-trip-cdf-process`. */
  readonly id: string;
  /** The scenario it belongs to; `null`: the run as a whole, or two records. */
  readonly scenario: string | null;
  /** Where the two ends of all its cases ran; `null`: it differs or is not known. */
  readonly placement: Placement | null;
  /** What all that it shows has in common, as in `64 B`, `part 1 of 2`; shown below its title. */
  readonly common: readonly string[];
  /** What one operation is, in the singular, as in `exchange`; empty where it shows none. */
  readonly operation: string;
  /** What is drawn. */
  readonly data: ChartData;
}

/** What the chart room can draw. */
export type ChartData =
  | PercentileData
  | CurveData
  | GridData
  | TimelineData
  | DistributionData
  | RoundsData
  | ForestData;

/** A figure of a chart knows what it measures. */
export interface ChartFigure extends FigureCell {
  /** The metric's id. */
  readonly metric: string;
  /** The metric's unit. */
  readonly unit: MetricUnit;
}

/** Several percentiles of each case, a row each. */
export interface PercentileData {
  /** Distinguishes it from other charts. */
  readonly kind: "percentiles";
  /** The percentiles, the headline first. */
  readonly metrics: readonly ColumnMetric[];
  /** Rows from top to bottom; a row without figures is the heading of those below it. */
  readonly rows: readonly {
    /** As in `tcp, nagle on`. */
    readonly label: string;
    /** Number of its colour and mark. */
    readonly look: number;
    /** One for each percentile that it has. */
    readonly figures: readonly ChartFigure[];
  }[];
}

/** An axis of a chart. */
export interface ChartAxis {
  /** The parameter's name. */
  readonly name: string;
  /** What it is in words. */
  readonly description: string;
  /** `B`: sizes in bytes; else words that follow a number; absent: plain numbers. */
  readonly unit?: string;
}

/** A rate along one number, a line a series. */
export interface CurveData {
  /** Distinguishes it from other charts. */
  readonly kind: "throughput";
  /** What is measured. */
  readonly metric: ColumnMetric;
  /** Along what. */
  readonly axis: ChartAxis;
  /** The lines. */
  readonly curves: readonly {
    /** As in `tcp`. */
    readonly name: string;
    /** Number of its colour and mark. */
    readonly look: number;
    /** From the smallest value of the axis to the largest; at least one. */
    readonly points: readonly { readonly at: number; readonly figure: ChartFigure }[];
  }[];
}

/** A rate by two numbers. */
export interface GridData {
  /** Distinguishes it from other charts. */
  readonly kind: "heat-map";
  /** What is measured. */
  readonly metric: ColumnMetric;
  /** Downwards. */
  readonly rowAxis: ChartAxis;
  /** Across. */
  readonly columnAxis: ChartAxis;
  /** Values downwards. */
  readonly rows: readonly (number | string)[];
  /** Values across. */
  readonly columns: readonly (number | string)[];
  /** All squares of the grid, those of its other parts included, so that colours mean the same in all. */
  readonly squares: readonly {
    /** Its place downwards. */
    readonly row: number | string;
    /** Its place across. */
    readonly column: number | string;
    /** What was measured there. */
    readonly figure: ChartFigure;
    /** True of the best one; there may be none. */
    readonly isBest: boolean;
  }[];
}

/** Single operations of one trial, end to end. */
export interface TimelineData {
  /** Distinguishes it from other charts. */
  readonly kind: "timeline";
  /** One lane a case. */
  readonly lanes: readonly {
    /** What the lanes below have in common; stands above the first of them. */
    readonly group: string;
    /** The case. */
    readonly case: string;
    /** As in `tcp, nagle on`. */
    readonly label: string;
    /** Number of its colour. */
    readonly look: number;
    /** The round of the trial. */
    readonly round: number;
    /** Length of each operation in nanoseconds, in order of time. */
    readonly valuesNs: readonly number[];
  }[];
}

/** Cumulative distributions of all operations of a case. */
export interface DistributionData {
  /** Distinguishes it from other charts. */
  readonly kind: "cdf";
  /** The histogram's name, as in `exchange`. */
  readonly histogram: string;
  /** What is distributed, as in `Round-trip time`. */
  readonly what: string;
  /** One curve a series. */
  readonly curves: readonly {
    /** As in `tcp`. */
    readonly name: string;
    /** Its first case. */
    readonly case: string;
    /** Number of its colour and mark. */
    readonly look: number;
    /** Trials pooled. */
    readonly trials: number;
    /** Operations pooled. */
    readonly count: number;
    /** Shortest in nanoseconds. */
    readonly minNs: number;
    /** Longest in nanoseconds. */
    readonly maxNs: number;
    /** How many operations took no longer than so many nanoseconds, rising. */
    readonly steps: readonly { readonly ns: number; readonly seen: number }[];
    /** Percentiles, rising; marked where an operation lies beyond. */
    readonly percentiles: readonly {
      readonly percentile: number;
      readonly ns: number;
      readonly isMarked: boolean;
    }[];
  }[];
}

/** How slow all cases together were in each round. */
export interface RoundsData {
  /** Distinguishes it from other charts. */
  readonly kind: "rounds";
  /** How many times as slow the last third of the rounds was as the first. */
  readonly drift: number;
  /** One for each round, or for several in a row, in order of time; ratios to each case's own median, above 1: slower. */
  readonly rounds: readonly {
    /** First round. */
    readonly first: number;
    /** Last round. */
    readonly last: number;
    /** Start since the beginning of the run. */
    readonly startedNs: number;
    /** Trials. */
    readonly cases: number;
    /** 10th percentile of the ratios. */
    readonly low: number;
    /** 25th percentile. */
    readonly quarter: number;
    /** Median. */
    readonly middle: number;
    /** 75th percentile. */
    readonly threeQuarters: number;
    /** 90th percentile. */
    readonly high: number;
  }[];
}

/** The ratio of every cell of a comparison, worst first. */
export interface ForestData {
  /** Distinguishes it from other charts. */
  readonly kind: "forest";
  /** How all its ratios were found. */
  readonly effect: EffectKind;
  /** Whether trials were paired. */
  readonly paired: boolean;
  /** The cells; at least one. */
  readonly rows: readonly {
    /** The case. */
    readonly case: string;
    /** The metric's id. */
    readonly metric: string;
    /** Unit of the metric. */
    readonly unit: MetricUnit;
    /** Which direction of it is better. */
    readonly better: "lower" | "higher";
    /** What is said of it. */
    readonly verdict: CellVerdict;
    /** Head against base: above 1, head is better; of shares 1 plus the points gained. */
    readonly ratio: {
      /** The estimate. */
      readonly estimate: number;
      /** Lower bound. */
      readonly low: number;
      /** Upper bound. */
      readonly high: number;
      /** Pairs; of unpaired trials those of the smaller side. */
      readonly n: number;
      /** Confidence that the interval reaches, 0 to 1. */
      readonly confidence: number;
    };
    /** How much worse is allowed, as a share; absent: nothing decides. */
    readonly threshold?: number;
  }[];
}
