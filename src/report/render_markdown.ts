/**
 * renderMarkdown: the Report document as Markdown that reads well on a code host and in a terminal.
 *
 * @module
 */

import type { Skip } from "../model/case.ts";
import { answerQuestions } from "./answers.ts";
import type {
  ComparisonRow,
  Finding,
  NamedFact,
  Phrase,
  Report,
  SearchResult,
  Section,
  Warning,
} from "./document.ts";
import { renderAnswerTable } from "./markdown_answers.ts";
import { type ChartReferences, renderCharts } from "./markdown_charts.ts";
import {
  renderComparative,
  renderDetail,
  renderEvidence,
  renderTextTable,
} from "./markdown_tables.ts";
import { codeBlock, codeName, escapeMarkdown, escapeSentence } from "../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../text/markdown_table.ts";
import { SENTENCE } from "../text/one_line.ts";
import {
  chooseScale,
  formatCount,
  formatNumber,
  formatRatio,
  withSymbol,
} from "../units/format_quantity.ts";
import { describePlacement, namePlacement } from "./describe_case.ts";
import { phraseSearch, sayBasis } from "./wording.ts";

/** A warning that concerns more cases than this names the first ones and counts the rest. */
const MOST_CASES = 6;

/**
 * Renders a report as Markdown. The same document gives the same text.
 *
 * @param report The document.
 * @param references Charts to show, whose files are beside the Markdown file; absent: none.
 * @returns Markdown that ends in a line break.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../model/run_record.ts";
 * import { buildReport } from "./build_report.ts";
 * import { renderMarkdown } from "./render_markdown.ts";
 *
 * declare const record: RunRecord;
 * console.log(renderMarkdown(buildReport(record)));
 * ```
 */
export function renderMarkdown(report: Report, references?: ChartReferences): string {
  const blocks: readonly (readonly string[])[] = [
    [`# ${escapeMarkdown(report.title)}`],
    [report.subtitle.map((fact) => escapeMarkdown(fact)).join(" · ")],
    report.partial ? [`> **Partial run.** ${escapeSentence(report.partialRemark ?? "")}`] : [],
    ...renderFindings(report),
    ["## How to read this"],
    report.guide.map(({ name, value }) => `- **${name}**: ${value}.`),
    ...report.sections.flatMap((section) => renderSection(section, report.sections, references)),
    ...renderRunCharts(references),
    ...renderWarnings(report.warnings),
    ...renderSkips("## Left out", report.skips),
    ["## Method"],
    renderFacts(report.method),
    ...(report.socketSettings === undefined ? [] : renderTextTable(report.socketSettings)),
    ["## Environment"],
    renderFacts(report.environment),
    ...renderSkips("### Not known about this machine", report.missing),
    ["## Run it again"],
    report.reproduce === ""
      ? ["The record does not hold the command."]
      : codeBlock(report.reproduce, "sh"),
  ];
  return blocks.filter((block) => block.length > 0).map((block) => block.join("\n"))
    .join("\n\n") + "\n";
}

function renderFindings(report: Report): readonly (readonly string[])[] {
  const { findings, furtherFindings, comparisons } = report;
  const list = findings.length === 0
    ? ["No comparison could be made: no two cases that belong side by side have figures."]
    : findings.map(renderFinding);
  const answers = renderAnswerTable(answerQuestions(report));
  if (comparisons.length === 0) return [["## Findings"], ...answers, list];
  const count = comparisons.length === 1 ? "1 comparison" : `${comparisons.length} comparisons`;
  return [
    ["## Findings"],
    ...answers,
    list,
    [`<details><summary>All comparisons (${count})</summary>`],
    furtherFindings.map(renderFinding),
    renderComparisons(comparisons),
    ["</details>"],
  ];
}

function renderFinding(finding: Finding): string {
  const [first] = finding.phrases;
  const joined = finding.phrases.map(renderPhrase).join("");
  const words = first?.kind === "text" ? capitalize(joined) : joined;
  const remarks = finding.remarks.map((remark) => ` ${escapeSentence(remark)}`).join("");
  return `- ${words} (${sayBasis(finding)}).${remarks}`;
}

