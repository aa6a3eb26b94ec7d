// Blocks of a Document as HTML.

import { formatBasis, headingOf, looksOf, onlyMetric } from "../../document/column_look.ts";
import type { Block, Facts, List, ListItem } from "../../document/document.ts";
import type { Figure } from "../../document/figure.ts";
import { beginsWithWords, capitalize } from "../../document/format_inline.ts";
import { describeCommon, formatKeys } from "../../document/format_key.ts";
import type { Inline } from "../../document/inline.ts";
import type { Column, Row, Table } from "../../document/table.ts";
import type { Picture } from "../../document/writer.ts";
import type { Anchors, FindPart } from "./html_text.ts";
import { Html, inlineHtml, markup, sentenceHtml } from "./html_text.ts";
import { foldHtml } from "./page.ts";
import { caseCell, cellHtml, type HtmlColumn, keyHtml, tableHtml } from "./table_html.ts";
import { codeLines, oneLine, SENTENCE } from "../../../text/one_line.ts";
import { answersHtml } from "./answers_html.ts";

/** Charts of a part that a reader sees at once, and the rest when asked for. */
const MAX_CHARTS = 2;

/** What blocks need of the page that they stand in. `draw`: absent where the page does without figures. */
export type PageContext = Readonly<
  { anchors: Anchors; findPart: FindPart; draw: ((figure: Figure) => Picture) | undefined }
>;

/** Blocks that follow each other. Charts among them stand together. */
export function blocksHtml(
  blocks: readonly Block[],
  id: string,
  context: PageContext,
): readonly Html[] {
  const html: Html[] = [];
  let charts: Figure[] = [];
  const flush = () => {
    if (charts.length > 0) html.push(chartsHtml(charts, context));
    charts = [];
  };
  for (const block of blocks) {
    if (block.kind === "figure") charts.push(block);
    else {
      flush();
      html.push(blockHtml(block, id, context));
    }
  }
  flush();
  return html;
}

function blockHtml(block: Exclude<Block, Figure>, id: string, context: PageContext): Html {
  const { findPart } = context;
  switch (block.kind) {
    case "heading":
      return markup`<h3>${inlineHtml(block.text, findPart)}</h3>
`;
    case "paragraph": {
      const name = block.role === undefined ? undefined : PARAGRAPHS[block.role];
      const names = name === undefined ? undefined : markup` class="${name}"`;
      return markup`<p${names}>${sentenceOf(block.text, findPart)}</p>
`;
    }
    case "list":
      return listHtml(block, findPart);
    case "facts":
      return factsHtml(block);
    case "table":
      return tableBlockHtml(block, id, context);
    case "details": {
      const { summary, count, blocks } = block;
      return foldHtml(summary, count?.n ?? blocks.length, blocksHtml(blocks, id, context));
    }
    case "code": {
      const lines = codeLines(block.text).join("\n");
      return markup`<pre class="scroll" tabindex="0" role="group" aria-label="${block.label}"><code>${lines}</code></pre>
`;
    }

    case "judgement":
    case "data":
      return markup``;
  }
}

const PARAGRAPHS = {
  question: "question",
  placement: "where",
  evidence: "caption",
} as const;

function sentenceOf(text: readonly Inline[], findPart: FindPart): Html {
  const [first, ...rest] = text;
  return first?.kind === "text" && beginsWithWords(text)
    ? inlineHtml([{ kind: "text", text: capitalize(first.text) }, ...rest], findPart)
    : inlineHtml(text, findPart);
}

function listHtml({ role, items }: List, findPart: FindPart): Html {
  return markup`<ul class="${role}">
${items.map((item) => itemHtml(item, findPart))}</ul>
`;
}

function itemHtml(item: ListItem, findPart: FindPart): Html {
  const { text, basis, remarks = [], about, sort } = item;
  const names = sort === undefined ? undefined : markup` class="${sort.replaceAll(" ", "-")}"`;
  const words = sentenceOf(text, findPart);
  if (basis === undefined) {
    return markup`<li${names}>${words}${
      remarks.map((remark) => markup` ${inlineHtml(remark, findPart)}`)
    }</li>
`;
  }
  const anchor = about === undefined ? undefined : findPart({ to: about });
  const link = anchor === undefined || about === undefined
    ? undefined
    : markup` · <a href="#${anchor}">${oneLine(about)}</a>`;
  return markup`<li${names}>${words}. <small>${capitalize(formatBasis(basis))}.${
    remarks.map((remark) => markup` ${inlineHtml(remark, findPart)}`)
  }${link}</small></li>
`;
}

function factsHtml({ facts }: Facts): Html {
  return markup`<dl>
${
    facts.map(({ name, value }) =>
      markup`<dt>${oneLine(name)}</dt><dd>${oneLine(value, SENTENCE)}</dd>
`
    )
  }</dl>
`;
}

