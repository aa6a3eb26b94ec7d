import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { build } from "hdr-histogram-js";
import {
  BUCKET_COUNT,
  bucketIndex,
  bucketMidpointNs,
  LARGEST_BUCKETED_NS,
  nearestRank,
  RELATIVE_ERROR,
} from "../../src/model/bucket_layout.ts";
import { Histogram } from "../../src/model/histogram.ts";
import {
  findSparseFault,
  sparseCountAbove,
  type SparseHistogram,
  sparsePercentile,
} from "../../src/model/sparse_histogram.ts";

const PERCENTILES = [0, 1, 10, 25, 50, 75, 90, 99, 99.9, 100];

/** Whole nanoseconds over all magnitudes: uniform numbers would hardly ever be small. */
const nanoseconds = fc.tuple(
  fc.integer({ min: 0, max: 41 }),
  fc.double({ min: 1, max: 2, noNaN: true }),
)
  .map(([exponent, factor]) =>
    Math.min(Math.floor(2 ** exponent * factor) - 1, LARGEST_BUCKETED_NS)
  );
const samples = fc.array(nanoseconds, { minLength: 1, maxLength: 300, size: "max" });

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function assertWithin(actual: number | undefined, expected: number, relative: number) {
  assert(actual !== undefined);
  assert(Math.abs(actual! - expected) <= relative * expected, `${actual} is not near ${expected}`);
}

Deno.test("Histogram percentiles lie within 0.5 % of the exact nearest rank, for any values", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const histogram = histogramOf(values);
      const ascending = values.toSorted((a, b) => a - b);
      for (const p of PERCENTILES) {
        const exact = ascending[nearestRank(p, ascending.length) - 1]!;
        assertWithin(histogram.percentile(p), exact, 0.005);
        assertEquals(sparsePercentile(histogram.toSparse(), p), histogram.percentile(p));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("Histogram keeps count, min and max exact, and percentiles between them", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const histogram = histogramOf(values);
      assertEquals(histogram.count, values.length);
      assertEquals(histogram.min, Math.min(...values));
      assertEquals(histogram.max, Math.max(...values));
      assertEquals(histogram.percentile(0), histogram.min);
      assertEquals(histogram.percentile(100), histogram.max);
      const inOrder = PERCENTILES.map((p) => histogram.percentile(p)!);
      assertEquals(inOrder, inOrder.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});

Deno.test("Histogram agrees with HdrHistogram of three digits on percentiles", () => {
  const oracle = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 42,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
    useWebAssembly: false,
  });
  const histogram = new Histogram();
  let state = 1;
  for (let i = 0; i < 50_000; i++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    const value = Math.round(Math.exp((state / 2 ** 32) * 25));
    histogram.record(value);
    oracle.recordValue(value);
  }
  assertEquals(histogram.count, oracle.totalCount);
  for (const p of [1, 10, 50, 90, 99, 99.9, 99.99]) {
    assertWithin(histogram.percentile(p), oracle.getValueAtPercentile(p), 0.005);
  }
});

Deno.test("Histogram is exact below 256 ns", () => {
  for (let value = 0; value < 256; value++) {
    assertEquals(bucketMidpointNs(bucketIndex(value)), value);
    assertEquals(histogramOf([0, value, 300]).percentile(50), value);
  }
});

Deno.test("bucketIndex() rises by one at each bucket border up to the last bucket", () => {
  let index = 0;
  let first = 0;
  while (index < BUCKET_COUNT) {
    const width = index < 256 ? 1 : 2 ** (Math.floor(index / 128) - 1);
    assertEquals(bucketIndex(first), index);
    assertEquals(bucketIndex(first + width - 1), index);
    assertEquals(bucketMidpointNs(index), first + (width - 1) / 2);
    assert((width - 1) / 2 <= RELATIVE_ERROR * first);
    first += width;
    index++;
  }
  assertEquals(first - 1, LARGEST_BUCKETED_NS);
  assertEquals(bucketIndex(first), BUCKET_COUNT - 1);
});

