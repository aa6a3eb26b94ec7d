import { checkSample } from "./check_sample.ts";
import { quantileOfSorted, sorted } from "./quantile.ts";

/** A RobustSpread is how far values lie from their median, not moved by a few outliers. */
export interface RobustSpread {
  /** The median, in the sample's unit. */
  readonly median: number;
  /**
   * Median absolute deviation from the median × 1.4826, in the sample's unit: the standard deviation, if the values were
   * normal.
   */
  readonly scaledMad: number;
  /** `scaledMad` / |median|, a ratio; absent when the median is 0. */
  readonly relative?: number;
  /** Upper quartile − lower quartile (type 7), in the sample's unit. */
  readonly interquartile: number;
  readonly n: number;
  /** One sentence on why the spread says less than it seems to; absent when it does not. */
  readonly warning?: string;
}

/** 1 / Φ⁻¹(3/4): makes the median absolute deviation of normal values their standard deviation. */
export const MAD_SCALE = 1.4826022185056018;

/**
 * The robust spread of a sample: its scaled median absolute deviation and its interquartile range. Hampel, "The influence curve
 * and its role in robust estimation", JASA 69, 1974, pp. 383–393; Rousseeuw and Croux, JASA 88, 1993, pp. 1273–1283, for the
 * factor 1.4826. Failure case: when more than half of the values are equal (a coarse clock) the deviation is 0 although the
 * rest differ; that is said in `warning`. Between two modes it describes neither: ask {@linkcode findBimodality} first. Returns
 * the spread; `relative` is absent when the median is 0. Throws RangeError if the sample is empty or holds a value that is not
 * finite.
 */
export function robustSpread(values: readonly number[]): RobustSpread {
  checkSample("measure a spread", values);
  const ascending = sorted(values);
  const middle = quantileOfSorted(ascending, 0.5);
  const deviations = ascending.map((value) => Math.abs(value - middle)).sort();
  const scaledMad = MAD_SCALE * quantileOfSorted(deviations, 0.5);
  const warning = findWarning(ascending, middle, scaledMad);
  return {
    median: middle,
    scaledMad,
    ...(middle === 0 ? {} : { relative: scaledMad / Math.abs(middle) }),
    interquartile: quantileOfSorted(ascending, 0.75) - quantileOfSorted(ascending, 0.25),
    n: ascending.length,
    ...(warning === undefined ? {} : { warning }),
  };
}

function findWarning(
  ascending: Float64Array,
  middle: number,
  scaledMad: number,
): string | undefined {
  if (ascending.length === 1) return "1 value has no spread; 2 are needed";
  if (middle === 0) return "the median is 0, so the spread cannot be given relative to it";
  if (scaledMad === 0 && ascending[0] !== ascending[ascending.length - 1]) {
    return "half of the values or more are equal, so the deviation is 0 although the rest differ";
  }
  return undefined;
}
