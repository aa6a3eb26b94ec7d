import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fisherExact } from "../../src/stats/fisher_exact.ts";

const p = (first: number, of: number, second: number, most: number) =>
  fisherExact({ count: first, of }, { count: second, of: most });

/** Sums of binomial coefficients, computed in whole numbers of any size. */
const EXACT: readonly (readonly [number, number, number, number, number])[] = [
  [0, 20, 6, 20, 0.010098010098010098],
  [0, 20, 2, 20, 0.24358974358974358],
  [1, 20, 6, 20, 0.04573804573804574],
  [6, 20, 0, 20, 1],
  [0, 20, 10, 20, 0.00021795989537925023],
  [3, 10, 9, 12, 0.04560609668968802],
  [0, 0, 3, 5, 1],
  [0, 500, 26, 500, 1.0674917314985313e-8],
  [0, 3000, 9, 3000, 0.0019414248066322998],
];

Deno.test("fisherExact() is the exact hypergeometric tail", () => {
  for (const [first, of, second, most, exact] of EXACT) {
    assertAlmostEquals(p(first, of, second, most) / exact, 1, 1e-9, `${first} ${second}`);
  }
  assertEquals(p(0, 20, 0, 20), 1);
  assertEquals(p(0, 0, 0, 0), 1);
});

Deno.test("fisherExact() falls as the second side fails more often, and rises as the first does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.nat(100),
      fc.nat(100),
      (of, a, b) => {
        const first = a % of;
        const second = b % of;
        const here = p(first, of, second, of);
        assert(here > 0 && here <= 1);
        assert(p(first, of, second + 1, of) <= here * (1 + 1e-9));
        assert(p(first + 1, of, second, of) >= here * (1 - 1e-9));
      },
    ),
  );
});
