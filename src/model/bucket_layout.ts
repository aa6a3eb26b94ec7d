// The bucket layout: which values share a bucket. Log-linear, after HdrHistogram (Gil Tene, https://hdrhistogram.org):
// every power of two is cut into 128 equal buckets, so that the bucket width grows with the value and the relative
// error stays the same from nanoseconds to an hour.
//
// The layout is part of the record format: an index written today must name the same values for ever. A change here is
// a new `schemaVersion`.
//
// - Index 0 … 255 holds exactly the value 0 … 255.
// - Index i ≥ 256 holds `width = 2 ** (floor(i / 128) - 1)` values from `(128 + i % 128) * width` on.

/** Buckets per power of two, as a power of two itself: `2 ** 7 = 128`. */
const SUB_BITS = 7;

/** The largest value with a bucket of its own, in nanoseconds: 2^42 - 1, about 73 minutes. Beyond it the last bucket counts. */
export const LARGEST_BUCKETED_NS = 2 ** 42 - 1;

export const BUCKET_COUNT = (42 - SUB_BITS + 1) * 2 ** SUB_BITS;

/** Largest relative distance of a value to the midpoint of its bucket: half a bucket in 128, 0.39 %. */
export const RELATIVE_ERROR = 1 / 256;

/** The first value not handled by 32-bit integer operations. */
const INT32_END = 2 ** 31;

/** Divisor that brings values of 31 … 42 bits within 32-bit operations without losing their top 8 bits. */
const LARGE_SCALE_BITS = 24;

/** The index of a value's bucket, the last one beyond {@linkcode LARGEST_BUCKETED_NS}; {@linkcode Histogram.record} inlines its first branch. */
export function bucketIndex(wholeNs: number): number {
  if (wholeNs < INT32_END) {
    const shift = 24 - Math.clz32(wholeNs | 128);
    return (shift << SUB_BITS) + (wholeNs >> shift);
  }
  if (wholeNs > LARGEST_BUCKETED_NS) return BUCKET_COUNT - 1;
  const high = Math.floor(wholeNs / 2 ** LARGE_SCALE_BITS);
  const shift = 24 - Math.clz32(high);
  return ((shift + LARGE_SCALE_BITS) << SUB_BITS) + (high >> shift);
}

/** The midpoint of a bucket in nanoseconds; may end in .5. */
export function bucketMidpointNs(index: number): number {
  if (index < 256) return index;
  const width = 2 ** ((index >> SUB_BITS) - 1);
  return (128 + (index & 127)) * width + (width - 1) / 2;
}

/** The lower edge of a bucket: the smallest value that it holds. Returns whole nanoseconds. */
export function bucketLowestNs(index: number): number {
  return index < 256 ? index : (128 + (index & 127)) * 2 ** ((index >> SUB_BITS) - 1);
}

/** The smallest rank whose share of `count` is at least `p` %, corrected for products such as `99.9 * 1000 / 100`; 1 to `count`. */
export function nearestRank(p: number, count: number): number {
  const product = (p * count) / 100;
  const nearest = Math.round(product);
  const rank = Math.abs(product - nearest) <= 4 * Number.EPSILON * nearest
    ? nearest
    : Math.ceil(product);
  return Math.min(Math.max(rank, 1), count);
}

/** Refuses what is not a percentile. Throws RangeError if it is not within 0 and 100. */
export function checkPercentile(p: number): void {
  if (!(p >= 0 && p <= 100)) {
    throw new RangeError(`Cannot take a percentile as p must be 0 to 100: current value is ${p}`);
  }
}
