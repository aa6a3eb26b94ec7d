import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createPrng } from "../../src/stats/prng.ts";
import {
  ANDERSON_DARLING_1_PERCENT,
  exponentialFit,
  NORMAL_1_PERCENT,
  serialCorrelation,
  trend,
} from "../../src/stats/process_checks.ts";

const random = createPrng(11);
const exponential = (mean: number) => -Math.log(1 - random.nextFloat()) * mean;

Deno.test("exponentialFit() accepts exponential gaps in 99 of 100 samples", () => {
  let refused = 0;
  for (let k = 0; k < 1_000; k++) {
    const gaps = Array.from({ length: 200 }, () => exponential(50));
    if (exponentialFit(gaps, 50)!.statistic > ANDERSON_DARLING_1_PERCENT) refused++;
  }
  assert(refused >= 2 && refused <= 22, `${refused}`);
});

Deno.test("exponentialFit() refuses constant gaps, and exponential ones of another mean", () => {
  const constant = exponentialFit(Array.from({ length: 1_000 }, () => 50), 50)!;
  assert(constant.statistic > ANDERSON_DARLING_1_PERCENT);
  // All of it lies at one point: F(mean) = 1 − 1/e below it, nothing above.
  assertAlmostEquals(constant.distance, 1 - Math.exp(-1), 1e-9);
  const slower = exponentialFit(Array.from({ length: 1_000 }, () => exponential(60)), 50)!;
  assert(slower.statistic > ANDERSON_DARLING_1_PERCENT && slower.distance > 0.02);
  assertEquals(exponentialFit([1, 2, 3], 2), undefined);
});

Deno.test("exponentialFit() does not mind the unit", () => {
  const gaps = Array.from({ length: 300 }, () => exponential(50));
  const [one, other] = [exponentialFit(gaps, 50)!, exponentialFit(gaps.map((g) => g * 1e3), 50e3)!];
  assertAlmostEquals(one.statistic, other.statistic, 1e-9);
});

Deno.test("trend() finds what grows, and nothing in what does not", () => {
  assert(trend(Array.from({ length: 20 }, (_, k) => k)) > NORMAL_1_PERCENT);
  assert(trend(Array.from({ length: 20 }, (_, k) => -k)) < -NORMAL_1_PERCENT);
  assertEquals(trend(Array.from({ length: 20 }, () => 5)), 0);
  let found = 0;
  for (let k = 0; k < 1_000; k++) {
    if (Math.abs(trend(Array.from({ length: 20 }, () => exponential(1)))) > NORMAL_1_PERCENT) {
      found++;
    }
  }
  assert(found <= 22, `${found}`);
});

Deno.test("serialCorrelation() finds values that follow their neighbours", () => {
  let level = 0;
  const walk = Array.from({ length: 500 }, () => level = 0.9 * level + exponential(1));
  assert(serialCorrelation(walk) > NORMAL_1_PERCENT);
  assert(Math.abs(serialCorrelation(Array.from({ length: 500 }, () => exponential(1)))) < 4);
  assertEquals(serialCorrelation(Array.from({ length: 500 }, () => 1)), 0);
});
