/**
 * renderHtml: the Report document as one page that opens from disk.
 *
 * It says what the Markdown report says, in the same words and the same order; what a reader must first look at is open,
 * what a reader looks up is folded.
 *
 * @module
 */

import type { RunRecord } from "../../model/run_record.ts";
import { type Answer, answerQuestions } from "../answers.ts";
import { buildReport } from "../build_report.ts";
import { buildCharts } from "../chart/build_charts.ts";
import type { Chart } from "../chart/chart.ts";
import type { ComparisonRow, Finding, Report, Section } from "../document.ts";
import { oneLine } from "../../text/one_line.ts";
import { count } from "../method.ts";
import { describePlacement, namePlacement, placementKey } from "../describe_case.ts";
import { formatCount, formatRatio } from "../../units/format_quantity.ts";
import { Anchors } from "./anchors.ts";
import { answersHtml } from "./answers_html.ts";
import { textTableHtml } from "./facts_table_html.ts";
import { sayConfidence } from "./figure_html.ts";
import { type Html, markup, sentenceHtml } from "./html_text.ts";
import { renderPage } from "./page.ts";
import {
  factsHtml,
  foldedPart,
  foldHtml,
  listHtml,
  openPart,
  type Part,
  skipsHtml,
} from "./parts.ts";
import { findingHtml, warningHtml } from "./phrases_html.ts";
import { chartsHtml, sectionHtml } from "./section_html.ts";
import { type HtmlCell, labelCell, tableHtml } from "./table_html.ts";

/**
 * Renders a record as a page. Measures nothing; the same record gives the same text.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns A whole HTML document that ends in a line break.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../../model/run_record.ts";
 * import { renderHtml } from "./render_html.ts";
 *
 * declare const record: RunRecord;
 * await Deno.writeTextFile("report.html", renderHtml(record));
 * ```
 */
export function renderHtml(record: RunRecord): string {
  const report = buildReport(record);
  const charts = buildCharts(record);
  const anchors = new Anchors();
  // Taken first, so that no scenario's name gets between a part of every report and its anchor.
  const own = Object.fromEntries(
    ["findings", "guide", "run", "warnings", "skips", "method", "environment", "reproduce"]
      .map((name) => [name, anchors.take(name)]),
  );
  const sections = sectionParts(record, report, charts, anchors);
  const anchorOf = (scenario: string) =>
    sections.find(({ section }) => section.scenario === scenario)?.id;
  const anchorOfAnswer = (answer: Answer) =>
    sections.find(({ section }) =>
      section.scenario === answer.scenario && placementKey(section) === placementKey(answer)
    )?.id;
  const short = answersHtml(answerQuestions(report), `${own.findings}-short`, anchorOfAnswer);
  const parts: readonly Part[] = [
    findingsPart(report, own.findings!, short, anchorOf),
    foldedPart(own.guide!, "How to read this", factsHtml(report.guide)),
    ...sections,
    ...runPart(charts, own.run!),
    ...warningsPart(report, own.warnings!),
    ...(report.skips.length === 0
      ? []
      : [foldedPart(own.skips!, "Left out", skipsHtml(report.skips))]),
    methodPart(report, own.method!),
    environmentPart(report, own.environment!),
    reproducePart(report, own.reproduce!),
  ];
  return renderPage({
    title: [report.title, ...report.subtitle.slice(0, 1)].map((text) => oneLine(text)).join(" · "),
    heading: oneLine(report.title),
    subtitle: [...report.subtitle.map((fact) => oneLine(fact)), ...placementFacts(report.sections)],
    notice: report.partial ? partialNotice(report.partialRemark ?? "") : undefined,
    contents: parts,
    body: parts.map(({ content }) => content),
  });
}

/** Where one placement holds for all figures, it stands on top as well. */
function placementFacts(sections: readonly Section[]): readonly Html[] {
  const all = [...new Set(sections.map(({ placement }) => describePlacement(placement)))];
  return all.length === 1 ? [markup`<strong>Placement: ${all[0]}</strong>`] : [];
}

function partialNotice(remark: string): Html {
  return markup`<p class="notice"><strong>Partial run.</strong> ${sentenceHtml(remark)}</p>
`;
}

