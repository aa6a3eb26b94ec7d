/**
 * Markdown of gate results and comparisons: for GITHUB_STEP_SUMMARY, a pull request's comment, or a terminal.
 *
 * @module
 */

import type { Verdict, VerdictWord } from "../compare/gate_result.ts";
import { sayEstimate, sayP, sayThreshold } from "../compare/verdict_reason.ts";
import {
  bySameReason,
  bySeverity,
  decidingFigures,
  type GateFormat,
  type GateReport,
  saySide,
  statedOf,
} from "./gate_text.ts";
import { clip, printable } from "../text/printable.ts";

/** The verdicts of a gate, red first. */
export const gateMarkdown: GateFormat = {
  id: "md",
  extension: "md",
  title: "Markdown summary",
  render: renderGate,
};

/** All cells, those that matter first. */
export const comparisonMarkdown: GateFormat = {
  id: "md",
  extension: "md",
  title: "Markdown of all comparisons",
  render: renderComparison,
};

/** GitHub cuts a summary at 1 MiB; nobody reads so far. */
const MOST_ROWS = 500;

type Row = readonly string[];

function renderGate(report: GateReport): string {
  const { result } = report;
  const cells = bySeverity(result.cells);
  const of = (...words: readonly VerdictWord[]) =>
    cells.filter(({ verdict }) => words.includes(verdict));
  const passed = of("pass");
  return joinBlocks([
    `# ${escapeText(clip(result.summary, 500))}`,
    sayCompared(report),
    sayEnvironments(report),
    section("Regressed", figuresTable(of("regressed"))),
    cells.some(({ confirmation }) => confirmation !== undefined)
      ? "Flagged cells were measured again; all their figures are those of the fresh pairs."
      : "",
    section("Cannot be judged", reasonsTable(of("missing", "incomparable"))),
    section("Inconclusive", reasonsTable(of("inconclusive"))),
    section("Improved", figuresTable(of("improved"))),
    section("New", reasonsTable(of("new"))),
    fold(`${passed.length} passed`, figuresTable(passed)),
    fold(
      `${result.ignored.length} ignored`,
      table(
        ["case", "metric", "reason"],
        result.ignored.map((cell) => [code(cell.case), code(cell.metric), escapeText(cell.reason)]),
      ),
    ),
    sayNotes(report),
  ]);
}

function renderComparison(report: GateReport): string {
  const { result } = report;
  const cells = bySeverity(result.cells, [
    "regressed",
    "improved",
    "inconclusive",
    "incomparable",
    "missing",
    "pass",
    "new",
  ]);
  const gaps = cells.filter((cell) => cell.ratio === undefined);
  const rows = cells.filter((cell) => cell.ratio !== undefined).map((cell): Row => [
    code(cell.case),
    code(cell.metric),
    saySide(cell, "base"),
    saySide(cell, "head"),
    ratioOf(cell),
    cell.verdict,
    ...certainty(cell),
  ]);
  const titles = ["case", "metric", "base", "head", "change", "verdict", "adjusted p", "n"];
  return joinBlocks([
    `# ${escapeText(clip(printable(report.head)))} against ${
      escapeText(clip(printable(report.base)))
    }`,
    sayEnvironments(report),
    escapeText(clip(result.summary, 500)),
    table(titles, rows),
    section("Without a comparison", reasonsTable(gaps)),
    sayNotes(report),
  ]);
}

function sayCompared({ result, base, head }: GateReport): string {
  const kind = result.paired ? "pairs measured side by side" : "two records of different moments";
  return `${code(head)} against ${code(base)}, ${kind}.`;
}

function sayEnvironments({ result }: GateReport): string {
  const { environmentDifferences } = result;
  if (environmentDifferences.length === 0) return "";
  return [
    "**The environments differ:**",
    "",
    ...environmentDifferences.map((difference) => `- ${escapeText(difference)}`),
  ].join("\n");
}

function sayNotes({ result }: GateReport): string {
  const { policy, notes } = result;
  const metrics = policy.metrics.includes("*")
    ? "all metrics"
    : `metrics ${policy.metrics.join(", ")}`;
  const applied = `alpha ${policy.alpha} over all cells, threshold ` +
    `${sayThreshold(policy.threshold, "ratio")}, ${metrics}${policy.strict ? ", strict" : ""}`;
  const lines = [
    `Policy: ${escapeText(applied)}. In brackets the 95 % interval of the median.`,
    ...notes.map(escapeText),
    ...sayWarnings(result.cells),
  ];
  const shown = lines.slice(0, MOST_ROWS);
  return ["**Notes**", "", ...shown.map((line) => `- ${line}`), ...sayRest(lines, shown)].join(
    "\n",
  );
}

