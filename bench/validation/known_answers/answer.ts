/**
 * An Answer is one known answer, what the suite measured of it, and whether it was recovered.
 *
 * @module
 */

import { type Interval, median, medianInterval } from "../../../src/stats/mod.ts";

/** How far from the truth an estimate and its whole interval may be, as a share of it. */
export const TOLERANCE = 0.02;

/**
 * Confidence of each answer's interval. With fifty answers at most, all intervals hold their truth at once with 95 % (Bonferroni): at 95 %
 * each, one in twenty would miss it by nothing but chance.
 */
export const CONFIDENCE = 0.999;

/** The most answers for which {@linkcode CONFIDENCE} keeps its promise. */
export const MAX_ANSWERS = 50;

/** What one trial, or one round, found out. */
export interface Reading {
  /** As the one who made the delay, the loss or the pace has it; above 0. */
  readonly true: number;
  /** As the suite has it, in the same unit. */
  readonly measured: number;
}

/** See the module's description. */
export interface Answer {
  /** What was known, in words. */
  readonly what: string;
  /** Behind each figure, as in ` µs`. */
  readonly unit: string;
  /** Median of the readings' truths. */
  readonly true: number;
  /** Median of measured / true over the readings, with its interval: 1 is the truth itself. */
  readonly ratio: Interval;
  /** How far the estimate may be from the truth where that is not exact, as a share of it; absent: the interval must hold the truth. */
  readonly within?: number;
}

/**
 * Makes an answer of its readings, each of which is compared to its own truth: the pace of one trial says nothing about the next.
 *
 * @param what what was known, in words
 * @param unit behind each figure, as in ` µs`
 * @param readings at least one
 * @param resolution what the suite's own figures are known to, as a share of the truth (a histogram has buckets); the interval is widened by it
 */
export function answerOf(
  what: string,
  unit: string,
  readings: readonly Reading[],
  resolution = 0,
): Answer {
  const ratio = medianInterval(readings.map((one) => one.measured / one.true), {
    confidence: CONFIDENCE,
  });
  return {
    what,
    unit,
    true: median(readings.map((one) => one.true)),
    ratio: { ...ratio, low: ratio.low - resolution, high: ratio.high + resolution },
  };
}

/**
 * - `yes`: the interval holds the truth, and lies within {@linkcode TOLERANCE} of it as a whole: an estimate that is right by chance
 *   recovers nothing.
 * - `no`: the interval does not hold the truth.
 * - `cannot tell`: the interval holds the truth and more beside it than the tolerance, or rests on too few readings.
 */
export type Recovery = "yes" | "no" | "cannot tell";

/** Whether an answer was recovered. */
export function recoveryOf({ ratio, within }: Answer): Recovery {
  const { estimate, low, high, warning } = ratio;
  if (warning !== undefined) return "cannot tell";
  if (within !== undefined) {
    if (low > 1 + within || high < 1 - within) return "no";
    return Math.abs(estimate - 1) <= within ? "yes" : "cannot tell";
  }
  if (low > 1 || high < 1) return "no";
  return low >= 1 - TOLERANCE && high <= 1 + TOLERANCE ? "yes" : "cannot tell";
}

/** 1 when an answer was not recovered, 3 when of one nobody can tell or there is none at all, else 0. */
export function exitCodeOf(answers: readonly Answer[]): 0 | 1 | 3 {
  const recoveries = answers.map(recoveryOf);
  if (recoveries.includes("no")) return 1;
  return recoveries.includes("cannot tell") || recoveries.length === 0 ? 3 : 0;
}
