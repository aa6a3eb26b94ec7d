// Column looks: the scale and the digits in which the figures of a table are written.

import { formatBounds, formatChange, formatP } from "../../units/format_change.ts";
import {
  chooseScale,
  formatAmount,
  formatCount,
  formatNumber,
  formatRatio,
  formatShare,
} from "../../units/format_quantity.ts";
import { isMetricId, type MetricUnit } from "../../units/metric.ts";
import type { Scale } from "../../units/scale.ts";
import { UNITS } from "../../units/unit.ts";
import type { Basis } from "./document.ts";
import { formatKey, formatKeys, namePlacement, NO_VALUE } from "./format_key.ts";
import type {
  Cell,
  Column,
  ColumnMetric,
  FigureCell,
  RatioCell,
  Table,
  WordsCell,
} from "./table.ts";

/** How figures that stand together are written. `digits`: significant ones; 0: whole numbers with all of theirs. */
export type Look = Readonly<{ scale: Scale; digits: number }>;

/** The confidence of every interval in a report. */
export const CONFIDENCE = 0.95;

/** A look for each column, shared by those of one metric; `undefined` where cells have units of their own, or are no figures. */
export function looksOf(table: Table): readonly (Look | undefined)[] {
  const cells = new Map<string, FigureCell[]>();
  for (const [index, { metric }] of table.columns.entries()) {
    if (metric === undefined) continue;
    const own = cells.get(metric.id) ?? [];
    cells.set(metric.id, own);
    for (const row of table.rows) {
      const cell = row.cells[index];
      if (cell?.kind === "figure") own.push(cell);
    }
  }
  const looks = new Map<string, Look>();
  return table.columns.map(({ metric }) => {
    if (metric === undefined) return undefined;
    const known = looks.get(metric.id);
    if (known !== undefined) return known;
    const look = chooseLook(cells.get(metric.id) ?? [], metric.unit);
    looks.set(metric.id, look);
    return look;
  });
}

/** One look for figures of one unit. */
function chooseLook(cells: readonly FigureCell[], unit: MetricUnit): Look {
  const widths = cells.filter((cell) => cell.high > cell.low && cell.confidence >= CONFIDENCE)
    .map((cell) => (cell.high - cell.low) / Math.abs(cell.value)).sort((a, b) => a - b);
  const width = widths[widths.length >> 1] ?? 1;
  const scale = chooseScale(cells.map((cell) => cell.value), unit);
  const { scales: [unscaled], digits, whole } = UNITS[unit];
  if (whole === true && unscaled !== undefined && isWhole(cells, scale)) {
    return { scale: unscaled, digits: 0 };
  }
  // An interval of half a percent vanishes in three digits.
  return { scale, digits: width < 0.005 ? 4 : digits };
}

/** Whether each figure is a whole number whose last digit means something: 2 connects are no 2.000. */
function isWhole(cells: readonly FigureCell[], scale: Scale): boolean {
  return cells.every(({ value, low, high }) =>
    [value, low, high].every(Number.isSafeInteger) && (scale.divisor === 1 || low === high)
  );
}

/** A figure's number without its symbol, as in `10.1`. */
export function formatFigure(value: number, { scale, digits }: Look): string {
  return formatNumber(value / scale.divisor, digits);
}

/** The metric that all columns of figures share, whose unit is then stated once; `undefined` where there are several, or none. */
export function onlyMetric({ columns }: Table): ColumnMetric | undefined {
  const metrics = columns.flatMap(({ metric }) => metric ?? []);
  const [first] = metrics;
  return metrics.length === columns.length && metrics.every(({ id }) => id === first?.id)
    ? first
    : undefined;
}

/** Words and unit of a column, as in `p50` and `µs`, `CPU/op` and `µs`, `k exchanges/s` and nothing. */
export function headingOf(
  { title = "", metric }: Column,
  look: Look | undefined,
): { readonly title: string; readonly unit: string } {
  if (look === undefined || metric === undefined) return { title, unit: "" };
  const { symbol, step } = look.scale;
  // Who defines a metric elsewhere may call it anything.
  if (step === undefined || !isMetricId(metric.id)) return { title, unit: symbol };
  return UNITS[metric.unit].rateOf === "events" && step !== ""
    ? { title: `${step} ${title}`, unit: "" }
    : { title, unit: step };
}

/** A figure with its own unit, as in `10.1 µs`. */
export function formatOwnFigure({ value, unit }: FigureCell): string {
  return unit === undefined ? formatNumber(value, 3) : formatAmount(value, unit);
}

