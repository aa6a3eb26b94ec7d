// Tables for terminals: columns that stand below each other; where a row is wider than the terminal, its columns below its name.

import { formatCell, headColumn, looksOf } from "../document/column_look.ts";
import { plainInline } from "../document/format_inline.ts";
import { describeCommon, formatKey } from "../document/format_key.ts";
import type { Table } from "../document/table.ts";
import type { TerminalSize } from "../document/writer.ts";
import { cutLine, padLine, plainLine, styleText, wrapLine } from "../../text/terminal_line.ts";
import { displayWidth } from "../../text/display_width.ts";

const GAP = "  ";
/** Characters of a cell that are kept. */
const MAX_CELL = 300;
/** Prose wider than this is hard to read. */
const MAX_PROSE = 100;

/** A table with its caption. */
export function tableLines(table: Table, look: TerminalSize): readonly string[] {
  if (table.role === "cells") return verdictLines(table, look);
  if (table.columns.some(({ id }) => id === "why")) return reasonLines(table, look);
  const looks = looksOf(table);
  const plain = (text: string) => plainLine(text, look.unicode, MAX_CELL);
  const named = table.names !== undefined;
  const heads = [
    ...(named ? [table.names ?? ""] : table.keys.map(({ title }) => title)),
    ...table.columns.map((column, index) => headColumn(column, looks[index])),
  ].map(plain);
  const rows = table.rows.map((row) =>
    [
      ...(named ? [row.name ?? ""] : row.keys.map(formatKey)),
      ...table.columns.map((_, index) => {
        const cell = row.cells[index] ?? null;
        return cell?.kind === "words"
          ? plainInline(cell.text)
          : formatCell(cell, looks[index], table.intervals);
      }),
    ].map(plain)
  );
  const first = heads.length - table.columns.length;
  const isNumber = heads.map((_, index) =>
    index >= first && table.columns[index - first]?.align === "number"
  );
  const caption = plain(plainInline(table.caption) + describeCommon(table));
  return [
    ...(caption === ""
      ? []
      : wrapLine(caption, look.columns - 1, look.unicode).map((line) =>
        styleText(line, "dim", look.color)
      )),
    ...layOut(heads, rows, isNumber, look),
  ];
}

/** Columns of verdicts that a terminal has room for, after the verdict and the cell. */
const VERDICT_COLUMNS = ["base", "head", "change"];
/** Rows shown; the Markdown has them all. */
const MAX_VERDICTS = 60;

/** One line a cell, as wide as it needs to be: a line that is cut in two is hard to compare with its neighbours. */
function verdictLines(table: Table, { unicode, color, columns }: TerminalSize): readonly string[] {
  const plain = (text: string) => plainLine(text, unicode, MAX_CELL);
  const at = ["verdict", ...VERDICT_COLUMNS].map((id) =>
    table.columns.findIndex((one) => one.id === id)
  );
  const rows = table.rows.slice(0, MAX_VERDICTS).map((row) => {
    const [verdict = "", ...figures] = at.map((index) => {
      const cell = row.cells[index] ?? null;
      return cell === null ? "" : plain(
        cell.kind === "words"
          ? plainInline(cell.text)
          : formatCell(cell, undefined, table.intervals),
      );
    });
    return [verdict, row.keys.map(formatKey).map(plain).join(" "), ...figures];
  });
  const all = [["verdict", "cell", ...VERDICT_COLUMNS], ...rows];
  const widths = all[0]!.map((_, index) =>
    Math.max(...all.map((row) => displayWidth(row[index] ?? "")))
  );
  const lines = all.map((row) =>
    row.map((text, index) => padLine(text, widths[index] ?? 0, "left")).join(GAP).trimEnd()
  );
  const rest = table.rows.length - rows.length;
  const common = describeCommon(table).trim();
  return [
    ...(common === "" ? [] : wrapLine(plain(common), columns - 1, unicode)),
    styleText(lines[0]!, "bold", color),
    ...lines.slice(1),
    ...(rest > 0 ? [plain(`… and ${rest} more in the Markdown`)] : []),
  ];
}

/** One sentence for each verdict and reason. */
function reasonLines({ rows, columns }: Table, look: TerminalSize): readonly string[] {
  return rows.flatMap(({ cells }) => {
    const of = (id: string) => {
      const cell = cells[columns.findIndex((one) => one.id === id)];
      return cell?.kind === "words" ? plainInline(cell.text) : "";
    };
    const words = plainLine(
      `${of("verdict")} ${of("cells")}: ${of("why")}`,
      look.unicode,
      MAX_CELL,
    );
    return wrapLine(words, Math.min(look.columns - 1, MAX_PROSE), look.unicode);
  });
}

function layOut(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  isNumber: readonly boolean[],
  look: TerminalSize,
): readonly string[] {
  const widths = heads.map((head, index) =>
    Math.max(displayWidth(head), ...rows.map((row) => displayWidth(row[index] ?? "")))
  );
  const total = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  if (total <= look.columns - 1) {
    const line = (cells: readonly string[]) =>
      GAP +
      cells.map((cell, index) =>
        padLine(cell, widths[index] ?? 0, isNumber[index] === true ? "right" : "left")
      ).join(GAP).trimEnd();
    return [styleText(line(heads), "bold", look.color), ...rows.map(line)];
  }
  // Too wide: what the row is in a line, its figures with their headings below.
  return rows.flatMap(([name = "", ...cells]) => [
    GAP + cutLine(name, look.columns - 1 - GAP.length, look.unicode),
    ...wrapLine(
      cells.flatMap((cell, index) => cell === "" ? [] : [`${heads[index + 1]} ${cell}`]).join("; "),
      look.columns - 1 - 2 * GAP.length,
      look.unicode,
    ).map((line) => GAP + GAP + line),
  ]);
}
