// Benjamini and Hochberg's step-up adjustment: p-values of many comparisons, made to share one rate of false discoveries.
//
// Benjamini and Hochberg, "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
// Journal of the Royal Statistical Society B 57(1), 1995, pp. 289–300: the k-th smallest of m is multiplied by m / k, and none
// is adjusted above a larger one. Of the comparisons whose adjusted p-value is at most q, at most a share of q is expected to be
// false, for independent comparisons and for those that depend on each other positively, as cases of one run do.
//
// Failure case: it bounds a share of all findings, not the chance of any false one; a gate wants {@linkcode holm}.

/**
 * Adjusts p-values so that they share one rate of false discoveries. Returns the adjusted p-values in input order, 0 to 1; none
 * for none. Throws RangeError if a p-value is NaN or outside 0 to 1.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  for (const [index, p] of pValues.entries()) {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(
        `Cannot adjust p-values as pValues[${index}] must be between 0 and 1: current value is ${p}`,
      );
    }
  }
  const order = pValues.map((_, index) => index);
  order.sort((a, b) => (pValues[b] as number) - (pValues[a] as number));
  const adjusted = new Array<number>(pValues.length);
  let ceiling = 1;
  for (const [place, index] of order.entries()) {
    const rank = pValues.length - place;
    ceiling = Math.min(ceiling, (pValues.length / rank) * (pValues[index] as number));
    adjusted[index] = ceiling;
  }
  return adjusted;
}
