// What a sign test could have seen: the effect that it finds with a given power, from the scatter of the values themselves.

import { binomialProbabilities } from "./binomial.ts";
import { median, quantileOfSorted, sorted } from "./quantile.ts";

/** One sign test: red where it is at most alpha. */
export interface SignDesign {
  /** Values. */
  readonly n: number;
  /** One-sided. */
  readonly alpha: number;
}

/** The chance of at least `count` of `n`, each with probability p. */
function atLeast(n: number, count: number, p: number): number {
  const chances = binomialProbabilities(n, p);
  let sum = 0;
  for (let k = n; k >= count; k--) sum += chances[k]!;
  return Math.min(1, sum);
}

/** The fewest values on one side with which the test is at most alpha; n + 1 where none are enough. */
function criticalCount({ n, alpha }: SignDesign): number {
  let count = n + 1;
  while (count > 0 && atLeast(n, count - 1, 0.5) <= alpha) count--;
  return count;
}

/**
 * The share of values that must lie on one side for all tests of a job, each on values of its own, to find it with the given power; 1 or
 * more where no share is enough. The power of the sign test is binomial (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.4).
 */
export function shareNeeded(designs: readonly SignDesign[], power: number): number {
  const key = JSON.stringify([designs, power]);
  let share = known.get(key);
  if (share === undefined) known.set(key, share = findShare(designs, power));
  return share;
}

/** Thousands of cells ask the same. */
const known = new Map<string, number>();

function findShare(designs: readonly SignDesign[], power: number): number {
  const tests = designs.map((design) => ({ n: design.n, count: criticalCount(design) }));
  if (tests.some(({ n, count }) => count > n)) return Infinity;
  let [low, high] = [0.5, 1];
  for (let step = 0; step < 30; step++) {
    const p = (low + high) / 2;
    const found = tests.reduce((all, { n, count }) => all * atLeast(n, count, p), 1);
    if (found < power) low = p;
    else high = p;
  }
  return high;
}

/**
 * How far the values must be shifted down for that share of them to lie below 0, were they without effect: a quantile of their
 * distance from their median. Failure case: of few values the tails are not known, so that beyond their range the largest
 * distance stands.
 */
export function shiftNeeded(values: readonly number[], share: number): number {
  const middle = median(values);
  const distances = sorted(values.map((value) => value - middle));
  return Math.max(0, quantileOfSorted(distances, Math.min(1, share)));
}
