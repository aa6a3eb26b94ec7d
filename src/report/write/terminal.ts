// writeTerminal: a Document in few lines for a terminal: of a run answers, findings and bars, else all that is not folded.

import { CONFIDENCE } from "../document/column_look.ts";
import type { Block, Document, Notice } from "../document/document.ts";
import { countOf, plainInline, plainSentence } from "../document/format_inline.ts";
import { namePlacement } from "../document/format_key.ts";
import type { Part, TerminalSize, WriterOptions } from "../document/writer.ts";
import { divideIntoParts } from "../document/writer.ts";
import type { Table } from "../document/table.ts";
import { codeLines } from "../../text/one_line.ts";
import { cutLine, plainLine, styleText, wrapLine } from "../../text/terminal_line.ts";
import {
  answerLines,
  MAX_PROSE,
  MAX_SENTENCE,
  plain,
  plainName,
  prose,
  tableLines,
} from "./terminal_table.ts";
import { headlineOf, scenarioLines } from "./terminal_scenario.ts";

/** A terminal of unknown make: as wide as the narrowest in use, and without colour. */
export const PLAIN_TERMINAL: TerminalSize = { columns: 80, color: false, unicode: true };

/** Narrower terminals get lines that they wrap themselves. */
const MIN_COLUMNS = 24;

