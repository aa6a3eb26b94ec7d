import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as simple from "simple-statistics";
import { median, quantile } from "../../src/stats/quantile.ts";

const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const sample = fc.array(value, { minLength: 1, maxLength: 60 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Shares in steps of a ten-thousandth: one such as 5e-324 makes products that are subnormal, where scaling is not exact. */
const plainShare = fc.integer({ min: 0, max: 10_000 }).map((steps) => steps / 10_000);

Deno.test("quantile() gives what R gives with type 7", () => {
  // R: quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1)); quantile(1:10, c(.1, .25, .9, .99)).
  const five = [50, 15, 40, 20, 35];
  assertAlmostEquals(quantile(five, 0.05), 16);
  assertAlmostEquals(quantile(five, 0.3), 23);
  assertAlmostEquals(quantile(five, 0.4), 29);
  assertEquals(quantile(five, 0.5), 35);
  assertEquals(quantile(five, 1), 50);
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assertAlmostEquals(quantile(ten, 0.1), 1.9);
  assertAlmostEquals(quantile(ten, 0.25), 3.25);
  assertAlmostEquals(quantile(ten, 0.9), 9.1);
  assertAlmostEquals(quantile(ten, 0.99), 9.91);
});

Deno.test("quantile() at 0 and 1 is the minimum and the maximum", () => {
  fc.assert(fc.property(sample, (values) => {
    assertEquals(quantile(values, 0) + 0, Math.min(...values) + 0);
    assertEquals(quantile(values, 1) + 0, Math.max(...values) + 0);
  }));
});

Deno.test("quantile() stays within the sample and never falls as p rises", () => {
  fc.assert(fc.property(sample, share, share, (values, p, q) => {
    const low = quantile(values, Math.min(p, q));
    const high = quantile(values, Math.max(p, q));
    assert(low <= high);
    assert(low >= Math.min(...values) && high <= Math.max(...values));
  }));
});

Deno.test("quantile() does not depend on the order and leaves its input alone", () => {
  fc.assert(fc.property(sample, share, (values, p) => {
    const before = [...values];
    assertEquals(quantile(values, p), quantile([...values].reverse(), p));
    assertEquals(values, before);
  }));
});

Deno.test("quantile() follows a change of unit by a power of two to the last bit", () => {
  fc.assert(fc.property(sample, plainShare, (values, p) => {
    fc.pre(values.every((one) => one === 0 || Math.abs(one) > 1e-200));
    assertEquals(quantile(values.map((one) => one * 1024), p), quantile(values, p) * 1024);
  }));
});

Deno.test("median() is exact under a change of sign", () => {
  fc.assert(fc.property(sample, (values) => {
    assertEquals(median(values.map((one) => -one)) + 0, -median(values) + 0);
    assertEquals(median(values), quantile(values, 0.5));
  }));
});

Deno.test("median() agrees with simple-statistics", () => {
  // Whole numbers: their median is exact, so that two ways of summing cannot differ.
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
    assertEquals(median(values) + 0, simple.median(values) + 0);
  }));
});

Deno.test("quantile() refuses an empty sample, a value that is not finite, and p outside 0 to 1", () => {
  assertThrows(() => quantile([], 0.5), RangeError, "current value is []");
  assertThrows(() => median([]), RangeError, "current value is []");
  assertThrows(() => quantile([1, NaN], 0.5), RangeError, "values[1] must be finite");
  assertThrows(() => median([Infinity]), RangeError, "current value is Infinity");
  for (const p of [-0.01, 1.01, NaN]) {
    assertThrows(() => quantile([1], p), RangeError, `current value is ${p}`);
  }
});
