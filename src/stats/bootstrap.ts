import { checkCount, checkOpenProbability, checkSample } from "./check_sample.ts";
import { type Interval, type IntervalOptions, medianInterval } from "./median_interval.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { logRatios, type Pair, type PairedRatio } from "./paired_ratio.ts";
import { createPrng } from "./prng.ts";
import { median, quantileOfSorted } from "./quantile.ts";

/** What the bootstrap may be told. */
export interface BootstrapOptions extends IntervalOptions {
  /** The seed of the resampling; the same seed gives the same interval. */
  readonly seed: number | string;
  /**
   * How many resamples to draw: at least 100.
   *
   * @default {2000}
   */
  readonly resamples?: number;
  /**
   * `percentile` takes the quantiles of the resampled medians; `bca` corrects them for bias and skew.
   *
   * @default {"percentile"}
   */
  readonly method?: "percentile" | "bca";
}

/**
 * The bootstrap interval of a median: how much it moves when the values are drawn again from
 * themselves.
 *
 * Efron and Tibshirani, An Introduction to the Bootstrap (1993): percentile, section 13.3; BCa
 * (Efron, JASA 82, 1987), section 14.3, with the acceleration from the jackknife.
 *
 * Failure case: below about 15 values it is too narrow; `medianInterval` keeps its word there. The
 * jackknife of a median is not consistent (section 11.6), so that BCa is no better than percentile
 * for it; both are given so that a reader can see it. A resampled median takes few different values.
 *
 * @param values Independent values (medians of trials), any order and unit; not changed.
 * @param options The seed, confidence, number of resamples and method.
 * @returns The median and its interval; `confidence` is nominal, and lowered with a warning where n
 * values cannot reach it by any method.
 * @throws {RangeError} If the sample is empty, a value is not finite, the confidence is outside
 * (0, 1), the resamples are fewer than 100, or the method is unknown.
 */
export function bootstrapMedian(values: readonly number[], options: BootstrapOptions): Interval {
  const { confidence = 0.95, resamples = 2000, method = "percentile", seed } = options;
  checkSample("resample", values);
  checkOpenProbability("resample", "confidence", confidence);
  checkCount("resample", "resamples", resamples, 100);
  const medians = resampleMedians(values, resamples, seed);
  const shares = chooseShares({ values, medians, confidence, method });
  // No resampled median leaves the range, so the range's coverage bounds that of any such interval.
  const { warning, confidence: ofOrderStatistics } = medianInterval(values, { confidence });
  return {
    estimate: median(values),
    low: quantileOfSorted(medians, shares.low),
    high: quantileOfSorted(medians, shares.high),
    confidence: warning === undefined ? confidence : ofOrderStatistics,
    n: values.length,
    ...(warning === undefined ? {} : { warning }),
  };
}

/**
 * The bootstrap interval of the ratio of paired values: {@linkcode bootstrapMedian} of the log-ratios,
 * exponentiated. Pairs are drawn whole, so what the two sides share stays shared.
 *
 * Source and failure case as there.
 *
 * @param pairs Pairs of positive values in one unit, `[value, base]`; not changed.
 * @param options The seed, confidence, number of resamples and method.
 * @returns The ratio value / base with its interval.
 * @throws {RangeError} As `bootstrapMedian`, and if a value is not above 0.
 */
export function bootstrapPairedRatio(
  pairs: readonly Pair[],
  options: BootstrapOptions,
): PairedRatio {
  const { estimate, low, high, ...rest } = bootstrapMedian(logRatios(pairs), options);
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

function resampleMedians(
  values: readonly number[],
  resamples: number,
  seed: number | string,
): Float64Array {
  const prng = createPrng(seed).split("bootstrap");
  const medians = new Float64Array(resamples);
  // Sorted first, so that the interval does not depend on the order in which values arrived.
  const ascending = Float64Array.from(values).sort();
  const resample = new Float64Array(values.length);
  for (let index = 0; index < resamples; index++) {
    for (let k = 0; k < resample.length; k++) {
      resample[k] = ascending[prng.nextInt(ascending.length)] as number;
    }
    medians[index] = quantileOfSorted(resample.sort(), 0.5);
  }
  return medians.sort();
}

interface Shares {
  readonly low: number;
  readonly high: number;
}

function chooseShares(
  { values, medians, confidence, method }: {
    readonly values: readonly number[];
    readonly medians: Float64Array;
    readonly confidence: number;
    readonly method: "percentile" | "bca";
  },
): Shares {
  const tail = (1 - confidence) / 2;
  if (method === "percentile") return { low: tail, high: 1 - tail };
  if (method !== "bca") {
    throw new RangeError(
      `Cannot resample as method must be "percentile" or "bca": ` +
        `current value is ${JSON.stringify(method)}`,
    );
  }
  const bias = measureBias(medians, median(values));
  const acceleration = measureAcceleration(values);
  const shift = (z: number) => {
    const moved = bias + z;
    const stretch = 1 - acceleration * moved;
    // Beyond the pole of the correction, which only extreme confidences reach, the range's end stands.
    return stretch > 0 ? normalCdf(bias + moved / stretch) : moved > 0 ? 1 : 0;
  };
  const z = normalQuantile(tail);
  return { low: shift(z), high: shift(-z) };
}

/** z₀ of Efron and Tibshirani (14.14); resamples equal to the estimate count half on either side. */
function measureBias(medians: Float64Array, estimate: number): number {
  let below = 0;
  for (const one of medians) below += one < estimate ? 1 : one === estimate ? 0.5 : 0;
  // All on one side would put z₀ at infinity: half a resample is kept on the other.
  const share = Math.min(Math.max(below, 0.5), medians.length - 0.5) / medians.length;
  return normalQuantile(share);
}

/** The acceleration of Efron and Tibshirani (14.15); 0 when leaving one out changes nothing. */
function measureAcceleration(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const left = values.map((_, out) => median(values.filter((_, index) => index !== out)));
  const mean = left.reduce((sum, one) => sum + one, 0) / left.length;
  let squares = 0;
  let cubes = 0;
  for (const one of left) {
    squares += (mean - one) ** 2;
    cubes += (mean - one) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
