// poolHistograms: the distribution of several trials together.

import { BUCKET_COUNT, bucketMidpointNs, RELATIVE_ERROR } from "../../../model/bucket_layout.ts";
import type { SparseHistogram } from "../../../model/sparse_histogram.ts";

/** A step of a cumulative distribution. */
export interface CumulativeStep {
  /** Value in nanoseconds: the midpoint of its bucket, within min and max. */
  readonly ns: number;
  /** How many values are not above that bucket. */
  readonly seen: number;
}

/** Pools distributions, without expanding each. */
export function poolHistograms(list: readonly SparseHistogram[]): SparseHistogram {
  const counts = new Float64Array(BUCKET_COUNT);
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const sparse of list) {
    let index = 0;
    for (let i = 0; i + 1 < sparse.buckets.length; i += 2) {
      index += sparse.buckets[i] as number;
      counts[index]! += sparse.buckets[i + 1] as number;
    }
    count += sparse.count;
    min = Math.min(min, sparse.min ?? Infinity);
    max = Math.max(max, sparse.max ?? -Infinity);
  }
  if (count === 0) return { relativeError: RELATIVE_ERROR, count: 0, buckets: [] };
  const buckets: number[] = [];
  let before = 0;
  for (let index = 0; index < BUCKET_COUNT; index++) {
    const times = counts[index] as number;
    if (times === 0) continue;
    buckets.push(index - before, times);
    before = index;
  }
  return { relativeError: RELATIVE_ERROR, count, min, max, buckets };
}

/** The cumulative distribution, one step a bucket. */
export function cumulate({ min, max, buckets }: SparseHistogram): readonly CumulativeStep[] {
  if (min === undefined || max === undefined) return [];
  const steps: CumulativeStep[] = [];
  let index = 0;
  let seen = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i] as number;
    seen += buckets[i + 1] as number;
    steps.push({ ns: Math.min(Math.max(bucketMidpointNs(index), min), max), seen });
  }
  return steps;
}
