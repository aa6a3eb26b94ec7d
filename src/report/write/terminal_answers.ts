// Answers in short for terminals: one line for each choice.

import { joinWithOr, plainInline, writeRange } from "../document/format_inline.ts";
import { describeCommon } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Cell, Row, Table } from "../document/table.ts";
import {
  cutLine,
  padLine,
  plainLine,
  styleText,
  type TerminalLook,
  wrapLine,
} from "../../text/terminal_line.ts";
import { displayWidth } from "../../text/display_width.ts";

const GAP = "  ";
const MAX_PROSE = 100;
/** Characters of a text that are kept. */
const MAX_SENTENCE = 600;
/** More names than this are counted: the page has them all. */
const MAX_NAMES = 3;

/** Writes for each question of a report what did best, and whether that is clear. */
export function answerLines(table: Table, look: TerminalLook): readonly string[] {
  const plain = (text: string) => plainLine(text, look.unicode, MAX_SENTENCE);
  const rows = table.rows.map((row): AnswerLine => {
    const cellOf = (id: string) => row.cells[table.columns.findIndex((one) => one.id === id)];
    return {
      name: plain(row.name ?? ""),
      best: plain(writeBest(cellOf("best"), cellOf("next") === null ? undefined : cellOf("at"))),
      value: plain(partOf(cellOf("median"), "range", writeRange)),
      isClear: isStrong(row),
    };
  });
  return [
    ...wrapLine(
      plain(plainInline(table.caption) + describeCommon(table)),
      Math.min(look.columns - 1, MAX_PROSE),
      look.unicode,
    )
      .map((line) => styleText(line, "dim", look.color)),
    ...drawRows(rows, look),
  ];
}

/** One choice, as it is written. */
interface AnswerLine {
  /** Empty where it is that of the line above. */
  readonly name: string;
  readonly best: string;
  readonly value: string;
  readonly isClear: boolean;
}

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
