// buildComparisonCharts: the pictures of a comparison or a gate.

import type { GateResult } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import { forestFigures } from "../build/charts/forest_figures.ts";
import type { Chart } from "./chart.ts";
import { drawFigure } from "./draw_figure.ts";

/** What a gate result does not hold. */
export interface ComparisonChartOptions {
  /** The cells of head (or base), for their placement; absent: charts do not state it. */
  readonly cases?: readonly Case[];
}

/**
 * Draws the ratio of every cell with interval and threshold, worst first.
 *
 * @param result Verdicts, of `compare` as of `gate`.
 * @param options Where the cases ran.
 * @returns One chart per placement and kind of effect, more where the cells are many; empty where nothing was compared.
 */
export function buildComparisonCharts(
  { cells, paired }: GateResult,
  { cases = [] }: ComparisonChartOptions = {},
): readonly Chart[] {
  return forestFigures({ cells, paired, cases }).map(drawFigure);
}
