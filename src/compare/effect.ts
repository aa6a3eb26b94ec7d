// Effects: how much better or worse one set of trials is than another, with an interval and both one-sided tests.
//
// Two kinds. A **ratio** for everything that is above 0 by nature: times, rates, sizes. A **difference** for shares
// (unit `ratio`: loss, stalls), which are 0 on a good day and then have no ratio. Both are stated one way, in which **above 1 is
// better**: 1.05 is 5 % better, or, of a share, 5 percentage points.

import type { EffectKind } from "../units/unit.ts";
import { mannWhitney } from "../stats/mann_whitney.ts";
import { type Interval, medianInterval } from "../stats/median_interval.ts";
import { median } from "../stats/quantile.ts";
import { medianDifferenceInterval } from "../stats/bootstrap_median.ts";
import { signTest } from "../stats/sign_test.ts";
import { CONFIDENCE } from "./summarize.ts";

/** An estimate with its interval. */
export interface Estimate {
  /** Median. */
  readonly estimate: number;
  /** Lower bound. */
  readonly low: number;
  /** Upper bound. */
  readonly high: number;
  /** Confidence that the interval reaches, 0 to 1. */
  readonly confidence: number;
  /** Generations of agents where `pairs` is there, else pairs; of unpaired trials the smaller number of the two sides. */
  readonly n: number;
  /** The pairs of those generations. */
  readonly pairs?: number;
  /** Runs of either side, where the run is the unit (`n` is the smaller number), and of head once a suspicion is measured again. */
  readonly runs?: { readonly base: number; readonly head: number; readonly deciding: number };
}

/** An Effect is what two sets of trials say about each other in one metric. */
export interface Effect {
  /** How the two sides are set against each other. */
  readonly kind: EffectKind;
  /**
   * Above 1, head is better, whatever the metric's direction: base / head where lower is better, head / base where higher is; of a share
   * 1 plus the points gained, so that 1.05 is 5 percentage points better.
   */
  readonly ratio: Estimate;
  /** One-sided p-value: if head were no worse, the chance of a result this bad. 0 to 1. */
  readonly pValue: number;
  /** The same with the sides exchanged: small when head is better. */
  readonly pValueBetter: number;
  /** The smallest p-value that so many values can give. */
  readonly leastPValue: number;
  /** The test. */
  readonly test: "sign" | "mann-whitney" | "runs" | "count";
  /** Of pairs: the gain of each unit, a logarithm or a difference; above 0 head is better. */
  readonly gains?: readonly number[];
  /** Of runs: the standard deviation of the gain between runs of one side. */
  readonly spread?: number;
  /** Why it says less than it seems to, one sentence each. */
  readonly warnings: readonly string[];
}

export interface EffectOptions {
  readonly kind: EffectKind;
  readonly better: "lower" | "higher";
  /**
   * Confidence of the interval; of pairs only.
   *
   * @default {0.95}
   */
  readonly confidence?: number;
}

/** Two values of one round. `generation`: which processes measured it, absent: a unit of its own; `rounds`: that it stands for, absent: 1. */
export type ValuePair = Readonly<
  { base: number; head: number; generation?: number; rounds?: number }
>;

/** Differences below this are ties: rescaling rounds every logarithm in the 16th digit, which must not make a tie or break it. */
const GRID = 1e9;

/**
 * The effect of pairs: median of the paired log-ratios (or differences) with its order-statistic interval, and the exact
 * one-sided sign tests, which are those of the interval: what one excludes the other finds.
 *
 * Pairs of one generation share their processes, and with them memory layout and compiled code: they are not independent (A against A,
 * 10 pairs a generation, p ≤ .05 in 12 to 19 % of cells). Their median is one value of the sample.
 *
 * @returns The effect.
 */
export function pairedEffect(pairs: readonly ValuePair[], options: EffectOptions): Effect {
  const { kind, confidence = CONFIDENCE } = options;
  const scale = SCALES[kind];
  const single = pairs.map((pair) => gainOf(pair, scale, options));
  const isGrouped = pairs.length > 0 && pairs.every((pair) => pair.generation !== undefined);
  const gains = isGrouped ? medianByGeneration(pairs, single) : single;
  const { greater, less, least } = signTest(gains);
  const interval = medianInterval(gains, { confidence });
  return {
    kind,
    ratio: {
      ...estimateOf(interval, scale),
      ...(isGrouped && { pairs: pairs.reduce((sum, { rounds = 1 }) => sum + rounds, 0) }),
    },
    pValue: less,
    pValueBetter: greater,
    leastPValue: least,
    test: "sign",
    gains,
    warnings: interval.warning === undefined ? [] : [interval.warning],
  };
}

/** The effect of two counts, which have no scatter: what differs is shown to differ. */
export function countedEffect({ base, head }: ValuePair, options: EffectOptions): Effect {
  const { kind } = options;
  const gain = gainOf({ base, head }, SCALES[kind], options);
  const estimate = SCALES[kind].toRatio(gain);
  return {
    kind,
    ratio: { estimate, low: estimate, high: estimate, confidence: 1, n: 1 },
    pValue: gain < 0 ? 0 : 1,
    pValueBetter: gain > 0 ? 0 : 1,
    leastPValue: 0,
    test: "count",
    warnings: [],
  };
}

/** A value on the scale on which effects add up, above which is better. */
export function toGain(value: number, options: EffectOptions): number {
  return SCALES[options.kind].toScale(value) * sign(options);
}

