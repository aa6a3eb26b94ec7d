// Tables as HTML: sorted and filtered by the page's script where it runs, whole and readable where it does not.

import { oneLine } from "../../../text/one_line.ts";
import { type Html, type HtmlPart, markup } from "./html_text.ts";

/** Tables of fewer rows need no filter. */
const MIN_TO_FILTER = 8;

/** Labels from so many characters on may take several lines. */
const LONG_LABEL = 32;

/** A column of a table. */
export interface HtmlColumn {
  readonly title: string;
  /** Its unit, said beside it; empty for none. */
  readonly unit?: string;
  /** `label`: words to filter by; `figure`: a number. */
  readonly kind: "label" | "figure";
}

/** A cell of a table. */
export interface HtmlCell {
  readonly content: HtmlPart;
  /** The number it stands for, unscaled, to be sorted by; absent: it has none. */
  readonly value?: number;
  readonly mark?: string;
}

/** A table before it is markup. */
export interface HtmlTable {
  /** Its id within the page. */
  readonly id: string;
  readonly caption: HtmlPart;
  readonly columns: readonly HtmlColumn[];
  /** The lines, one cell a column. */
  readonly rows: readonly (readonly HtmlCell[])[];
  /** What one line is, as in `case`. */
  readonly noun: string;
  /** What its figures say on demand, as in `intervals`; absent: nothing. */
  readonly onDemand?: string;
}

/** A table in a box of its own, which scrolls where the page is narrow and can be reached by keyboard. */
export function tableHtml(table: HtmlTable): Html {
  const { id, caption, columns, rows, noun } = table;
  return markup`<div class="table" data-noun="${noun}">
<p class="caption" id="${id}-caption">${caption}</p>
${toolsHtml(table)}<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-caption">
<table id="${id}" aria-labelledby="${id}-caption">
<thead><tr>${columns.map(headHtml)}</tr></thead>
<tbody>
${rows.map((cells) => rowHtml(cells, columns))}</tbody>
</table>
</div>
</div>
`;
}

/** Controls, which the script shows: without it they would do nothing. */
function toolsHtml({ rows, onDemand }: HtmlTable): Html | undefined {
  const filter = rows.length < MIN_TO_FILTER
    ? undefined
    : markup`<label>Filter <input type="search" placeholder="words" autocomplete="off" spellcheck="false"></label>
<span class="selects"></span>`;
  const count = filter === undefined
    ? undefined
    : markup`<span class="count" role="status"></span>`;
  const button = onDemand === undefined
    ? undefined
    : markup`<button type="button" class="intervals" aria-pressed="false">Show ${onDemand}</button>`;
  if (filter === undefined && button === undefined) return undefined;
  return markup`<div class="tools" hidden>${filter}${button}${count}</div>
`;
}

function headHtml({ title, unit = "", kind }: HtmlColumn): Html {
  const symbol = unit === "" ? undefined : markup` <small>${unit}</small>`;
  return markup`<th scope="col" class="${kind}"><span>${title}</span>${symbol}</th>`;
}

function rowHtml(cells: readonly HtmlCell[], columns: readonly HtmlColumn[]): Html {
  const markups = cells.map(({ content, value, mark }, index) => {
    const { kind } = columns[index] as HtmlColumn;
    const number = value === undefined ? undefined : markup` data-value="${value}"`;
    if (index === 0 && kind === "label") {
      const wrap = mark === undefined ? undefined : markup` class="${mark}"`;
      return markup`<th scope="row"${wrap}${number}>${content}</th>`;
    }
    const name = mark ?? (kind === "label" ? kind : undefined);
    const names = name === undefined ? undefined : markup` class="${name}"`;
    return markup`<td${names}${number}>${content}</td>`;
  });
  return markup`<tr>${markups}</tr>
`;
}

/** A label, with the number it is sorted by where it is a number or a size. */
export function labelCell(label: string): HtmlCell {
  const found = /^(\d+(?:\.\d+)?)(?: (B|KiB|MiB|GiB))?$/.exec(label);
  if (found === null) {
    const content = oneLine(label);
    return content.length < LONG_LABEL ? { content } : { content, mark: "label wrap" };
  }
  const factor = 1024 ** ["B", "KiB", "MiB", "GiB"].indexOf(found[2] ?? "B");
  return { content: label, value: Number(found[1]) * factor };
}

/** A case's id, which may take several lines, each of whole parts. */
export function caseCell(id: string): HtmlCell {
  const parts = oneLine(id, 200).split(/(?<=[/,])/);
  return {
    content: parts.map((part, index) => index === 0 ? part : markup`<wbr>${part}`),
    mark: "label wrap",
  };
}
