import { checkCount, checkOpenProbability } from "./check_sample.ts";

export interface MinimumPairsOptions {
  /**
   * The error rate that all comparisons share, strictly between 0 and 1.
   * @default {0.05}
   */
  readonly alpha?: number;
  /**
   * How many comparisons share it: at least 1.
   * @default {1}
   */
  readonly comparisons?: number;
}

/**
 * The fewest pairs with which one comparison can be called at all, if every pair agrees. The exact one-sided sign test of n
 * pairs gives no p-value below 2^−n (see `signTest`), and Holm asks alpha / m of the smallest of m (see `holm`): the smallest n
 * with 2^−n ≤ alpha / m. One cell at 5 % needs 5 pairs, 24 cells need 9. Failure case: this is the floor of what can be
 * resolved, not of what will be: power needs more, and each pair that is exactly equal does not count. Returns a whole number
 * of at least 1. Throws RangeError if alpha is outside (0, 1), or `comparisons` is not a whole number from 1 on.
 */
export function minimumPairs(options: MinimumPairsOptions = {}): number {
  const { alpha = 0.05, comparisons = 1 } = options;
  checkOpenProbability("count the pairs needed", "alpha", alpha);
  checkCount("count the pairs needed", "comparisons", comparisons, 1);
  // Multiplied as holm() multiplies, not log2: a threshold of exactly 2^-n must count as reached.
  let pairs = 1;
  while (comparisons * 2 ** -pairs > alpha) pairs++;
  return pairs;
}
