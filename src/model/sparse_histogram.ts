// Sparse histograms: the form in which a record stores distributions, and what can be asked of it without expanding it.

import {
  BUCKET_COUNT,
  bucketIndex,
  bucketLowestNs,
  bucketMidpointNs,
  checkPercentile,
  nearestRank,
  RELATIVE_ERROR,
} from "./bucket_layout.ts";

/**
 * A SparseHistogram is a distribution of nanosecond values as plain JSON: only the buckets that were hit.
 *
 * `buckets` is a flat list of pairs `[gap, count, gap, count, …]`, in rising order of bucket index. The first gap is the
 * index itself, each later gap the distance to the index before it. Which values an index holds is written in
 * `bucket_layout.ts`. As an example, `[64, 2, 3, 1]` says: two values of 64 ns, one of 67 ns.
 */
export interface SparseHistogram {
  /** Largest relative error of a percentile; names the bucket layout too. Always 1/256 in this schema version. */
  readonly relativeError: number;
  /** Values recorded: the sum of all counts in `buckets`. */
  readonly count: number;
  /** Smallest value recorded, exact, in whole nanoseconds; absent when `count` is 0. */
  readonly min?: number;
  /** Largest value recorded, exact, in whole nanoseconds; absent when `count` is 0. */
  readonly max?: number;
  /** Bucket pairs as described above. */
  readonly buckets: readonly number[];
}

/** A percentile by nearest rank in nanoseconds; `undefined` when nothing was recorded. Throws RangeError for no percentile. */
export function sparsePercentile(sparse: SparseHistogram, p: number): number | undefined {
  checkPercentile(p);
  const { count, min, max, buckets } = sparse;
  if (count === 0 || min === undefined || max === undefined) return undefined;
  const rank = nearestRank(p, count);
  if (rank === 1) return min;
  let index = 0;
  let seen = 0;
  for (let i = 0; i + 1 < buckets.length && rank < count; i += 2) {
    index += buckets[i]!;
    seen += buckets[i + 1]!;
    if (seen >= rank) return Math.min(Math.max(bucketMidpointNs(index), min), max);
  }
  return max;
}

/** How many values are above a limit, known to 0.8 % as those in its own bucket are not; exact outside min and max. */
export function sparseCountAbove(sparse: SparseHistogram, limitNs: number): number {
  const { count, min, max, buckets } = sparse;
  if (count === 0 || min === undefined || max === undefined || limitNs >= max) return 0;
  if (limitNs < min) return count;
  const limitIndex = bucketIndex(Math.floor(limitNs));
  let index = 0;
  let above = count;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i]!;
    if (index > limitIndex) break;
    above -= buckets[i + 1]!;
  }
  return above;
}

/** What the values add up to at least, in nanoseconds: each counts as the lower edge of its bucket. */
export function sparseLeastSum({ buckets }: SparseHistogram): number {
  let index = 0;
  let sum = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i]!;
    sum += bucketLowestNs(index) * buckets[i + 1]!;
  }
  return sum;
}

/** Several distributions as one. */
export function mergeSparse(all: readonly SparseHistogram[]): SparseHistogram {
  const counts = new Map<number, number>();
  let [count, min, max] = [0, Infinity, -Infinity];
  for (const one of all) {
    let index = 0;
    for (let i = 0; i + 1 < one.buckets.length; i += 2) {
      index += one.buckets[i]!;
      counts.set(index, (counts.get(index) ?? 0) + one.buckets[i + 1]!);
    }
    count += one.count;
    min = Math.min(min, one.min ?? Infinity);
    max = Math.max(max, one.max ?? -Infinity);
  }
  const rising = [...counts].sort(([a], [b]) => a - b);
  const buckets = rising.flatMap(([index, own], at) => [index - (rising[at - 1]?.[0] ?? 0), own]);
  return { relativeError: RELATIVE_ERROR, count, ...(count > 0 && { min, max }), buckets };
}

/** `problem`: the rest of a sentence that begins with the field's name. */
export type SparseFault = Readonly<
  { field: "relativeError" | "count" | "min" | "max" | "buckets"; problem: string }
>;

const isCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0;

/** Finds the first contradiction within a sparse histogram. Returns the fault; `undefined` when the distribution is sound. */
export function findSparseFault(sparse: SparseHistogram): SparseFault | undefined {
  const { relativeError, count, min, max, buckets } = sparse;
  const fault = (field: SparseFault["field"], problem: string) => ({ field, problem });
  if (relativeError !== RELATIVE_ERROR) {
    return fault("relativeError", `must be ${RELATIVE_ERROR}: it is ${relativeError}`);
  }
  if (!isCount(count)) return fault("count", `must be a whole number ≥ 0: it is ${count}`);
  const bucketFault = findBucketFault(buckets, count);
  if (bucketFault !== undefined) return fault("buckets", bucketFault);
  if (count === 0) {
    if (min !== undefined) return fault("min", "must be absent as nothing was recorded");
    return max === undefined ? undefined : fault("max", "must be absent as nothing was recorded");
  }
  if (!isCount(min)) return fault("min", `must be a whole number ≥ 0: it is ${min}`);
  if (!isCount(max)) return fault("max", `must be a whole number ≥ 0: it is ${max}`);
  if (min > max) return fault("min", `must be at most max, ${max}: it is ${min}`);
  return findRangeFault(min, max, buckets);
}

/** Index order, index range, counts and their sum. */
function findBucketFault(buckets: readonly number[], count: number): string | undefined {
  if (buckets.length % 2 !== 0) {
    return `must hold pairs of gap and count: it has ${buckets.length} numbers`;
  }
  let index = 0;
  let sum = 0;
  for (let i = 0; i < buckets.length; i += 2) {
    const gap = buckets[i]!;
    const times = buckets[i + 1]!;
    if (!isCount(gap) || (gap === 0 && i > 0)) {
      return `must have whole gaps ≥ ${i > 0 ? 1 : 0}: number ${i} is ${gap}`;
    }
    if (!isCount(times) || times === 0) {
      return `must have whole counts ≥ 1: number ${i + 1} is ${times}`;
    }
    index += gap;
    if (index >= BUCKET_COUNT) {
      return `must have indices below ${BUCKET_COUNT}: number ${i} leads to ${index}`;
    }
    sum += times;
  }
  return sum === count ? undefined : `must add up to count, ${count}: the sum is ${sum}`;
}

/** The smallest and the largest value must lie in the first and the last bucket. */
function findRangeFault(
  min: number,
  max: number,
  buckets: readonly number[],
): SparseFault | undefined {
  const first = buckets[0]!;
  let last = 0;
  for (let i = 0; i < buckets.length; i += 2) last += buckets[i]!;
  if (bucketIndex(min) !== first) {
    return {
      field: "min",
      problem: `must lie in the first bucket, near ${bucketMidpointNs(first)}: it is ${min}`,
    };
  }
  if (bucketIndex(max) !== last) {
    return {
      field: "max",
      problem: `must lie in the last bucket, near ${bucketMidpointNs(last)}: it is ${max}`,
    };
  }
  return undefined;
}
