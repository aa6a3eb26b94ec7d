/**
 * renderComparisonHtml: two records side by side as one page, what changed first.
 *
 * @module
 */

import type { Verdict, VerdictWord } from "../../compare/gate_result.ts";
import type { Summary } from "../../compare/summarize.ts";
import {
  sayChange,
  sayCount,
  sayEstimate,
  sayP,
  sayThreshold,
} from "../../compare/verdict_reason.ts";
import type { Case } from "../../model/case.ts";
import { buildComparisonCharts } from "../chart/compare_charts.ts";
import {
  bySeverity,
  decidingFigures,
  type GateFormat,
  type GateReport,
  statedOf,
} from "../gate_text.ts";
import { clip, printable } from "../../text/printable.ts";
import { count } from "../build/method.ts";
import { chooseScale, formatNumber, withSymbol } from "../../units/format_quantity.ts";
import { namePlacement } from "../document/format_placement.ts";
import { Anchors } from "../write/html/anchors.ts";
import { formatConfidence as sayConfidence } from "../write/html/cells_html.ts";
import type { Chart } from "../chart/chart.ts";
import { PAGE_CHART_STYLE, withoutStyle } from "../chart/page_chart_style.ts";
import { oneLine } from "../../text/one_line.ts";
import { Html, markup, sentenceHtml } from "../write/html/html_text.ts";
import { renderPage } from "../write/html/page.ts";
import {
  factsHtml,
  foldedPart,
  foldHtml,
  listHtml,
  openPart,
  type Part,
} from "../write/html/parts.ts";
import { capitalize } from "../document/format_inline.ts";
import { recordsPart } from "./record_sides_html.ts";

import {
  caseCell,
  type HtmlCell,
  type HtmlColumn,
  labelCell,
  tableHtml,
} from "../write/html/table_html.ts";

/** All cells as a page. */
export const comparisonHtml: GateFormat = {
  id: "html",
  extension: "html",
  title: "page of all comparisons, one file",
  render: renderComparisonHtml,
};

/** What changed comes first, what did not last. */
const ORDER: readonly VerdictWord[] = [
  "regressed",
  "improved",
  "inconclusive",
  "incomparable",
  "missing",
  "pass",
  "new",
];
const CHANGED: readonly VerdictWord[] = ["regressed", "improved"];

/** What the words of the page mean. */
const GUIDE = [
  {
    name: "change",
    value:
      "how much better or worse head is than base, with its 95 % interval. Of a share, such as loss, the difference in " +
      "percentage points",
  },
  { name: "regressed, improved", value: "shown by the test and by the size of the change" },
  { name: "pass", value: "what is beyond the threshold is excluded" },
  { name: "inconclusive", value: "neither is shown: the interval allows both" },
  { name: "missing, new", value: "only base has it; only head has it" },
  { name: "incomparable", value: "both have it and cannot be set against each other" },
  {
    name: "adjusted p",
    value:
      "if head were no worse, the chance of a result this bad, adjusted for the number of cells; of an improvement the " +
      "other way round",
  },
];

/**
 * Renders a comparison as a page. The same report gives the same text.
 *
 * @param report Verdicts, the names of both sides and, where they are at hand, both records.
 * @returns A whole HTML document that ends in a line break.
 */
export function renderComparisonHtml(report: GateReport): string {
  const { result, records } = report;
  const [base, head] = [report.base, report.head].map((name) => clip(printable(name)));
  const anchors = new Anchors();
  const cells = bySeverity(result.cells, ORDER);
  const cases = new Map([...records?.base.cases ?? [], ...records?.head.cases ?? []]
    .map((one) => [one.id, one]));
  const charts = buildComparisonCharts(
    result,
    records === undefined ? {} : { cases: [...cases.values()] },
  );
  const placement = onlyPlacement(cases);
  const parts: readonly Part[] = [
    changedPart(report, cells, cases, anchors.take("changed")),
    ...(charts.length === 0 ? [] : [openPart(
      anchors.take("sizes"),
      "How much",
      markup`<div class="charts">
${charts.map(comparisonChart)}</div>
`,
      placement,
    )]),
    ...cellsPart(cells, cases, anchors.take("cells"), result.paired),
    ...gapsPart(cells, anchors.take("gaps")),
    ...(records === undefined ? [] : [recordsPart(records, anchors.take("records"))]),
    foldedPart(anchors.take("guide"), "How to read this", factsHtml(GUIDE)),
    notesPart(report, anchors.take("notes")),
  ];
  return renderPage({
    title: `${head} against ${base} · sockbench`,
    heading: [markup`<code>${head}</code>`, " against ", markup`<code>${base}</code>`],
    subtitle: [
      ...countVerdicts(cells),
      result.paired ? "pairs measured side by side" : "two records of different moments",
      ...(placement === undefined ? [] : [placement]),
    ],
    notice: environmentNotice(result.environmentDifferences),
    contents: parts,
    pictureStyle: PAGE_CHART_STYLE,
    body: parts.map(({ content }) => content),
  });
}

