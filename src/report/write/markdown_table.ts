// Tables in Markdown: aligned pipes, units above them or in their headings.

import {
  formatCell,
  formatFigure,
  headColumn,
  type Look,
  looksOf,
  onlyMetric,
} from "../document/column_look.ts";
import { describeCommon, formatKey, isNumeric } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Cell, Table } from "../document/table.ts";
import { escapeMarkdown } from "../../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../../text/markdown_table.ts";

/** A table with its caption and legend. */
export function markdownTableLines(
  table: Table,
  writeInlines: (parts: readonly Inline[]) => string,
): readonly (readonly string[])[] {
  const looks = looksOf(table);
  const metric = onlyMetric(table);
  const caption = (writeInlines(table.caption) + describeCommon(table)).trim();
  const lines = layOut(table, looks, writeInlines);
  if (metric === undefined || table.intervals === "on demand") {
    return [caption === "" ? [] : [caption], lines];
  }
  const { symbol = "" } = looks[0]?.scale ?? {};
  const unit = symbol === "" ? "" : ` In ${symbol}.`;
  return [[`${caption}${unit} Median [95 % interval].`], lines];
}

function layOut(
  table: Table,
  looks: readonly (Look | undefined)[],
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
        writeCell(row.cells[index] ?? null, looks[index], table.intervals, writeInlines)
      ),
    ]),
  );
}

function writeCell(
  cell: Cell | null,
  look: Look | undefined,
  intervals: Table["intervals"],
  writeInlines: (parts: readonly Inline[]) => string,
): string {
  if (cell?.kind === "words") return writeInlines(cell.text);
  const words = formatCell(cell, look, intervals);
  if (cell?.kind !== "figure" || cell.mark !== "best" || look === undefined) return words;
  if (cell.modes !== undefined) return `**${words}**`;
  const value = formatFigure(cell.value, look);
  return `**${value}**${words.slice(value.length)}`;
}