function renderPhrase(phrase: Phrase): string {
  switch (phrase.kind) {
    case "text":
      return phrase.text;
    case "name":
      return codeName(phrase.text);
    case "ratio": {
      const ratio = `${formatRatio(phrase.ratio, phrase.decimals)}×`;
      return phrase.word === "" ? ratio : `**${ratio} ${phrase.word}**`;
    }
    case "interval":
      return `[${formatRatio(phrase.low, phrase.decimals)}, ${
        formatRatio(phrase.high, phrase.decimals)
      }]`;
    case "amount": {
      const { value, low, high, unit } = phrase;
      const scale = chooseScale([value], unit);
      const show = (number: number) => formatNumber(number / scale.divisor, 3);
      const bounds = low === undefined || high === undefined
        ? ""
        : ` [${show(low)}, ${show(high)}]`;
      return `${withSymbol(show(value), scale)}${bounds}`;
    }
  }
}

function renderComparisons(rows: readonly ComparisonRow[]): readonly string[] {
  const columns: MarkdownColumn[] = [
    { heading: "scenario", align: "left" },
    { heading: "case", align: "left" },
    { heading: "against", align: "left" },
    { heading: "at", align: "left" },
    { heading: "metric", align: "left" },
    { heading: "ratio, above 1 is better", align: "right" },
    { heading: "pairs", align: "right" },
    { heading: "difference", align: "left" },
  ];
  return markdownTable(
    columns,
    rows.map((row) => [
      escapeMarkdown(row.scenario),
      escapeMarkdown(row.subject),
      escapeMarkdown(row.base),
      escapeMarkdown(row.at),
      escapeMarkdown(row.metric),
      `${formatRatio(row.ratio)} [${formatRatio(row.low)}, ${formatRatio(row.high)}]`,
      formatCount(row.n),
      row.reading,
    ]),
  );
}

function renderRunCharts(
  references: ChartReferences | undefined,
): readonly (readonly string[])[] {
  const charts = renderCharts(references, null);
  return charts.length === 0 ? [] : [["## The run"], ...charts];
}

function renderSection(
  section: Section,
  sections: readonly Section[],
  references: ChartReferences | undefined,
): readonly (readonly string[])[] {
  const { scenario, placement } = section;
  const isPlaced = placement.pin !== "none" ||
    sections.some((other) => other !== section && other.scenario === scenario);
  const placed = isPlaced ? ` (${namePlacement(placement)})` : "";
  const blocks: (readonly string[])[] = [
    [`## ${escapeMarkdown(section.scenario)}${placed}`],
    [`**${escapeSentence(section.question)}**`],
    section.notes.map((note) => `- ${escapeSentence(note)}`),
    [`Placement: ${describePlacement(section.placement)}.`],
  ];
  if (section.comparative === undefined && section.detail === undefined) {
    return [...blocks, ["No trial of this scenario has figures."]];
  }
  if (section.comparative !== undefined) blocks.push(...renderComparative(section.comparative));
  for (const table of section.further ?? []) blocks.push(...renderComparative(table));
  blocks.push(...renderCharts(references, section.scenario, section.placement));
  if (section.search.length > 0) blocks.push(section.search.map(renderSearch));
  if (section.detail !== undefined) blocks.push(...renderDetail(section.detail));
  if (section.evidence !== undefined) blocks.push(...renderEvidence(section.evidence));
  return blocks;
}

function renderSearch(result: SearchResult): string {
  return `- ${phraseSearch(result).map(renderPhrase).join("")}`;
}

function renderWarnings(warnings: readonly Warning[]): readonly (readonly string[])[] {
  if (warnings.length === 0) return [];
  return [
    ["## Warnings"],
    warnings.map(({ message, cases }) => {
      if (cases.length === 0) return `- ${capitalize(escapeSentence(message))}`;
      const named = cases.slice(0, MOST_CASES).map(codeName).join(", ");
      const rest = cases.length > MOST_CASES ? ` and ${cases.length - MOST_CASES} more` : "";
      return `- ${capitalize(escapeMarkdown(message, SENTENCE))}: ${named}${rest}.`;
    }),
  ];
}

function renderSkips(heading: string, skips: readonly Skip[]): readonly (readonly string[])[] {
  if (skips.length === 0) return [];
  return [
    [heading],
    skips.map(({ what, reason }) => `- ${codeName(what)}: ${escapeSentence(reason)}`),
  ];
}

function renderFacts(facts: readonly NamedFact[]): readonly string[] {
  return facts.map(({ name, value }) =>
    `- ${escapeMarkdown(name)}: ${escapeMarkdown(value, SENTENCE)}`
  );
}

function capitalize(words: string): string {
  return words.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
