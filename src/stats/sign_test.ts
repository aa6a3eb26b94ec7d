/**
 * The sign test: whether paired differences fall on both sides of nothing alike.
 *
 * @module
 */

import { binomialProbabilities } from "./binomial.ts";
import { checkSample } from "./check_sample.ts";

/**
 * The exact two-sided p-value of the sign test: if each difference were as likely above 0 as below, the chance of a split as
 * uneven as this one.
 *
 * It is the test of the order-statistic interval of the median, which excludes 0 at 95 % where this is at most 5 %, ties aside
 * (David and Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1). Ties are left out, as Dixon and Mood ("The statistical
 * sign test", JASA 41, 1946, pp. 557–566) do.
 *
 * Failure case: it knows the signs alone, so that it needs at least 6 differences for a p-value below 5 %.
 *
 * @param differences Paired differences, any order and unit; at least one.
 * @returns 0 to 1; 1 where all are ties.
 * @throws {RangeError} If there is none, or one is not finite.
 */
export function signTest(differences: readonly number[]): number {
  checkSample("test signs", differences);
  const above = differences.filter((value) => value > 0).length;
  const below = differences.filter((value) => value < 0).length;
  const n = above + below;
  if (n === 0) return 1;
  const probabilities = binomialProbabilities(n, 0.5);
  let tail = 0;
  for (let k = 0; k <= Math.min(above, below); k++) tail += probabilities[k] as number;
  return Math.min(1, 2 * tail);
}
