import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { benjaminiHochberg } from "../../src/stats/benjamini_hochberg.ts";
import { holm } from "../../src/stats/holm.ts";

Deno.test("benjaminiHochberg() adjusts as R's p.adjust does, in input order", () => {
  const close = (given: readonly number[], expected: readonly number[]) => {
    const adjusted = benjaminiHochberg(given);
    for (const [index, value] of expected.entries()) {
      assertAlmostEquals(adjusted[index] as number, value, 1e-12);
    }
  };
  // p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH")
  close([0.01, 0.04, 0.03, 0.005], [0.02, 0.04, 0.04, 0.02]);
  // Benjamini and Hochberg (1995), section 4.1: their 15 p-values; four are rejected at 5 %.
  const published = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
  ];
  assertEquals(benjaminiHochberg(published).filter((p) => p <= 0.05).length, 4);
});

Deno.test("benjaminiHochberg() never lowers a p-value, exceeds Holm's, or changes their order", () => {
  const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
  fc.assert(fc.property(probabilities, (pValues) => {
    const before = [...pValues];
    const adjusted = benjaminiHochberg(pValues);
    const stricter = holm(pValues);
    for (const [i, p] of pValues.entries()) {
      const one = adjusted[i] as number;
      assert(one >= p - 1e-15 && one <= (stricter[i] as number) + 1e-12);
      for (const [j, q] of pValues.entries()) {
        if (p <= q) assert(one <= (adjusted[j] as number) + 1e-15);
      }
    }
    assertEquals(pValues, before);
  }));
});

Deno.test("benjaminiHochberg() refuses what is no p-value", () => {
  assertThrows(() => benjaminiHochberg([NaN]), RangeError);
  assertThrows(() => benjaminiHochberg([0.5, 1.1]), RangeError);
});
