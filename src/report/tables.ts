/**
 * Tables: cases side by side in the headline metric, and every case with every metric.
 *
 * @module
 */

import { UNITS } from "../units/unit.ts";
import { CONFIDENCE, type Summary } from "../compare/summarize.ts";
import type { MetricDefinition, MetricDirection } from "../units/metric.ts";
import type { Case } from "../model/case.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { Cell, Column, Row, Table } from "./document.ts";
import type { Scale } from "../units/scale.ts";
import { chooseScale } from "../units/format_quantity.ts";
import { formatParam } from "./describe_case.ts";

/** Finds the summary of a case and metric; `undefined` where no trial yielded a value. */
export type SummaryOf = (caseId: string, metricId: string) => Summary | undefined;

/**
 * The headline metric with the cases side by side: the scenario's column factors across, the other factors down.
 *
 * @param spec The scenario.
 * @param cases Its cases under one placement.
 * @param metric The metric shown.
 * @param summaryOf Where the figures come from.
 * @returns The table, or `undefined` when no case has a figure.
 */
export function buildComparativeTable(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metric: MetricDefinition,
  summaryOf: SummaryOf,
): Table | undefined {
  const used = spec.parameters.filter(({ name }) =>
    cases.some(({ params }) => Object.hasOwn(params, name))
  );
  const factors = ["transport", ...used.map(({ name }) => name)];
  const across = factors.filter((factor) => spec.columns.includes(factor));
  const down = factors.filter((factor) =>
    !across.includes(factor) && (varies(cases, factor) || factor === factors.at(-1))
  );
  const columns = distinct(cases, across);
  const cellOf = new Map<string, Cell>();
  for (const one of cases) {
    const summary = summaryOf(one.id, metric.id);
    if (summary !== undefined) cellOf.set(keyOf(one, [...down, ...across]), toCell(summary));
  }
  if (cellOf.size === 0) return undefined;
  const rows = distinct(cases, down).map((line): Row => ({
    labels: down.map((factor) => label(spec, line, factor) ?? NO_VALUE),
    cells: markBest(
      columns.map((column) =>
        cellOf.get(JSON.stringify([...valuesOf(line, down), ...valuesOf(column, across)])) ?? null
      ),
      metric,
    ),
  }));
  const look = columnLook([...cellOf.values()], metric);
  return {
    kind: "comparative",
    caption: `${metric.title}: ${metric.description}`,
    metric: metric.title,
    rowTitles: down,
    columns: columns.map((one) => ({ ...look, title: columnTitle(spec, one, across) })),
    rows,
  };
}

/**
 * Every case with the median of every metric.
 *
 * @param spec The scenario.
 * @param cases Its cases under one placement.
 * @param metrics The metrics, the headline first.
 * @param summaryOf Where the figures come from.
 * @returns The table, or `undefined` when no case has a figure.
 */
export function buildDetailTable(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metrics: readonly MetricDefinition[],
  summaryOf: SummaryOf,
): Table | undefined {
  const headline = metrics[0]?.id ?? "";
  const metSpeeds = (one: Case) => summaryOf(one.id, headline)?.twoSpeeds !== undefined;
  const cellsOf = cases.map((one) =>
    metrics.map((metric) => {
      const summary = summaryOf(one.id, metric.id);
      if (summary === undefined) return null;
      // Two groups of a tail say little of the machine unless the headline shows them too.
      return metSpeeds(one) ? toCell(summary) : toCell({ ...summary, twoSpeeds: undefined });
    })
  );
  const shown = metrics.map((_, index) => cellsOf.some((cells) => cells[index]));
  if (!shown.includes(true)) return undefined;
  return {
    kind: "detail",
    caption: "Medians across the trials; n is the number of trials that count.",
    rowTitles: ["case"],
    columns: metrics.flatMap((metric, index): Column[] =>
      shown[index]
        ? [{
          ...columnLook(cellsOf.flatMap((cells) => cells[index] ?? []), metric),
          title: metric.title,
        }]
        : []
    ),
    rows: cases.map((one, row) => ({
      labels: [shortId(spec, one)],
      cells: (cellsOf[row] ?? []).filter((_, index) => shown[index]),
    })),
  };
}

function columnLook(cells: readonly Cell[], metric: MetricDefinition): Omit<Column, "title"> {
  const widths = cells.filter((cell) => cell.high > cell.low && cell.confidence >= CONFIDENCE)
    .map((cell) => (cell.high - cell.low) / Math.abs(cell.value)).sort((a, b) => a - b);
  const width = widths[widths.length >> 1] ?? 1;
  const scale = chooseScale(cells.map((cell) => cell.value), metric.unit);
  const { unit, better } = metric;
  const { scales, digits } = UNITS[unit];
  if (isWhole(cells, unit, scale)) return { unit, better, scale: scales[0]!, digits: 0 };
  // An interval of half a percent vanishes in three digits.
  return { unit, better, scale, digits: width < 0.005 ? 4 : digits };
}

/**
 * Whether every figure is a whole number of things and its last digit means something: 2 connects are no 2.000, and where all trials agree
 * the largest datagram is 65 507 B, not 63.97 KiB.
 */
function isWhole(cells: readonly Cell[], unit: MetricDefinition["unit"], scale: Scale): boolean {
  if (UNITS[unit].whole === undefined) return false;
  return cells.every(({ value, low, high }) =>
    [value, low, high].every(Number.isSafeInteger) && (scale.divisor === 1 || low === high)
  );
}

