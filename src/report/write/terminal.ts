/**
 * writeTerminal: a Document in few lines for a terminal: answers and findings first, then every scenario's headline metric as
 * bars; of a Document about something else all that is not folded.
 *
 * @module
 */

import { CONFIDENCE, formatFigure, looksOf } from "../document/column_look.ts";
import type { Block, Document, List, Notice } from "../document/document.ts";
import { capitalize, countOf, plainInline, plainSentence } from "../document/format_inline.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import { namePlacement } from "../document/format_placement.ts";
import type { Inline } from "../document/inline.ts";
import { divideIntoParts, type Part } from "../document/parts.ts";
import type { Table } from "../document/table.ts";
import type { TerminalSize, WriterOptions } from "../document/writer.ts";
import { cutLine, plainLine, styleText, wrapLine } from "../../text/terminal_line.ts";
import { displayWidth } from "../../text/display_width.ts";
import { answerLines } from "./terminal_answers.ts";
import {
  type BarChoice,
  type BarGroup,
  chooseBars,
  commonLook,
  countBars,
  drawBars,
  shareBars,
} from "./terminal_bars.ts";
import { tableLines } from "./terminal_table.ts";

/** A terminal of unknown make: as wide as the narrowest in use, and without colour. */
export const PLAIN_TERMINAL: TerminalSize = { columns: 80, color: false, unicode: true };

/** Narrower terminals get lines that they wrap themselves. */
const MIN_COLUMNS = 24;
/** Prose wider than this is hard to read. */
const MAX_PROSE = 100;
/** Characters of a sentence that are kept. */
const MAX_SENTENCE = 600;

/**
 * Writes a Document for a terminal.
 *
 * @param document The Document.
 * @param options The terminal, and how much is shown.
 * @returns Lines narrower than the terminal, of which no name in the record can escape.
 */
