/**
 * Figures as HTML: the number at a glance, its interval and sample size on demand.
 *
 * On demand is a `<details>`: it opens by mouse, touch and keyboard, needs no script, and moves nothing but its own line.
 *
 * @module
 */

import { CONFIDENCE } from "../../compare/summarize.ts";
import type { Cell, Column } from "../document.ts";
import { count } from "../method.ts";
import { formatNumber, formatShare, withSymbol } from "../../units/format_quantity.ts";
import { type HtmlPart, markup, nameHtml } from "./html_text.ts";
import type { HtmlCell } from "./table_html.ts";

/** What is said beside a number without being asked. */
export type FigureStyle = "with bounds" | "number only";

/**
 * A figure of the report document as a cell.
 *
 * @param cell The figure; `null` where the case was not measured.
 * @param column Its column: unit, scale, digits.
 * @param style `with bounds`: the interval stands below the number, and the case is named on demand.
 * @returns The cell.
 */
export function figureCell(cell: Cell | null, column: Column, style: FigureStyle): HtmlCell {
  if (cell === null) return { content: "–", mark: "none" };
  const { scale, digits } = column;
  const show = (value: number) => formatNumber(value / scale.divisor, digits);
  const name = style === "with bounds" ? markup`<br>${nameHtml(cell.case)}` : undefined;
  const best = cell.mark === "best" ? ", the best of its row" : "";
  const onDemand = markup`<p>${sayFigure(cell, column, style)}${best}${name}</p>`;
  return {
    content: markup`<details class="figure"><summary>${
      shown(cell, show, style)
    }</summary>${onDemand}</details>`,
    value: cell.value,
    ...(cell.mark === "best" ? { mark: "best" } : {}),
  };
}

function shown(cell: Cell, show: (value: number) => string, style: FigureStyle): HtmlPart {
  const { twoSpeeds } = cell;
  if (twoSpeeds !== undefined) {
    const { fast, fastShare, slow, slowShare } = twoSpeeds;
    if (style === "number only") return `${show(fast)} / ${show(slow)}`;
    return [[fast, fastShare], [slow, slowShare]].map(([value = 0, share = 0]) =>
      markup`<span class="speed">${show(value)} <small>(${formatShare(share)})</small></span> `
    );
  }
  const value = cell.mark === "best"
    ? markup`<strong>${show(cell.value)}</strong>`
    : show(cell.value);
  // One trial has no interval, and a range of no width would look like certainty.
  if (style === "number only" || cell.n === 1) return value;
  return markup`${value} <small>[${show(cell.low)}, ${show(cell.high)}]</small>`;
}

/** As in `95 % interval 30.1 to 33.0 µs, 16 trials`; bounds that are shown anyway are not said again. */
function sayFigure(cell: Cell, { scale, digits }: Column, style: FigureStyle): string {
  const show = (value: number) => formatNumber(value / scale.divisor, digits);
  const trials = count(cell.n, "trial");
  const { twoSpeeds } = cell;
  if (twoSpeeds !== undefined) {
    const { fast, fastShare, slow, slowShare } = twoSpeeds;
    return `Two speeds of the machine: ${withSymbol(show(fast), scale)} in ${
      formatShare(fastShare)
    } of the trials, ${withSymbol(show(slow), scale)} in ${formatShare(slowShare)}; ${trials}`;
  }
  if (cell.n === 1) return `${trials}, which has no interval`;
  const interval = `${sayConfidence(cell.confidence)} interval`;
  if (style === "with bounds") return `${interval}, ${trials}`;
  return `${interval} ${show(cell.low)} to ${withSymbol(show(cell.high), scale)}, ${trials}`;
}

/**
 * The confidence that an interval reaches.
 *
 * @param confidence 0 to 1.
 * @returns `95 %` where that was aimed at and reached, else what too few trials allow.
 */
export function sayConfidence(confidence: number): string {
  return confidence >= CONFIDENCE - 1e-9 ? "95 %" : formatShare(confidence);
}