Deno.test("record() rounds fractions to whole nanoseconds, on either side of the 32-bit border", () => {
  for (
    const value of [0, 0.4, 0.5, 127.5, 255.6, 2 ** 31 - 1.6, 2 ** 31 - 1, 2 ** 31, 2 ** 33 + 0.5]
  ) {
    const histogram = histogramOf([value]);
    assertEquals(histogram.min, Math.round(value));
    assertEquals(histogram.toSparse().buckets, [bucketIndex(Math.round(value)), 1]);
    assertEquals(histogram.percentile(50), Math.round(value));
  }
});

Deno.test("record() counts values beyond the top in the last bucket and keeps max exact", () => {
  const histogram = histogramOf([5, 2 ** 45 + 1, 2 ** 50 + 3]);
  assertEquals(histogram.max, 2 ** 50 + 3);
  assertEquals(histogram.count, 3);
  assertEquals(histogram.percentile(100), 2 ** 50 + 3);
  assertEquals(histogram.countAbove(2 ** 40), 2);
  assertEquals(findSparseFault(histogram.toSparse()), undefined);
});

Deno.test("record() counts NaN, negative and infinite values as invalid and nothing else", () => {
  const histogram = histogramOf([10, NaN, -1, -0.2, Infinity, -Infinity, 20]);
  assertEquals(histogram.invalid, 5);
  assertEquals([histogram.count, histogram.min, histogram.max], [2, 10, 20]);
  assertEquals(histogram.toSparse(), histogramOf([10, 20]).toSparse());
});

Deno.test("an empty Histogram has no min, max or percentile, and counts nothing above any limit", () => {
  const histogram = new Histogram();
  assertEquals([histogram.min, histogram.max, histogram.percentile(50)], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(histogram.countAbove(0), 0);
  const sparse = histogram.toSparse();
  assertEquals(sparse, { relativeError: 1 / 256, count: 0, buckets: [] });
  assertEquals(sparsePercentile(sparse, 50), undefined);
  assertEquals(sparseCountAbove(sparse, 0), 0);
  assertEquals(Histogram.fromSparse(sparse).toSparse(), sparse);
});

Deno.test("percentile() refuses what is not within 0 and 100", () => {
  for (const p of [-1, 100.1, NaN]) {
    assertThrows(() => new Histogram().percentile(p), RangeError, "p must be 0 to 100");
    assertThrows(() => sparsePercentile(new Histogram().toSparse(), p), RangeError);
  }
});

Deno.test("nearestRank() is not led to the next rank by a product that exceeds a whole number by rounding", () => {
  assertEquals(nearestRank(99.9, 1000), 999);
  assertEquals(nearestRank(99.9, 10_000), 9990);
  assertEquals(nearestRank(33.3, 1000), 333);
  assertEquals(nearestRank(50, 4), 2);
  assertEquals(nearestRank(50, 5), 3);
  assertEquals([nearestRank(0, 7), nearestRank(100, 7)], [1, 7]);
});

Deno.test("countAbove() errs only by values in the limit's own bucket, as does the sparse form", () => {
  fc.assert(
    fc.property(samples, nanoseconds, (values, limit) => {
      const histogram = histogramOf(values);
      const above = histogram.countAbove(limit);
      const exact = values.filter((value) => value > limit).length;
      const inBucket = values.filter((value) => bucketIndex(value) === bucketIndex(limit)).length;
      assert(above <= exact && exact - above <= inBucket);
      assertEquals(sparseCountAbove(histogram.toSparse(), limit), above);
    }),
    { numRuns: 300 },
  );
});

Deno.test("merge() equals recording both samples into one histogram", () => {
  fc.assert(
    fc.property(samples, samples, (left, right) => {
      const merged = histogramOf(left);
      merged.merge(histogramOf(right));
      assertEquals(merged.toSparse(), histogramOf([...left, ...right]).toSparse());
    }),
    { numRuns: 100 },
  );
});

Deno.test("merge() with an empty histogram changes nothing, and with itself doubles", () => {
  const histogram = histogramOf([7, 9000]);
  histogram.merge(new Histogram());
  assertEquals(histogram.toSparse(), histogramOf([7, 9000]).toSparse());
  histogram.merge(histogram);
  assertEquals(histogram.toSparse(), histogramOf([7, 9000, 7, 9000]).toSparse());
});

Deno.test("reset() leaves a histogram as new", () => {
  const histogram = histogramOf([1, 5e9, NaN]);
  histogram.reset();
  assertEquals(histogram.invalid, 0);
  histogram.record(3);
  assertEquals(histogram.toSparse(), histogramOf([3]).toSparse());
});

Deno.test("fromSparse(toSparse()) is exact, through JSON too", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const sparse = histogramOf(values).toSparse();
      assertEquals(findSparseFault(sparse), undefined);
      const again = Histogram.fromSparse(JSON.parse(JSON.stringify(sparse)));
      assertEquals(again.toSparse(), sparse);
      again.record(1);
      assertEquals(again.toSparse(), histogramOf([...values, 1]).toSparse());
    }),
    { numRuns: 200 },
  );
});

