import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as simple from "simple-statistics";
import { mannWhitney } from "../../src/stats/mann_whitney.ts";

/** Permeability constants of Hollander and Wolfe (1973), p. 69, the example of R's wilcox.test. */
const TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.90, 0.74, 1.21];

Deno.test("mannWhitney() gives R's exact values for Hollander and Wolfe's permeability", () => {
  const result = mannWhitney(TERM, EARLY, { alternative: "greater" });
  assertEquals([result.statistic, result.method, result.n], [35, "exact", [10, 5]]);
  assertAlmostEquals(result.pValue, 0.1272061272061272, 1e-15);
  assertAlmostEquals(mannWhitney(TERM, EARLY).pValue, 0.2544122544122544, 1e-15);
  assertAlmostEquals(result.superiority, 0.7, 1e-15);
});

Deno.test("mannWhitney() has the published critical values of U, two-sided 5 %", () => {
  // Mann and Whitney (1947) / Siegel (1956), table K: the largest U that is significant.
  const table = [[4, 4, 0], [5, 5, 2], [6, 6, 5], [7, 7, 8], [8, 8, 13], [5, 9, 7], [6, 10, 11]];
  for (
    const [m, n, critical] of [...table, [10, 10, 23], [20, 20, 127]] as [number, number, number][]
  ) {
    assert(pOfU(m, n, critical) <= 0.05, `${m}, ${n}`);
    assert(pOfU(m, n, critical + 1) > 0.05, `${m}, ${n}`);
  }
});

Deno.test("mannWhitney() equals the enumeration of all splits, ties included", () => {
  const few = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(few, few, (first, second) => {
    const { atLeast, atMost } = enumerateSplits(first, second);
    const p = (alternative: "greater" | "less") =>
      mannWhitney(first, second, { alternative }).pValue;
    assertAlmostEquals(p("greater"), atLeast, 1e-14);
    assertAlmostEquals(p("less"), atMost, 1e-14);
    assertAlmostEquals(
      mannWhitney(first, second).pValue,
      Math.min(1, 2 * Math.min(atLeast, atMost)),
      1e-14,
    );
  }));
});

Deno.test("mannWhitney() beyond its exact limit gives SciPy's values, corrected for ties", () => {
  const first = Array.from({ length: 80 }, (_, i) => i % 7);
  const second = Array.from({ length: 60 }, (_, i) => (i * i + i) % 9);
  const result = mannWhitney(first, second);
  assertEquals([result.statistic, result.method], [2572.5, "normal"]);
  // scipy.stats.mannwhitneyu(first, second, method="asymptotic")
  assertAlmostEquals(result.pValue, 0.4621359802954105, 1e-12);
  const p = (alternative: "greater" | "less") => mannWhitney(first, second, { alternative }).pValue;
  assertAlmostEquals(p("greater"), 0.23106799014770524, 1e-12);
  assertAlmostEquals(p("less"), 0.7702314836470328, 1e-12);
});

Deno.test("mannWhitney() agrees with the rank sum of simple-statistics", () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(values, values, (first, second) => {
    const n = first.length;
    const sum = simple.wilcoxonRankSum([...first], [...second]);
    assertAlmostEquals(mannWhitney(first, second).statistic, sum - n * (n + 1) / 2, 1e-9);
  }));
});

Deno.test("mannWhitney() stays near the normal approximation at its exact limit", () => {
  const first = Array.from({ length: 50 }, (_, i) => i * 1.01 + 6);
  const second = Array.from({ length: 50 }, (_, i) => i);
  const exact = mannWhitney(first, second);
  const normal = mannWhitney([...first, 32.0001], second);
  assertEquals([exact.method, normal.method], ["exact", "normal"]);
  assert(Math.abs(Math.log(exact.pValue / normal.pValue)) < 0.1);
});

Deno.test("mannWhitney() depends on ranks only, and swaps tails with its samples", () => {
  const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 25 });
  fc.assert(fc.property(values, values, (first, second) => {
    const before = [[...first], [...second]];
    const greater = mannWhitney(first, second, { alternative: "greater" });
    const squared = (sample: number[]) => sample.map((value) => value * value).reverse();
    assertEquals(
      mannWhitney(squared(first), squared(second), { alternative: "greater" }),
      greater,
    );
    const less = mannWhitney(second, first, { alternative: "less" });
    assertAlmostEquals(less.pValue, greater.pValue, 1e-13);
    assertAlmostEquals(less.superiority + greater.superiority, 1, 1e-12);
    assert(greater.pValue >= 0 && greater.pValue <= 1);
    assertEquals([first, second], before);
  }));
});

Deno.test("mannWhitney() of equal values says so and finds nothing", () => {
  const result = mannWhitney([3, 3], [3, 3, 3]);
  assertEquals([result.pValue, result.superiority], [1, 0.5]);
  assertEquals(result.warning, "all values are equal, so there is nothing to test");
  assertEquals(mannWhitney(new Array(200).fill(1), [1]).pValue, 1);
});

Deno.test("mannWhitney() refuses misuse in one sentence", () => {
  assertThrows(() => mannWhitney([], [1]), RangeError, "first sample");
  assertThrows(() => mannWhitney([1], []), RangeError, "second sample");
  assertThrows(() => mannWhitney([1, NaN], [1]), RangeError, "values[1] must be finite");
  const alternative = "more" as "greater";
  assertThrows(() => mannWhitney([1], [2], { alternative }), RangeError, '"more"');
});

/** The two-sided p-value of samples of m and n with U = u: the first values climb as far as u allows. */
function pOfU(m: number, n: number, u: number): number {
  const second = Array.from({ length: n }, (_, index) => index + 1);
  let left = u;
  const first = Array.from({ length: m }, (_, index) => {
    const above = Math.min(n, left);
    left -= above;
    return above + 0.5 + (m - index) * 1e-6;
  });
  const result = mannWhitney(first, second);
  assertEquals(result.statistic, u);
  return result.pValue;
}

function enumerateSplits(first: readonly number[], second: readonly number[]) {
  const pooled = [...first, ...second];
  const uOf = (chosen: (index: number) => boolean) => {
    let u = 0;
    for (const [i, a] of pooled.entries()) {
      if (!chosen(i)) continue;
      for (const [j, b] of pooled.entries()) if (!chosen(j)) u += a > b ? 1 : a === b ? 0.5 : 0;
    }
    return u;
  };
  const found = uOf((index) => index < first.length);
  let all = 0;
  let atLeast = 0;
  let atMost = 0;
  for (let bits = 0; bits < 2 ** pooled.length; bits++) {
    let size = 0;
    for (let rest = bits; rest > 0; rest &= rest - 1) size++;
    if (size !== first.length) continue;
    const u = uOf((index) => (bits & (1 << index)) !== 0);
    all++;
    if (u >= found) atLeast++;
    if (u <= found) atMost++;
  }
  return { atLeast: atLeast / all, atMost: atMost / all };
}