/** Charts, each in a box that scrolls where the page is too narrow for its text. */
function chartsHtml(figures: readonly Figure[], { draw }: PageContext): Html {
  if (draw === undefined) return markup``;
  const [first, more] = [figures.slice(0, MAX_CHARTS), figures.slice(MAX_CHARTS)];
  const grid = (some: readonly Figure[]) =>
    markup`<div class="charts">
${some.map((figure) => chartHtml(figure, draw(figure)))}</div>
`;
  return markup`${grid(first)}${
    more.length === 0 ? undefined : foldHtml("More charts", more.length, grid(more))
  }`;
}

/** A chart in a box of its own. */
function chartHtml({ id, data }: Figure, { title, svg }: Picture): Html {
  return markup`<figure class="chart ${data.kind}" id="chart-${id}">
<div class="scroll" role="group" tabindex="0" aria-label="${oneLine(title)}">${new Html(svg)}</div>
</figure>
`;
}

/** Ends of the ids of tables. */
const TABLE_IDS: Readonly<Record<Table["role"], string>> = {
  headline: "table",
  further: "table",
  split: "table",
  metrics: "metrics",
  "run-wide": "run-wide",
  answers: "short",
  comparisons: "table",
  cells: "table",
  evidence: "evidence",
  words: "settings",
};

function tableBlockHtml(table: Table, part: string, context: PageContext): Html {
  const id = context.anchors.take(`${part}-${TABLE_IDS[table.role]}`);
  if (table.role === "answers") return answersHtml(table, id, context.findPart);
  const content = tableHtml({
    id,
    noun: table.noun,
    caption: captionHtml(table, context.findPart),
    columns: columnsOf(table),
    rows: rowsOf(table, context.findPart),
    ...(hasFigures(table) ? { onDemand: onDemandOf(table) } : {}),
  });
  return table.fold === undefined ? content : foldHtml(table.fold, table.rows.length, content);
}

function hasFigures({ columns }: Table): boolean {
  return columns.some(({ metric }) => metric !== undefined);
}

function onDemandOf({ intervals }: Table): string {
  return intervals === "shown" ? "sample sizes" : "intervals";
}

function captionHtml(table: Table, findPart: FindPart): Html {
  const caption = markup`${inlineHtml(table.caption, findPart)}${describeCommon(table)}`;
  if (!hasFigures(table)) return caption;
  const hint = table.intervals === "shown" ? "sample size" : "interval";
  const { symbol = "" } = onlyMetric(table) === undefined ? {} : looksOf(table)[0]?.scale ?? {};
  const unit = symbol === "" ? "" : ` In ${symbol}.`;
  const legend = table.intervals === "shown" ? `${unit} Median [95 % interval].` : "";
  return markup`${caption}${legend} <span class="hint">Select a figure for its ${hint}.</span>`;
}

/** Keys where the table has them, as each can be sorted and filtered; else its rows' names. */
function columnsOf(table: Table): readonly HtmlColumn[] {
  const looks = looksOf(table);
  const isShared = onlyMetric(table) !== undefined;
  const keys = table.keys.length > 0 || table.names === undefined
    ? table.keys.map(({ title }) => title)
    : [table.names];
  return [
    ...keys.map((title): HtmlColumn => ({ title: oneLine(title), kind: "label" })),
    ...table.columns.map((column: Column, index): HtmlColumn => {
      const kind = column.align === "number" ? "figure" : "label";
      if (column.keys !== undefined) {
        return { title: oneLine(formatKeys(column.keys) || "all"), kind };
      }
      const { title, unit } = headingOf(column, isShared ? undefined : looks[index]);
      return { title: oneLine(title), unit, kind };
    }),
  ];
}

function rowsOf(table: Table, findPart: FindPart) {
  const looks = looksOf(table);
  const label = (row: Row) =>
    table.keys.length > 0 || table.names === undefined
      ? row.keys.map(keyHtml)
      : [caseCell(row.name ?? "")];
  return table.rows.map((row) => [
    ...label(row),
    ...table.columns.map((_, index) =>
      cellHtml(row.cells[index] ?? null, looks[index], table.intervals, findPart)
    ),
  ]);
}

export function noticeHtml(
  lead: string,
  sentences: readonly (readonly Inline[])[],
  findPart: FindPart,
): Html {
  const [only, ...more] = sentences.map((text) => inlineHtml(text, findPart));
  if (more.length === 0) {
    return markup`<p class="notice"><strong>${lead}.</strong> ${only ?? sentenceHtml("")}</p>
`;
  }
  return markup`<div class="notice"><strong>${lead}:</strong>
<ul>${[only ?? sentenceHtml(""), ...more].map((words) => markup`<li>${words}</li>`)}</ul></div>
`;
}
