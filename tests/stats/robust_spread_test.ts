import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as simple from "simple-statistics";
import { normalQuantile } from "../../src/stats/normal.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { MAD_SCALE, robustSpread } from "../../src/stats/robust_spread.ts";

const sample = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), {
  minLength: 2,
  maxLength: 60,
});

Deno.test("robustSpread() gives the textbook deviation of 1 1 2 2 4 6 9", () => {
  const spread = robustSpread([1, 1, 2, 2, 4, 6, 9]);
  assertEquals(spread.median, 2);
  assertAlmostEquals(spread.scaledMad, 1.4826, 1e-4);
  assertAlmostEquals(spread.relative as number, 0.7413, 1e-4);
  assertEquals([spread.interquartile, spread.n, spread.warning], [3.5, 7, undefined]);
});

Deno.test("robustSpread() scales by the inverse of the normal's upper quartile", () => {
  assertAlmostEquals(MAD_SCALE, 1 / normalQuantile(0.75), 1e-14);
  const prng = createPrng("spread");
  const values = Array.from(
    { length: 20_000 },
    () => 100 + 5 * normalQuantile(prng.nextFloat() + 2 ** -54),
  );
  assertAlmostEquals(robustSpread(values).scaledMad, 5, 0.15);
  assertAlmostEquals(robustSpread(values).relative as number, 0.05, 0.0015);
});

Deno.test("robustSpread() agrees with simple-statistics on the raw deviation", () => {
  fc.assert(fc.property(sample, (values) => {
    const expected = MAD_SCALE * simple.medianAbsoluteDeviation(values);
    assertAlmostEquals(robustSpread(values).scaledMad, expected, 1e-6);
  }));
});

Deno.test("robustSpread() is not moved by one wild value", () => {
  const calm = robustSpread([99, 100, 100, 101, 101, 99, 100, 102, 98]);
  const wild = robustSpread([99, 100, 100, 101, 101, 99, 100, 102, 1e9]);
  assert(wild.scaledMad <= calm.scaledMad * 1.01);
});

Deno.test("robustSpread() leaves out the relative spread when the median is 0", () => {
  const spread = robustSpread([-1, 0, 1]);
  assert(!("relative" in spread));
  assertEquals(
    spread.warning,
    "the median is 0, so the spread cannot be given relative to it",
  );
  assertAlmostEquals(spread.scaledMad, 1.4826, 1e-4);
});

Deno.test("robustSpread() says so when ties hide the spread, or when there is one value", () => {
  assert(robustSpread([5, 5, 5, 5, 9, 1]).warning?.includes("equal"));
  assertEquals(robustSpread([5, 5, 5]).warning, undefined);
  assertEquals(robustSpread([5]).warning, "1 value has no spread; 2 are needed");
});

Deno.test("robustSpread() follows the unit, and its relative spread does not", () => {
  fc.assert(fc.property(sample, fc.constantFrom(0.25, 2, 1024), (values, unit) => {
    const one = robustSpread(values);
    const other = robustSpread(values.map((value) => value * unit));
    assertEquals(other.scaledMad, one.scaledMad * unit);
    assertEquals(other.relative, one.relative);
    assertEquals(robustSpread([...values].reverse()), one);
  }));
});

Deno.test("robustSpread() refuses an empty sample and values that are not finite", () => {
  assertThrows(() => robustSpread([]), RangeError, "current value is []");
  assertThrows(() => robustSpread([1, -Infinity]), RangeError, "values[1] must be finite");
});