export function writeTerminal(document: Document, options: WriterOptions = {}): string {
  const { terminal = PLAIN_TERMINAL } = options;
  const look = { ...terminal, columns: Math.max(MIN_COLUMNS, Math.floor(terminal.columns)) };
  const parts = divideIntoParts(document.blocks);
  const scenarios = parts.flatMap((part) => readScenario(part) ?? []);
  const { shown, left } = chooseScenarios(scenarios, look.mostBars);
  const rest = left === 0 ? [] : cutRest(`… and ${countOf(left, "more cell")} in the report`, look);
  const blocks: readonly (readonly string[])[] = [
    ...parts.flatMap((part) => frontLines(part, document.notice, look)),
    ...shown.map(({ scenario, choice }) => scenarioLines(scenario, choice, look)),
    ...parts.flatMap((part) => otherLines(part, look)),
    [...rest, ...legendLines(document, scenarios, look)],
  ];
  return blocks.filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

/** A scenario under one placement, as a terminal shows it. */
interface Scenario {
  readonly part: Part;
  readonly name: string;
  readonly question: readonly Inline[];
  readonly table: Table;
  readonly splits: readonly Table[];
  readonly search: List | undefined;
}

function readScenario(part: Part): Scenario | undefined {
  const { heading, blocks } = part;
  if (heading?.role !== "scenario") return undefined;
  const tables = blocks.filter((block): block is Table => block.kind === "table");
  const table = tables.find(({ role }) => role === "headline");
  if (table === undefined) return undefined;
  return {
    part,
    name: heading.anchor,
    question: blocks.flatMap((block) =>
      block.kind === "paragraph" && block.role === "question" ? block.text : []
    ),
    table,
    splits: tables.filter(({ role }) => role === "split"),
    search: blocks.find((block): block is List =>
      block.kind === "list" && block.role === "answers"
    ),
  };
}

function barsOf({ table, search }: Scenario, most: number): BarChoice {
  return chooseBars(table, search?.items.flatMap(({ figure }) => figure ?? []) ?? [], most);
}

/** All, or what decides of each scenario under the first of its placements; how much that leaves out is written once. */
function chooseScenarios(scenarios: readonly Scenario[], most: number | undefined): {
  readonly shown: readonly { readonly scenario: Scenario; readonly choice: BarChoice }[];
  readonly left: number;
} {
  const all = scenarios.map((scenario) => ({ scenario, choice: barsOf(scenario, Infinity) }));
  if (most === undefined) return { shown: all, left: 0 };
  const names = scenarios.map(({ name }) => name);
  const first = all.filter(({ scenario }, index) => names.indexOf(scenario.name) === index);
  const shares = shareBars(first.map(({ choice }) => countBars(choice.groups)), most);
  const shown = first.map(({ scenario }, index) => ({
    scenario,
    choice: { ...barsOf(scenario, shares[index] ?? 0), left: 0 },
  }));
  const cells = all.reduce((sum, { choice }) => sum + countBars(choice.groups) + choice.left, 0);
  const drawn = shown.reduce((sum, { choice }) => sum + countBars(choice.groups), 0);
  return { shown, left: cells - drawn };
}

function cutRest(text: string, look: TerminalSize): readonly string[] {
  const line = cutLine(plain(text, look), look.columns - 1, look.unicode);
  return [styleText(line, "dim", look.color)];
}

/** What must be seen first, then the answers, then the findings. */
function frontLines(
  { heading, blocks }: Part,
  notice: Notice | undefined,
  look: TerminalSize,
): readonly (readonly string[])[] {
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
  return [noticeLines(notice, look), answers, lines];
}

function noticeLines(notice: Notice | undefined, look: TerminalSize): readonly string[] {
  if (notice === undefined) return [];
  return bullet(
    `${notice.lead}. ${notice.sentences.map((parts) => plainInline(parts, plainName)).join(" ")}`,
    look,
  );
}

function scenarioLines(
  { part, name: fullName, question: asked, splits, search }: Scenario,
  { groups, left }: BarChoice,
  look: TerminalSize,
): readonly string[] {
  const { color, unicode, columns } = look;
  const name = cutLine(plainLine(fullName, unicode), Math.floor(columns / 2), unicode);
  const [question = "", ...more] = wrapLine(
    plainLine(plainInline(asked, plainName), unicode),
    Math.max(1, columns - 3 - displayWidth(name)),
    unicode,
  );
  const rest = search === undefined
    ? `  … and ${countOf(left, "more cell")} in the report`
    : `  … the best of each; ${countOf(left, "other cell")} in the report`;
  return [
    `${styleText(name, "bold", color)}  ${question}`.trimEnd(),
    ...more.map((line) => `${" ".repeat(displayWidth(name) + 2)}${line}`),
    ...wrapLine(plain(describeFigures(part, groups), look), columns - 3, unicode)
      .map((line) => `  ${styleText(line, "dim", color)}`),
    // What the only group has in common stands above already.
    ...drawBars(
      groups.length === 1 ? groups.map((group) => ({ ...group, title: "" })) : groups,
      look,
    ),
    ...splits.flatMap((table) => splitLines(table, look)),
    ...(left > 0 ? cutRest(rest, look) : []),
  ];
}

/** As in `tcp, 64 B: kernel 12.1, Deno 5.34, suite 0.19, all of it 17.6 µs`; other tables are in the report. */
function splitLines(table: Table, look: TerminalSize): readonly string[] {
  const looks = looksOf(table);
  return table.rows.flatMap(({ keys, cells }) => {
    const parts = table.columns.flatMap(({ title = "" }, index) => {
      const [cell, own] = [cells[index], looks[index]];
      return cell?.kind !== "figure" || own === undefined
        ? []
        : [`${title} ${formatFigure(cell.value, own)}`];
    });
    const line = `${keys.map(formatKey).join(", ")}: ${parts.join(", ")} ${
      looks[0]?.scale.symbol ?? ""
    }`;
    return wrapLine(plain(line.trimEnd(), look), look.columns - 3, look.unicode)
      .map((words, index) => `${index === 0 ? "  " : "    "}${words}`);
  });
}

/** As in `p50 in µs, lower is better; bytes 64 B; peer process`. */
function describeFigures({ heading }: Part, groups: readonly BarGroup[]): string {
  const common = commonLook(groups);
  if (common === undefined) return "";
  const { metric, look } = common;
  const { symbol } = look.scale;
  const unit = symbol === "" ? "" : ` in ${symbol}`;
  const better = metric.better === "neither" ? "" : `, ${metric.better} is better`;
  const [{ title = "" } = {}, ...others] = groups;
  return [
    `${metric.title}${unit}${better}`,
    others.length === 0 ? title : "",
    heading?.placement === undefined
      ? ""
      : formatKeys([{ factor: "placement", value: heading.placement }]),
  ].filter((part) => part !== "").join("; ");
}

/** Parts that no scenario and no run has: a gate's, a comparison's. */
function otherLines({ heading, blocks }: Part, look: TerminalSize): readonly string[][] {
  const role = heading?.role;
  if (
    role === "findings" || role === "scenario" || role === "warnings" || role === "run" ||
    role === "reproduce" || heading?.folded === true
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
    case "verdict":
      return prose(`${capitalize(block.outcome)}: ${plainInline(block.text, plainName)}`, look);
    case "list":
      return block.items.flatMap(({ text }) => bullet(plainSentence(text, plainName), look));
    case "facts":
      return block.facts.flatMap(({ name, value }) => bullet(`${name}: ${value}`, look));
    case "table":
      return tableLines(block, look);
    case "heading":
      return [styleText(plain(plainInline(block.text, plainName), look), "bold", look.color)];
    case "code":
      return block.text.split("\n").map((line) => plain(`  ${line}`, look));
    case "figure":
    case "details":
    case "data":
      return [];
  }
}

function legendLines(
  { blocks }: Document,
  scenarios: readonly Scenario[],
  look: TerminalSize,
): readonly string[] {
  const few = scenarios.some(({ table }) =>
    table.rows.some(({ cells }) =>
      cells.some((cell) => cell?.kind === "figure" && cell.n > 1 && cell.confidence < CONFIDENCE)
    )
  );
  const warnings = blocks.flatMap((block) =>
    block.kind === "list" && block.role === "warnings" ? block.items : []
  );
  const [solid, shade] = look.unicode ? ["█", "▒"] : ["#", "-"];
  const parts = [
    ...(scenarios.length > 0
      ? [
        `Median [95 % interval]; ${solid} up to its lower end, ${shade} up to its upper end, each ` +
        `group to its own scale. * beat each of its group, round by round.`,
      ]
      : []),
    ...(few
      ? ["Where trials are few, the interval is their range and reaches less than 95 %."]
      : []),
    ...(warnings.length > 0 ? [`${countOf(warnings.length, "warning")} in the report.`] : []),
  ];
  return parts.flatMap((part) => prose(part, look))
    .map((line) => styleText(line, "dim", look.color));
}

function prose(words: string, look: TerminalSize): readonly string[] {
  const width = Math.min(look.columns - 1, MAX_PROSE);
  return wrapLine(plain(words, look), width, look.unicode);
}

function bullet(words: string, look: TerminalSize): string[] {
  const width = Math.min(look.columns - 1, MAX_PROSE) - 2;
  return wrapLine(plainLine(words, look.unicode, MAX_SENTENCE), width, look.unicode)
    .map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}

function plain(text: string, { unicode }: TerminalSize): string {
  // A leading indent is ours; plainLine() would trim it.
  const indent = /^ */.exec(text)?.[0] ?? "";
  return indent + plainLine(text, unicode, MAX_SENTENCE);
}

/** A name is cut where nobody reads on. */
function plainName(name: string): string {
  return plainLine(name, true);
}
