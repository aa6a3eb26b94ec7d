/**
 * renderTerminal: the report in few lines for a terminal, findings first, then every scenario's headline metric as bars.
 *
 * @module
 */

import { CONFIDENCE } from "../compare/summarize.ts";
import type { Finding, Phrase, Report, Section, Table } from "./document.ts";
import { formatAmount, formatCount, formatNumber, formatRatio } from "../units/format_quantity.ts";
import { namePlacement } from "./describe_case.ts";
import { renderAnswers } from "./terminal_answers.ts";
import {
  type BarChoice,
  type BarGroup,
  chooseBars,
  commonLook,
  countBars,
  drawBars,
  shareBars,
} from "./terminal_bars.ts";
import {
  cutLine,
  plainLine,
  styleText,
  type TerminalLook,
  wrapLine,
} from "../text/terminal_line.ts";
import { plural } from "../text/plural.ts";
import { displayWidth } from "../text/display_width.ts";

/** How much is shown, and on what. */
export interface TerminalOptions extends TerminalLook {
  /** Findings at most; absent: those of the report's beginning. */
  readonly mostFindings?: number;
  /** Bars of all scenarios together, roughly; each scenario gets its share, and two at least. Absent: all, under every placement. */
  readonly mostBars?: number;
}

/** A terminal of unknown make: as wide as the narrowest in use, and without colour. */
export const PLAIN_TERMINAL: TerminalLook = { columns: 80, color: false, unicode: true };

/** Narrower terminals get lines that they wrap themselves. */
const LEAST_COLUMNS = 24;
/** Prose wider than this is hard to read. */
const MOST_PROSE = 100;
/** Characters of a finding that are kept. */
const SENTENCE = 600;

/**
 * Renders a report for a terminal.
 *
 * @param report The report.
 * @param options How much of it, and what the terminal can show.
 * @returns Lines narrower than the terminal, of which no name in the record can escape.
 *
 * @example
 * ```ts
 * import type { Report } from "./document.ts";
 * import { PLAIN_TERMINAL, renderTerminal } from "./render_terminal.ts";
 *
 * declare const report: Report;
 * console.log(renderTerminal(report, PLAIN_TERMINAL));
 * ```
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const look = { ...options, columns: Math.max(LEAST_COLUMNS, Math.floor(options.columns)) };
  const tables = report.sections.filter(({ comparative }) => comparative !== undefined);
  const { shown, left } = chooseSections(tables, look.mostBars);
  const rest = left === 0
    ? []
    : cutRest(`… and ${plural(left, "more cell", formatCount(left))} in the report`, look);
  const blocks = [
    renderAnswers(report, look),
    renderFindings(report, look),
    ...shown.map(({ section, choice }) => renderSection(section, choice, look)),
    [...rest, ...renderRest(report, tables.length > 0, look)],
  ];
  return blocks.filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

/** All, or what decides of each scenario under the first of its placements; how much that leaves out is said once. */
function chooseSections(
  tables: readonly Section[],
  most: number | undefined,
): {
  readonly shown: readonly { readonly section: Section; readonly choice: BarChoice }[];
  readonly left: number;
} {
  const all = tables.map((section) => ({ section, choice: chooseBars(section, Infinity) }));
  if (most === undefined) return { shown: all, left: 0 };
  const scenarios = tables.map(({ scenario }) => scenario);
  const first = all.filter(({ section }, index) => scenarios.indexOf(section.scenario) === index);
  const shares = shareBars(first.map(({ choice }) => countBars(choice.groups)), most);
  const shown = first.map(({ section }, index) => ({
    section,
    choice: { ...chooseBars(section, shares[index] ?? 0), left: 0 },
  }));
  const cells = all.reduce((sum, { choice }) => sum + countBars(choice.groups) + choice.left, 0);
  const drawn = shown.reduce((sum, { choice }) => sum + countBars(choice.groups), 0);
  return { shown, left: cells - drawn };
}

function cutRest(text: string, look: TerminalOptions): readonly string[] {
  const line = cutLine(say(text, look), look.columns - 1, look.unicode);
  return [styleText(line, "dim", look.color)];
}

function renderFindings(report: Report, look: TerminalOptions): readonly string[] {
  const most = look.mostFindings ?? report.findings.length;
  const lines = report.findings.slice(0, most)
    .flatMap((finding) => bullet(findingSentence(finding), look));
  const rest = report.findings.length - most;
  if (rest > 0) {
    lines.push(
      say(`  … and ${plural(rest, "more finding", formatCount(rest))} in the report`, look),
    );
  }
  if (report.findings.length === 0) lines.push(...bullet("No comparison could be made.", look));
  if (report.partialRemark !== undefined) {
    const remark = report.partialRemark.replace(/(?<![.?!])$/, ".");
    lines.unshift(...bullet(`Partial run. ${remark}`, look));
  }
  return lines;
}

/**
 * A finding in plain words.
 *
 * @param finding The finding.
 * @returns One sentence, of any characters.
 */
export function findingSentence(finding: Finding): string {
  const words = `${finding.phrases.map(phraseText).join("")}.`;
  // A name is written as it is typed.
  return finding.phrases[0]?.kind === "text"
    ? words.charAt(0).toUpperCase() + words.slice(1)
    : words;
}

