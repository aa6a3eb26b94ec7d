/**
 * Reasons: what a verdict says in one sentence.
 *
 * @module
 */

import { plural } from "../text/plural.ts";
import { minimumPairs } from "../stats/minimum_pairs.ts";
import { minimumValues } from "../stats/median_interval.ts";
import type { Comparison } from "./comparison.ts";
import { type EffectKind, type MetricUnit, UNITS } from "../units/unit.ts";
import { type Estimate, inverseOf, leastUnpairedPValue } from "./effect.ts";
import { CONFIDENCE } from "./summarize.ts";

/** What decides in which words a change is stated. */
export interface Stated {
  /** How the change was found. */
  readonly effect: EffectKind;
  /** Unit of the metric. */
  readonly unit: MetricUnit;
  /** Which direction of it is better. */
  readonly better: "lower" | "higher";
}

/**
 * A change in percent or points, and who is better.
 *
 * @param ratio Above 1, better.
 * @param stated The metric.
 * @returns As in `5.0 % slower`, `0.40 points higher`, `0.00 %`.
 */
export function sayChange(ratio: number, stated: Stated): string {
  const size = saySize(ratio, stated.effect);
  const word = changeWord(ratio, stated);
  return word === "" ? size : `${size} ${word}`;
}

/**
 * A change with its interval, the bound nearest to no change first.
 *
 * @param ratio The change.
 * @param stated The metric.
 * @returns As in `12.3 % slower [10.1 %, 14.0 %]`; both bounds carry their words where they disagree: `1.2 % slower [0.40 % faster, 2.8 % slower]`.
 */
export function sayEstimate({ estimate, low, high }: Estimate, stated: Stated): string {
  const bounds = estimate < 1 ? [high, low] : [low, high];
  const isOneSided = low >= 1 || high <= 1;
  const texts = bounds.map((bound) =>
    isOneSided ? saySize(bound, stated.effect) : sayChange(bound, stated)
  );
  return `${sayChange(estimate, stated)} [${texts.join(", ")}]`;
}

/** As in `5.0 %`, whichever way the change goes. */
function saySize(ratio: number, effect: EffectKind): string {
  const { size, digits } = sizeOf(ratio, effect);
  return `${size.toFixed(digits)} ${effect === "ratio" ? "%" : "points"}`;
}

/** A change in percent or points, and the decimals that it is worth. */
function sizeOf(ratio: number, effect: EffectKind): { size: number; digits: number } {
  const turned = ratio < 1 ? inverseOf(ratio, effect) : ratio;
  const size = Math.abs(turned - 1) * 100;
  return { size, digits: size >= 100 ? 0 : size >= 1 ? 1 : 2 };
}

/**
 * The unit's word for a change, or that of the metric's direction.
 *
 * @param ratio Above 1, better.
 * @param stated The metric.
 * @returns As in `slower`; empty where the size rounds to nothing.
 */
export function changeWord(ratio: number, { effect, unit, better }: Stated): string {
  const { size, digits } = sizeOf(ratio, effect);
  if (size < 0.5 * 10 ** -digits) return "";
  const directions = better === "lower"
    ? ["lower", "higher"] as const
    : ["higher", "lower"] as const;
  const [gain, loss] = UNITS[unit].words ?? directions;
  return ratio < 1 ? loss : gain;
}

/** How a change for the worse beyond a threshold is called, as in `more than 5 % slower`. */
function sayBeyond(threshold: number, stated: Stated): string {
  const { effect } = stated;
  return `more than ${sayThreshold(threshold, effect)} ${changeWord(inverseOf(2, effect), stated)}`;
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

/** A comparison as its words need it. */
function statedOf({ kind, unit, better }: Comparison): Stated {
  return { effect: kind, unit, better };
}

function sayGrounds({ ratio }: Comparison, { adjustedP, paired }: Grounds): string {
  return `(adjusted p = ${sayP(adjustedP)}, ${sayCount(ratio.n, paired)})`;
}

/**
 * Why a cell regressed.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayRegressed(one: Comparison, grounds: Grounds): string {
  return `${sayEstimate(one.ratio, statedOf(one))}: beyond the threshold of ` +
    `${sayThreshold(grounds.threshold, one.kind)} ${sayGrounds(one, grounds)}.`;
}

/**
 * Why a cell improved.
 *
 * @param one The comparison.
 * @param grounds What decided; `adjustedP` that of the other side.
 * @returns One sentence.
 */
export function sayImproved(one: Comparison, grounds: Grounds): string {
  return `${sayEstimate(one.ratio, statedOf(one))}: an improvement beyond the threshold of ` +
    `${sayThreshold(grounds.threshold, one.kind)} ${sayGrounds(one, grounds)}.`;
}

/**
 * Why a cell passes.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayPass(one: Comparison, grounds: Grounds): string {
  const stated = statedOf(one);
  return `${sayEstimate(one.ratio, stated)}: ${sayBeyond(grounds.threshold, stated)} is excluded.`;
}

/**
 * Why nothing can be said because the trials are too few.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayTooFew(one: Comparison, grounds: Grounds): string {
  const { alpha, comparisons, paired } = grounds;
  const { n } = one.ratio;
  const needed = minimumCount(paired, alpha, comparisons);
  const cells = comparisons === 1 ? "1 cell" : `${comparisons} cells`;
  return `${sayCount(n, paired)} cannot show a regression of any size at alpha ${alpha} ` +
    `over ${cells}, at least ${Math.max(needed, n + 1)} are needed ` +
    `(${sayEstimate(one.ratio, statedOf(one))}).`;
}

/**
 * Why a cell with enough trials is neither pass nor regression.
 *
 * @param one The comparison.
 * @param grounds What decided.
 * @returns One sentence.
 */
export function sayInconclusive(one: Comparison, grounds: Grounds): string {
  const { threshold, adjustedP, alpha } = grounds;
  const stated = statedOf(one);
  const shown = adjustedP <= alpha
    ? "is not excluded, though the median is not beyond it"
    : "is neither excluded nor shown";
  return `${sayEstimate(one.ratio, stated)}: ${sayBeyond(threshold, stated)} ${shown} ` +
    `${sayGrounds(one, grounds)}.`;
}
