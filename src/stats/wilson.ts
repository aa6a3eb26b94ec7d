import { checkCount, checkOpenProbability } from "./check_sample.ts";
import type { Interval, IntervalOptions } from "./median_interval.ts";
import { normalQuantile } from "./normal.ts";

/**
 * The Wilson score interval of a share, such as messages lost of messages sent. Wilson, "Probable inference, the law of
 * succession, and statistical inference", JASA 22, 1927, pp. 209–212; method 3 of Newcombe, Statistics in Medicine 17, 1998,
 * pp. 857–872. Unlike p ± z √(p(1−p)/n) it says something at 0 lost of n, and never leaves 0 to 1. Failure case: it takes the
 * messages as independent. Loss comes in bursts (a full buffer drops many in a row), so of one trial it is too narrow: compare
 * trials. Returns the share and its interval; `confidence` is nominal, met on average over shares. Throws RangeError if a count
 * is not a whole number in its range, or if the confidence is outside (0, 1).
 */
export function wilson(count: number, total: number, options: IntervalOptions = {}): Interval {
  const { confidence = 0.95 } = options;
  checkCount("find the interval of a share", "total", total, 1);
  checkCount("find the interval of a share", "count", count, 0);
  if (count > total) {
    throw new RangeError(
      `Cannot find the interval of a share as count must be at most the total of ${total}: ` +
        `current value is ${count}`,
    );
  }
  checkOpenProbability("find the interval of a share", "confidence", confidence);

  const z = -normalQuantile((1 - confidence) / 2);
  const estimate = count / total;
  const centre = count + z * z / 2;
  const reach = z * Math.sqrt(count * (1 - estimate) + z * z / 4);
  const size = total + z * z;
  return {
    estimate,
    // At the ends centre and reach cancel exactly but for rounding.
    low: count === 0 ? 0 : Math.max(0, (centre - reach) / size),
    high: count === total ? 1 : Math.min(1, (centre + reach) / size),
    confidence,
    n: total,
  };
}
