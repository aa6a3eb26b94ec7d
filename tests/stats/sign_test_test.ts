import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { medianInterval } from "../../src/stats/median_interval.ts";
import { signTest } from "../../src/stats/sign_test.ts";

const differences = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });

Deno.test("signTest() gives the two-sided binomial p-values of R's binom.test", () => {
  // binom.test(1, 10)$p.value, binom.test(3, 16)$p.value, binom.test(0, 6)$p.value
  const split = (below: number, above: number) =>
    signTest([...Array(below).fill(-1), ...Array(above).fill(1)]).twoSided;
  assertAlmostEquals(split(1, 9), 0.021484375, 1e-12);
  assertAlmostEquals(split(3, 13), 0.02127075195, 1e-10);
  assertAlmostEquals(split(0, 6), 0.03125, 1e-12);
  assertEquals(split(5, 5), 1);
});

Deno.test("signTest() has both one-sided p-values, and the smallest that can be", () => {
  // binom.test(9, 10, alternative = "greater")$p.value and "less"
  const { greater, less, least } = signTest([-1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  assertAlmostEquals(greater, 11 / 1024, 1e-12);
  assertAlmostEquals(less, 1023 / 1024, 1e-12);
  assertEquals(least, 2 ** -10);
});

Deno.test("signTest() counts ties against either side, as the interval does, and finds nothing in ties alone", () => {
  const tied = signTest([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  // Nine values of which six lie above.
  assertEquals(tied.greater, signTest([-1, -1, -1, 1, 1, 1, 1, 1, 1]).greater);
  assertEquals(tied.less, 1);
  assertEquals(signTest([0, 0]), { greater: 1, less: 1, twoSided: 1, least: 0.25 });
  assertThrows(() => signTest([]), RangeError);
  assertThrows(() => signTest([NaN]), RangeError);
});

Deno.test("signTest() knows signs alone: order, scale and the side do not matter", () => {
  fc.assert(fc.property(differences, (values) => {
    const found = signTest(values);
    for (const p of Object.values(found)) assert(p > 0 && p <= 1);
    assertEquals(signTest(values.toReversed()), found);
    const { greater, less, ...rest } = found;
    const turned = signTest(values.map((value) => -3 * value));
    assertEquals(turned, { greater: less, less: greater, ...rest });
  }));
});

Deno.test("signTest() is the test of the median's interval: one excludes 0 where the other finds 5 %, ties or none", () => {
  const some = (most: number) =>
    fc.array(fc.integer({ min: -Math.floor(most / 4), max: most }), {
      minLength: 6,
      maxLength: 40,
    });
  fc.assert(fc.property(fc.oneof(some(4), some(40), some(500)), (values) => {
    const { low, high } = medianInterval(values);
    assertEquals(low > 0 || high < 0, signTest(values).twoSided <= 0.05 + 1e-12);
  }));
});
