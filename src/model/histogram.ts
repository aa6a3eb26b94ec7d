// Histogram: the distribution of nanosecond values, in memory that is flat in the number of values.

import {
  BUCKET_COUNT,
  bucketIndex,
  bucketLowestNs,
  bucketMidpointNs,
  checkPercentile,
  nearestRank,
  RELATIVE_ERROR,
} from "./bucket_layout.ts";
import { findSparseFault, type SparseHistogram } from "./sparse_histogram.ts";

export type { SparseHistogram } from "./sparse_histogram.ts";

/** The largest value that still fits a 32-bit integer after rounding. */
const FAST_END_NS = 2 ** 31 - 1;

/**
 * A Histogram counts nanosecond values in buckets of constant relative width: percentiles within 0.4 %, exact below
 * 256 ns; count, min and max always exact. Fractions are rounded to whole nanoseconds.
 *
 * @example
 * ```ts

 *
 * const histogram = new Histogram();
 * for (const ns of [120, 130, 90_000]) histogram.record(ns);
 * console.assert(histogram.percentile(50) === 130);
 * ```
 */
export class Histogram {
  /** Float64: exact to 2^53 and, unlike Uint32, without overflow when many trials are merged. Preallocated for the hot loop. */
  readonly #counts = new Float64Array(BUCKET_COUNT);
  #count = 0;
  #invalid = 0;
  /** Infinity is a double: V8 gives the field a double's place from the start, and stores neither allocate nor deoptimize. */
  #min = Infinity;
  #max = -Infinity;

  /** Values recorded, invalid ones not among them. */
  get count(): number {
    return this.#count;
  }

  /** Values refused by {@linkcode Histogram.record}: NaN or below 0. More than 0 is a bug of the caller. */
  get invalid(): number {
    return this.#invalid;
  }

  /** Smallest value in whole nanoseconds, exact; `undefined` when nothing was recorded. */
  get min(): number | undefined {
    return this.#count === 0 ? undefined : this.#min;
  }

