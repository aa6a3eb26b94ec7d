import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createPrng, type Prng } from "../../src/stats/prng.ts";

const draw = (prng: Prng, count: number) => Array.from({ length: count }, () => prng.nextUint32());

Deno.test("createPrng() gives the same sequence for ever", () => {
  // Golden: a change here changes the order of every recorded run. Never update, add a new generator.
  assertEquals(draw(createPrng(1), 4), [1698403241, 199302822, 2913731259, 2395849000]);
  assertEquals(createPrng(0).nextUint32(), 355870157);
  assertEquals(createPrng(1).nextFloat(), 0.3954403180361077);
  assertEquals(createPrng("run").split("rounds").nextUint32(), 4254000985);
  assertEquals(createPrng(7).shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), [
    ...[8, 5, 2, 0, 1, 7, 9, 3, 4, 6],
  ]);
});

Deno.test("createPrng() takes a number and its decimal text as one seed", () => {
  assertEquals(draw(createPrng(20260101), 8), draw(createPrng("20260101"), 8));
  assertNotEquals(draw(createPrng(1), 8), draw(createPrng(2), 8));
});

Deno.test("createPrng() refuses a seed that is not a whole number of at least 0", () => {
  for (const seed of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => createPrng(seed), RangeError, `current value is ${seed}`);
  }
});

Deno.test("nextFloat() stays in [0, 1) and fills it evenly", () => {
  const prng = createPrng("floats");
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 50_000; i++) {
    const value = prng.nextFloat();
    assert(value >= 0 && value < 1);
    const tenth = Math.floor(value * 10);
    counts[tenth] = (counts[tenth] ?? 0) + 1;
  }
  assert(chiSquare(counts) < 27.88, "beyond the 0.999 quantile of chi-square, 9 degrees");
});

Deno.test("nextInt() reaches every value alike, bounds that do not divide 2^32 included", () => {
  const prng = createPrng("integers");
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 50_000; i++) {
    const value = prng.nextInt(7);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  assertEquals(counts.length, 7);
  assert(chiSquare(counts) < 22.46, "beyond the 0.999 quantile of chi-square, 6 degrees");
  // 3 · 2^30: without rejection the first third would come twice as often.
  const bound = 3 * 2 ** 30;
  let firstThird = 0;
  for (let i = 0; i < 30_000; i++) if (prng.nextInt(bound) < 2 ** 30) firstThird++;
  assert(Math.abs(firstThird / 30_000 - 1 / 3) < 0.01);
});

Deno.test("nextInt() takes bounds from 1 to 2^32 and refuses others", () => {
  const prng = createPrng("bounds");
  assertEquals(prng.nextInt(1), 0);
  assert(prng.nextInt(2 ** 32) < 2 ** 32);
  for (const bound of [0, -1, 2.5, NaN, 2 ** 32 + 1]) {
    assertThrows(() => prng.nextInt(bound), RangeError, `current value is ${bound}`);
  }
});

Deno.test("shuffle() returns the same items in another array and leaves its input alone", () => {
  fc.assert(fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
    const before = [...items];
    const shuffled = createPrng(seed).shuffle(items);
    assertEquals(items, before);
    assertEquals([...shuffled].sort(), [...items].sort());
  }));
});

Deno.test("shuffle() gives each of the 24 orders of 4 items alike", () => {
  const prng = createPrng("orders");
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = prng.shuffle("abcd".split("")).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  assert(chiSquare([...counts.values()]) < 49.73, "0.999 quantile of chi-square, 23 degrees");
});

Deno.test("split() does not depend on how much was drawn before, nor moves its parent", () => {
  const fresh = createPrng("run");
  const used = createPrng("run");
  draw(used, 100);
  assertEquals(draw(fresh.split("rounds"), 8), draw(used.split("rounds"), 8));
  const undisturbed = createPrng("run");
  assertEquals(draw(fresh, 8), draw(undisturbed, 8));
});

Deno.test("split() keeps labels and their nesting apart", () => {
  const root = createPrng("run");
  const firsts = [
    root,
    root.split("a"),
    root.split("b"),
    root.split("a/1:b"),
    root.split("a").split("b"),
    root.split("b").split("a"),
    root.split(""),
  ].map((prng) => draw(prng, 3).join());
  assertEquals(new Set(firsts).size, firsts.length);
});

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