/** As in `2 regressed`, one of each verdict that occurs. */
function countVerdicts(cells: readonly Verdict[]): readonly Html[] {
  return ORDER.flatMap((word) => {
    const n = cells.filter(({ verdict }) => verdict === word).length;
    return n === 0 ? [] : [markup`<strong>${n} ${word}</strong>`];
  });
}

/** The placement of all cases; `undefined` where there are several, or no case is known. */
function onlyPlacement(cases: ReadonlyMap<string, Case>): string | undefined {
  const all = new Set([...cases.values()].map(({ placement }) => namePlacement(placement)));
  return all.size === 1 ? [...all][0] : undefined;
}

function environmentNotice(differences: readonly string[]): Html | undefined {
  if (differences.length === 0) return undefined;
  return markup`<div class="notice"><strong>The environments differ:</strong>
<ul>${differences.map((difference) => markup`<li>${sentenceHtml(difference)}</li>`)}</ul></div>
`;
}

function changedPart(
  { result }: GateReport,
  cells: readonly Verdict[],
  cases: ReadonlyMap<string, Case>,
  id: string,
): Part {
  const changed = cells.filter(({ verdict }) => CHANGED.includes(verdict));
  const none = cells.some(({ verdict, ratio }) => verdict === "incomparable" && ratio !== undefined)
    ? "The two records are not of one kind, so that no change is judged. The figures below are as they were measured."
    : "No cell regressed or improved: where there is a change, these trials do not show it.";
  const table = changed.length === 0
    ? markup`<p>${none}</p>
`
    : verdictTable(changed, cases, `${id}-table`, result.paired);
  return openPart(id, "What changed", [
    markup`<p class="question">${sentenceHtml(capitalize(result.summary))}</p>
`,
    table,
  ], onlyPlacement(cases));
}

function cellsPart(
  cells: readonly Verdict[],
  cases: ReadonlyMap<string, Case>,
  id: string,
  paired: boolean,
): readonly Part[] {
  const compared = cells.filter(({ ratio }) => ratio !== undefined);
  if (compared.length === 0) return [];
  const table = verdictTable(compared, cases, `${id}-table`, paired);
  return [openPart(id, "All cells", table, onlyPlacement(cases))];
}

function verdictTable(
  cells: readonly Verdict[],
  cases: ReadonlyMap<string, Case>,
  id: string,
  paired: boolean,
): Html {
  const label = (title: string): HtmlColumn => ({ title, kind: "label" });
  const figure = (title: string): HtmlColumn => ({ title, kind: "figure" });
  const isPlaced = cases.size > 0 && onlyPlacement(cases) === undefined;
  return tableHtml({
    id,
    noun: "cell",
    caption: "Medians of both sides and how much better or worse head is, with its 95 % interval.",
    onDemand: "intervals and reasons",
    columns: [
      label("case"),
      label("metric"),
      ...(isPlaced ? [label("placement")] : []),
      label("verdict"),
      figure("base"),
      figure("head"),
      figure("change"),
      figure("adjusted p"),
      figure("n"),
    ],
    rows: cells.map((cell) => {
      const { ratio, adjustedP, n } = decidingFigures(cell);
      const placement = cases.get(cell.case)?.placement;
      return [
        caseCell(clip(printable(cell.case))),
        labelCell(clip(printable(cell.metric))),
        ...(isPlaced ? [labelCell(placement === undefined ? "–" : namePlacement(placement))] : []),
        { content: cell.verdict, mark: `label verdict ${cell.verdict}` },
        summaryCell(cell.base),
        summaryCell(cell.head),
        changeCell(cell, ratio, sayCount(n, paired)),
        adjustedP === undefined
          ? { content: "–", mark: "none" }
          : { content: sayP(adjustedP), value: adjustedP },
        { content: String(n), value: n },
      ];
    }),
  });
}

