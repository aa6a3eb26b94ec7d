import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { poolOperations, totalRate } from "../../src/compare/run_wide.ts";
import { Histogram } from "../../src/model/histogram.ts";
import type { Trial } from "../../src/model/trial.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { syntheticRecord } from "./synthetic_records.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { createPrng } from "../../src/stats/prng.ts";

const [template] = sampleRecord({ rounds: 1 }).trials;

/** A trial of exchanges of so many nanoseconds each, one after the other. */
function trialOf(round: number, exchangesNs: readonly number[]): Trial {
  const histogram = new Histogram();
  for (const ns of exchangesNs) histogram.record(ns);
  const { values: _, ...rest } = template!;
  return {
    ...rest,
    round,
    operations: exchangesNs.length,
    elapsedNs: exchangesNs.reduce((sum, ns) => sum + ns, 0),
    histograms: { exchange: histogram.toSparse() },
  };
}

const steady = (count: number, ns: number) => Array(count).fill(ns) as number[];

Deno.test("poolOperations() keeps what few trials met: the longest of all, and the percentiles beyond which ten operations lie", () => {
  // One exchange in 12,000 stalls for 300 ms; most trials meet none.
  const trials = Array.from(
    { length: 100 },
    (_, index) => trialOf(index + 1, [...steady(1_199, 27_700), index % 10 === 0 ? 300e6 : 27_700]),
  );
  const pooled = poolOperations(trials, "exchange")!;
  assertEquals(pooled.count, 120_000);
  assertEquals(pooled.maxNs, 300e6);
  assertEquals(pooled.percentiles.map(({ percentile }) => percentile), [50, 90, 99, 99.9, 99.99]);
  const [half] = pooled.percentiles;
  assertAlmostEquals(half!.figure.value, 27_700, 27_700 / 256);
  // The stalls are 0.008 % of the operations and half of the time.
  assert(pooled.slowestHundredth > 0.45 && pooled.slowestHundredth < 0.55);
});

Deno.test("poolOperations() shows a percentile from 10 / (1 − p) operations on", () => {
  const shown = (count: number) =>
    poolOperations([trialOf(1, steady(count, 1_000))], "exchange")!.percentiles
      .map(({ percentile }) => percentile);
  assertEquals(shown(19), []);
  assertEquals(shown(20), [50]);
  assertEquals(shown(999), [50, 90]);
  assertEquals(shown(1_000), [50, 90, 99]);
  assertEquals(shown(9_999), [50, 90, 99]);
  assertEquals(shown(10_000), [50, 90, 99, 99.9]);
});

Deno.test("poolOperations() resamples rounds, never operations: where each round has its own speed, the interval spans the rounds", () => {
  const trials = Array.from(
    { length: 12 },
    (_, index) => trialOf(index + 1, steady(500, index < 6 ? 10_000 : 20_000)),
  );
  const [half] = poolOperations(trials, "exchange")!.percentiles;
  assertEquals([half!.figure.n, half!.figure.confidence], [12, 0.95]);
  // 6,000 operations would give an interval of no width.
  assert(half!.figure.low < 10_100 && half!.figure.high > 19_900);
});

Deno.test("poolOperations() has no interval of fewer than six rounds, and nothing of no distribution", () => {
  const [half] = poolOperations([trialOf(1, steady(50, 1_000))], "exchange")!.percentiles;
  assertEquals([half!.figure.low, half!.figure.high, half!.figure.confidence], [
    half!.figure.value,
    half!.figure.value,
    0,
  ]);
  assertEquals(poolOperations([trialOf(1, [])], "exchange"), undefined);
  assertEquals(poolOperations([trialOf(1, [1_000])], "connect"), undefined);
  assertEquals(poolOperations([], "exchange"), undefined);
});

Deno.test("poolOperations() does not depend on the order of trials, and its figures lie within what was met", () => {
  const rounds = fc.array(fc.array(fc.integer({ min: 100, max: 1e9 }), { minLength: 1 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(rounds, (list) => {
      const trials = list.map((values, index) => trialOf(index + 1, values));
      const pooled = poolOperations(trials, "exchange")!;
      assertEquals(poolOperations(trials.toReversed(), "exchange")!.count, pooled.count);
      assertEquals(pooled.maxNs, Math.max(...list.flat()));
      for (const { figure: { value, low, high } } of pooled.percentiles) {
        assert(low <= value && value <= high);
        assert(low >= Math.min(...list.flat()) && high <= pooled.maxNs);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("totalRate() is all that was counted by all of the time, not the median of trials", () => {
  // Nine trials of 36 k/s, and one that stood still for as long as five of them.
  const trials = Array.from(
    { length: 10 },
    (_, index) =>
      trialOf(index + 1, index === 9 ? [...steady(1_000, 27_700), 138.5e6] : steady(1_000, 27_700)),
  );
  const rate = totalRate(trials, "exchangesPerSecond")!;
  const [operations, elapsedNs] = trials.reduce(
    ([count, time], trial) => [count + trial.operations, time + trial.elapsedNs],
    [0, 0],
  );
  assertAlmostEquals(rate.value, operations / (elapsedNs / 1e9), 1e-6);
  assert(rate.value < 25_000, `${rate.value}`);
  assert(rate.low < rate.value && rate.high > rate.value);
  assertEquals(totalRate([], "exchangesPerSecond"), undefined);
});

Deno.test("totalRate() has an interval that holds the true rate in 93 of 100 runs of six rounds", () => {
  const prng = createPrng("coverage of six rounds");
  const noise = () => 0.1 * normalQuantile(prng.nextFloat() * 0.999998 + 1e-6);
  const jobs = 600;
  let covered = 0;
  for (let job = 0; job < jobs; job++) {
    const rates = Array.from({ length: 6 }, () => 1000 * (1 + noise()));
    const { low, high } = totalRate(
      syntheticRecord({ "throughput/tcp": { bytesPerSecond: rates } }).trials,
      "bytesPerSecond",
    )!;
    if (low <= 1000 && high >= 1000) covered++;
  }
  // Without widening 87 %.
  assert(covered / jobs > 0.925, `${covered / jobs}`);
});
