// Cells of tables as HTML: the number at a glance, its interval and sample size on demand.
//
// On demand is a `<details>`: it opens by mouse, touch and keyboard, needs no script, and moves nothing but its own line.

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
import type { Key } from "../../document/key.ts";
import type { Cell, FigureCell, RatioCell, Table, VerdictCell } from "../../document/table.ts";
import { type HtmlPart, markup, nameHtml, sentenceHtml } from "./html_text.ts";
import { caseCell, type HtmlCell } from "./table_html.ts";
import { oneLine } from "../../../text/one_line.ts";
import { type FindPart, inlineHtml } from "./inline_html.ts";

/** Labels from so many characters on may take several lines. */
const LONG_LABEL = 32;

/** A cell of a table. */
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
    return `Bimodal: ${withUnit(fast)} in ${formatShare(fastShare)} of the trials, ${
      withUnit(slow)
    } in ${formatShare(slowShare)}; ${trials}`;
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
  const content =
    markup`<details class="figure"><summary>${change} <small>${bounds}</small></summary><p>${
      formatConfidence(cell.confidence)
    } interval, ${countOf(cell.n, cell.counted ?? "pair")}</p></details>`;
  return { content, value: cell.value };
}

function verdictHtml({ verdict, reason }: VerdictCell): HtmlCell {
  const content = markup`<details class="figure"><summary>${verdict}</summary><p>${
    sentenceHtml(reason)
  }</p></details>`;
  return { content, mark: `label verdict ${verdict}` };
}

/** The confidence that an interval reaches. `95 %` where that was aimed at and reached, else what too few trials allow. */
export function formatConfidence(confidence: number): string {
  return confidence >= CONFIDENCE - 1e-9 ? "95 %" : formatShare(confidence);
}
