// chartFiles: charts as files.

import type { RunRecord } from "../../model/run_record.ts";
import { buildCharts } from "./build_charts.ts";
import type { Chart } from "./chart.ts";

/** How every chart begins, and by which its file can be told from others. */
export const CHART_START = '<svg xmlns="http://www.w3.org/2000/svg" class="sbc"';

/**
 * The charts of a record as files to be written beside a report.
 *
 * @param record The record.
 * @param charts Its charts where the caller has them already.
 * @returns SVG text by file name, as in `round-trip-cdf-process.svg`; each ends in a line break.
 */
export function chartFiles(
  record: RunRecord,
  charts: readonly Chart[] = buildCharts(record),
): ReadonlyMap<string, string> {
  return new Map(charts.map((chart) => [chartFileName(chart), `${chart.svg}\n`]));
}

/**
 * The name of a chart's file.
 *
 * @returns Its id with `.svg`; a–z, 0–9 and hyphens only.
 */
export function chartFileName({ id }: Pick<Chart, "id">): string {
  return `${id}.svg`;
}
