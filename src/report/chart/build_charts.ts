/**
 * buildCharts: the pictures of a record.
 *
 * @module
 */

import type { RunRecord } from "../../model/run_record.ts";
import { drawCdfs } from "./cdf_chart.ts";
import type { Chart } from "./chart.ts";
import { openContext } from "./chart_context.ts";
import { drawHeatMaps } from "./heat_map.ts";
import { drawPercentiles } from "./percentile_chart.ts";
import { drawRounds } from "./rounds_chart.ts";
import { drawThroughputs } from "./throughput_chart.ts";
import { drawTimelines } from "./timeline_chart.ts";
import { numberIds } from "./unique_ids.ts";

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
  const context = openContext(record);
  const charts = [
    ...drawPercentiles(context),
    ...drawThroughputs(context),
    ...drawHeatMaps(context),
    ...drawTimelines(context),
    ...drawCdfs(context),
    ...drawRounds(context),
  ];
  const places = new Map(record.scenarios.map(({ id }, index) => [id, index]));
  const placeOf = ({ scenario }: Chart) =>
    scenario === null ? Infinity : places.get(scenario) ?? Infinity;
  return numberIds([...charts].sort((a, b) => comparePlaces(placeOf(a), placeOf(b))));
}

/** Not a subtraction: ∞ − ∞ is no number. */
function comparePlaces(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
