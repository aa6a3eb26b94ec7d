import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { binomialProbabilities } from "../../src/stats/binomial.ts";
import { wilson } from "../../src/stats/wilson.ts";

const counts = fc.integer({ min: 1, max: 5000 }).chain((total) =>
  fc.tuple(fc.integer({ min: 0, max: total }), fc.constant(total))
);

Deno.test("wilson() gives the examples of Newcombe (1998), table I, method 3", () => {
  const examples = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611]];
  for (
    const [count, total, low, high] of [...examples, [1, 29, 0.0061, 0.1718]] as [
      number,
      number,
      number,
      number,
    ][]
  ) {
    const interval = wilson(count, total);
    assertAlmostEquals(interval.low, low, 5e-5);
    assertAlmostEquals(interval.high, high, 5e-5);
    assertEquals([interval.estimate, interval.n], [count / total, total]);
  }
});

Deno.test("wilson() gives SciPy's digits", () => {
  const interval = wilson(15, 148);
  assertAlmostEquals(interval.low, 0.06238639953073629, 1e-14);
  assertAlmostEquals(interval.high, 0.16048724172330803, 1e-14);
  assertAlmostEquals(wilson(10, 10, { confidence: 0.99 }).low, 0.6011459066950919, 1e-14);
});

Deno.test("wilson() is exact at the ends: nothing lost is 0, all lost is 1", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (total) => {
    assertEquals(wilson(0, total).low, 0);
    assertEquals(wilson(total, total).high, 1);
  }));
});

Deno.test("wilson() holds the share, stays in 0 to 1, and mirrors with what is counted", () => {
  fc.assert(fc.property(counts, ([count, total]) => {
    const interval = wilson(count, total);
    assert(0 <= interval.low && interval.low <= interval.estimate);
    assert(interval.estimate <= interval.high && interval.high <= 1);
    const mirrored = wilson(total - count, total);
    assertAlmostEquals(mirrored.low, 1 - interval.high, 1e-12);
    assertAlmostEquals(mirrored.high, 1 - interval.low, 1e-12);
  }));
});

Deno.test("wilson() covers 95 % on average over shares", () => {
  const total = 50;
  let covered = 0;
  let shares = 0;
  for (let share = 0.01; share < 1; share += 0.01) {
    shares++;
    for (const [count, chance] of binomialProbabilities(total, share).entries()) {
      const { low, high } = wilson(count, total);
      if (low <= share && share <= high) covered += chance;
    }
  }
  assertAlmostEquals(covered / shares, 0.95, 0.01);
});

Deno.test("wilson() refuses counts that are none and a confidence outside 0 to 1", () => {
  assertThrows(() => wilson(-1, 10), RangeError, "current value is -1");
  assertThrows(() => wilson(1.5, 10), RangeError, "current value is 1.5");
  assertThrows(() => wilson(0, 0), RangeError, "total must be a whole number of at least 1");
  assertThrows(() => wilson(11, 10), RangeError, "at most the total of 10");
  assertThrows(() => wilson(1, 10, { confidence: 1 }), RangeError, "current value is 1");
});