/** Cells that a warning or a reason names; more are counted. */
const MOST_NAMED = 3;

/** One line a warning, and whose it is. */
function sayWarnings(cells: readonly Verdict[]): readonly string[] {
  const owners = new Map<string, Set<string>>();
  for (const cell of cells) {
    for (const warning of cell.warnings) {
      const names = owners.get(warning) ?? new Set();
      owners.set(warning, names.add(`${code(cell.case)} ${code(cell.metric)}`));
    }
  }
  return [...owners].map(([warning, names]) => {
    const named = [...names].slice(0, MOST_NAMED).join(", ");
    const more = names.size > MOST_NAMED ? ` and ${names.size - MOST_NAMED} more` : "";
    return `${escapeText(warning)}: ${named}${more}`;
  });
}

function figuresTable(cells: readonly Verdict[]): string {
  return table(
    ["case", "metric", "base", "head", "change", "adjusted p", "n"],
    cells.map((cell) => [
      code(cell.case),
      code(cell.metric),
      saySide(cell, "base"),
      saySide(cell, "head"),
      ratioOf(cell),
      ...certainty(cell),
    ]),
  );
}

function certainty(cell: Verdict): readonly [p: string, n: string] {
  const { adjustedP, n } = decidingFigures(cell);
  return [adjustedP === undefined ? "" : sayP(adjustedP), String(n)];
}

function reasonsTable(cells: readonly Verdict[]): string {
  return table(
    ["case", "metric", "verdict", "why"],
    bySameReason(cells).map(({ cells: same, verdict, reason }) => [
      nameFirst(same.map((cell) => cell.case)),
      nameFirst(same.map(({ metric }) => metric)),
      verdict,
      escapeText(clip(reason, 1000)),
    ]),
  );
}

/** The first of them, each once, and how many more there are. */
function nameFirst(names: readonly string[]): string {
  const each = [...new Set(names)];
  const named = each.slice(0, MOST_NAMED).map(code).join(", ");
  return each.length > MOST_NAMED ? `${named} and ${each.length - MOST_NAMED} more` : named;
}

/** The change, or what stands in its place for a limit. */
function ratioOf(cell: Verdict): string {
  const { ratio } = decidingFigures(cell);
  const stated = statedOf(cell);
  if (ratio !== undefined && stated !== undefined) return sayEstimate(ratio, stated);
  const { head } = decidingFigures(cell);
  if (cell.limit === undefined || head === undefined) return "";
  const word = cell.limit.bound === "max" ? "at most" : "at least";
  const share = head.median / cell.limit.value - 1;
  const side = share < 0 ? "below" : "above";
  const off = cell.limit.value > 0 ? ` (${(100 * Math.abs(share)).toFixed(1)} % ${side} it)` : "";
  return escapeText(`limit ${word} ${cell.limit.text}${off}`);
}

function table(titles: Row, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const shown = rows.slice(0, MOST_ROWS);
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line(titles.map(() => "---")),
    ...shown.map(line),
    ...sayRest(rows, shown),
  ].join("\n");
}

function sayRest(all: readonly unknown[], shown: readonly unknown[]): readonly string[] {
  return all.length === shown.length ? [] : ["", `… and ${all.length - shown.length} more.`];
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function fold(title: string, body: string): string {
  return body === "" ? "" : `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function joinBlocks(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** Backquotes where the name holds nothing that could end them; else entities, which Markdown takes for no markup. */
function code(name: string): string {
  const text = clip(printable(name));
  return /^[\p{L}\p{N} .,:=@+/_-]+$/u.test(text) && text === text.trim()
    ? `\`${text}\``
    : `<code>${escapeText(text)}</code>`;
}

/**
 * What Markdown or HTML would take for markup: tags and entities, code, emphasis, strikethrough, cells; the bracket that
 * makes a link; an underscore at the edge of a word; a mention, an issue, an address. An interval's brackets stay legible.
 */
const MARKUP = /[\\`*<>|~&]|\](?=[([:]|$)|(?<!\w)_|_(?!\w)|@(?=\w)|#(?=\d)|:(?=\/\/)/g;

/** A text in which nothing is markup. */
function escapeText(text: string): string {
  return printable(text).replace(MARKUP, (character) => `&#${character.charCodeAt(0)};`);
}
