import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { holm } from "../../src/stats/holm.ts";

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

Deno.test("holm() adjusts as R's p.adjust does, in input order", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) {
    assertAlmostEquals(adjusted[index] as number, expected, 1e-15);
  }
  // p.adjust(c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344), "holm")
  const many = holm([0.0344, 0.0004, 0.0298, 0.0019, 0.0278, 0.0095, 0.0001, 0.0201]);
  const expected = [0.0834, 0.0028, 0.0834, 0.0114, 0.0834, 0.0475, 0.0008, 0.0804];
  for (const [index, value] of expected.entries()) {
    assertAlmostEquals(many[index] as number, value, 1e-15);
  }
});

Deno.test("holm() leaves one p-value alone and gives none for none", () => {
  assertEquals(holm([0.037]), [0.037]);
  assertEquals(holm([]), []);
});

Deno.test("holm() never lowers a p-value, exceeds Bonferroni or 1, or changes their order", () => {
  fc.assert(fc.property(probabilities, (pValues) => {
    const before = [...pValues];
    const adjusted = holm(pValues);
    for (const [i, p] of pValues.entries()) {
      const one = adjusted[i] as number;
      assert(one >= p && one <= Math.min(1, pValues.length * p));
      for (const [j, q] of pValues.entries()) if (p <= q) assert(one <= (adjusted[j] as number));
    }
    assertEquals(pValues, before);
    assertEquals(holm([...pValues].reverse()).reverse(), adjusted);
  }));
});

Deno.test("holm() rejects what Holm's own step-down rule rejects", () => {
  const alpha = 0.05;
  fc.assert(fc.property(probabilities.map((all) => all.map((p) => p ** 4)), (pValues) => {
    const ascending = [...pValues].sort((a, b) => a - b);
    let rejected = 0;
    while (
      rejected < ascending.length &&
      (ascending.length - rejected) * (ascending[rejected] as number) <= alpha
    ) rejected++;
    assertEquals(holm(pValues).filter((p) => p <= alpha).length, rejected);
  }));
});

Deno.test("holm() refuses what is no probability", () => {
  for (const bad of [-0.1, 1.1, NaN]) {
    assertThrows(() => holm([0.5, bad]), RangeError, "pValues[1] must be between 0 and 1");
  }
});
