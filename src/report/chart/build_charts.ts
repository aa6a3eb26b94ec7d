// Charts of records and comparisons: figures drawn, and as files.

import type { GateResult } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { oncePer } from "../build/evaluation.ts";
import type { ChartData, Figure } from "../document/figure.ts";
import { cdf } from "./cdf_chart.ts";
import type { Chart } from "./chart.ts";
import { type ChartKind, numberIds, openContext } from "./chart_context.ts";
import { forest, forestFigures } from "./forest_chart.ts";
import { heatMap } from "./heat_map.ts";
import { percentiles } from "./percentile_chart.ts";
import { rounds } from "./rounds_chart.ts";
import { throughput } from "./throughput_chart.ts";
import { timeline } from "./timeline_chart.ts";

const KINDS: readonly ChartKind<ChartData>[] = [
  percentiles,
  throughput,
  heatMap,
  timeline,
  cdf,
  rounds,
  forest,
];

/** Draws a figure. The same figure gives the same picture. */
export const drawFigure = oncePer((figure: Figure): Chart => {
  const { data } = figure;
  const own = KINDS.find(({ kind }) => kind === data.kind);
  if (own === undefined) throw new RangeError(`Cannot draw a figure of kind "${data.kind}"`);
  return own.draw(figure, data);
});

/** Every chart that a record has the figures for, undrawn, by scenario, then those of the run as a whole. */
export const buildFigures = oncePer((record: RunRecord): readonly Figure[] => {
  const context = openContext(record);
  const places = new Map(record.scenarios.map(({ id }, index) => [id, index]));
  const last = record.scenarios.length;
  const placeOf = ({ scenario }: Figure) => scenario === null ? last : places.get(scenario) ?? last;
  const figures = KINDS.flatMap((kind) => kind.figures(context));
  return numberIds(figures.sort((a, b) => placeOf(a) - placeOf(b)));
});

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

/** The name of a chart's file: a–z, 0–9 and hyphens only. */
export function chartFileName({ id }: Pick<Chart, "id">): string {
  return `${id}.svg`;
}
