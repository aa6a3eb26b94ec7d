// Tables as HTML: sorted and filtered by the page's script, whole without it; intervals open in a `<details>`.

import { breakableParts, oneLine } from "../../../text/one_line.ts";
import {
  CONFIDENCE,
  formatBeside,
  formatFigure,
  formatOwnFigure,
  formatRatioCell,
  type Look,
} from "../../document/column_look.ts";
import {
  chooseScale,
  countOf,
  formatCount,
  formatP,
  formatShare,
  withSymbol,
} from "../../document/format_inline.ts";
import { formatKey } from "../../document/format_key.ts";
import type { Cell, FigureCell, Key, RatioCell, Table, VerdictCell } from "../../document/table.ts";
import type { FindPart, Html, HtmlPart } from "./html_text.ts";
import { inlineHtml, markup, nameHtml, sentenceHtml } from "./html_text.ts";

/** Tables of fewer rows need no filter. */
const MIN_TO_FILTER = 8;

/** Labels from so many characters on may take several lines. */
const LONG_LABEL = 32;

/** `unit`: said beside its title; `label`: words to filter by. */
export type HtmlColumn = Readonly<{ title: string; unit?: string; kind: "label" | "figure" }>;

/** `value`: the unscaled number to sort by. */
type HtmlCell = Readonly<{ content: HtmlPart; value?: number; mark?: string }>;

/** `noun`: what one line is; `onDemand`: what its figures say then, as in `intervals`. */
interface HtmlTable {
  readonly id: string;
  readonly caption: HtmlPart;
  readonly columns: readonly HtmlColumn[];
  readonly rows: readonly (readonly HtmlCell[])[];
  readonly noun: string;
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

/** A case's id, which may take several lines, each of whole parts. */
export function caseCell(id: string): HtmlCell {
  return {
    content: breakableParts(id).map((part, index) => index === 0 ? part : markup`<wbr>${part}`),
    mark: "label wrap",
  };
}

export function cellHtml(
  cell: Cell | null,
  look: Look | undefined,
  intervals: Table["intervals"],
  findPart: FindPart,
): HtmlCell {
  if (cell === null) return { content: "–", mark: "none" };
  switch (cell.kind) {
    case "figure":
      return look === undefined ? ownFigureHtml(cell) : figureHtml(cell, look, intervals);
    case "ratio":
      return ratioHtml(cell);
    case "count":
      return { content: formatCount(cell.value), value: cell.value };
    case "probability":
      return { content: formatP(cell.value), value: cell.value };
    case "words":
      return { content: inlineHtml(cell.text, findPart), mark: "label" };
    case "verdict":
      return verdictHtml(cell);
  }
}

/** A key as a cell, with the number that it is sorted by where it is one. */
export function keyHtml(key: Key): HtmlCell {
  if (key.factor === "case") return caseCell(formatKey(key));
  const content = oneLine(formatKey(key));
  if (typeof key.value === "number") return { content, value: key.value };
  return content.length < LONG_LABEL ? { content } : { content, mark: "label wrap" };
}

function figureHtml(cell: FigureCell, look: Look, intervals: Table["intervals"]): HtmlCell {
  const isShown = intervals === "shown";
  const name = isShown ? markup`<br>${nameHtml(cell.case)}` : undefined;
  const best = cell.mark === "best" ? ", the best of its row" : "";
  const onDemand = markup`<p>${describeFigure(cell, look, isShown)}${best}${name}</p>`;
  return {
    content: markup`<details class="figure"><summary>${
      shownHtml(cell, look, isShown)
    }</summary>${onDemand}</details>`,
    value: cell.value,
    ...(cell.mark === "best" ? { mark: "best" } : {}),
  };
}

/** A figure with a unit of its own. */
function ownFigureHtml(cell: FigureCell): HtmlCell {
  if (cell.unit === undefined) return { content: formatOwnFigure(cell), value: cell.value };
  const look: Look = { scale: chooseScale([cell.value], cell.unit), digits: 3 };
  return {
    content: markup`<details class="figure"><summary>${formatOwnFigure(cell)}</summary><p>${
      describeFigure(cell, look, false)
    }</p></details>`,
    value: cell.value,
  };
}

function shownHtml(cell: FigureCell, look: Look, isShown: boolean): HtmlPart {
  const show = (value: number) => formatFigure(value, look);
  const { modes } = cell;
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    if (!isShown) return `${show(fast)} / ${show(slow)}`;
    return [[fast, fastShare], [slow, slowShare]].map(([value = 0, share = 0]) =>
      markup`<span class="speed">${show(value)} <small>(${formatShare(share)})</small></span> `
    );
  }
  const value = cell.mark === "best"
    ? markup`<strong>${show(cell.value)}</strong>`
    : show(cell.value);
  // One trial has no interval, and a range of no width would look like certainty.
  const words = formatBeside(cell);
  const beside = words === "" ? undefined : markup` <small>${words}</small>`;
  if (!isShown || cell.n === 1 || cell.isExact === true) return markup`${value}${beside}`;
  return markup`${value} <small>[${show(cell.low)}, ${show(cell.high)}]</small>${beside}`;
}

/** As in `95 % interval 30.1 to 33.0 µs, 16 trials`; bounds that are shown anyway are not written again. */
function describeFigure(cell: FigureCell, look: Look, isShown: boolean): string {
  const show = (value: number) => formatFigure(value, look);
  const withUnit = (value: number) => withSymbol(show(value), look.scale);
  const trials = countOf(cell.n, "trial");
  const { modes } = cell;
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    return `Bimodal: ${withUnit(fast)} in ${formatShare(fastShare)} ` +
      `of the trials, ${withUnit(slow)} in ${formatShare(slowShare)}; ${trials}`;
  }
  if (cell.isExact === true) return "Of all trials together, without an interval";
  if (cell.n === 1) return `${trials}, which has no interval`;
  const interval = `${formatConfidence(cell.confidence)} interval`;
  return isShown
    ? `${interval}, ${trials}`
    : `${interval} ${show(cell.low)} to ${withUnit(cell.high)}, ${trials}`;
}

function ratioHtml(cell: RatioCell): HtmlCell {
  const [change, bounds] = formatRatioCell(cell);
  const content = markup`<details class="figure"><summary>${change} <small>${bounds}</small>${
    cell.verdict === undefined ? undefined : markup` ${cell.verdict}`
  }</summary><p>${formatConfidence(cell.confidence)} interval, ${
    countOf(cell.n, cell.counted ?? "pair")
  }</p></details>`;
  return { content, value: cell.value };
}

function verdictHtml({ verdict, reason }: VerdictCell): HtmlCell {
  const content = markup`<details class="figure"><summary>${verdict}</summary><p>${
    sentenceHtml(reason)
  }</p></details>`;
  return { content, mark: `label verdict ${verdict}` };
}

/** The confidence that an interval reaches. `95 %` where that was aimed at and reached, else what too few trials allow. */
function formatConfidence(confidence: number): string {
  return confidence >= CONFIDENCE - 1e-9 ? "95 %" : formatShare(confidence);
}
