// The sign test: whether paired differences fall on both sides of nothing alike.

import { binomialProbabilities } from "./binomial.ts";
import { checkSample } from "./check_sample.ts";

/** A SignTest is the chance of a split as uneven as the one found, if each difference were as likely above 0 as below. */
export interface SignTest {
  /** One-sided: small where the differences lie above 0. */
  readonly greater: number;
  /** One-sided: small where they lie below 0. */
  readonly less: number;
  /** Twice the smaller of the two, at most 1. */
  readonly twoSided: number;
  /** The smallest one-sided p-value that so many differences can give: 2^−n, ties among them. */
  readonly least: number;
}

/**
 * The exact p-values of the sign test. It is the test of the order-statistic interval of the median, which excludes 0 at 95 %
 * where this is at most 5 % (David and Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1). Ties count against: as values on the other
 * side, as they do in that interval. Left out, as Dixon and Mood (JASA 41, 1946, pp. 557–566) do, they let p be small beside an interval that
 * includes 0 (half of 16 values ties, nothing different: 2.1 % of samples). Failure case: it knows the signs alone, so that it needs at
 * least 6 differences for a p-value below 5 %. Returns the p-values. Throws RangeError if there is none, or one is not finite.
 */
export function signTest(differences: readonly number[]): SignTest {
  checkSample("test signs", differences);
  const above = differences.filter((value) => value > 0).length;
  const below = differences.filter((value) => value < 0).length;
  const n = differences.length;
  const chances = n > MAX_COUNTED ? binomialProbabilities(n, 0.5) : countSplits(n);
  /** As few on one side, or fewer; the distribution is symmetric. */
  const atMost = (count: number) => {
    let tail = 0;
    for (let k = 0; k <= count; k++) tail += chances[k] as number;
    return Math.min(1, tail);
  };
  const [greater, less] = [atMost(n - above), atMost(n - below)];
  return { greater, less, twoSided: Math.min(1, 2 * Math.min(greater, less)), least: 2 ** -n };
}

/** Up to so many differences each of the 2^n splits is counted; beyond, 2^−n is no number any more. */
const MAX_COUNTED = 1_000;

/** The chance of each split: C(n, k) / 2^n, exact up to 56 differences. */
function countSplits(n: number): Float64Array {
  let ways = 1;
  return Float64Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) ways = ways * (n - k + 1) / k;
    return ways * 2 ** -n;
  });
}
