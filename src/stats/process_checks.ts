// Checks of an arrival process and of what was measured under it, after Lancet (Kogias et al., USENIX ATC 2019, section 3).

/** A² above which exponential gaps of known mean are refused at 1 % (Stephens 1974, table 1A, case 0). */
export const ANDERSON_DARLING_1_PERCENT = 3.857;
/** The normal quantile of a two-sided test at 1 %. */
export const NORMAL_1_PERCENT = 2.576;

/** Distances of a sample from the exponential distribution of this mean. */
export interface ExponentialFit {
  /** Anderson–Darling's A². Grows with the sample where the gaps are not exponential at all. */
  readonly statistic: number;
  /** Largest distance of the two distribution functions (Kolmogorov–Smirnov), 0 to 1. */
  readonly distance: number;
}

/** How well gaps fit the exponential distribution of a known mean; undefined below 8 of them. */
export function exponentialFit(gaps: readonly number[], mean: number): ExponentialFit | undefined {
  const n = gaps.length;
  if (n < 8) return undefined;
  const sorted = [...gaps].sort((a, b) => a - b);
  let sum = 0;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const below = 1 - Math.exp(-Math.max(sorted[i]!, 0) / mean);
    // ln(1 − F) of the exponential distribution is −x / mean.
    const above = -sorted[n - 1 - i]! / mean;
    sum += (2 * i + 1) * (Math.log(Math.max(below, 1e-300)) + above);
    distance = Math.max(distance, Math.abs((i + 1) / n - below), Math.abs(i / n - below));
  }
  return { statistic: -n - sum / n, distance };
}

/** Kendall's trend (Mann 1945) of values in the order of time, as a normal deviate: above 0 they grow. 0 below 4 values. */
export function trend(values: readonly number[]): number {
  const n = values.length;
  if (n < 4) return 0;
  let s = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) s += Math.sign(values[j]! - values[i]!);
  }
  return (s - Math.sign(s)) / Math.sqrt(n * (n - 1) * (2 * n + 5) / 18);
}

/** Spearman's correlation of values with those after them, as a normal deviate; 0 below 8 values, or where all are equal. */
export function serialCorrelation(values: readonly number[]): number {
  const n = values.length - 1;
  if (n < 8) return 0;
  const ranks = ranksOf(values);
  const mean = (values.length + 1) / 2;
  let both = 0;
  let square = 0;
  for (let i = 0; i < n; i++) both += (ranks[i]! - mean) * (ranks[i + 1]! - mean);
  for (const rank of ranks) square += (rank - mean) ** 2;
  return square === 0 ? 0 : both / square * Math.sqrt(n);
}

function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    for (let j = i; j < end; j++) ranks[order[j]!] = (i + end + 1) / 2;
    i = end;
  }
  return ranks;
}