/** The heading of a column, as in `tcp, nagle on`, `p50 µs`. */
export function headColumn(column: Column, look: Look | undefined): string {
  if (column.keys !== undefined) return formatKeys(column.keys) || "all";
  const { title, unit } = headingOf(column, look);
  return unit === "" ? title : `${title} ${unit}`;
}

/** A cell in plain words, for formats that mark nothing; words are left to the writer, as in `10.1 [9.9, 10.3]`. */
export function formatCell(
  cell: Exclude<Cell, WordsCell> | null,
  look: Look | undefined,
  intervals: Table["intervals"],
): string {
  if (cell === null) return NO_VALUE;
  switch (cell.kind) {
    case "figure":
      return look === undefined ? formatOwnFigure(cell) : formatWithInterval(cell, look, intervals);
    case "ratio":
      return [...formatRatioCell(cell), cell.verdict ?? ""].join(" ").trimEnd();
    case "count":
      return formatCount(cell.value);
    case "probability":
      return formatP(cell.value);
    case "verdict":
      return cell.verdict;
  }
}

/** How a writer writes texts, sentences and the other cells of a table. */
export interface GridMarkup {
  readonly text: (text: string) => string;
  readonly inlines: (parts: WordsCell["text"]) => string;
  readonly cell: typeof formatCell;
}

/** A table as lines of texts: in each row its name, or its keys, and then its cells. `looks`: those that the headings state; absent: all. */
export function gridOf(table: Table, markup: GridMarkup, looks = looksOf(table)) {
  const { names, keys, columns, rows, intervals } = table;
  const own = looksOf(table);
  const labels = names === undefined ? keys.map(({ title }) => title) : [names];
  const labelsOf = (row: Table["rows"][number]) =>
    names === undefined ? row.keys.map(formatKey) : [row.name ?? ""];
  return {
    heads: [...labels, ...columns.map((one, index) => headColumn(one, looks[index]))]
      .map(markup.text),
    rows: rows.map((row) => [
      ...labelsOf(row).map(markup.text),
      ...columns.map((_, index) => {
        const cell = row.cells[index] ?? null;
        return cell?.kind === "words"
          ? markup.inlines(cell.text)
          : markup.cell(cell, own[index], intervals);
      }),
    ]),
  };
}

/** A ratio and its interval in words, as in `1.21` and `[1.10, 1.30]`, or `5.0 % slower` and `[3.0 %, 7.0 %]`. */
export function formatRatioCell(
  { value, low, high, effect, stated }: RatioCell,
): readonly [change: string, bounds: string] {
  if (stated === undefined) {
    return [formatRatio(value), `[${formatRatio(low)}, ${formatRatio(high)}]`];
  }
  const own = { effect, ...stated };
  return [formatChange(value, own), formatBounds({ estimate: value, low, high }, own)];
}

function formatWithInterval(cell: FigureCell, look: Look, intervals: Table["intervals"]): string {
  const show = (value: number) => formatFigure(value, look);
  const { modes } = cell;
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    return intervals === "on demand"
      ? `${show(fast)} / ${show(slow)}`
      : `${show(fast)} (${formatShare(fastShare)}) / ${show(slow)} (${formatShare(slowShare)})`;
  }
  // One trial has no interval, and a range of no width would look like certainty.
  const beside = formatBeside(cell);
  const value = intervals === "on demand" || cell.n === 1 || cell.isExact === true
    ? show(cell.value)
    : `${show(cell.value)} [${show(cell.low)}, ${show(cell.high)}]`;
  return beside === "" ? value : `${value} (${beside})`;
}

/** What must be read beside a figure, as in `65507 B`, `12.0 % loss`; empty for nothing. */
export function formatBeside({ at, beside }: FigureCell): string {
  return [
    at === undefined ? "" : formatKey(at),
    beside === undefined ? "" : `${formatAmount(beside.value, beside.unit)} ${beside.title}`,
  ].filter((words) => words !== "").join(", ");
}

/** What a sentence rests on, as in `95 % interval, 16 pairs, peer process`. */
export function formatBasis({ n, nMax, counted, confidence, placement }: Basis): string {
  const count = n === nMax ? `${n}` : `${n} to ${nMax}`;
  const basis = `${count} ${counted}${nMax === 1 ? "" : "s"}`;
  const interval = confidence >= CONFIDENCE ? "95 % interval, " : "";
  return `${interval}${basis}, ${namePlacement(placement)}`;
}
