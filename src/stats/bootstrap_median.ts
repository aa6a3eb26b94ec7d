import { binomialProbabilities } from "./binomial.ts";
import { checkOpenProbability, checkSample } from "./check_sample.ts";
import { sorted } from "./quantile.ts";

/** A median is drawn less often than this where its ranks are left out. */
const NEGLIGIBLE = 1e-12;

/** What a bootstrap median may be, rising, and how likely it is to be at most that. */
interface Distribution {
  readonly values: Float64Array;
  readonly cumulative: Float64Array;
}

/** The lower and the upper middle draw by their ranks from 0, and the probability of the two. */
type Ranks = readonly (readonly [lower: number, upper: number, probability: number])[];

/**
 * The percentile interval of a difference of two medians under the bootstrap, exact: the limit that resampling comes near to.
 * Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3, with both sides drawn anew from themselves. The
 * median of n draws with replacement is the middle value of the sample, or the mean of the middle two, and which they are is
 * decided by ranks alone (Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7(1), 1979, section
 * 3): nothing is drawn, and no seed decides about a verdict. Failure case: below about 15 values a side it is too narrow.
 * Values must be independent of each other. Returns the bounds of median(to) − median(from); exchanging the samples negates and
 * exchanges them to the last bit. Throws RangeError if a sample is empty, a value is not finite, or the confidence is outside
 * (0, 1).
 */
export function medianDifferenceInterval(
  from: readonly number[],
  to: readonly number[],
  confidence: number,
): { readonly low: number; readonly high: number } {
  for (const sample of [from, to]) checkSample("bootstrap", sample);
  checkOpenProbability("bootstrap", "confidence", confidence);
  const [one, other] = [distributionOf(from), distributionOf(to)];
  const tail = (1 - confidence) / 2;
  const low = lowestDifference(one, other, tail);
  const high = -lowestDifference(other, one, tail);
  if (low <= high) return { low, high };
  // Where nearly all draws have one median, the two searches end within their last step of it, on the wrong sides.
  const middle = (low + high) / 2;
  return { low: middle, high: middle };
}

/** The smallest difference other − one that the true one is at most with a probability of `tail`, to within 2^−50 of the range. */
function lowestDifference(one: Distribution, other: Distribution, tail: number): number {
  let low = other.values[0]! - one.values.at(-1)!;
  let high = other.values.at(-1)! - one.values[0]!;
  if (probabilityAtMost(low, one, other) >= tail) return low;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (probabilityAtMost(middle, one, other) >= tail) high = middle;
    else low = middle;
  }
  return high;
}

/** P(other − one ≤ limit); both are walked once, as both rise. */
function probabilityAtMost(limit: number, one: Distribution, other: Distribution): number {
  const { values, cumulative } = one;
  let total = 0;
  let below = 0;
  let place = 0;
  for (let i = 0; i < values.length; i++) {
    const most = (values[i] as number) + limit;
    while (place < other.values.length && (other.values[place] as number) <= most) place++;
    const own = cumulative[i] as number;
    if (place > 0) total += (own - below) * (other.cumulative[place - 1] as number);
    below = own;
  }
  return total;
}

function distributionOf(sample: readonly number[]): Distribution {
  const ascending = sorted(sample);
  const medians = ranksOf(ascending.length).map(([lower, upper, probability]) => ({
    value: ((ascending[lower] as number) + (ascending[upper] as number)) / 2,
    probability,
  })).sort((a, b) => a.value - b.value);
  let sum = 0;
  return {
    values: Float64Array.from(medians, ({ value }) => value),
    cumulative: Float64Array.from(medians, ({ probability }) => sum += probability),
  };
}

const RANKS = new Map<number, Ranks>();

function ranksOf(n: number): Ranks {
  let ranks = RANKS.get(n);
  if (ranks === undefined) RANKS.set(n, ranks = n % 2 === 1 ? oddRanks(n) : evenRanks(n));
  return ranks;
}

/** Of n = 2k + 1 draws the middle one has at most rank a where at least k + 1 of them do. */
function oddRanks(n: number): Ranks {
  const k = (n - 1) / 2;
  const atMost = (rank: number) =>
    rank === n - 1
      ? 1
      : binomialProbabilities(n, (rank + 1) / n).subarray(k + 1).reduce((a, b) => a + b, 0);
  let below = 0;
  return Array.from({ length: n }, (_, rank) => {
    const cumulative = atMost(rank);
    const probability = cumulative - below;
    below = cumulative;
    return [rank, rank, probability] as const;
  }).filter(([, , probability]) => probability > NEGLIGIBLE);
}

/**
 * Of n = 2k draws the lower middle one has rank a and the upper one a rank above b where k draws are at most a, one of them
 * equal to it, and the others above b: C(n, k) · [((a + 1) / n)^k − (a / n)^k] · ((n − 1 − b) / n)^k.
 */
function evenRanks(n: number): Ranks {
  const k = n / 2;
  let logChoices = 0;
  for (let i = 1; i <= k; i++) logChoices += Math.log((k + i) / i);
  const ranks: (readonly [number, number, number])[] = [];
  for (let lower = 0; lower < n; lower++) {
    const logLower = k * Math.log((lower + 1) / n) + Math.log1p(-((lower / (lower + 1)) ** k));
    const above = (rank: number) =>
      rank >= n - 1 ? 0 : Math.exp(logChoices + logLower + k * Math.log((n - 1 - rank) / n));
    // Both have the same rank where fewer than k draws are below it and fewer than k above.
    const own = lowerMiddle(n, lower) - lowerMiddle(n, lower - 1);
    let rest = own;
    for (let upper = lower; upper < n && rest > NEGLIGIBLE; upper++) {
      const next = above(upper);
      if (rest - next > NEGLIGIBLE) ranks.push([lower, upper, rest - next]);
      rest = next;
    }
  }
  return ranks;
}

/** The probability that the lower middle one of n = 2k draws has at most this rank: at least k draws do. */
function lowerMiddle(n: number, rank: number): number {
  if (rank < 0) return 0;
  if (rank >= n - 1) return 1;
  return binomialProbabilities(n, (rank + 1) / n).subarray(n / 2).reduce((a, b) => a + b, 0);
}
