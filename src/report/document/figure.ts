// Figures: the data of charts. `chart/` draws them; a format without pictures passes over them.

import type { EffectKind, MetricUnit } from "../../units/unit.ts";
import type { Placement } from "../../model/placement.ts";
import type { CellVerdict, ColumnMetric, FigureCell } from "./table.ts";

/** Most series of one chart: that many colours and marks can be told apart. */
export const MAX_SERIES = 8;

/** A Figure is one chart before it is drawn. */
export interface Figure {
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
  readonly data: ChartData;
}

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
  readonly metric: string;
  readonly unit: MetricUnit;
}

/** Several percentiles of each case, a row each. */
export interface PercentileData {
  readonly kind: "percentiles";
  /** The percentiles, the headline first. */
  readonly metrics: readonly ColumnMetric[];
  /** Rows from top to bottom; a row without figures is the heading of those below it. */
  readonly rows: readonly {
    /** As in `tcp, nagle on`. */
    readonly label: string;
    readonly look: number;
    readonly figures: readonly ChartFigure[];
  }[];
}

export interface ChartAxis {
  readonly name: string;
  readonly description: string;
  /** `B`: sizes in bytes; else words that follow a number; absent: plain numbers. */
  readonly unit?: string;
}

/** A rate along one number, a line a series. */
export interface CurveData {
  readonly kind: "throughput";
  readonly metric: ColumnMetric;
  readonly axis: ChartAxis;
  readonly curves: readonly {
    /** As in `tcp`. */
    readonly name: string;
    readonly look: number;
    /** From the smallest value of the axis to the largest; at least one. */
    readonly points: readonly { readonly at: number; readonly figure: ChartFigure }[];
  }[];
}

export interface GridData {
  readonly kind: "heat-map";
  readonly metric: ColumnMetric;
  readonly rowAxis: ChartAxis;
  readonly columnAxis: ChartAxis;
  readonly rows: readonly (number | string)[];
  readonly columns: readonly (number | string)[];
  /** All squares of the grid, those of its other parts included, so that colours mean the same in all. */
  readonly squares: readonly {
    readonly row: number | string;
    readonly column: number | string;
    readonly figure: ChartFigure;
    /** True of the best one; there may be none. */
    readonly isBest: boolean;
  }[];
}

/** Single operations of one trial, end to end. */
export interface TimelineData {
  readonly kind: "timeline";
  readonly lanes: readonly {
    /** What the lanes below have in common; stands above the first of them. */
    readonly group: string;
    readonly case: string;
    /** As in `tcp, nagle on`. */
    readonly label: string;
    readonly look: number;
    readonly round: number;
    /** Length of each operation in nanoseconds, in order of time. */
    readonly valuesNs: readonly number[];
  }[];
}

/** Cumulative distributions of all operations of a case. */
export interface DistributionData {
  readonly kind: "cdf";
  /** The histogram's name, as in `exchange`. */
  readonly histogram: string;
  /** What is distributed, as in `Round-trip time`. */
  readonly what: string;
  readonly curves: readonly {
    /** As in `tcp`. */
    readonly name: string;
    readonly case: string;
    readonly look: number;
    readonly trials: number;
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
  readonly kind: "rounds";
  /** How many times as slow the last third of the rounds was as the first. */
  readonly drift: number;
  /** One for each round, or for several in a row, in order of time; ratios to each case's own median, above 1: slower. */
  readonly rounds: readonly {
    readonly first: number;
    readonly last: number;
    readonly startedNs: number;
    readonly cases: number;
    /** 10th percentile of the ratios. */
    readonly low: number;
    /** 25th percentile. */
    readonly quarter: number;
    readonly middle: number;
    /** 75th percentile. */
    readonly threeQuarters: number;
    /** 90th percentile. */
    readonly high: number;
  }[];
}

/** The ratio of every cell of a comparison, worst first. */
export interface ForestData {
  readonly kind: "forest";
  readonly effect: EffectKind;
  readonly paired: boolean;
  /** The cells; at least one. */
  readonly rows: readonly {
    readonly case: string;
    readonly metric: string;
    readonly unit: MetricUnit;
    readonly better: "lower" | "higher";
    readonly verdict: CellVerdict;
    /** Head against base: above 1, head is better; of shares 1 plus the points gained. */
    readonly ratio: {
      readonly estimate: number;
      readonly low: number;
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
