// buildCharts: the pictures of a record.

import type { RunRecord } from "../../model/run_record.ts";
import { buildFigures } from "../build/figures.ts";
import type { Chart } from "./chart.ts";
import { drawFigure } from "./draw_figure.ts";

/**
 * Draws every chart that a record has the figures for. Measures nothing; the same record gives the same charts.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns The charts by scenario, then those of the run as a whole; empty where nothing was measured.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../../model/run_record.ts";
 * import { buildCharts } from "./build_charts.ts";
 *
 * declare const record: RunRecord;
 * for (const { id, title } of buildCharts(record)) console.log(`${id}: ${title}`);
 * ```
 */
export function buildCharts(record: RunRecord): readonly Chart[] {
  return buildFigures(record).map(drawFigure);
}
