// The table of what all operations of the run come to together, case by case.

import type { RunWideFigure } from "../../compare/run_wide.ts";
import { poolOperations, RUN_WIDE_PERCENTILES, totalRate } from "../../compare/run_wide.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { derivationOf, type MetricDefinition } from "../../units/metric.ts";
import { EVENT_RATE, isRate, UNITS } from "../../units/unit.ts";
import type { ListItem } from "../document/document.ts";
import { amount, name, phrase, text } from "../document/inline.ts";
import { formatShare } from "../document/format_inline.ts";
import type { Cell, Column, ColumnMetric, FigureCell, Table } from "../document/table.ts";
import { column, columnMetric, keyColumns, table } from "./blocks.ts";
import { factorKey, shortId, valueOf } from "./keys.ts";

/** A rate is far from what the median of the operations would allow where it differs by more than this share. */
const FAR = 0.2;
/** Notes on rates that a section gives at most. */
const MAX_NOTES = 3;

/** Run-wide figures of one scenario under one placement. `notes`: why rates differ from what the median operation would allow. */
export type RunWide = Readonly<{ table: Table; notes: readonly ListItem[] }>;

type CaseFigures = Readonly<
  { one: Case; cells: ReadonlyMap<string, Cell>; note: ListItem | undefined }
>;

/** Builds the table of a scenario's run-wide figures. The table with its notes; `undefined` where no case has any. */
export function buildRunWide(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metrics: readonly MetricDefinition[],
  values: TrialValues,
): RunWide | undefined {
  const histogram = histogramOf(metrics);
  const rates = metrics.filter(({ unit, better }) => better !== "neither" && isRate(unit));
  if (histogram === undefined && rates.length === 0) return undefined;
  const rows = cases.flatMap((one) => figuresOf(one, histogram, rates, values) ?? []);
  const columns = columnsOf(histogram?.prefix ?? "", rates)
    .filter(({ id }) => rows.some(({ cells }) => cells.has(id)));
  if (rows.length === 0) return undefined;
  const factors = ["transport", ...spec.parameters.map(({ name }) => name)];
  const notes = rows.flatMap(({ note }) => note ?? []);
  return {
    table: table({
      role: "run-wide",
      caption: [
        text(
          "All trials together: pooled percentiles where ten operations lie beyond, totals by total time, the longest of all. ",
        ),
        text(
          "In brackets intervals by bootstrap over rounds: about 95 % of rates and medians, nearer to 85 % of tails.",
        ),
      ],
      noun: "case",
      fold: "All trials together",
      intervals: "shown",
      keys: keyColumns(factors),
      names: "case",
      columns,
      rows: rows.map(({ one, cells }) => ({
        keys: factors.map((factor) => factorKey(spec, factor, valueOf(one, factor))),
        name: shortId(spec.id, one.id),
        cells: columns.map(({ id }) => cells.get(id) ?? null),
      })),
    }),
    notes: notes.slice(0, MAX_NOTES),
  };
}

/** The distribution that the scenario's percentiles are of. */
function histogramOf(metrics: readonly MetricDefinition[]) {
  for (const { id, title } of metrics) {
    const from = derivationOf(id);
    if (typeof from === "object" && "percentile" in from) {
      // "connect p50" names what "p50" is of.
      return { id: from.of, prefix: title.includes(" ") ? `${from.of} ` : "" };
    }
  }
  return undefined;
}

/** All columns that there may be: what was done, how fast, how long it took. */
function columnsOf(prefix: string, rates: readonly MetricDefinition[]): readonly Column[] {
  const number = (metric: ColumnMetric): Column => ({
    id: metric.id,
    title: metric.title,
    metric,
    align: "number",
  });
  const time = (id: string, title: string) =>
    number({ id, title: `${prefix}${title}`, unit: "ns", better: "lower" });
  return [
    column("operations", "operations"),
    ...rates.map((metric) => number(columnMetric(metric))),
    ...RUN_WIDE_PERCENTILES.map((percentile) => time(`pooled-${percentile}`, `p${percentile}`)),
    time("pooled-max", "max"),
  ];
}

function figuresOf(
  one: Case,
  histogram: { readonly id: string; readonly prefix: string } | undefined,
  rates: readonly MetricDefinition[],
  values: TrialValues,
): CaseFigures | undefined {
  const trials = values.succeeded(one.id);
  if (trials.length === 0) return undefined;
  const operations = trials.reduce((sum, trial) => sum + trial.operations, 0);
  const cells = new Map<string, Cell>([["operations", { kind: "count", value: operations }]]);
  for (const { id } of rates) {
    const figure = totalRate(trials, id);
    if (figure !== undefined) cells.set(id, cellOf(one, figure));
  }
  const pooled = histogram === undefined ? undefined : poolOperations(trials, histogram.id);
  if (pooled === undefined || histogram === undefined) return { one, cells, note: undefined };
  for (const { percentile, figure } of pooled.percentiles) {
    cells.set(`pooled-${percentile}`, cellOf(one, figure));
  }
  const { maxNs } = pooled;
  cells.set(
    "pooled-max",
    cellOf(one, { value: maxNs, low: maxNs, high: maxNs, n: 1, confidence: 0 }),
  );
  const rate = cells.get(rates.find(({ unit }) => UNITS[unit].rateOf === "events")?.id ?? "");
  const half = pooled.percentiles[0]?.figure.value;
  const note = rate?.kind !== "figure" || half === undefined || histogram.prefix !== ""
    ? undefined
    : explainRate(one, rate.value, half, pooled.slowestHundredth);
  return { one, cells, note };
}

function cellOf({ id }: Case, { value, low, high, n, confidence }: RunWideFigure): FigureCell {
  const isExact = confidence === 0 ? { isExact: true } : {};
  return { kind: "figure", case: id, value, low, high, n, confidence, ...isExact };
}

/** Operations one after the other would come to 1 / p50 a second; a rate far from that wants a reason. */
function explainRate({ id }: Case, rate: number, halfNs: number, slowestHundredth: number) {
  const inFlight = rate * halfNs / 1e9;
  if (Math.abs(inFlight - 1) <= FAR) return undefined;
  const reason = inFlight > 1
    ? `operations overlap, ${inFlight.toFixed(1)} at a time`
    : `the slowest hundredth of the operations took ${formatShare(slowestHundredth)} of the time`;
  return {
    text: [
      ...phrase`${name(id)}: ${amount(rate, EVENT_RATE)}`,
      ...phrase` where one operation after the other at the median would come to `,
      ...phrase`${amount(1e9 / halfNs, EVENT_RATE)}: ${text(reason)}.`,
    ],
  };
}
