// Tables for terminals: columns that stand below each other; answers, one line for each choice.

import { displayWidth } from "../../text/display_width.ts";
import type { TerminalLook } from "../../text/terminal_line.ts";
import { cutLine, padLine, plainLine, styleText, wrapLine } from "../../text/terminal_line.ts";
import { formatCell, gridOf } from "../document/column_look.ts";
import { joinWithOr, plainInline, writeRange } from "../document/format_inline.ts";
import { describeCommon, formatKey } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Cell, Row, Table } from "../document/table.ts";
import type { TerminalSize } from "../document/writer.ts";

const GAP = "  ";
/** Characters of a cell that are kept, and of a sentence. */
const MAX_CELL = 300;
export const MAX_SENTENCE = 600;
/** Prose wider than this is hard to read. */
export const MAX_PROSE = 100;

/** A line of a terminal; a leading indent is ours, and stays. */
export function plain(
  text: string,
  { unicode }: TerminalLook,
  most: number = MAX_SENTENCE,
): string {
  const indent = /^ */.exec(text)?.[0] ?? "";
  return indent + plainLine(text, unicode, most);
}

/** A name is cut where nobody reads on. */
export function plainName(name: string): string {
  return plainLine(name, true);
}

/** Sentences as lines of which none is too wide to be read. */
export function prose(words: string, look: TerminalLook): readonly string[] {
  return wrapLine(plain(words, look), Math.min(look.columns - 1, MAX_PROSE), look.unicode);
}

export function tableLines(table: Table, look: TerminalSize): readonly string[] {
  if (table.role === "cells") return verdictLines(table, look);
  if (table.columns.some(({ id }) => id === "why")) return reasonLines(table, look);
  const plain = (text: string) => plainLine(text, look.unicode, MAX_CELL);
  const { heads, rows } = gridOf(table, {
    text: plain,
    inlines: (parts) => plain(plainInline(parts)),
    cell: (...cell) => plain(formatCell(...cell)),
  });
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

const MAX_NAMES = 3;

/** Writes for each question of a report what did best, and whether that is clear. */
export function answerLines(table: Table, look: TerminalLook): readonly string[] {
  const rows = table.rows.map((row): AnswerLine => {
    const cellOf = (id: string) => row.cells[table.columns.findIndex((one) => one.id === id)];
    return {
      name: plain(row.name ?? "", look),
      best: plain(
        writeBest(cellOf("best"), cellOf("next") === null ? undefined : cellOf("at")),
        look,
      ),
      value: plain(partOf(cellOf("median"), "range", writeRange), look),
      isClear: isStrong(row),
    };
  });
  return [
    ...prose(plainInline(table.caption) + describeCommon(table), look)
      .map((line) => styleText(line, "dim", look.color)),
    ...drawRows(rows, look),
  ];
}

/** A choice as a line; `name`: empty where it is that of the line above. */
type AnswerLine = Readonly<{ name: string; best: string; value: string; isClear: boolean }>;

const NO_BREAK = "\u00a0";

/** A number and its unit stay on one line. */
function keepUnits(text: string): string {
  return text.replace(/(?<=\d) (?=[KMG]?i?B\b)/g, NO_BREAK);
}

function drawRows(rows: readonly AnswerLine[], look: TerminalLook): readonly string[] {
  const widest = (part: "name" | "best" | "value", most: number) =>
    Math.max(1, Math.min(most, Math.max(...rows.map((row) => displayWidth(row[part])))));
  // The indent, three gaps, and "clear".
  const room = look.columns - 1 - GAP.length * 4 - 5;
  const value = widest("value", Math.floor(room * 0.36));
  const name = widest("name", Math.floor((room - value) * 0.5));
  const best = widest("best", room - value - name);
  const part = (text: string, width: number, align?: "left" | "right") =>
    padLine(cutLine(text, width, look.unicode), width, align);
  return rows.flatMap((row) => {
    const [first = "", ...more] = wrapLine(keepUnits(row.best), best, look.unicode)
      .map((line) => line.replaceAll(NO_BREAK, " "));
    const style = row.isClear ? "green" : "cyan";
    const line = [
      "",
      styleText(part(row.name, name), "bold", look.color),
      styleText(part(first, best), style, look.color),
      part(row.value, value, "right"),
      row.isClear ? "clear" : "open",
    ].join(GAP);
    const indent = " ".repeat(GAP.length * 2 + name);
    return [line, ...more.map((rest) => indent + styleText(rest, style, look.color))];
  });
}

/** What a part of a sentence in a cell becomes; empty where the cell has no such part. */
function partOf<K extends Inline["kind"]>(
  cell: Cell | null | undefined,
  kind: K,
  write: (part: Extract<Inline, { kind: K }>) => string,
): string {
  if (cell?.kind !== "words") return "";
  return cell.text.flatMap((part) =>
    part.kind === kind ? [write(part as Extract<Inline, { kind: K }>)] : []
  ).join("");
}

function isStrong({ cells }: Row): boolean {
  return cells.some((cell) =>
    cell?.kind === "words" && cell.text.some((part) => part.kind === "alternatives" && part.strong)
  );
}

/** As in `unix or tcp (64 KiB, 1 MiB)`. */
function writeBest(best: Cell | null | undefined, at: Cell | null | undefined): string {
  const names = partOf(best, "alternatives", ({ names }) => joinNames(names));
  const places = partOf(at, "text", ({ text }) => text);
  return `${names}${places === "" ? "" : ` (${places})`}`;
}

function joinNames(all: readonly string[]): string {
  const names = all.length > MAX_NAMES
    ? [...all.slice(0, MAX_NAMES - 1), `${all.length - MAX_NAMES + 1} more`]
    : all;
  return joinWithOr(names);
}
