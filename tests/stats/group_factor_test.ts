import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { groupFactor } from "../../src/stats/group_factor.ts";
import { medianInterval } from "../../src/stats/median_interval.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { createPrng } from "../../src/stats/prng.ts";

/** Values in groups of four whose intraclass correlation is known. */
function grouped(n: number, correlation: number, next: () => number) {
  const groups = Array.from({ length: n }, (_, index) => Math.floor(index / 4));
  const normal = () => normalQuantile(Math.min(Math.max(next(), 1e-12), 1 - 1e-12));
  const own = new Map(groups.map((group) => [group, Math.sqrt(correlation) * normal()]));
  const values = groups.map((group) => own.get(group)! + Math.sqrt(1 - correlation) * normal());
  return { values, groups };
}

function uniform(seed: string): () => number {
  const prng = createPrng(seed);
  return () => prng.nextInt(2 ** 31) / 2 ** 31;
}

Deno.test("groupFactor() follows a worked analysis of variance", () => {
  // Groups {1, 3}, {5, 7}, {9, 11}: MSB = 32, MSW = 2, m = 2, ρ = 30/34, effect 1 + 30/34, Student's quantile of 2 degrees 4.303.
  const factor = groupFactor([1, 3, 5, 7, 9, 11], [1, 1, 2, 2, 3, 3]);
  const effect = 1 + 30 / 34;
  const student = 4.303 / 1.96;
  const exact = Math.sqrt(effect) * (1 + (student - 1) * (1 - 1 / effect));
  // The expansion is 5 % low at 2 degrees of freedom, and 0.3 % at 4.
  assertAlmostEquals(factor, exact, 0.05 * exact);
});

Deno.test("groupFactor() is 1 where nothing is known of groups, or they do not differ", () => {
  assertEquals(groupFactor([1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 3, undefined]), 1);
  assertEquals(groupFactor([1, 3, 9, 11], [1, 1, 2, 2]), 1);
  assertEquals(groupFactor([1, 2, 3], [1, 2, 3]), 1);
  assertEquals(groupFactor([1, 9, 1, 9, 1, 9], [1, 1, 2, 2, 3, 3]), 1);
  assertEquals(groupFactor([4, 4, 4, 4, 4, 4], [1, 1, 2, 2, 3, 3]), 1);
});

Deno.test("groupFactor() does not depend on order, place or scale", () => {
  const { values, groups } = grouped(16, 0.5, uniform("scale"));
  const factor = groupFactor(values, groups);
  assertAlmostEquals(groupFactor(values.map((v) => 7 * v - 3), groups), factor, 1e-9);
  assertAlmostEquals(groupFactor(values.toReversed(), groups.toReversed()), factor, 1e-9);
});

Deno.test("an interval that groupFactor() widens covers in 94 % of simulations what it covers in 90 % without", () => {
  const next = uniform("coverage");
  for (const [correlation, least] of [[0, 0.955], [0.3, 0.935]] as const) {
    for (const n of [12, 20, 32]) {
      let [plain, wide] = [0, 0];
      const jobs = 2000;
      for (let job = 0; job < jobs; job++) {
        const { values, groups } = grouped(n, correlation, next);
        const { estimate, low, high } = medianInterval(values);
        const factor = groupFactor(values, groups);
        if (low <= 0 && high >= 0) plain++;
        if (
          estimate - factor * (estimate - low) <= 0 && estimate + factor * (high - estimate) >= 0
        ) {
          wide++;
        }
      }
      assert(wide / jobs >= least, `${correlation} ${n}: ${wide / jobs}`);
      if (correlation > 0) assert(plain / jobs < 0.935, `${n}: ${plain / jobs}`);
    }
  }
});
