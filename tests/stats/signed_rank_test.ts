import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { doubledMidranks } from "../../src/stats/midranks.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { EXACT_SIGNED_RANKS, signedRank } from "../../src/stats/signed_rank.ts";

/** Darwin's cross- and self-fertilised maize (Fisher, The Design of Experiments, 1935), eighths. */
const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

/** n differences 1 to n, of which the smallest ranks that sum to `sum` are negative. */
function withNegativeSum(n: number, sum: number): number[] {
  const differences = Array.from({ length: n }, (_, index) => index + 1);
  let left = sum;
  for (let rank = n; rank >= 1 && left > 0; rank--) {
    if (rank <= left) {
      differences[rank - 1] = -rank;
      left -= rank;
    }
  }
  return differences;
}

Deno.test("signedRank() gives SciPy's exact values for Darwin's maize", () => {
  const result = signedRank(DARWIN);
  assertEquals([result.statistic, result.n, result.zeros, result.method], [96, 15, 0, "exact"]);
  assertEquals(result.pValue, 0.041259765625);
  assertEquals(signedRank(DARWIN, { alternative: "greater" }).pValue, 0.0206298828125);
});

Deno.test("signedRank() has the published critical values, two-sided 5 % and one-sided 1 %", () => {
  // Wilcoxon and Wilcox, Some Rapid Approximate Statistical Procedures (1964); largest T allowed.
  const fivePercent = [[6, 0], [7, 2], [8, 3], [9, 5], [10, 8], [12, 13], [15, 25], [20, 52]];
  for (const [n, critical] of [...fivePercent, [25, 89], [30, 137]] as [number, number][]) {
    assert(signedRank(withNegativeSum(n, critical)).pValue <= 0.05, `n = ${n}`);
    assert(signedRank(withNegativeSum(n, critical + 1)).pValue > 0.05, `n = ${n}`);
  }
  const onePercent = [[7, 0], [8, 1], [9, 3], [10, 5], [12, 9], [15, 19], [20, 43]];
  for (const [n, critical] of [...onePercent, [25, 76]] as [number, number][]) {
    const p = (sum: number) =>
      signedRank(withNegativeSum(n, sum), { alternative: "greater" }).pValue;
    assert(p(critical) <= 0.01, `n = ${n}`);
    assert(p(critical + 1) > 0.01, `n = ${n}`);
  }
});

Deno.test("signedRank() equals the enumeration of all signs, ties and zeros included", () => {
  const small = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(small, (differences) => {
    const { atLeast, atMost } = enumerateSigns(differences);
    assertEquals(signedRank(differences, { alternative: "greater" }).pValue, atLeast);
    assertEquals(signedRank(differences, { alternative: "less" }).pValue, atMost);
    assertEquals(signedRank(differences).pValue, Math.min(1, 2 * Math.min(atLeast, atMost)));
  }));
});

Deno.test("signedRank() ranks zeros and then drops them, as Pratt does", () => {
  // |d| = 0 0 1 2 3: the ranks of 1 2 3 are 3 4 5, all 8 signs alike; W+ = 3 + 5.
  const result = signedRank([0, 1, -2, 0, 3], { alternative: "greater" });
  assertEquals([result.statistic, result.n, result.zeros, result.pValue], [8, 3, 2, 3 / 8]);
});

Deno.test("signedRank() reaches its least p-value when all pairs agree, ties or not", () => {
  for (let n = 1; n <= 60; n++) {
    const one = signedRank(new Array<number>(n).fill(0.3), { alternative: "greater" });
    assertEquals([one.pValue, one.leastPValue], [2 ** -n, 2 ** -n]);
  }
  const two = signedRank(withNegativeSum(10, 0));
  assertEquals([two.pValue, two.leastPValue], [2 ** -9, 2 ** -9]);
});

Deno.test("signedRank() with nothing but zeros says so and finds nothing", () => {
  const result = signedRank([0, 0, 0]);
  assertEquals([result.pValue, result.n, result.zeros, result.leastPValue], [1, 0, 3, 1]);
  assertEquals(result.warning, "every difference is 0, so there is nothing to test");
});

