// Tables of a scenario: cases side by side in one metric, and every case with every metric.

import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import { isRate } from "../../units/unit.ts";
import { sentence, text } from "../document/inline.ts";
import type { Cell, FactorKey, FigureCell, Row, Table } from "../document/table.ts";
import { isGroup, isPlacement } from "../document/table.ts";
import { type BestSources, findBest } from "./best.ts";
import { column, columnMetric, figureCell, keyColumns, table } from "./blocks.ts";
import type { Evaluation, SummaryOf } from "./evaluation.ts";
import { factorKey, shortId, valueOf } from "./keys.ts";

/** Loss from which on a throughput is not stated without it. */
const NOTABLE_LOSS = 0.001;

/** One metric, the scenario's column factors across, the other factors down; `undefined` when no case has a figure. */
export function buildComparativeTable(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metric: MetricDefinition,
  { summaryOf, ...sources }: Pick<Evaluation, "summaryOf"> & BestSources,
  role: "headline" | "further" = "headline",
): Table | undefined {
  const used = spec.parameters.filter(({ name }) =>
    cases.some(({ params }) => Object.hasOwn(params, name))
  );
  const factors = ["transport", ...used.map(({ name }) => name)];
  const across = factors.filter((factor) => spec.columns.includes(factor));
  const down = factors.filter((factor) =>
    !across.includes(factor) && (varies(cases, factor) || factor === factors.at(-1))
  );
  const cellOf = new Map<string, FigureCell>();
  for (const one of cases) {
    const summary = summaryOf(one.id, metric.id);
    if (summary === undefined) continue;
    const loss = isRate(metric.unit) ? summaryOf(one.id, "loss")?.median ?? 0 : 0;
    cellOf.set(placeOf(one, [...down, ...across]), {
      ...figureCell(summary),
      // A rate of what arrived says half of it.
      ...(loss >= NOTABLE_LOSS ? { beside: { title: "loss", value: loss, unit: "ratio" } } : {}),
    });
  }
  if (cellOf.size === 0) return undefined;
  const columns = distinct(cases, across);
  const rows = distinct(cases, down).map((line): Row => ({
    keys: down.map((factor) => factorKey(spec, factor, valueOf(line, factor))),
    cells: markBest(
      columns.map((column) =>
        cellOf.get(JSON.stringify([...valuesOf(line, down), ...valuesOf(column, across)])) ?? null
      ),
      metric,
      sources,
    ),
  }));
  return table({
    role,
    caption: [sentence(`${metric.title}: ${metric.description}`)],
    noun: "row",
    intervals: "shown",
    keys: keyColumns(down),
    columns: columns.map((one) => ({
      id: placeOf(one, across),
      keys: across.flatMap((factor): FactorKey[] => {
        const key = factorKey(spec, factor, valueOf(one, factor));
        // A column says what it is of: `pattern write-read`.
        return key.value === undefined ? [] : [
          factor === "transport" ? key : { ...key, named: true },
        ];
      }),
      metric: columnMetric(metric),
      align: "number",
    })),
    rows: joinLargest(rows),
  });
}

