// Figures of claims in words.

import {
  chooseScale,
  formatAmount,
  formatCount,
  formatNumber,
  formatRatio,
  withSymbol,
} from "../units/format_quantity.ts";
import type { OrientedRatio } from "../compare/contrast.ts";
import type { Figure } from "./figure.ts";

/** A figure with its unit and, where it has one, its interval. */
export function formatFigure({ value, unit, low, high }: Figure): string {
  const scale = chooseScale([value], unit);
  const text = (one: number) => formatNumber(one / scale.divisor, 3);
  // A count of things keeps its digits; a mean of counts is a number like any other, as its interval shows.
  const isCount = unit === "count" && low === undefined && Number.isInteger(value);
  const amount = withSymbol(isCount ? formatCount(value) : text(value), scale);
  return low === undefined || high === undefined
    ? amount
    : `${amount} [${text(low)}, ${text(high)}]`;
}

/** A figure in the middle of a sentence, with its sample size. */
export function formatFigureWithCount(figure: Figure): string {
  return figure.n === undefined
    ? formatFigure(figure)
    : `${formatFigure(figure)} (n = ${figure.n})`;
}

/** A paired ratio in the middle of a sentence. */
export function formatPairedRatio({ ratio, low, high, n }: OrientedRatio): string {
  return `${formatRatio(ratio)} [${formatRatio(low)}, ${formatRatio(high)}] (${n} pairs)`;
}

/** A number of bytes in the middle of a sentence: all of its digits where they are few. */
export function formatBytes(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : formatAmount(bytes, "bytes");
}
