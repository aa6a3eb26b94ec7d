/**
 * Reasons: what a verdict says in one sentence.
 *
 * @module
 */

import { plural } from "../text/plural.ts";
import { minimumPairs } from "../stats/minimum_pairs.ts";
import { minimumValues } from "../stats/median_interval.ts";
import type { Comparison } from "./comparison.ts";
import type { EffectKind } from "../units/unit.ts";
import { type Estimate, leastUnpairedPValue } from "./effect.ts";
import { CONFIDENCE } from "./summarize.ts";

/**
 * A change in percent or points, signed.
 *
 * @param slowdown 1 plus the change.
 * @param kind `ratio`: percent; `difference`: percentage points.
 * @returns As in `+12.3 %`, `−0.40 points`.
 */
export function sayChange(slowdown: number, kind: EffectKind): string {
  const change = (slowdown - 1) * 100;
  const size = Math.abs(change);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const rounded = size.toFixed(digits);
  const sign = Number(rounded) === 0 ? "" : change < 0 ? "−" : "+";
  return `${sign}${rounded} ${kind === "ratio" ? "%" : "points"}`;
}

/**
 * A slowdown with its interval.
 *
 * @param slowdown The slowdown.
 * @param kind How it was found.
 * @returns As in `+12.3 % [+10.1 %, +14.0 %]`.
 */
export function sayEstimate({ estimate, low, high }: Estimate, kind: EffectKind): string {
  return `${sayChange(estimate, kind)} [${sayChange(low, kind)}, ${sayChange(high, kind)}]`;
}

/**
 * A threshold.
 *
 * @param threshold 0.05 is 5 %, or 5 points.
 * @param kind What it is compared with.
 * @returns As in `5 %`.
 */
export function sayThreshold(threshold: number, kind: EffectKind): string {
  return `${Number((threshold * 100).toPrecision(6))} ${kind === "ratio" ? "%" : "points"}`;
}

/**
 * A p-value, rounded so that it never claims less than it is by much.
 *
 * @param p 0 to 1.
 * @returns As in `0.03`, `2.4e-5`.
 */
export function sayP(p: number): string {
  if (p === 0) return "0";
  return p >= 0.001 ? String(Number(p.toPrecision(2))) : p.toExponential(1);
}

/**
 * A number of pairs or trials.
 *
 * @param n How many.
 * @param paired Whether they are pairs.
 * @returns As in `20 pairs`, `1 trial a side`.
 */
export function sayCount(n: number, paired: boolean): string {
  return paired ? plural(n, "pair") : `${plural(n, "trial")} a side`;
}

/**
 * The pairs (or trials a side) with which a cell could be called at all.
 *
 * @param paired Whether trials are paired.
 * @param alpha The error rate of the gate.
 * @param comparisons The cells that share it.
 * @returns A whole number of at least 1.
 */
export function minimumCount(paired: boolean, alpha: number, comparisons: number): number {
  const forInterval = minimumValues({ confidence: CONFIDENCE });
  if (paired) return Math.max(forInterval, minimumPairs({ alpha, comparisons }));
  let needed = forInterval;
  while (comparisons * leastUnpairedPValue(needed, needed) > alpha) needed++;
  return needed;
}

/** What decides about a comparison. */
export interface Grounds {
  /** One-sided p-value adjusted for all gated cells, as in `0.004`. */
  readonly adjustedP: number;
  /** How much worse is allowed. */
  readonly threshold: number;
  /** The error rate of the gate. */
  readonly alpha: number;
  /** The cells that share it. */
  readonly comparisons: number;
  /** Whether trials are paired. */
  readonly paired: boolean;
}

/**
 * Why a cell regressed.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayRegressed({ slowdown, kind }: Comparison, grounds: Grounds): string {
  return `Slowdown ${sayEstimate(slowdown, kind)} is beyond the threshold of ` +
    `${sayThreshold(grounds.threshold, kind)} (adjusted p = ${sayP(grounds.adjustedP)}, ` +
    `${sayCount(slowdown.n, grounds.paired)}).`;
}

/**
 * Why a cell improved.
 *
 * @param one The comparison.
 * @param grounds What decided; `adjustedP` that of the other side.
 * @returns One sentence.
 */
export function sayImproved({ slowdown, kind }: Comparison, grounds: Grounds): string {
  return `Slowdown ${sayEstimate(slowdown, kind)} is an improvement beyond the threshold of ` +
    `${sayThreshold(grounds.threshold, kind)} (adjusted p = ${sayP(grounds.adjustedP)}, ` +
    `${sayCount(slowdown.n, grounds.paired)}).`;
}

/**
 * Why a cell passes.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayPass({ slowdown, kind }: Comparison, grounds: Grounds): string {
  return `Slowdown ${sayEstimate(slowdown, kind)} excludes one beyond the threshold of ` +
    `${sayThreshold(grounds.threshold, kind)}.`;
}

/**
 * Why nothing can be said because the trials are too few.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayTooFew({ slowdown, kind }: Comparison, grounds: Grounds): string {
  const { alpha, comparisons, paired } = grounds;
  const needed = minimumCount(paired, alpha, comparisons);
  const cells = comparisons === 1 ? "1 cell" : `${comparisons} cells`;
  return `${sayCount(slowdown.n, paired)} cannot show a regression of any size at alpha ${alpha} ` +
    `over ${cells}, at least ${Math.max(needed, slowdown.n + 1)} are needed ` +
    `(slowdown ${sayEstimate(slowdown, kind)}).`;
}

/**
 * Why a cell with enough trials is neither pass nor regression.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayInconclusive({ slowdown, kind }: Comparison, grounds: Grounds): string {
  const { threshold, adjustedP, alpha, paired } = grounds;
  const shown = adjustedP <= alpha
    ? "is not excluded, though the median is not beyond it"
    : "is neither excluded nor shown";
  return `Slowdown ${sayEstimate(slowdown, kind)}: one beyond the threshold of ` +
    `${sayThreshold(threshold, kind)} ${shown} (adjusted p = ${sayP(adjustedP)}, ` +
    `${sayCount(slowdown.n, paired)}).`;
}