Deno.test("signedRank() beyond its exact limit gives SciPy's corrected normal values", () => {
  const block = [0, 0, 1, -2, 3, 4, 5, 5, -6, 7, 7, 8];
  const differences = Array.from({ length: 30 }, () => block).flat();
  assertEquals(signedRank(differences.slice(0, 240)).method, "exact");
  assertEquals(signedRank(differences).method, "normal");
  const mixed = Array.from({ length: 300 }, (_, index) => ((index * 37) % 101) - 45);
  const result = signedRank(mixed);
  // scipy.stats.wilcoxon(mixed, zero_method="pratt", correction=True, method="approx")
  assertEquals([result.statistic, result.method], [26716.5, "normal"]);
  assertAlmostEquals(result.pValue, 0.005853074286425855, 1e-9);
});

Deno.test("signedRank() is continuous where exact gives way to normal", () => {
  const prng = createPrng("limit");
  const differences = Array.from(
    { length: EXACT_SIGNED_RANKS + 1 },
    () => prng.nextFloat() - 0.42,
  );
  const normal = signedRank(differences);
  const exact = signedRank(differences.slice(1));
  assertEquals([normal.method, exact.method], ["normal", "exact"]);
  assert(Math.abs(Math.log(normal.pValue / exact.pValue)) < 0.5);
  assert(exact.pValue < 0.05 && normal.pValue < 0.05);
});

Deno.test("signedRank() depends neither on order nor on scale, and swaps tails with the sign", () => {
  const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(integers, (differences) => {
    const before = [...differences];
    const greater = signedRank(differences, { alternative: "greater" });
    assertEquals(signedRank([...differences].reverse(), { alternative: "greater" }), greater);
    assertEquals(signedRank(differences.map((d) => d * 8), { alternative: "greater" }), greater);
    const less = signedRank(differences.map((d) => -d), { alternative: "less" });
    assertAlmostEquals(less.pValue, greater.pValue, 1e-15);
    assert(greater.pValue >= greater.leastPValue && greater.pValue <= 1);
    assertEquals(differences, before);
  }));
});

Deno.test("signedRank() calls a difference in at most 5 % of pairs without one", () => {
  const prng = createPrng("false alarms");
  const runs = 2000;
  for (const n of [8, 15, 30]) {
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const differences = Array.from({ length: n }, () => (prng.nextFloat() - 0.5) ** 3);
      if (signedRank(differences, { alternative: "greater" }).pValue <= 0.05) alarms++;
    }
    assert(alarms / runs <= 0.05 + 4 * Math.sqrt(0.05 * 0.95 / runs), `n = ${n}: ${alarms}`);
  }
});

Deno.test("signedRank() refuses misuse in one sentence", () => {
  assertThrows(() => signedRank([]), RangeError, "current value is []");
  assertThrows(() => signedRank([1, NaN]), RangeError, "values[1] must be finite");
  const alternative = "bigger" as "greater";
  assertThrows(() => signedRank([1], { alternative }), RangeError, 'current value is "bigger"');
});

function enumerateSigns(differences: readonly number[]) {
  const doubled = doubledMidranks(differences.map(Math.abs));
  const ranks = doubled.filter((_, index) => differences[index] !== 0);
  const found = doubled.reduce(
    (sum, rank, i) => (differences[i] as number) > 0 ? sum + rank : sum,
    0,
  );
  let atLeast = 0;
  let atMost = 0;
  for (let signs = 0; signs < 2 ** ranks.length; signs++) {
    const sum = ranks.reduce((total, rank, bit) => signs & (1 << bit) ? total + rank : total, 0);
    if (sum >= found) atLeast++;
    if (sum <= found) atMost++;
  }
  return { atLeast: atLeast / 2 ** ranks.length, atMost: atMost / 2 ** ranks.length };
}