Deno.test("toSparse() writes pairs of index gap and count", () => {
  assertEquals(histogramOf([64, 64, 67]).toSparse(), {
    relativeError: 1 / 256,
    count: 3,
    min: 64,
    max: 67,
    buckets: [64, 2, 3, 1],
  });
});

Deno.test("findSparseFault() and fromSparse() refuse each contradiction by field", () => {
  const sound = histogramOf([64, 64, 67]).toSparse();
  const faults: [Partial<Record<keyof SparseHistogram, unknown>>, string][] = [
    [{ relativeError: 0.01 }, "relativeError"],
    [{ count: 4 }, "buckets"],
    [{ count: -3 }, "count"],
    [{ count: 2.5 }, "count"],
    [{ buckets: [64, 2, 3] }, "buckets"],
    [{ buckets: [64, 2, 0, 1] }, "buckets"],
    [{ buckets: [64, 3, 3, 0] }, "buckets"],
    [{ buckets: [-1, 3] }, "buckets"],
    [{ buckets: [64, 2, BUCKET_COUNT, 1] }, "buckets"],
    [{ buckets: [NaN, 3] }, "buckets"],
    [{ min: 68 }, "min"],
    [{ min: 63 }, "min"],
    [{ min: undefined }, "min"],
    [{ max: 66 }, "max"],
    [{ max: 1e300 }, "max"],
    [{ max: undefined }, "max"],
    [{ count: 0, buckets: [], max: undefined }, "min"],
    [{ count: 0, buckets: [], min: undefined }, "max"],
  ];
  for (const [change, field] of faults) {
    const broken = { ...sound, ...change } as SparseHistogram;
    assertEquals(findSparseFault(broken)?.field, field, JSON.stringify(change));
    assertThrows(() => Histogram.fromSparse(broken), RangeError, `as ${field} must`);
  }
});

Deno.test("Histogram.median() interpolates within its bucket, and is exact where the bucket holds one value", () => {
  const histogram = new Histogram();
  assertEquals(histogram.median(), undefined);
  // A bucket of 64 values, 10,048 to 10,111: all of them once, and the mean is their median.
  for (let ns = 10_048; ns < 10_112; ns++) histogram.record(ns);
  assertEquals(histogram.median(), 10_079.5);
  // Another bucket below it pushes the rank down by half as much.
  for (let copy = 0; copy < 32; copy++) histogram.record(5_000);
  assertAlmostEquals(histogram.median()!, 10_063.5, 0.51);
  const one = new Histogram();
  one.record(123_457);
  assertEquals(one.median(), 123_457);
  const exact = new Histogram();
  for (const ns of [90, 100, 100, 100, 250]) exact.record(ns);
  assertAlmostEquals(exact.median()!, 100, 0.5);
});
