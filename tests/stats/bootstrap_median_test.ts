import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createPrng } from "../../src/stats/prng.ts";
import { median } from "../../src/stats/quantile.ts";
import { medianDifferenceInterval } from "../../src/stats/bootstrap_median.ts";

/** The medians of all n^n samples with replacement, each as often as it comes. */
function allMedians(values: readonly number[]): number[] {
  const n = values.length;
  return Array.from(
    { length: n ** n },
    (_, code) => median(values.map((_, place) => values[Math.floor(code / n ** place) % n]!)),
  );
}

/** The differences of every pair of samples. */
function allDifferences(from: readonly number[], to: readonly number[]): Float64Array {
  const ofFrom = allMedians(from);
  return Float64Array.from(
    allMedians(to).flatMap((one) => ofFrom.map((other) => one - other)),
  ).sort();
}

/** The bounds by going through all of them. */
function byEnumeration(differences: Float64Array, confidence: number) {
  const tail = (1 - confidence) / 2;
  const at = Math.ceil(tail * differences.length - 1e-9) - 1;
  return { low: differences[at]!, high: differences[differences.length - 1 - at]! };
}

Deno.test("medianDifferenceInterval() has the bounds of all samples that can be drawn", () => {
  const samples = [[3], [1, 2], [1, 2, 4], [5, 1, 9, 2], [1, 2, 4, 8, 16]];
  for (const from of samples) {
    for (const to of samples) {
      const differences = allDifferences(from, to);
      for (const confidence of [0.5, 0.8, 0.9, 0.95]) {
        const { low, high } = medianDifferenceInterval(from, to, confidence);
        const expected = byEnumeration(differences, confidence);
        assertAlmostEquals(low, expected.low, 1e-9, `${from} ${to} ${confidence}`);
        assertAlmostEquals(high, expected.high, 1e-9, `${from} ${to} ${confidence}`);
      }
    }
  }
});

Deno.test("medianDifferenceInterval() is what resampling comes near to, at sizes that nobody can enumerate", () => {
  const prng = createPrng(3);
  for (const sizes of [[16, 16], [31, 20], [200, 61]]) {
    const [from, to] = sizes.map((n) => Array.from({ length: n }, () => prng.nextFloat()));
    const draw = (sample: readonly number[]) =>
      median(sample.map(() => sample[prng.nextInt(sample.length)]!));
    const drawn = Float64Array.from({ length: 20_000 }, () => draw(to!) - draw(from!)).sort();
    const { low, high } = medianDifferenceInterval(from!, to!, 0.95);
    // The share of drawn differences below each bound, which by chance is within 0.5 points of 2.5 % and 97.5 %.
    assertAlmostEquals(drawn.filter((one) => one < low + 1e-9).length / 20_000, 0.025, 0.005);
    assertAlmostEquals(drawn.filter((one) => one < high - 1e-9).length / 20_000, 0.975, 0.005);
  }
});

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});

Deno.test("medianDifferenceInterval() negates and exchanges its bounds with the samples", () => {
  fc.assert(fc.property(sample, sample, (from, to) => {
    const one = medianDifferenceInterval(from, to, 0.95);
    const other = medianDifferenceInterval(to, from, 0.95);
    assertEquals([one.low + 0, one.high + 0], [-other.high + 0, -other.low + 0]);
    assert(one.low <= one.high);
    const range = [Math.min(...to) - Math.max(...from), Math.max(...to) - Math.min(...from)];
    assert(range[0]! <= one.low && one.high <= range[1]!, `${range}`);
  }));
});

Deno.test("medianDifferenceInterval() does not mind the order of values", () => {
  fc.assert(fc.property(sample, sample, (from, to) => {
    assertEquals(
      medianDifferenceInterval(from.toReversed(), to.toSorted(), 0.9),
      medianDifferenceInterval(from, to, 0.9),
    );
  }));
});

Deno.test("medianDifferenceInterval() refuses what is no sample and no confidence", () => {
  assertThrows(() => medianDifferenceInterval([], [1], 0.95), RangeError);
  assertThrows(() => medianDifferenceInterval([1], [NaN], 0.95), RangeError);
  assertThrows(() => medianDifferenceInterval([1], [1], 1), RangeError);
});