function gainOf({ base, head }: ValuePair, scale: Scale, options: EffectOptions): number {
  return onGrid(scale.toScale(head) - scale.toScale(base)) * sign(options);
}

/** The median gain of each generation, in the order of their first pairs. */
function medianByGeneration(pairs: readonly ValuePair[], gains: readonly number[]): number[] {
  const groups = Map.groupBy(gains.keys(), (index) => pairs[index]!.generation);
  return [...groups.values()].map((own) => onGrid(median(own.map((index) => gains[index]!))));
}

/**
 * The effect of unpaired trials: ratio (or difference) of the medians with the exact bootstrap interval that draws both
 * sides anew ({@linkcode medianDifferenceInterval}), and the one-sided Mann–Whitney tests.
 *
 * Medians are taken of logarithms, so that exchanging the sides inverts the ratio to the last bit.
 *
 * Failure case: below about 15 trials a side the interval is too narrow; and trials of two jobs met two moments of the
 * machine, which no test can tell from two programs.
 *
 * @returns The effect.
 */
export function unpairedEffect(
  base: readonly number[],
  head: readonly number[],
  options: EffectOptions,
): Effect {
  const { kind } = options;
  const toBetter = (value: number) => toGain(value, options);
  const interval = bootstrapDifference(base.map(toBetter), head.map(toBetter));
  // Ranks of the values themselves: a change of unit cannot reorder them.
  const [worse, better] = options.better === "lower"
    ? ["greater", "less"] as const
    : ["less", "greater"] as const;
  return {
    kind,
    ratio: estimateOf(interval, SCALES[kind]),
    pValue: mannWhitney(head, base, { alternative: worse }).pValue,
    pValueBetter: mannWhitney(head, base, { alternative: better }).pValue,
    leastPValue: leastUnpairedPValue(base.length, head.length),
    test: "mann-whitney",
    warnings: interval.warning === undefined ? [] : [interval.warning],
  };
}

/** Twice the smaller of the one-sided p-values, at most 1. */
export function twoSidedP(
  { pValue, pValueBetter }: Pick<Effect, "pValue" | "pValueBetter">,
): number {
  return Math.min(1, 2 * Math.min(pValue, pValueBetter));
}

/** The smallest p-value of a one-sided Mann–Whitney test: one of all the ways to choose n₁ of n₁ + n₂. */
export function leastUnpairedPValue(n1: number, n2: number): number {
  let least = 1;
  for (let k = 1; k <= Math.min(n1, n2); k++) least *= k / (Math.max(n1, n2) + k);
  return least;
}

/** Whether a ratio is strictly worse than a threshold allows, on the grid on which effects are stated. */
export function isBeyond(ratio: number, threshold: number, kind: EffectKind): boolean {
  return gain(ratio, kind) < -gain(1 + threshold, kind);
}

/** Whether a ratio is strictly better than a threshold, on the same grid. */
export function isBeyondBetter(ratio: number, threshold: number, kind: EffectKind): boolean {
  return gain(ratio, kind) > gain(1 + threshold, kind);
}

/** A ratio turned round, as if the two sides were exchanged: 1.05 is 5 % worse, or 5 points of a share. */
export function inverseOf(ratio: number, kind: EffectKind): number {
  return kind === "ratio" ? 1 / ratio : 2 - ratio;
}

/** The ratio on the scale on which effects add up: a logarithm, or points; on the grid. */
function gain(ratio: number, kind: EffectKind): number {
  return onGrid(kind === "ratio" ? Math.log(ratio) : ratio - 1);
}

function sign({ better }: EffectOptions): 1 | -1 {
  return better === "higher" ? 1 : -1;
}

/** Math.round sends −0.5 to −0 and 0.5 to 1: rounding the magnitude keeps exchanged sides exact opposites. */
export function onGrid(value: number): number {
  const steps = Math.round(Math.abs(value) * GRID);
  return steps === 0 ? 0 : Math.sign(value) * steps / GRID;
}

type Scale = Readonly<{ toScale: (value: number) => number; toRatio: (gain: number) => number }>;

export const SCALES: Readonly<Record<EffectKind, Scale>> = {
  ratio: { toScale: Math.log, toRatio: Math.exp },
  difference: { toScale: (value) => value, toRatio: (gain) => 1 + gain },
};

export function estimateOf(
  { estimate, low, high, confidence, n }: Interval,
  { toRatio }: Scale,
): Estimate {
  return { estimate: toRatio(estimate), low: toRatio(low), high: toRatio(high), confidence, n };
}

function bootstrapDifference(from: readonly number[], to: readonly number[]): Interval {
  const { low, high } = medianDifferenceInterval(from, to, CONFIDENCE);
  // No resampled median leaves its side's range, so the weaker range bounds what the interval can promise.
  const limits = [from, to].map((side) => medianInterval(side, { confidence: CONFIDENCE }));
  const weakest = limits.find(({ warning }) => warning !== undefined);
  const estimate = onGrid(median(to) - median(from));
  return {
    estimate,
    low: Math.min(estimate, onGrid(low)),
    high: Math.max(estimate, onGrid(high)),
    confidence: weakest === undefined
      ? CONFIDENCE
      : Math.min(...limits.map(({ confidence }) => confidence)),
    n: Math.min(from.length, to.length),
    ...(weakest?.warning === undefined ? {} : { warning: weakest.warning }),
  };
}
