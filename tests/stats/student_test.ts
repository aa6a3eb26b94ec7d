import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { studentQuantile, studentTail } from "../../src/stats/student.ts";

/** Upper quantiles, to nine places (scipy.stats.t.isf; the first three places are in every printed table). */
const QUANTILES = [
  [0.025, 1, 12.706204736],
  [0.025, 2, 4.30265273],
  [0.025, 4, 2.776445105],
  [0.0005, 4, 8.610301581],
  [0.01, 5, 3.364929999],
  [0.01, 8, 2.896459446],
  [0.001, 7, 4.785289586],
  [0.05, 30, 1.697260887],
  [0.025, 120, 1.979930405],
] as const;

Deno.test("studentTail() and studentQuantile() agree with published quantiles", () => {
  for (const [p, degrees, t] of QUANTILES) {
    assertAlmostEquals(studentTail(t, degrees), p, 1e-9);
    assertAlmostEquals(studentQuantile(p, degrees), t, 1e-7);
  }
});

Deno.test("studentTail() of one and two degrees is the closed form, on both sides", () => {
  for (const t of [-40, -2.5, -0.1, 0, 0.1, 2.5, 40]) {
    assertAlmostEquals(studentTail(t, 1), 0.5 - Math.atan(t) / Math.PI, 1e-14);
    assertAlmostEquals(studentTail(t, 2), 0.5 - t / (2 * Math.sqrt(2 + t * t)), 1e-14);
    assertAlmostEquals(studentTail(t, 9) + studentTail(-t, 9), 1, 1e-14);
  }
  assertEquals(studentTail(Infinity, 5), 0);
});

Deno.test("studentTail() refuses what is no t value or no degree", () => {
  for (const [t, degrees] of [[NaN, 3], [1, 0], [1, 1.5]] as const) {
    assertThrows(() => studentTail(t, degrees), RangeError, "Cannot take a Student probability");
  }
});
