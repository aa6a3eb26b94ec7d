import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bootstrapMedian, bootstrapPairedRatio } from "../../src/stats/bootstrap.ts";
import { binomialProbabilities } from "../../src/stats/binomial.ts";
import type { Pair } from "../../src/stats/paired_ratio.ts";
import { createPrng } from "../../src/stats/prng.ts";

const sample = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 30 });
const methods = ["percentile", "bca"] as const;

Deno.test("bootstrapMedian() gives one interval for one seed, in any order of the values", () => {
  fc.assert(
    fc.property(sample, fc.constantFrom(...methods), (values, method) => {
      const options = { seed: 7, resamples: 200, method };
      const before = [...values];
      const interval = bootstrapMedian(values, options);
      assertEquals(bootstrapMedian([...values].reverse(), options), interval);
      assertEquals(values, before);
    }),
    { numRuns: 50 },
  );
});

Deno.test("bootstrapMedian() stays within the sample", () => {
  fc.assert(
    fc.property(sample, fc.constantFrom(...methods), (values, method) => {
      const interval = bootstrapMedian(values, { seed: 1, resamples: 200, method });
      assert(Math.min(...values) <= interval.low && interval.low <= interval.high);
      assert(interval.high <= Math.max(...values));
    }),
    { numRuns: 50 },
  );
});

Deno.test("bootstrapMedian() tends to the exact distribution of resampled medians", () => {
  // Of odd n: P(median* ≤ x(k)) = P(at least (n + 1) / 2 of n draws ≤ x(k)), draws with p = k / n
  // (Efron, "Bootstrap methods", Annals of Statistics 7, 1979, section 3).
  const n = 21;
  const values = Array.from({ length: n }, (_, index) => index + 1);
  const atMost = (k: number) => {
    if (k === n) return 1;
    const chances = binomialProbabilities(n, k / n);
    return chances.slice((n + 1) / 2).reduce((sum, one) => sum + one, 0);
  };
  const interval = bootstrapMedian(values, { seed: 3, resamples: 20_000 });
  assertEquals(interval.low, values.find((k) => atMost(k) >= 0.025));
  assertEquals(interval.high, values.find((k) => atMost(k) >= 0.975));
});

Deno.test("bootstrapMedian() covers the true median nearly as often as it says", () => {
  const prng = createPrng("bootstrap coverage");
  const runs = 400;
  for (const method of methods) {
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const values = Array.from({ length: 25 }, () => -Math.log(1 - prng.nextFloat()));
      const { low, high } = bootstrapMedian(values, { seed: run, resamples: 400, method });
      if (low <= Math.LN2 && Math.LN2 <= high) covered++;
    }
    assert(covered / runs > 0.89 && covered / runs < 0.99, `${method}: ${covered} of ${runs}`);
  }
});

Deno.test("bootstrapMedian() of too few values says which confidence any interval could reach", () => {
  const interval = bootstrapMedian([1, 2, 3, 4, 5], { seed: 1 });
  assertAlmostEquals(interval.confidence, 0.9375, 1e-12);
  assertEquals(interval.warning, "5 values cannot give a 95 % interval; 6 are needed");
  const one = bootstrapMedian([4], { seed: 1, method: "bca" });
  assertEquals([one.low, one.high, one.confidence], [4, 4, 0]);
});

Deno.test("bootstrapMedian() of equal values is a point, by either method", () => {
  for (const method of methods) {
    const { low, high, warning } = bootstrapMedian(new Array(12).fill(5), { seed: 1, method });
    assertEquals([low, high, warning], [5, 5, undefined]);
  }
});

Deno.test("bootstrapMedian() takes the same values as SciPy's BCa within resampling error", () => {
  // scipy.stats.bootstrap((values,), median, n_resamples=200000, method="BCa" / "percentile")
  const values = [12.1, 9.8, 10.4, 15.2, 11.1, 10.9, 9.9, 30.0, 10.2, 10.6, 14.0, 11.7, 10.0];
  for (const [method, low, high] of [["percentile", 10.2, 12.1], ["bca", 10.2, 12.1]] as const) {
    const interval = bootstrapMedian(values, { seed: 11, resamples: 20_000, method });
    assertAlmostEquals(interval.low, low, 0.21);
    assertAlmostEquals(interval.high, high, 0.41);
  }
});

Deno.test("bootstrapPairedRatio() is 1.1 where every pair is, whatever the unit", () => {
  const pairs = Array.from({ length: 12 }, (_, index): Pair => [1.1 * (index + 1), index + 1]);
  for (const method of methods) {
    const ratio = bootstrapPairedRatio(pairs, { seed: 1, method });
    for (const value of [ratio.low, ratio.estimate, ratio.high]) {
      assertAlmostEquals(value, 1.1, 1e-12);
    }
    assertAlmostEquals(ratio.logEstimate, Math.log(1.1), 1e-12);
  }
});

Deno.test("bootstrapPairedRatio() does not follow the noise that a pair shares", () => {
  const prng = createPrng("shared noise");
  const pairs = Array.from({ length: 30 }, (): Pair => {
    const speed = prng.nextFloat() < 0.25 ? 15_000 : 10_000;
    return [1.05 * speed * (1 + 0.01 * prng.nextFloat()), speed * (1 + 0.01 * prng.nextFloat())];
  });
  const ratio = bootstrapPairedRatio(pairs, { seed: 2 });
  assert(ratio.low > 1.03 && ratio.high < 1.07);
});

Deno.test("bootstrapMedian() refuses misuse in one sentence", () => {
  assertThrows(() => bootstrapMedian([], { seed: 1 }), RangeError, "current value is []");
  assertThrows(() => bootstrapMedian([NaN], { seed: 1 }), RangeError, "must be finite");
  const one = (options: Record<string, unknown>) => () =>
    bootstrapMedian([1, 2], { seed: 1, ...options });
  assertThrows(one({ confidence: 0 }), RangeError, "current value is 0");
  assertThrows(one({ resamples: 99 }), RangeError, "at least 100");
  assertThrows(one({ seed: -1 }), RangeError, "current value is -1");
  assertThrows(one({ method: "basic" }), RangeError, 'current value is "basic"');
});
