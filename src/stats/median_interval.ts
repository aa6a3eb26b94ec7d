import { binomialProbabilities } from "./binomial.ts";
import { checkOpenProbability, checkSample } from "./check_sample.ts";
import { quantileOfSorted, sorted } from "./quantile.ts";

/** An Interval is an estimate with the bounds that hold the true value at a stated confidence. */
export interface Interval {
  /** The point estimate, in the sample's unit. */
  readonly estimate: number;
  /** Lower bound, in the sample's unit. */
  readonly low: number;
  /** Upper bound, in the sample's unit. */
  readonly high: number;
  /** The confidence reached, 0 to 1: at least the one asked for, unless there is a warning. */
  readonly confidence: number;
  /** How many values (or pairs) the estimate rests on. */
  readonly n: number;
  /** One sentence on why the interval is weaker than asked for; absent when it is not. */
  readonly warning?: string;
}

export interface IntervalOptions {
  /**
   * The confidence asked for, strictly between 0 and 1.
   * @default {0.95}
   */
  readonly confidence?: number;
}

/**
 * The interval of a sample's median from its order statistics: exact for every continuous distribution, with no assumption on
 * its shape. See {@linkcode quantileInterval}, of which this is the case p = 0.5. Returns the median and its interval; with too
 * few values their range, the confidence that the range reaches, and a warning. Throws RangeError if the sample is empty or
 * holds a value that is not finite, or if the confidence is outside (0, 1).
 */
export function medianInterval(values: readonly number[], options?: IntervalOptions): Interval {
  return quantileInterval(values, 0.5, options);
}

/**
 * The interval of a sample's quantile from its order statistics. Between the l-th and the u-th smallest of n values lies the
 * p-quantile with probability P(l ≤ B < u), B binomial (n, p): David and Nagaraja, Order Statistics, 3rd ed. (2003), section
 * 7.1; Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2. The ranks are those of equal tails; where one
 * tail needs a rank that n values do not have, the extreme value stands. Failure case: values that are not independent (packets
 * of one trial, trials in one state of the machine) make it too narrow. With ties it is conservative. Returns the type 7
 * quantile and its interval; with too few values their range, the confidence that the range reaches, and a warning. Throws
 * RangeError if the sample is empty or holds a value that is not finite, or if p or the confidence is outside (0, 1).
 */
export function quantileInterval(
  values: readonly number[],
  p: number,
  options: IntervalOptions = {},
): Interval {
  const { confidence = 0.95 } = options;
  checkSample("find an interval", values);
  checkOpenProbability("find an interval", "p", p);
  checkOpenProbability("find an interval", "confidence", confidence);

  const ascending = sorted(values);
  const n = ascending.length;
  const ranks = chooseRanks(n, p, confidence);
  const interval: Interval = {
    estimate: quantileOfSorted(ascending, p),
    low: ascending[ranks.low - 1] as number,
    high: ascending[ranks.high - 1] as number,
    confidence: ranks.confidence,
    n,
  };
  if (reaches(ranks.confidence, confidence)) return interval;
  const needed = minimumValues({ p, confidence });
  const count = n === 1 ? "1 value" : `${n} values`;
  return {
    ...interval,
    warning: `${count} cannot give a ${percent(confidence)} interval; ${needed} are needed`,
  };
}

export interface MinimumValuesOptions extends IntervalOptions {
  /**
   * Which quantile, strictly between 0 and 1.
   * @default {0.5}
   */
  readonly p?: number;
}

/**
 * The fewest values whose range is an interval of a quantile at a confidence. The smallest n with 1 − p^n − (1 − p)^n ≥
 * confidence: David and Nagaraja (2003), section 7.1. For the median, 6 at 95 % and 8 at 99 %; for the 0.99 quantile at 95 %,
 * 299. Returns a whole number of at least 2. Throws RangeError if p or the confidence is outside (0, 1).
 */
export function minimumValues(options: MinimumValuesOptions = {}): number {
  const { p = 0.5, confidence = 0.95 } = options;
  checkOpenProbability("count the values needed", "p", p);
  checkOpenProbability("count the values needed", "confidence", confidence);
  const reached = (n: number) => reaches(1 - p ** n - (1 - p) ** n, confidence);
  // Coverage grows with n: double until it is enough, then halve the bracket.
  let high = 2;
  while (!reached(high)) high *= 2;
  let low = Math.max(1, high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}

interface Ranks {
  /** 1 is the smallest value. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

function chooseRanks(n: number, p: number, confidence: number): Ranks {
  const probabilities = binomialProbabilities(n, p);
  const tail = (1 - confidence) / 2 + ROUNDING;
  let low = 0;
  let below = 0;
  while (low < n && below + (probabilities[low] as number) <= tail) {
    below += probabilities[low++] as number;
  }
  let high = n + 1;
  let above = 0;
  while (high > 1 && above + (probabilities[high - 1] as number) <= tail) {
    above += probabilities[--high] as number;
  }
  const chosen = covered(probabilities, Math.max(low, 1), Math.min(high, n));
  if (reaches(chosen.confidence, confidence)) return chosen;
  return covered(probabilities, 1, n);
}

function covered(probabilities: Float64Array, low: number, high: number): Ranks {
  let outside = 0;
  for (let k = 0; k < low; k++) outside += probabilities[k] as number;
  for (let k = probabilities.length - 1; k >= high; k--) outside += probabilities[k] as number;
  return { low, high, confidence: Math.max(0, 1 - outside) };
}

/** Sums of probabilities round; 93.75 % asked of 5 values is reached exactly, and must count so. */
const ROUNDING = 1e-12;

function reaches(achieved: number, confidence: number): boolean {
  return achieved + ROUNDING >= confidence;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
