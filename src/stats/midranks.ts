/**
 * The ranks of values, doubled, ties sharing the mean of the ranks they take up (midranks).
 * Lehmann, Nonparametrics: Statistical Methods Based on Ranks (1975), section 1.4. Doubled, because a
 * midrank is a whole or a half: whole numbers can index the table of an exact test.
 * @param values Finite values in any order; not changed.
 * @returns Twice the midrank of each value, 2 for the smallest if it is alone; in input order.
 */
export function doubledMidranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index);
  order.sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end++;
    // Ranks start + 1 to end; their mean, doubled, is the first plus the last.
    for (let place = start; place < end; place++) ranks[order[place] as number] = start + 1 + end;
    start = end;
  }
  return ranks;
}

/** Which way the alternative to "no difference" points. */
export type Alternative = "two-sided" | "greater" | "less";

/** The probabilities of a statistic at least, and at most, as large as the one found. */
export interface Tails {
  /** P(statistic ≥ found), 0 to 1. */
  readonly atLeast: number;
  /** P(statistic ≤ found), 0 to 1. */
  readonly atMost: number;
}

/**
 * The p-value of an alternative from the two tails; two-sided is twice the smaller, at most 1. Returns the p-value, 0 to 1.
 * Throws RangeError if the alternative is not one of the three.
 */
export function pValueOf(tails: Tails, alternative: Alternative): number {
  switch (alternative) {
    case "greater":
      return Math.min(1, tails.atLeast);
    case "less":
      return Math.min(1, tails.atMost);
    case "two-sided":
      return Math.min(1, 2 * Math.min(tails.atLeast, tails.atMost));
    default:
      throw new RangeError(
        `Cannot test as alternative must be "two-sided", "greater" or "less": ` +
          `current value is ${JSON.stringify(alternative)}`,
      );
  }
}