function phraseText(phrase: Phrase): string {
  switch (phrase.kind) {
    case "text":
      return phrase.text;
    case "name":
      return plainLine(phrase.text, true);
    case "ratio":
      return `${formatRatio(phrase.ratio, phrase.decimals)}× ${phrase.word}`.trimEnd();
    case "interval":
      return `[${formatRatio(phrase.low, phrase.decimals)}, ${
        formatRatio(phrase.high, phrase.decimals)
      }]`;
    case "amount": {
      const { value, low, high, unit } = phrase;
      const bounds = low === undefined || high === undefined
        ? ""
        : ` [${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`;
      return `${formatAmount(value, unit)}${bounds}`;
    }
  }
}

function renderSection(
  section: Section,
  { groups, left }: BarChoice,
  look: TerminalOptions,
): readonly string[] {
  const { color, unicode, columns } = look;
  const name = cutLine(plainLine(section.scenario, unicode), Math.floor(columns / 2), unicode);
  const [question = "", ...more] = wrapLine(
    plainLine(section.question, unicode),
    Math.max(1, columns - 3 - displayWidth(name)),
    unicode,
  );
  const rest = section.search.length > 0
    ? `  … the best of each; ${plural(left, "other cell", formatCount(left))} in the report`
    : `  … and ${plural(left, "more cell", formatCount(left))} in the report`;
  return [
    `${styleText(name, "bold", color)}  ${question}`.trimEnd(),
    ...more.map((line) => `${" ".repeat(displayWidth(name) + 2)}${line}`),
    ...wrapLine(say(sayFigures(section, groups), look), columns - 3, unicode)
      .map((line) => `  ${styleText(line, "dim", color)}`),
    // What the only group has in common stands above already.
    ...drawBars(
      groups.length === 1 ? groups.map((group) => ({ ...group, title: "" })) : groups,
      look,
    ),
    ...(section.further ?? []).flatMap((table) => renderSplit(table, look)),
    ...(left > 0 ? cutRest(rest, look) : []),
  ];
}

/** As in `tcp, 64 B: kernel 12.1, Deno 5.34, suite 0.19, all of it 17.6 µs`; other tables are in the report. */
function renderSplit(table: Table, look: TerminalOptions): readonly string[] {
  if (table.kind !== "split") return [];
  return table.rows.flatMap(({ labels, cells }) => {
    const parts = table.columns.flatMap(({ title, digits, scale }, index) => {
      const cell = cells[index] ?? null;
      return cell === null ? [] : [`${title} ${formatNumber(cell.value / scale.divisor, digits)}`];
    });
    const line = `${labels.join(", ")}: ${parts.join(", ")} ${
      table.columns[0]?.scale.symbol ?? ""
    }`;
    return wrapLine(say(line.trimEnd(), look), look.columns - 3, look.unicode)
      .map((words, index) => `${index === 0 ? "  " : "    "}${words}`);
  });
}

/** As in `p50 in µs, lower is better; bytes 64 B; peer process`. */
function sayFigures(
  { comparative, placement }: Section,
  groups: readonly BarGroup[],
): string {
  const written = commonLook(groups);
  const { symbol = "" } = written?.scale ?? {};
  const unit = symbol === "" ? "" : ` in ${symbol}`;
  const better = written === undefined || written.better === "neither"
    ? ""
    : `, ${written.better} is better`;
  const [{ title = "" } = {}, ...others] = groups;
  return [
    `${comparative?.metric ?? ""}${unit}${better}`,
    others.length === 0 ? title : "",
    namePlacement(placement),
  ].filter((part) => part !== "").join("; ");
}

function renderRest(report: Report, hasBars: boolean, look: TerminalOptions): readonly string[] {
  const few = report.sections.some(({ comparative }) =>
    comparative?.rows.some(({ cells }) =>
      cells.some((cell) => cell !== null && cell.n > 1 && cell.confidence < CONFIDENCE)
    )
  );
  const [solid, shade] = look.unicode ? ["█", "▒"] : ["#", "-"];
  const parts = [
    ...(hasBars
      ? [
        `Median [95 % interval]; ${solid} up to its lower end, ${shade} up to its upper end, each ` +
        `group to its own scale. * is best, its interval clear of the others'.`,
      ]
      : []),
    ...(few
      ? ["Where trials are few, the interval is their range and reaches less than 95 %."]
      : []),
    ...(report.warnings.length > 0
      ? [
        `${
          plural(report.warnings.length, "warning", formatCount(report.warnings.length))
        } in the report.`,
      ]
      : []),
  ];
  const width = Math.min(look.columns - 1, MOST_PROSE);
  return parts.flatMap((part) =>
    wrapLine(look.unicode ? part : say(part, look), width, look.unicode)
  )
    .map((line) => styleText(line, "dim", look.color));
}

function bullet(sentence: string, look: TerminalOptions): string[] {
  const width = Math.min(look.columns - 1, MOST_PROSE) - 2;
  return wrapLine(plainLine(sentence, look.unicode, SENTENCE), width, look.unicode)
    .map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}

function say(text: string, { unicode }: TerminalOptions): string {
  // A leading indent is ours; plainLine() would trim it.
  const indent = /^ */.exec(text)?.[0] ?? "";
  return indent + plainLine(text, unicode, SENTENCE);
}
