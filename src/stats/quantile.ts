import { checkSample } from "./check_sample.ts";

/**
 * The quantile of a sample, by linear interpolation of the order statistics at (n − 1)p. Definition 7 of Hyndman and Fan,
 * "Sample quantiles in statistical packages", The American Statistician 50(4), 1996, pp. 361–365; the default of R, NumPy and
 * Julia. Failure case: a tail quantile beyond the sample's reach is little more than the extreme value: the 0.99 quantile of 10
 * values says nothing of the slowest hundredth. {@linkcode quantileInterval} tells whether n is enough. Returns the quantile,
 * in the sample's unit. Throws RangeError if the sample is empty or holds a value that is not finite, or if p is outside 0 to
 * 1.
 */
export function quantile(values: readonly number[], p: number): number {
  checkSample("take a quantile", values);
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(
      `Cannot take a quantile as p must be between 0 and 1: current value is ${p}`,
    );
  }
  return quantileOfSorted(sorted(values), p);
}

/**
 * The median of a sample: the middle value, or the mean of the two middle values. Equal to {@linkcode quantile} at 0.5. The
 * mean of the middle two is exact under a change of sign, so that the median of negated values is the negated median to the
 * last bit. Returns the median, in the sample's unit. Throws RangeError if the sample is empty or holds a value that is not
 * finite.
 */
export function median(values: readonly number[]): number {
  checkSample("take a median", values);
  return quantileOfSorted(sorted(values), 0.5);
}

/**
 * A sorted copy of a sample, ascending by number. A typed array sorts without a comparison callback. Returns the values in
 * ascending order.
 */
export function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/** {@linkcode quantile} of a sample that is already sorted; checks nothing. Returns the quantile, in the sample's unit. */
export function quantileOfSorted(ascending: ArrayLike<number>, p: number): number {
  const position = (ascending.length - 1) * p;
  const below = Math.floor(position);
  const weight = position - below;
  const low = ascending[below] as number;
  if (weight === 0) return low;
  const high = ascending[below + 1] as number;
  if (weight === 0.5) return (low + high) / 2;
  // Rounding could lift the sum above its upper neighbour by one last bit.
  return Math.min(high, low + weight * (high - low));
}