function findingsPart(
  { findings, furtherFindings, comparisons }: Report,
  id: string,
  short: Html | undefined,
  anchorOf: (scenario: string) => string | undefined,
): Part {
  const list = (some: readonly Finding[]) =>
    listHtml("findings", some.map((finding) => findingHtml(finding, anchorOf)));
  const none = "No comparison could be made: no two cases that belong side by side have figures.";
  const table = comparisonsTable(comparisons, `${id}-table`);
  return openPart(id, "Findings", [
    short,
    short === undefined || findings.length === 0
      ? undefined
      : markup`<h3>What differs, and by how much</h3>
`,
    list(findings) ?? markup`<p>${none}</p>
`,
    comparisons.length === 0
      ? undefined
      : foldHtml("All comparisons", comparisons.length, [list(furtherFindings), table]),
  ]);
}

function comparisonsTable(rows: readonly ComparisonRow[], id: string): Html {
  const label = (title: string) => ({ title, kind: "label" }) as const;
  const figure = (title: string) => ({ title, kind: "figure" }) as const;
  return tableHtml({
    id,
    noun: "comparison",
    caption: "Every comparison, whatever its outcome. Ratio [95 % interval]; above 1 is better.",
    columns: [
      label("scenario"),
      label("case"),
      label("against"),
      label("at"),
      label("metric"),
      label("difference"),
      figure("ratio"),
      figure("pairs"),
    ],
    rows: rows.map((row) => [
      ...[row.scenario, row.subject, row.base, row.at, row.metric, row.reading].map(labelCell),
      ratioCell(row),
      { content: formatCount(row.n), value: row.n },
    ]),
  });
}

function ratioCell({ ratio, low, high, confidence, n }: ComparisonRow): HtmlCell {
  const content = markup`<details class="figure"><summary>${formatRatio(ratio)} <small>[${
    formatRatio(low)
  }, ${formatRatio(high)}]</small></summary><p>${sayConfidence(confidence)} interval, ${
    count(n, "pair")
  }</p></details>`;
  return { content, value: ratio };
}

function sectionParts(
  record: RunRecord,
  report: Report,
  charts: readonly Chart[],
  anchors: Anchors,
): readonly (Part & { readonly section: Section })[] {
  const cases = new Map(record.cases.map((one) => [one.id, one]));
  return report.sections.map((section) => {
    const { scenario, placement } = section;
    const id = anchors.take(scenario);
    const many = report.sections.filter((other) => other.scenario === scenario).length > 1;
    const name = oneLine(scenario);
    const own = charts.filter((chart) =>
      chart.scenario === scenario &&
      placementKey({ placement: chart.placement ?? placement }) === placementKey({ placement })
    );
    const spec = record.scenarios.find((one) => one.id === scenario);
    return {
      id,
      title: many ? `${name} (${namePlacement(placement)})` : name,
      content: sectionHtml(section, { id, spec, cases, charts: own }),
      section,
    };
  });
}

/** Charts of the run as a whole. */
function runPart(charts: readonly Chart[], id: string): readonly Part[] {
  const own = charts.filter(({ scenario }) => scenario === null);
  return own.length === 0 ? [] : [openPart(id, "The run", chartsHtml(own))];
}

function warningsPart({ warnings }: Report, id: string): readonly Part[] {
  if (warnings.length === 0) return [];
  return [openPart(id, "Warnings", listHtml("warnings", warnings.map(warningHtml)))];
}

function methodPart({ method, socketSettings }: Report, id: string): Part {
  return foldedPart(id, "Method", [
    factsHtml(method),
    socketSettings === undefined ? undefined : textTableHtml(socketSettings, `${id}-settings`),
  ]);
}

function environmentPart({ environment, missing }: Report, id: string): Part {
  const unknown = skipsHtml(missing);
  return foldedPart(id, "Environment", [
    factsHtml(environment),
    unknown === undefined ? undefined : markup`<h3>Not known about this machine</h3>
${unknown}`,
  ]);
}

function reproducePart({ reproduce }: Report, id: string): Part {
  const lines = reproduce.split(/\r?\n/).map((line) => oneLine(line, 2_000)).join("\n");
  const command = reproduce === ""
    ? markup`<p>The record does not hold the command.</p>
`
    : markup`<pre class="scroll" tabindex="0" role="group" aria-label="Command"><code>${lines}</code></pre>
`;
  const source =
    "The record that this page was made of holds every trial; sockbench report renders it " +
    "in other formats, and nothing is measured again.";
  return openPart(id, "Run it again", [
    command,
    markup`<p class="source">${source}</p>
`,
  ]);
}