export function buildMetricsTable(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metrics: readonly MetricDefinition[],
  summaryOf: SummaryOf,
): Table | undefined {
  const headline = metrics[0]?.id ?? "";
  const cellsOf = cases.map((one) => {
    // Two groups of a tail say little of the machine unless the headline shows them too.
    const hasModes = summaryOf(one.id, headline)?.bimodality !== undefined;
    return metrics.map((metric) => {
      const summary = summaryOf(one.id, metric.id);
      return summary === undefined ? null : figureCell(summary, hasModes);
    });
  });
  const shown = metrics.map((_, index) => cellsOf.some((cells) => cells[index]));
  if (!shown.includes(true)) return undefined;
  const factors = ["transport", ...spec.parameters.map(({ name }) => name)];
  return table({
    role: "metrics",
    caption: [
      text("All metrics. "),
      sentence("Medians across the trials; n is the number of trials that count."),
    ],
    noun: "case",
    fold: "All metrics",
    keys: keyColumns(factors),
    names: "case",
    columns: [
      column("n", "n"),
      ...metrics.filter((_, index) => shown[index]).map((metric) => ({
        id: metric.id,
        title: metric.title,
        metric: columnMetric(metric),
        align: "number" as const,
      })),
    ],
    rows: cases.map((one, row) => {
      const cells = cellsOf[row] ?? [];
      return {
        keys: factors.map((factor) => factorKey(spec, factor, valueOf(one, factor))),
        name: shortId(spec.id, one.id),
        cells: [
          { kind: "count", value: Math.max(0, ...cells.map((cell) => cell?.n ?? 0)) },
          ...cells.filter((_, index) => shown[index]),
        ],
      };
    }),
  });
}

/** Marks the best cell of a row where it beats each of the others. Ties: nobody is marked. */
function markBest(
  cells: readonly (FigureCell | null)[],
  metric: MetricDefinition,
  sources: BestSources,
): readonly (Cell | null)[] {
  const best = findBest(cells.filter((cell) => cell !== null), metric, sources);
  if (best?.certainty !== "clear") return cells;
  return cells.map((cell) => cell?.case === best.case ? { ...cell, mark: "best" } : cell);
}

function valuesOf(one: Case, factors: readonly string[]): (number | string | null)[] {
  return factors.map((factor) => valueOf(one, factor) ?? null);
}

function placeOf(one: Case, factors: readonly string[]): string {
  return JSON.stringify(valuesOf(one, factors));
}

function varies(cases: readonly Case[], factor: string): boolean {
  return new Set(cases.map((one) => valueOf(one, factor))).size > 1;
}

/** One case for each combination of the factors' values: numbers ascending, the rest in order of appearance. */
function distinct(cases: readonly Case[], factors: readonly string[]): readonly Case[] {
  const seen = new Map<string, Case>();
  for (const one of cases) {
    const key = placeOf(one, factors);
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

/** Joins last rows that hold one case of a transport each (65507 B of udp, 65527 B of udp6): each figure then states its size. */
export function joinLargest(rows: readonly Row[]): readonly Row[] {
  const first = rows.findLastIndex((row) => !isAlone(row)) + 1;
  const alone = rows.slice(first);
  const [lead] = alone;
  const size = lead === undefined ? undefined : sizeOf(lead);
  if (lead === undefined || size === undefined || alone.length < 2) return rows;
  const columns = alone.map(({ cells }) => cells.findIndex((cell) => cell !== null));
  const isJoined = new Set(columns).size === alone.length &&
    alone.every((row) => sizeOf(row) !== undefined && sameBefore(row, lead));
  if (!isJoined) return rows;
  const cells = lead.cells.map((_, column): Cell | null => {
    const row = alone[columns.indexOf(column)];
    const cell = row?.cells[column];
    const at = row === undefined ? undefined : sizeOf(row);
    return cell?.kind === "figure" && at !== undefined ? { ...unmarked(cell), at } : null;
  });
  const keys = [...lead.keys.slice(0, -1), { ...size, value: "largest" }];
  return [...rows.slice(0, first), { keys, cells }];
}

function isAlone({ cells }: Row): boolean {
  return cells.length > 1 && cells.filter((cell) => cell !== null).length === 1;
}

function sizeOf({ keys }: Row): FactorKey | undefined {
  const key = keys.at(-1);
  if (key === undefined || isPlacement(key) || isGroup(key)) return undefined;
  return key.unit === "B" && typeof key.value === "number" ? key : undefined;
}

function sameBefore(a: Row, b: Row): boolean {
  return JSON.stringify(a.keys.slice(0, -1)) === JSON.stringify(b.keys.slice(0, -1));
}

function unmarked({ mark: _, ...cell }: FigureCell): FigureCell {
  return cell;
}
