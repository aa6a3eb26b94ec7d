import { type Interval, type IntervalOptions, medianInterval } from "./median_interval.ts";

/** A Pair is two values of one metric measured side by side: the one in question, and its base. */
export type Pair = readonly [value: number, base: number];

/**
 * A PairedRatio is the median ratio of paired values with its interval. `estimate`, `low` and `high` are ratios: 1 is no
 * difference, 1.05 is 5 % above the base.
 */
export interface PairedRatio extends Interval {
  /** The median of ln(value / base); `estimate` is its exponential. */
  readonly logEstimate: number;
  /** The lower bound of ln(value / base); `low` is its exponential. */
  readonly logLow: number;
  /** The upper bound of ln(value / base); `high` is its exponential. */
  readonly logHigh: number;
}

/**
 * The ratio of paired values: the median of their log-ratios and its order-statistic interval, exponentiated. On logarithms
 * because a ratio is not symmetric: twice as slow and twice as fast must weigh alike (Fleming and Wallace, CACM 29(3), 1986,
 * pp. 218–221: only geometric means of ratios do not depend on the base). The interval is that of {@linkcode medianInterval}.
 * The unit cancels; swapping the two sides negates the logarithms to the last bit. Failure case: pairs must be independent of
 * each other and alike in time within a pair; a machine that changes speed inside many pairs makes the interval wide, not
 * wrong. Returns the ratio value / base with its interval, and a warning when the pairs are too few. Throws RangeError if there
 * is no pair, if a value is not finite and above 0, or if the confidence is outside (0, 1).
 */
export function pairedRatio(pairs: readonly Pair[], options: IntervalOptions = {}): PairedRatio {
  const { estimate, low, high, ...rest } = medianInterval(logRatios(pairs), options);
  return {
    estimate: Math.exp(estimate),
    low: Math.exp(low),
    high: Math.exp(high),
    logEstimate: estimate,
    logLow: low,
    logHigh: high,
    ...rest,
  };
}

/**
 * The natural logarithms of the ratios value / base, in the order of the pairs: what {@linkcode signTest} is asked about.
 * Returns one logarithm a pair; 0 for equal values, exactly. Throws RangeError if a value is not finite and above 0.
 */
export function logRatios(pairs: readonly Pair[]): number[] {
  return pairs.map(([value, base], index) => {
    for (const number of [value, base]) {
      if (!(Number.isFinite(number) && number > 0)) {
        throw new RangeError(
          `Cannot take a ratio as both values of pairs[${index}] must be finite and above 0: ` +
            `current value is ${number}`,
        );
      }
    }
    // Not log(value / base): the quotient rounds differently when the sides are swapped.
    return Math.log(value) - Math.log(base);
  });
}