  /** Largest value in whole nanoseconds, exact even beyond the last bucket; `undefined` when nothing was recorded. */
  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max;
  }

  /**
   * Counts one value. The hot path: no allocation, no call.
   *
   * @param valueNs Nanoseconds, 0 or more and finite; anything else is counted as `invalid` only.
   */
  record(valueNs: number): void {
    if (valueNs >= 0 && valueNs < FAST_END_NS) {
      const wholeNs = (valueNs + 0.5) | 0;
      const shift = 24 - Math.clz32(wholeNs | 128);
      this.#counts[(shift << 7) + (wholeNs >> shift)]!++;
      this.#count++;
      if (wholeNs < this.#min) this.#min = wholeNs;
      if (wholeNs > this.#max) this.#max = wholeNs;
    } else {
      this.#recordRare(valueNs);
    }
  }

  /** Values beyond two seconds, and those that are none. Out of line to keep the hot path small. */
  #recordRare(valueNs: number): void {
    if (!(valueNs >= 0 && valueNs <= Number.MAX_SAFE_INTEGER)) {
      this.#invalid++;
      return;
    }
    const wholeNs = Math.round(valueNs);
    this.#counts[bucketIndex(wholeNs)]!++;
    this.#count++;
    if (wholeNs < this.#min) this.#min = wholeNs;
    if (wholeNs > this.#max) this.#max = wholeNs;
  }

  /**
   * A percentile by nearest rank.
   *
   * @param p Percentile, 0 to 100; 0 is the exact minimum and 100 the exact maximum.
   * @returns Nanoseconds, the midpoint of the bucket that holds the rank, never outside min and max; `undefined` when
   * nothing was recorded.
   * @throws {RangeError} If `p` is not within 0 and 100.
   */
  percentile(p: number): number | undefined {
    checkPercentile(p);
    if (this.#count === 0) return undefined;
    const rank = nearestRank(p, this.#count);
    if (rank === 1) return this.#min;
    if (rank === this.#count) return this.#max;
    let index = bucketIndex(this.#min);
    let seen = this.#counts[index]!;
    while (seen < rank) seen += this.#counts[++index]!;
    return Math.min(Math.max(bucketMidpointNs(index), this.#min), this.#max);
  }

  /**
   * The median, interpolated: as if the values of its bucket were spread evenly over it. A median by its bucket's midpoint moves in steps
   * of 0.8 %, which is more than two slices of one connection differ by.
   *
   * @returns Nanoseconds, never outside min and max; `undefined` when nothing was recorded.
   */
  median(): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = (this.#count + 1) / 2;
    let index = bucketIndex(this.#min);
    let seen = 0;
    while (seen + this.#counts[index]! < rank) seen += this.#counts[index++]!;
    const width = bucketLowestNs(index + 1) - bucketLowestNs(index);
    const share = (rank - seen - 0.5) / this.#counts[index]!;
    // A bucket holds whole values: from half below its lowest to half above its highest.
    const value = bucketLowestNs(index) - 0.5 + width * share;
    return Math.min(Math.max(value, this.#min), this.#max);
  }

  /**
   * How many values are above a limit. Values in the limit's own bucket count as not above it, so that the limit is known
   * to 0.8 %; where the limit lies outside min and max the answer is exact.
   *
   * @param limitNs The limit in nanoseconds.
   * @returns 0 to `count`.
   */
  countAbove(limitNs: number): number {
    if (this.#count === 0 || limitNs >= this.#max) return 0;
    if (limitNs < this.#min) return this.#count;
    let above = 0;
    const last = bucketIndex(this.#max);
    for (let index = bucketIndex(Math.floor(limitNs)) + 1; index <= last; index++) {
      above += this.#counts[index]!;
    }
    return above;
  }

  /**
   * Adds all values of another histogram to this one; the other stays as it is.
   *
   * @param other Any histogram, even this one.
   */
  merge(other: Histogram): void {
    for (let index = 0; index < BUCKET_COUNT; index++) {
      this.#counts[index]! += other.#counts[index]!;
    }
    this.#count += other.#count;
    this.#invalid += other.#invalid;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Forgets everything, for the next use of the same memory. */
  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#invalid = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }

  /**
   * The form that a record stores. `invalid` is not part of it.
   *
   * @returns Plain data, independent of this histogram.
   */
  toSparse(): SparseHistogram {
    if (this.#count === 0) return { relativeError: RELATIVE_ERROR, count: 0, buckets: [] };
    const buckets: number[] = [];
    const last = bucketIndex(this.#max);
    let before = 0;
    for (let index = bucketIndex(this.#min); index <= last; index++) {
      const times = this.#counts[index]!;
      if (times === 0) continue;
      buckets.push(index - before, times);
      before = index;
    }
    return {
      relativeError: RELATIVE_ERROR,
      count: this.#count,
      min: this.#min,
      max: this.#max,
      buckets,
    };
  }

  /**
   * The histogram that a sparse form was made of.
   *
   * @param sparse A distribution out of {@linkcode Histogram.toSparse}.
   * @returns A histogram that answers as the original did.
   * @throws {RangeError} If the sparse form contradicts itself.
   */
  static fromSparse(sparse: SparseHistogram): Histogram {
    const fault = findSparseFault(sparse);
    if (fault !== undefined) {
      throw new RangeError(`Cannot read a histogram as ${fault.field} ${fault.problem}`);
    }
    const histogram = new Histogram();
    let index = 0;
    for (let i = 0; i < sparse.buckets.length; i += 2) {
      index += sparse.buckets[i]!;
      histogram.#counts[index] = sparse.buckets[i + 1]!;
    }
    histogram.#count = sparse.count;
    histogram.#min = sparse.min ?? Infinity;
    histogram.#max = sparse.max ?? -Infinity;
    return histogram;
  }
}