function toCell(
  summary: Omit<Summary, "twoSpeeds"> & { readonly twoSpeeds?: Summary["twoSpeeds"] | undefined },
): Cell {
  const { twoSpeeds } = summary;
  return {
    case: summary.case,
    value: summary.median,
    low: summary.low,
    high: summary.high,
    n: summary.n,
    confidence: summary.confidence,
    ...(twoSpeeds === undefined ? {} : {
      twoSpeeds: {
        fast: twoSpeeds.fast.median,
        fastShare: twoSpeeds.fast.share,
        slow: twoSpeeds.slow.median,
        slowShare: twoSpeeds.slow.share,
      },
    }),
  };
}

/** What a table says of a parameter that the row does not have. */
const NO_VALUE = "–";

/**
 * A row's label where its column's heading is out of sight: `nagle on` and `peers 100` need their names, a transport and a
 * pattern such as `write-read` speak for themselves.
 *
 * @param label The label.
 * @param title Heading of its column.
 * @returns As in `cork on`; empty where the row has no value.
 */
export function nameLabel(label: string, title: string): string {
  if (label === NO_VALUE) return "";
  const speaks = title === "transport" || (label.includes("-") && !/^\d/.test(label));
  return speaks ? label : `${title} ${label}`;
}

/** Marks the best cell of a row when its interval overlaps none of the others'. Ties: nobody is marked. */
function markBest(cells: readonly (Cell | null)[], metric: MetricDefinition): (Cell | null)[] {
  const present = cells.filter((cell): cell is Cell => cell !== null);
  const best = findClearBest(present, metric.better);
  return cells.map((cell) => cell !== null && cell === best ? { ...cell, mark: "best" } : cell);
}

/**
 * The best of several cells when its interval overlaps none of the others'.
 *
 * @param cells Cells of one metric.
 * @param better Which direction is better.
 * @returns The cell; `undefined` where intervals overlap, trials are too few for them, or there is nothing to choose from.
 */
export function findClearBest(cells: readonly Cell[], better: MetricDirection): Cell | undefined {
  if (better === "neither" || cells.length < 2) return undefined;
  if (cells.some((cell) => cell.confidence < CONFIDENCE)) return undefined;
  const spans = new Map(cells.map((cell) => {
    const [low, high] = spanOf(cell);
    return [cell, better === "lower" ? [low, high] as const : [-high, -low] as const];
  }));
  return cells.find((cell) =>
    cells.every((other) =>
      other === cell || (spans.get(cell)?.[1] as number) < (spans.get(other)?.[0] as number)
    )
  );
}

/**
 * Where a cell's value lies. Two speeds span from one centre to the other: neither may be called the cell's own.
 *
 * @param cell The cell.
 * @returns Lower and upper end.
 */
export function spanOf({ low, high, twoSpeeds }: Cell): readonly [low: number, high: number] {
  if (twoSpeeds === undefined) return [low, high];
  const { fast, slow } = twoSpeeds;
  return [Math.min(low, high, fast, slow), Math.max(low, high, fast, slow)];
}

function columnTitle(spec: ScenarioSpec, one: Case, across: readonly string[]): string {
  const parts = across.flatMap((factor) => {
    const text = label(spec, one, factor);
    if (text === undefined) return [];
    return [factor === "transport" ? text : `${factor} ${text}`];
  });
  return parts.length === 0 ? "all" : parts.join(", ");
}

function label(spec: ScenarioSpec, one: Case, factor: string): string | undefined {
  const value = valueOf(one, factor);
  return value === null ? undefined : formatParam(spec, factor, value);
}

function valueOf(one: Case, factor: string): number | string | null {
  if (factor === "transport") return one.transport;
  return Object.hasOwn(one.params, factor) ? one.params[factor] ?? null : null;
}

function valuesOf(one: Case, factors: readonly string[]): (number | string | null)[] {
  return factors.map((factor) => valueOf(one, factor));
}

function keyOf(one: Case, factors: readonly string[]): string {
  return JSON.stringify(valuesOf(one, factors));
}

function varies(cases: readonly Case[], factor: string): boolean {
  return new Set(cases.map((one) => valueOf(one, factor))).size > 1;
}

/** One case for each combination of the factors' values: numbers ascending, the rest in order of appearance. */
function distinct(cases: readonly Case[], factors: readonly string[]): readonly Case[] {
  const seen = new Map<string, Case>();
  for (const one of cases) {
    const key = keyOf(one, factors);
    if (!seen.has(key)) seen.set(key, one);
  }
  const places = factors.map((factor) => {
    const values = [...new Set(cases.map((one) => valueOf(one, factor)))];
    return new Map(values.map((value, index) => [value, index]));
  });
  return [...seen.values()].sort((a, b) => {
    for (const [index, factor] of factors.entries()) {
      const [x, y] = [valueOf(a, factor), valueOf(b, factor)];
      const order = typeof x === "number" && typeof y === "number"
        ? x - y
        : (places[index]?.get(x) ?? 0) - (places[index]?.get(y) ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function shortId(spec: ScenarioSpec, one: Case): string {
  return one.id.startsWith(`${spec.id}/`) ? one.id.slice(spec.id.length + 1) : one.id;
}
