// Figures, answers and counts of claims in words.

import {
  chooseScale,
  formatAmount,
  formatCount,
  formatNumber,
  formatRatio,
  withSymbol,
} from "../units/format_quantity.ts";
import type { OrientedRatio } from "../compare/contrast.ts";
import type { Figure } from "./claim_figures.ts";
import type { ClaimVerdict } from "./claim.ts";

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

export function formatFigureWithCount(figure: Figure): string {
  return figure.n === undefined
    ? formatFigure(figure)
    : `${formatFigure(figure)} (n = ${figure.n})`;
}

export function formatPairedRatio({ ratio, low, high, n }: OrientedRatio): string {
  return `${formatRatio(ratio)} [${formatRatio(low)}, ${formatRatio(high)}] (${n} pairs)`;
}

/** A number of bytes in the middle of a sentence: all of its digits where they are few. */
export function formatBytes(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : formatAmount(bytes, "bytes");
}

/** As many characters as a line of a summary has room for. */
export const MAX_ANSWER = 80;

/** An answer in a line of a summary. It is cut between its parts and never within one: half a number is another number. */
export function shortenAnswer(answer: string, most: number = MAX_ANSWER): string {
  if ([...answer].length <= most) return answer;
  // Parts end at a comma, a semicolon or a colon outside of brackets; where the first is too long, at a word that is no number's.
  const ends = (pattern: RegExp) =>
    [...answer.matchAll(pattern)].map(({ index }) => index)
      .filter((end) => [...answer.slice(0, end)].length < most && isClosed(answer.slice(0, end)));
  const end = ends(/[,;:] /g).at(-1) ?? ends(/(?<=[A-Za-z]) (?=[A-Za-z])/g).at(-1);
  return `${answer.slice(0, end ?? 0)}…`;
}

function isClosed(text: string): boolean {
  return text.split(/[[(]/).length === text.split(/[\])]/).length;
}

/** As in `1 holds`, `23 hold`, `4 do not hold`. */
export function countVerdict(count: number, verdict: ClaimVerdict): string {
  if (count === 1) return `1 ${verdict}`;
  return `${count} ${verdict.replace(/^holds/, "hold").replace(/^does/, "do")}`;
}

/** How often each value came, the commonest first. */
export function formatTally<T>(
  values: readonly T[],
  format: (value: T, times: number) => string,
): string {
  const times = new Map<T, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  return sorted.map(([value, count]) => format(value, count)).join("; ");
}
