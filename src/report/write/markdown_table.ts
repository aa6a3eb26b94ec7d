/**
 * Tables in Markdown: aligned pipes, units above them or in their headings.
 *
 * @module
 */

import {
  formatFigure,
  formatOwnFigure,
  headingOf,
  type Look,
  looksOf,
  onlyMetric,
} from "../document/column_look.ts";
import { formatCount, formatRatio, formatShare } from "../document/format_inline.ts";
import { formatKey, formatKeys, isNumeric } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Cell, Column, FigureCell, Table } from "../document/table.ts";
import { displayWidth } from "../../text/display_width.ts";
import { escapeMarkdown } from "../../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../../text/markdown_table.ts";

/** Tables wider than this show their intervals as ± the farther bound. */
const MAX_COLUMNS = 110;

/** How the interval of a figure is written. */
type IntervalStyle = "bounds" | "plusMinus" | "none";

/**
 * A table with its caption and legend.
 *
 * @param table The table.
 * @param writeInlines Writes parts of sentences as Markdown.
 * @returns Blocks of lines.
 */
export function markdownTableLines(
  table: Table,
  writeInlines: (parts: readonly Inline[]) => string,
): readonly (readonly string[])[] {
  const looks = looksOf(table);
  const metric = onlyMetric(table);
  const caption = writeInlines(table.caption);
  const lay = (style: IntervalStyle) => layOut(table, looks, style, writeInlines);
  if (metric === undefined || table.intervals === "on demand") {
    return [caption === "" ? [] : [caption], lay("none")];
  }
  const { symbol = "" } = looks[0]?.scale ?? {};
  const wide = lay("bounds");
  const fits = displayWidth(wide[0] ?? "") <= MAX_COLUMNS;
  const legend = fits
    ? "Median [95 % interval]."
    : "Median ± the farther end of its 95 % interval.";
  return [
    [`${caption}${symbol === "" ? "" : ` In ${symbol}.`} ${legend}`],
    fits ? wide : lay("plusMinus"),
  ];
}

function layOut(
  table: Table,
  looks: readonly (Look | undefined)[],
  style: IntervalStyle,
  writeInlines: (parts: readonly Inline[]) => string,
): readonly string[] {
  const { keys, names, columns, rows } = table;
  const isShared = onlyMetric(table) !== undefined;
  const heads: readonly MarkdownColumn[] = [
    ...(names === undefined
      ? keys.map(({ title }, index): MarkdownColumn => ({
        heading: escapeMarkdown(title),
        align: rows.every((row) => row.keys[index] !== undefined && isNumeric(row.keys[index]))
          ? "right"
          : "left",
      }))
      : [{ heading: escapeMarkdown(names), align: "left" as const }]),
    ...columns.map((column, index): MarkdownColumn => ({
      heading: escapeMarkdown(headColumn(column, isShared ? undefined : looks[index])),
      align: column.align === "number" ? "right" : "left",
    })),
  ];
  return markdownTable(
    heads,
    rows.map((row) => [
      ...(names === undefined
        ? row.keys.map((key) => escapeMarkdown(formatKey(key)))
        : [escapeMarkdown(row.name ?? "")]),
      ...columns.map((_, index) =>
        writeCell(row.cells[index] ?? null, looks[index], style, writeInlines)
      ),
    ]),
  );
}

function headColumn(column: Column, look: Look | undefined): string {
  if (column.keys !== undefined) return formatKeys(column.keys) || "all";
  const { title, unit } = headingOf(column, look);
  return unit === "" ? title : `${title} ${unit}`;
}

function writeCell(
  cell: Cell | null,
  look: Look | undefined,
  style: IntervalStyle,
  writeInlines: (parts: readonly Inline[]) => string,
): string {
  if (cell === null) return "–";
  switch (cell.kind) {
    case "figure":
      return look === undefined ? formatOwnFigure(cell) : writeFigure(cell, look, style);
    case "ratio":
      return `${formatRatio(cell.value)} [${formatRatio(cell.low)}, ${formatRatio(cell.high)}]`;
    case "count":
      return formatCount(cell.value);
    case "probability":
      return cell.value.toPrecision(2);
    case "words":
      return writeInlines(cell.text);
    case "verdict":
      return cell.verdict;
  }
}

function writeFigure(cell: FigureCell, look: Look, style: IntervalStyle): string {
  const show = (value: number) => formatFigure(value, look);
  const { modes } = cell;
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    return style === "none"
      ? `${show(fast)} / ${show(slow)}`
      : `${show(fast)} (${formatShare(fastShare)}) / ${show(slow)} (${formatShare(slowShare)})`;
  }
  const value = cell.mark === "best" ? `**${show(cell.value)}**` : show(cell.value);
  // One trial has no interval, and a range of no width would look like certainty.
  if (style === "none" || cell.n === 1) return value;
  if (style === "bounds") return `${value} [${show(cell.low)}, ${show(cell.high)}]`;
  return `${value} ±${halfWidth(cell, show(cell.value), look.scale.divisor)}`;
}

/** The farther end's distance with the decimals of the value, rounded up: an interval is never shown too narrow. */
function halfWidth({ value, low, high }: FigureCell, shown: string, divisor: number): string {
  const half = Math.max(high - value, value - low) / divisor;
  const decimals = shown.split(".")[1]?.length ?? 0;
  // What is left of a binary fraction must not become a digit.
  return (Math.ceil(Number((half * 10 ** decimals).toPrecision(12))) / 10 ** decimals)
    .toFixed(decimals);
}
