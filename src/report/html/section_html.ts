/**
 * A scenario as HTML: its question, its placement always in sight, its charts and tables.
 *
 * @module
 */

import type { Case } from "../../model/case.ts";
import type { Chart } from "../chart/chart.ts";
import { CHART_STYLE } from "../chart/palette.ts";
import type { Column, Row, SearchResult, Section, Table } from "../document.ts";
import { withUnit } from "../markdown_tables.ts";
import { oneLine } from "../../text/one_line.ts";
import { describePlacement, formatParam, namePlacement } from "../describe_case.ts";
import { formatCount } from "../../units/format_quantity.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { anchorLink } from "./anchors.ts";
import { evidenceHtml } from "./facts_table_html.ts";
import { figureCell } from "./figure_html.ts";
import { Html, markup, sentenceHtml } from "./html_text.ts";
import { foldHtml } from "./parts.ts";
import { searchHtml } from "./phrases_html.ts";
import { type HtmlCell, type HtmlColumn, labelCell, tableHtml } from "./table_html.ts";

/** A reader sees so many charts of a scenario, and the rest when asked for. */
const OPEN_CHARTS = 2;

/** What a section is made of besides itself. */
export interface SectionSources {
  /** The anchor of the section. */
  readonly id: string;
  /** The scenario's declaration, for the values of its parameters. */
  readonly spec: ScenarioSpec | undefined;
  /** Every case of the record by id. */
  readonly cases: ReadonlyMap<string, Case>;
  /** The charts that belong here. */
  readonly charts: readonly Chart[];
}

/**
 * One scenario under one placement.
 *
 * @param section The section of the document.
 * @param sources Anchor, declaration, cases, charts.
 * @returns Markup.
 */
export function sectionHtml(section: Section, sources: SectionSources): Html {
  const { scenario, question, notes, placement, comparative, detail, search, evidence } = section;
  const { id, charts } = sources;
  const title = oneLine(scenario);
  const isEmpty = comparative === undefined && detail === undefined;
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<div class="bar"><h2 id="${id}-title">${title} ${anchorLink(id, title)}</h2>
<p class="placement">${namePlacement(placement)}</p></div>
<p class="question">${sentenceHtml(question)}</p>
<ul class="notes">${notes.map((note) => markup`<li>${sentenceHtml(note)}</li>`)}</ul>
<p class="where">Placement: ${describePlacement(placement)}.</p>
${isEmpty ? markup`<p>No trial of this scenario has figures.</p>` : undefined}${
    comparative === undefined ? undefined : comparativeHtml(comparative, `${id}-table`)
  }${section.further?.map((table, index) => comparativeHtml(table, `${id}-table-${index + 2}`))}${
    search.length === 0 ? undefined : answersHtml(search)
  }${chartsHtml(charts)}${detail === undefined ? undefined : detailHtml(detail, sources)}${
    evidence === undefined ? undefined : evidenceHtml(evidence, `${id}-evidence`)
  }</section>
`;
}

function answersHtml(search: readonly SearchResult[]): Html {
  return markup`<ul class="answers">
${search.map(searchHtml)}</ul>
`;
}

/**
 * Charts, each in a box that scrolls where the page is too narrow for its text.
 *
 * @param charts The charts.
 * @returns Markup; `undefined` for none.
 */
export function chartsHtml(charts: readonly Chart[]): Html | undefined {
  if (charts.length === 0) return undefined;
  const [first, more] = [charts.slice(0, OPEN_CHARTS), charts.slice(OPEN_CHARTS)];
  const grid = (some: readonly Chart[]) =>
    markup`<div class="charts">
${some.map(chartHtml)}</div>
`;
  return markup`${grid(first)}${
    more.length === 0 ? undefined : foldHtml("More charts", more.length, grid(more))
  }`;
}

function chartHtml({ id, kind, title, svg }: Chart): Html {
  const name = oneLine(title);
  return markup`<figure class="chart ${kind}" id="chart-${id}">
<div class="scroll" role="group" tabindex="0" aria-label="${name}">${inline(svg)}</div>
</figure>
`;
}

/** The chart room escapes what it draws. The page holds the style sheet of all charts once. */
function inline(svg: string): Html {
  return new Html(svg.replace(`<style>${CHART_STYLE}</style>`, ""));
}

function comparativeHtml(table: Table, id: string): Html {
  const [look] = table.columns;
  const unit = look === undefined || look.scale.symbol === "" ? "" : ` In ${look.scale.symbol}.`;
  return tableHtml({
    id,
    noun: "row",
    caption: markup`${
      sentenceHtml(table.caption)
    }${unit} Median [95 % interval]. <span class="hint">Select a figure for its sample size.</span>`,
    onDemand: "sample sizes",
    columns: [
      ...table.rowTitles.map((title): HtmlColumn => ({ title: oneLine(title), kind: "label" })),
      ...table.columns.map(({ title }): HtmlColumn => ({ title: oneLine(title), kind: "figure" })),
    ],
    rows: table.rows.map(({ labels, cells }) => [
      ...labels.map(labelCell),
      ...table.columns.map((column, index) =>
        figureCell(cells[index] ?? null, column, "with bounds")
      ),
    ]),
  });
}

/** The unit stands apart where it follows the title. */
function figureColumn(column: Column): HtmlColumn {
  const [title, whole] = [oneLine(column.title), oneLine(withUnit(column))];
  return whole.startsWith(title)
    ? { title, unit: whole.slice(title.length).trim(), kind: "figure" }
    : { title: whole, kind: "figure" };
}

/** Every case with every metric: transport and parameters in columns of their own, so that each can be sorted and filtered. */
function detailHtml(table: Table, sources: SectionSources): Html {
  const { id, cases, spec } = sources;
  const caseOf = ({ cells }: Row) => cases.get(cells.find((cell) => cell !== null)?.case ?? "");
  const parameters = spec?.parameters.map(({ name }) => name) ?? [];
  const labels = (row: Row): readonly HtmlCell[] => {
    const one = caseOf(row);
    // A case without any figure has its id only.
    if (one === undefined) {
      return [
        { content: oneLine(row.labels[0] ?? "") },
        ...parameters.map(() => ({ content: "–" })),
      ];
    }
    return [
      labelCell(one.transport),
      ...parameters.map((name) => {
        const value = Object.hasOwn(one.params, name) ? one.params[name] : undefined;
        return value === undefined || spec === undefined
          ? { content: "–" }
          : labelCell(formatParam(spec, name, value));
      }),
    ];
  };
  const content = tableHtml({
    id: `${id}-metrics`,
    noun: "case",
    caption: markup`All metrics. ${
      sentenceHtml(table.caption)
    } <span class="hint">Select a figure for its interval.</span>`,
    onDemand: "intervals",
    columns: [
      { title: "transport", kind: "label" },
      ...parameters.map((name): HtmlColumn => ({ title: oneLine(name), kind: "label" })),
      { title: "n", kind: "figure" },
      ...table.columns.map(figureColumn),
    ],
    rows: table.rows.map((row) => {
      const n = Math.max(0, ...row.cells.map((cell) => cell?.n ?? 0));
      return [
        ...labels(row),
        { content: formatCount(n), value: n },
        ...table.columns.map((column, index) =>
          figureCell(row.cells[index] ?? null, column, "number only")
        ),
      ];
    }),
  });
  return foldHtml("All metrics", table.rows.length, content);
}
