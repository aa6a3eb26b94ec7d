/**
 * Markdown tables of figures.
 *
 * @module
 */

import type { Cell, Column, EvidenceTable, Table, TextTable } from "./document.ts";
import { displayWidth } from "../text/display_width.ts";
import { escapeMarkdown, escapeSentence } from "../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../text/markdown_table.ts";
import { SENTENCE } from "../text/one_line.ts";
import { formatCount, formatNumber, formatShare } from "../units/format_quantity.ts";
import { sayEvidence } from "./wording.ts";

/** Tables wider than this show their intervals as ± the farther bound. */
const MOST_COLUMNS = 110;
/**
 * A comparative table with its caption and legend; where intervals as bounds would make it too wide, as ±.
 *
 * @param table The table.
 * @returns Blocks of lines.
 */
export function renderComparative(table: Table): readonly (readonly string[])[] {
  const [look] = table.columns;
  if (look === undefined) return [];
  const symbol = look.scale.symbol === "" ? "" : ` In ${look.scale.symbol}.`;
  const wide = layOut(table, (cell, column) => renderCell(cell, column, "bounds"));
  const fits = displayWidth(wide[0] ?? "") <= MOST_COLUMNS;
  const legend = fits
    ? "Median [95 % interval]."
    : "Median ± the farther end of its 95 % interval.";
  return [
    [`${escapeSentence(table.caption)}${symbol} ${legend}`],
    fits ? wide : layOut(table, (cell, column) => renderCell(cell, column, "plusMinus")),
  ];
}

/**
 * A detail table with its caption: medians only, since intervals of all metrics would bury them.
 *
 * @param table The table.
 * @returns Blocks of lines.
 */
export function renderDetail(table: Table): readonly (readonly string[])[] {
  const columns: MarkdownColumn[] = [
    { heading: "case", align: "left" },
    { heading: "n", align: "right" },
    ...table.columns.map((column): MarkdownColumn => ({
      heading: escapeMarkdown(withUnit(column)),
      align: "right",
    })),
  ];
  const rows = table.rows.map(({ labels, cells }) => [
    escapeMarkdown(labels[0] ?? ""),
    formatCount(Math.max(0, ...cells.map((cell) => cell?.n ?? 0))),
    ...table.columns.map((column, index) => renderCell(cells[index] ?? null, column, "none")),
  ]);
  return [
    [`All metrics. ${escapeSentence(table.caption)}`],
    markdownTable(columns, rows),
  ];
}

function layOut(
  table: Table,
  render: (cell: Cell | null, column: Column) => string,
): readonly string[] {
  const columns: MarkdownColumn[] = [
    ...table.rowTitles.map((title, index): MarkdownColumn => ({
      heading: escapeMarkdown(title),
      align: table.rows.every(({ labels }) => /^\d/.test(labels[index] ?? "")) ? "right" : "left",
    })),
    ...table.columns.map(({ title }): MarkdownColumn => ({
      heading: escapeMarkdown(title),
      align: "right",
    })),
  ];
  return markdownTable(
    columns,
    table.rows.map(({ labels, cells }) => [
      ...labels.map((label) => escapeMarkdown(label)),
      ...table.columns.map((column, index) => render(cells[index] ?? null, column)),
    ]),
  );
}

function renderCell(
  cell: Cell | null,
  { scale, digits }: Column,
  interval: "bounds" | "plusMinus" | "none",
): string {
  if (cell === null) return "–";
  const show = (value: number) => formatNumber(value / scale.divisor, digits);
  const { twoSpeeds } = cell;
  if (twoSpeeds !== undefined) {
    const { fast, fastShare, slow, slowShare } = twoSpeeds;
    return interval === "none"
      ? `${show(fast)} / ${show(slow)}`
      : `${show(fast)} (${formatShare(fastShare)}) / ${show(slow)} (${formatShare(slowShare)})`;
  }
  const value = cell.mark === "best" ? `**${show(cell.value)}**` : show(cell.value);
  // One trial has no interval, and a range of no width would look like certainty.
  if (interval === "none" || cell.n === 1) return value;
  if (interval === "bounds") return `${value} [${show(cell.low)}, ${show(cell.high)}]`;
  return `${value} ±${halfWidth(cell, show(cell.value), scale.divisor)}`;
}

/** The farther end's distance with the decimals of the value, rounded up: an interval is never shown too narrow. */
function halfWidth({ value, low, high }: Cell, shown: string, divisor: number): string {
  const half = Math.max(high - value, value - low) / divisor;
  const decimals = shown.split(".")[1]?.length ?? 0;
  // What is left of a binary fraction must not become a digit.
  return (Math.ceil(Number((half * 10 ** decimals).toPrecision(12))) / 10 ** decimals)
    .toFixed(decimals);
}

/**
 * The heading of a column that has a unit of its own: what the title says already is not said twice.
 *
 * @param column The column.
 * @returns As in `p50 µs`, `CPU/op µs`, `k exchanges/s`.
 */
export function withUnit({ title, scale, unit }: Column): string {
  if (!title.includes("/")) return scale.symbol === "" ? title : `${title} ${scale.symbol}`;
  const symbol = scale.symbol.split("/")[0] ?? "";
  if (symbol === "") return title;
  return unit === "1/s" ? `${symbol} ${title}` : `${title} ${symbol}`;
}

/**
 * What the kernel counted, case by case; in one sentence where nothing moved.
 *
 * @param table The table.
 * @returns Blocks of lines.
 */
export function renderEvidence(table: EvidenceTable): readonly (readonly string[])[] {
  const { counters, operation, rows } = table;
  const { sentence, isEmpty } = sayEvidence(table);
  const said = escapeMarkdown(sentence, SENTENCE);
  if (isEmpty) return [[said]];
  const columns: MarkdownColumn[] = [
    { heading: "case", align: "left" },
    { heading: "trials", align: "right" },
    { heading: `${escapeMarkdown(operation)}s`, align: "right" },
    ...counters.map(({ title }): MarkdownColumn => ({
      heading: escapeMarkdown(title),
      align: "right",
    })),
  ];
  return [
    [said],
    markdownTable(
      columns,
      rows.map(({ label, trials, operations, totals }) => [
        escapeMarkdown(label),
        ...[trials, operations, ...totals].map((value) =>
          value === null ? "–" : formatCount(value)
        ),
      ]),
    ),
  ];
}

/**
 * A table of words with its caption.
 *
 * @param table The table.
 * @returns Blocks of lines.
 */
export function renderTextTable(
  { caption, columns, rows }: TextTable,
): readonly (readonly string[])[] {
  return [
    [escapeSentence(caption)],
    markdownTable(
      columns.map((column): MarkdownColumn => ({ heading: escapeMarkdown(column), align: "left" })),
      rows.map((row) => row.map((text) => escapeMarkdown(text))),
    ),
  ];
}
