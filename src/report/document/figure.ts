// Figures: the data of charts. `chart/` draws them; a format without pictures passes over them.

import type { MetricUnit } from "../../units/unit.ts";
import type { Placement } from "../../model/placement.ts";
import type { FigureCell } from "./table.ts";

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

/** What a chart shows, each kind in its own way: the file that draws it in `chart/` states which. */
export interface ChartData {
  /** As in `cdf`. */
  readonly kind: string;
}

/** A figure of a chart knows what it measures. */
export interface ChartFigure extends FigureCell {
  readonly metric: string;
  readonly unit: MetricUnit;
}

/** `unit`: `B`, or words that follow a number. */
export interface ChartAxis {
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
}
