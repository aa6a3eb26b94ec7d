import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { holm } from "../../src/stats/holm.ts";
import { minimumPairs } from "../../src/stats/minimum_pairs.ts";
import { signTest } from "../../src/stats/sign_test.ts";

Deno.test("minimumPairs() needs 5 pairs for one cell at 5 % and 9 for 24 cells", () => {
  assertEquals(minimumPairs(), 5);
  assertEquals(minimumPairs({ comparisons: 24 }), 9);
  assertEquals(minimumPairs({ alpha: 0.01 }), 7);
  assertEquals(minimumPairs({ alpha: 0.9 }), 1);
});

Deno.test("minimumPairs() counts a threshold that is met exactly as met", () => {
  for (let n = 1; n < 40; n++) assertEquals(minimumPairs({ alpha: 2 ** -n }), n);
});

Deno.test("minimumPairs() is where signTest() after holm() can first reach alpha", () => {
  const alphas = fc.constantFrom(0.001, 0.01, 0.05, 0.1);
  fc.assert(fc.property(alphas, fc.integer({ min: 1, max: 200 }), (alpha, comparisons) => {
    const best = (pairs: number) => {
      const all = new Array<number>(pairs).fill(1);
      const pValues = new Array<number>(comparisons).fill(1);
      pValues[0] = signTest(all).greater;
      return holm(pValues)[0] as number;
    };
    const pairs = minimumPairs({ alpha, comparisons });
    assert(best(pairs) <= alpha);
    if (pairs > 1) assert(best(pairs - 1) > alpha);
  }));
});

Deno.test("minimumPairs() refuses misuse in one sentence", () => {
  for (const alpha of [0, 1, -1, NaN]) {
    assertThrows(() => minimumPairs({ alpha }), RangeError, `current value is ${alpha}`);
  }
  for (const comparisons of [0, 1.5, NaN]) {
    assertThrows(() => minimumPairs({ comparisons }), RangeError, `value is ${comparisons}`);
  }
});
