/**
 * Holm's step-down adjustment: p-values of many comparisons, made to share one error rate.
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
 * 6(2), 1979, pp. 65–70: the k-th smallest of m is multiplied by m − k + 1, and none is adjusted below
 * a smaller one. Whatever the dependence, the chance of any false alarm is at most alpha.
 * Failure case: m is the number of comparisons made; to leave out those that look harmless before
 * adjusting undoes the guarantee.
 * @param pValues One p-value a comparison, 0 to 1, in any order; not changed.
 * @returns The adjusted p-values in input order, 0 to 1; none for none.
 * @throws {RangeError} If a p-value is NaN or outside 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  for (const [index, p] of pValues.entries()) {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(
        `Cannot adjust p-values as pValues[${index}] must be between 0 and 1: ` +
          `current value is ${p}`,
      );
    }
  }
  const order = pValues.map((_, index) => index);
  order.sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length);
  let floor = 0;
  for (const [place, index] of order.entries()) {
    floor = Math.max(floor, Math.min(1, (pValues.length - place) * (pValues[index] as number)));
    adjusted[index] = floor;
  }
  return adjusted;
}
