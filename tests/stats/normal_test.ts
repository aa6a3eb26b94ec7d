import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { normalCdf, normalQuantile } from "../../src/stats/normal.ts";

// Python: 0.5 * math.erfc(-z / 2 ** 0.5)
const CDF = [
  [-8, 6.220960574271819e-16],
  [-5, 2.866515718791946e-7],
  [-3, 0.0013498980316300957],
  [-1.96, 0.024997895148220435],
  [-1, 0.15865525393145707],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [2, 0.9772498680518208],
  [6, 0.9999999990134123],
] as const;

// scipy.stats.norm.ppf
const QUANTILE = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798409],
  [1e-9, -5.9978070150076865],
  [0.001, -3.090232306167813],
  [0.025, -1.9599639845400545],
  [0.3, -0.5244005127080409],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.9999, 3.719016485455709],
] as const;

Deno.test("normalCdf() agrees with erfc", () => {
  for (const [z, expected] of CDF) {
    assertAlmostEquals(normalCdf(z), expected, 1e-14, `z = ${z}`);
    assert(Math.abs(normalCdf(z) / expected - 1) < 1e-6, `relative, z = ${z}`);
  }
  assertEquals([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(-40)], [0, 1, 0]);
});

Deno.test("normalQuantile() agrees with SciPy", () => {
  for (const [p, expected] of QUANTILE) {
    assertAlmostEquals(normalQuantile(p), expected, 1e-13 * Math.max(1, Math.abs(expected)));
  }
});

Deno.test("normalQuantile() undoes normalCdf()", () => {
  for (let z = -6; z <= 3; z += 0.25) assertAlmostEquals(normalQuantile(normalCdf(z)), z, 1e-7);
});

Deno.test("normalQuantile() is antisymmetric about a half", () => {
  for (const p of [0.25, 0.125, 0.0625, 2 ** -10]) {
    assertEquals(normalQuantile(1 - p), -normalQuantile(p));
  }
});

Deno.test("normalCdf() and normalQuantile() refuse what is no probability or no number", () => {
  assertThrows(() => normalCdf(NaN), RangeError, "current value is NaN");
  for (const p of [0, 1, -1, NaN]) {
    assertThrows(() => normalQuantile(p), RangeError, `current value is ${p}`);
  }
});