/** Writes a Document for a terminal. Lines narrower than the terminal, of which no name in the record can escape. */
export function writeTerminal(document: Document, options: WriterOptions = {}): string {
  const { terminal = PLAIN_TERMINAL } = options;
  const look = { ...terminal, columns: Math.max(MIN_COLUMNS, Math.floor(terminal.columns)) };
  const parts = divideIntoParts(document.blocks);
  const tables = parts.flatMap((part) => headlineOf(part) ?? []);
  const { scenarios, rest } = scenarioLines(parts, look);
  const blocks: readonly (readonly string[])[] = [
    ...headLines(document, look),
    ...parts.flatMap((part) => frontLines(part, document.notice, look)),
    ...scenarios,
    ...parts.flatMap((part) => otherLines(part, look)),
    [...rest, ...legendLines(tables, look)],
    warningLines(document, look),
    // A run scrolls by, and what it comes to is read last; elsewhere it is read first.
    isOfRecord(document) ? answerSentence(document, look) : [],
  ];
  return blocks.filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

/** Writes the one line that answers, which may take several of the terminal. */
export function writeAnswer(document: Document, options: WriterOptions = {}): string {
  const { terminal = PLAIN_TERMINAL } = options;
  const look = { ...terminal, columns: Math.max(MIN_COLUMNS, Math.floor(terminal.columns)) };
  return answerSentence(document, look).map((line) => `${line}\n`).join("");
}

function answerSentence({ answer }: Document, look: TerminalSize): readonly string[] {
  if (answer === undefined) return [];
  return prose(plainSentence(answer, plainName), look)
    .map((line) => styleText(line, "bold", look.color));
}

/** Each warning in a line; the report has them whole. */
function warningLines({ blocks }: Document, look: TerminalSize): readonly string[] {
  const warnings = blocks.flatMap((block) =>
    block.kind === "list" && block.role === "warnings" ? block.items : []
  );
  return warnings.map(({ text }) => {
    const words = plainLine(`! ${plainSentence(text, plainName)}`, look.unicode, MAX_SENTENCE);
    return styleText(cutLine(words, look.columns - 1, look.unicode), "yellow", look.color);
  });
}

/** What must be seen first, then the answers, then the findings. */
function frontLines({ heading, blocks }: Part, notice: Notice | undefined, look: TerminalSize) {
  if (heading?.role !== "findings") return [];
  const answers = blocks.flatMap((block) =>
    block.kind === "table" && block.role === "answers" ? answerLines(block, look) : []
  );
  const items = blocks.flatMap((block) =>
    block.kind === "list" && block.role === "findings" ? block.items : []
  );
  const most = look.mostFindings ?? items.length;
  const lines = items.slice(0, most)
    .flatMap(({ text, basis }) => {
      const where = basis === undefined ? "" : ` (${namePlacement(basis.placement)})`;
      return bullet(`${plainSentence(text, plainName)}${where}.`, look);
    });
  const rest = items.length - most;
  if (rest > 0) lines.push(plain(`  … and ${countOf(rest, "more finding")} in the report`, look));
  if (items.length === 0) lines.push(...bullet("No comparison could be made.", look));
  const said = items.length === 0
    ? []
    : blocks.flatMap((block) =>
      block.kind === "paragraph" ? prose(plainSentence(block.text, plainName), look) : []
    );
  return [noticeLines(notice, look), answers, lines, said];
}

/** What a Document is called that is about no record; a run's name stands on the terminal already. */
function headLines(document: Document, look: TerminalSize): readonly (readonly string[])[] {
  const { title, facts, notice } = document;
  if (isOfRecord(document)) return [];
  const said = answerSentence(document, look);
  const named = prose(plainInline(title, plainName), look)
    .map((line) => styleText(line, said.length === 0 ? "bold" : "dim", look.color));
  const known = prose(facts.map((fact) => plainInline(fact, plainName)).join(" · "), look);
  return [[...said, ...named, ...known], noticeLines(notice, look)];
}

function isOfRecord({ kind }: Document): boolean {
  return kind === "record" || kind === "trials";
}

function noticeLines(notice: Notice | undefined, look: TerminalSize): readonly string[] {
  if (notice === undefined) return [];
  return bullet(
    `${notice.lead}. ${notice.sentences.map((parts) => plainInline(parts, plainName)).join(" ")}`,
    look,
  );
}

/** Parts that no scenario and no run has: a gate's, a comparison's. */
function otherLines({ heading, blocks }: Part, look: TerminalSize): readonly string[][] {
  const role = heading?.role;
  if (
    role === "findings" || role === "scenario" || role === "warnings" || role === "run" ||
    role === "reproduce" || (heading?.folded === true && role !== "notes")
  ) return [];
  const title = heading === undefined
    ? []
    : [styleText(plain(plainInline(heading.text, plainName), look), "bold", look.color)];
  const lines = blocks.flatMap((block) => blockLines(block, look));
  return lines.length === 0 ? [] : [[...title, ...lines]];
}

function blockLines(block: Block, look: TerminalSize): readonly string[] {
  switch (block.kind) {
    case "paragraph":
      return prose(plainSentence(block.text, plainName), look);
    case "list":
      return block.items.flatMap(({ text }) => bullet(plainSentence(text, plainName), look));
    case "facts":
      return block.facts.flatMap(({ name, value }) => bullet(`${name}: ${value}`, look));
    case "table":
      return tableLines(block, look);
    case "heading":
      return [styleText(plain(plainInline(block.text, plainName), look), "bold", look.color)];
    case "code":
      return codeLines(block.text).map((line) => plain(`  ${line}`, look));
    case "details":
      return block.blocks.flatMap((inner) => blockLines(inner, look));
    case "figure":
    case "judgement":
    case "data":
      return [];
  }
}

function legendLines(tables: readonly Table[], look: TerminalSize): readonly string[] {
  const few = tables.some((table) =>
    table.rows.some(({ cells }) =>
      cells.some((cell) => cell?.kind === "figure" && cell.n > 1 && cell.confidence < CONFIDENCE)
    )
  );
  const [solid, shade] = look.unicode ? ["█", "▒"] : ["#", "-"];
  const parts = [
    ...(tables.length > 0
      ? [
        `Median [95 % interval]; ${solid} up to its lower end, ${shade} up to its upper end, each ` +
        `group to its own scale. * beat each of its group, round by round.`,
      ]
      : []),
    ...(few
      ? ["Where trials are few, the interval is their range and reaches less than 95 %."]
      : []),
  ];
  return parts.flatMap((part) => prose(part, look))
    .map((line) => styleText(line, "dim", look.color));
}

function bullet(words: string, look: TerminalSize): string[] {
  const width = Math.min(look.columns - 1, MAX_PROSE) - 2;
  return wrapLine(plainLine(words, look.unicode, MAX_SENTENCE), width, look.unicode)
    .map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}
