import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { logRatios, type Pair, pairedRatio } from "../../src/stats/paired_ratio.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { normalQuantile } from "../../src/stats/normal.ts";

const positive = fc.double({ min: 1e-9, max: 1e15, noNaN: true });
const pairs: fc.Arbitrary<Pair[]> = fc.array(fc.tuple(positive, positive), {
  minLength: 1,
  maxLength: 50,
});

Deno.test("pairedRatio() is the median ratio with its order-statistic interval", () => {
  const base = 10_000;
  const given: Pair[] = [1.1, 1.3, 0.9, 1.05, 1.2, 1.0, 1.15].map((r) => [r * base, base]);
  const ratio = pairedRatio(given);
  assertAlmostEquals(ratio.estimate, 1.1, 1e-12);
  assertAlmostEquals(ratio.low, 0.9, 1e-12);
  assertAlmostEquals(ratio.high, 1.3, 1e-12);
  assertAlmostEquals(ratio.confidence, 1 - 2 / 128, 1e-12);
  assertAlmostEquals(ratio.logEstimate, Math.log(1.1), 1e-12);
  assertEquals([ratio.n, ratio.warning], [7, undefined]);
});

Deno.test("pairedRatio() of an even number of pairs is the geometric mean of the middle two", () => {
  assertAlmostEquals(pairedRatio([[2, 1], [8, 1]]).estimate, 4, 1e-12);
  assertAlmostEquals(pairedRatio([[2, 1], [1, 2]]).estimate, 1, 0);
});

Deno.test("pairedRatio() warns with too few pairs and still gives their range", () => {
  const ratio = pairedRatio([[11, 10], [12, 10], [13, 10]]);
  assertEquals(ratio.warning, "3 values cannot give a 95 % interval; 6 are needed");
  assertAlmostEquals(ratio.confidence, 0.75, 1e-12);
  assertAlmostEquals(ratio.low, 1.1, 1e-12);
});

Deno.test("pairedRatio() does not change with the unit", () => {
  fc.assert(fc.property(pairs, fc.constantFrom(1e-9, 1e-3, 60, 1e6), (given, unit) => {
    const one = pairedRatio(given);
    const other = pairedRatio(given.map(([value, base]) => [value * unit, base * unit]));
    for (const key of ["logEstimate", "logLow", "logHigh"] as const) {
      assertAlmostEquals(other[key], one[key], 1e-12);
    }
  }));
});

Deno.test("pairedRatio() inverts when the sides are swapped, its logarithms to the last bit", () => {
  fc.assert(fc.property(pairs, (given) => {
    const one = pairedRatio(given);
    const other = pairedRatio(given.map(([value, base]) => [base, value]));
    assertEquals(other.logEstimate + 0, -one.logEstimate + 0);
    assertEquals(other.logLow + 0, -one.logHigh + 0);
    assertEquals(other.logHigh + 0, -one.logLow + 0);
    assertAlmostEquals(other.estimate * one.estimate, 1, 1e-14);
    assertEquals(other.confidence, one.confidence);
  }));
});

Deno.test("pairedRatio() does not depend on the order of the pairs and holds its estimate", () => {
  fc.assert(fc.property(pairs, (given) => {
    const ratio = pairedRatio(given);
    assertEquals(pairedRatio([...given].reverse()), ratio);
    assert(ratio.low <= ratio.estimate && ratio.estimate <= ratio.high);
  }));
});

Deno.test("pairedRatio() covers the true ratio although the machine changes speed between pairs", () => {
  const prng = createPrng("two speeds, paired");
  const noise = () => Math.exp(0.02 * normalQuantile(prng.nextFloat() + 2 ** -54));
  const runs = 1500;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const given = Array.from({ length: 20 }, (): Pair => {
      const speed = prng.nextFloat() < 0.25 ? 15_000 : 10_000;
      return [1.05 * speed * noise(), speed * noise()];
    });
    const ratio = pairedRatio(given);
    if (ratio.low <= 1.05 && 1.05 <= ratio.high) covered++;
  }
  assertAlmostEquals(covered / runs, 0.9586, 4 * Math.sqrt(0.04 / runs));
});

Deno.test("logRatios() is exactly 0 for equal values and keeps the order", () => {
  assertEquals(logRatios([[3, 3], [Math.E, 1], [1, 1]]), [0, 1, 0]);
  assertEquals(logRatios([]), []);
});

Deno.test("pairedRatio() refuses values that are not above 0, and no pair at all", () => {
  for (const bad of [0, -1, NaN, Infinity]) {
    assertThrows(() => pairedRatio([[1, 1], [1, bad]]), RangeError, "pairs[1] must be finite");
    assertThrows(() => pairedRatio([[bad, 1]]), RangeError, `current value is ${bad}`);
  }
  assertThrows(() => pairedRatio([]), RangeError, "current value is []");
  assertThrows(() => pairedRatio([[1, 1]], { confidence: 1 }), RangeError, "current value is 1");
});