function summaryCell(summary: Summary | undefined): HtmlCell {
  if (summary === undefined) return { content: "–", mark: "none" };
  const { median, low, high, n, unit, confidence } = summary;
  const scale = chooseScale([median], unit);
  const show = (value: number) => formatNumber(value / scale.divisor, 3);
  const interval = n === 1
    ? "1 trial, which has no interval"
    : `${sayConfidence(confidence)} interval ${show(low)} to ${withSymbol(show(high), scale)}, ${
      count(n, "trial")
    }`;
  return {
    content: markup`<details class="figure"><summary>${
      withSymbol(show(median), scale)
    }</summary><p>${interval}</p></details>`,
    value: median,
  };
}

function changeCell(
  cell: Verdict,
  ratio: ReturnType<typeof decidingFigures>["ratio"],
  n: string,
): HtmlCell {
  const stated = statedOf(cell);
  if (ratio === undefined || stated === undefined) return { content: "–", mark: "none" };
  const bounds = sayEstimate(ratio, stated).replace(/^[^[]*/, "");
  return {
    content: markup`<details class="figure"><summary>${
      sayChange(ratio.estimate, stated)
    } <small>${bounds}</small></summary><p>${
      sentenceHtml(clip(cell.reason, 600))
    } ${n}.</p></details>`,
    value: ratio.estimate,
  };
}

function gapsPart(cells: readonly Verdict[], id: string): readonly Part[] {
  const gaps = cells.filter(({ ratio }) => ratio === undefined);
  if (gaps.length === 0) return [];
  const columns = ["case", "metric", "verdict", "why"]
    .map((title): HtmlColumn => ({ title, kind: "label" }));
  const table = tableHtml({
    id: `${id}-table`,
    noun: "cell",
    caption: "Cells that only one side has, or that cannot be set against each other.",
    columns,
    rows: gaps.map((cell) => [
      caseCell(clip(printable(cell.case))),
      labelCell(clip(printable(cell.metric))),
      labelCell(cell.verdict),
      { content: clip(printable(cell.reason), 600), mark: "label long" },
    ]),
  });
  return [openPart(id, "Without a comparison", table)];
}

function notesPart({ result }: GateReport, id: string): Part {
  const { policy, notes, cells } = result;
  const metrics = policy.metrics.includes("*")
    ? "all metrics"
    : `metrics ${policy.metrics.join(", ")}`;
  const applied = `Policy: alpha ${policy.alpha} over all cells, threshold ${
    sayThreshold(policy.threshold, "ratio")
  }, ${metrics}${policy.strict ? ", strict" : ""}. In brackets the 95 % interval of the median`;
  const owners = new Map<string, Set<string>>();
  for (const { warnings, case: name, metric } of cells) {
    for (const warning of warnings) {
      owners.set(warning, (owners.get(warning) ?? new Set()).add(`${name} ${metric}`));
    }
  }
  const item = (text: string) =>
    markup`<li>${sentenceHtml(text)}</li>
`;
  const warnings = [...owners].map(([warning, names]) =>
    item(`${capitalize(warning)}: ${count(names.size, "cell")}`)
  );
  return foldedPart(id, "Notes", [
    listHtml("warnings", [item(applied), ...notes.map(item)]),
    warnings.length === 0
      ? undefined
      : foldHtml("Warnings", warnings.length, listHtml("warnings", warnings)),
  ]);
}

/** A chart in a box that scrolls where the page is too narrow for its text. */
function comparisonChart({ id, kind, title, svg }: Chart): Html {
  return markup`<figure class="chart ${kind}" id="chart-${id}">
<div class="scroll" role="group" tabindex="0" aria-label="${oneLine(title)}">${new Html(
    withoutStyle(svg),
  )}</div>
</figure>
`;
}
