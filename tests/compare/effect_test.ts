import { UNITS } from "../../src/units/unit.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  inverseOf,
  isBeyond,
  isBeyondBetter,
  leastUnpairedPValue,
  pairedEffect,
  unpairedEffect,
  type ValuePair,
} from "../../src/compare/effect.ts";

const LATENCY = { kind: "ratio", better: "lower" } as const;
const RATE = { kind: "ratio", better: "higher" } as const;
const SHARE = { kind: "difference", better: "lower" } as const;

function pairsOf(base: readonly number[], head: readonly number[]): ValuePair[] {
  return base.map((value, index) => ({ base: value, head: head[index] as number }));
}

const BASE = [10, 15, 10.2, 9.9, 14.8, 10.1, 10, 15.1];

Deno.test("pairedEffect() states a slower head as a ratio below 1, whatever the direction", () => {
  const slower = pairedEffect(pairsOf(BASE, BASE.map((value) => value * 1.25)), LATENCY);
  assertAlmostEquals(slower.ratio.estimate, 0.8, 1e-8);
  assertEquals([slower.pValue, slower.pValueBetter, slower.leastPValue], [2 ** -8, 1, 2 ** -8]);
  assertEquals([slower.test, slower.ratio.n, slower.warnings], ["sign", 8, []]);

  const rate = pairedEffect(pairsOf(BASE, BASE.map((value) => value / 1.25)), RATE);
  assertAlmostEquals(rate.ratio.estimate, 0.8, 1e-8);
  assertEquals(rate.pValue, 2 ** -8);
});

Deno.test("pairedEffect() has the exact interval of the order statistics", () => {
  // Log-ratios of 8 pairs: the 95 % interval is the whole range from the 1st to the 8th, 99.2 %.
  const head = BASE.map((value, index) => value * (1 + index / 100));
  const { ratio } = pairedEffect(pairsOf(BASE, head), LATENCY);
  assertAlmostEquals(ratio.low, 1 / 1.07, 1e-8);
  assertAlmostEquals(ratio.high, 1, 1e-8);
  assertAlmostEquals(ratio.confidence, 1 - 2 ** -7, 1e-12);
  assertAlmostEquals(ratio.estimate, 1 / Math.sqrt(1.03 * 1.04), 1e-8);
});

Deno.test("pairedEffect() compares shares by points, zeros included", () => {
  const loss = pairedEffect(pairsOf([0, 0, 0, 0, 0, 0.01], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]), SHARE);
  assertEquals(loss.kind, "difference");
  assertAlmostEquals(loss.ratio.estimate, 0.9, 1e-8);
  assertEquals(loss.pValue, 2 ** -6);
  const none = pairedEffect(pairsOf([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]), SHARE);
  assertEquals([none.ratio.estimate, none.ratio.low, none.pValue], [1, 1, 1]);
});

Deno.test("unpairedEffect() is the ratio of the medians with Mann–Whitney's one-sided p", () => {
  const base = [10, 11, 12, 13, 14, 15];
  const effect = unpairedEffect(base, base.map((value) => value * 2), LATENCY);
  assertAlmostEquals(effect.ratio.estimate, 0.5, 1e-8);
  assertEquals(effect.test, "mann-whitney");
  assertAlmostEquals(effect.pValue, 1 / 924, 1e-12);
  assertAlmostEquals(effect.leastPValue, 1 / 924, 1e-12);
  assert(effect.ratio.low < 0.5 && effect.ratio.high > 0.5);
  const few = unpairedEffect([1, 2], [1, 2], LATENCY);
  assert(few.ratio.confidence < 0.95 && few.warnings.length === 1);
});

Deno.test("leastUnpairedPValue() is one of all the ways to choose", () => {
  assertAlmostEquals(leastUnpairedPValue(5, 5), 1 / 252, 1e-15);
  assertAlmostEquals(leastUnpairedPValue(2, 10), 1 / 66, 1e-15);
  assertEquals(leastUnpairedPValue(0, 5), 1);
});

const positive = fc.double({ min: 1, max: 1e9, noNaN: true });
const somePairs = fc.array(fc.record({ base: positive, head: positive }), {
  minLength: 1,
  maxLength: 30,
});

Deno.test("both effects are finite, and exchange their sides with the records", () => {
  fc.assert(
    fc.property(somePairs, fc.constantFrom(LATENCY, RATE), (pairs, options) => {
      const exchanged = pairs.map(({ base, head }) => ({ base: head, head: base }));
      const values = (list: readonly ValuePair[], side: "base" | "head") =>
        list.map((pair) => pair[side]);
      const both = [
        [pairedEffect(pairs, options), pairedEffect(exchanged, options)],
        [pairs, exchanged].map((list) =>
          unpairedEffect(values(list, "base"), values(list, "head"), options)
        ),
      ] as const;
      for (const [one, other] of both) {
        assert(one !== undefined && other !== undefined);
        for (const { ratio, pValue, pValueBetter } of [one, other]) {
          const { estimate, low, high } = ratio;
          assert([estimate, low, high, pValue, pValueBetter].every(Number.isFinite));
          assert(low <= estimate && estimate <= high);
        }
        assertAlmostEquals(one.ratio.estimate * other.ratio.estimate, 1, 1e-8);
        assertAlmostEquals(one.pValue, other.pValueBetter, 1e-12);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("isBeyond() is strict, and decides on the grid", () => {
  const kind = UNITS.ns.effect;
  assert(!isBeyond(1 / 1.05, 0.05, kind));
  assert(!isBeyond(Math.exp(-Math.log(1.05)), 0.05, kind));
  assert(isBeyond(1 / 1.0501, 0.05, kind));
  assert(!isBeyond(1.2, 0.05, kind));
  assert(!isBeyondBetter(1.05, 0.05, kind));
  assert(isBeyondBetter(1 / 0.95, 0.05, kind));
  assert(!isBeyondBetter(1 / 0.9525, 0.05, kind));
  assert(!isBeyond(1 - 0.1 + 0.05, 0.05, "difference"));
  assert(isBeyond(0.9, 0.05, "difference"));
  assert(isBeyondBetter(1.1, 0.05, "difference"));
});

Deno.test("inverseOf() exchanges the sides, and twice is as before", () => {
  assertEquals([inverseOf(1.25, "ratio"), inverseOf(0.9, "difference")], [0.8, 1.1]);
  for (const kind of ["ratio", "difference"] as const) {
    for (const ratio of [0.5, 1, 1.07]) {
      assertAlmostEquals(inverseOf(inverseOf(ratio, kind), kind), ratio, 1e-12);
    }
  }
});

Deno.test("pairedEffect() counts a generation once, by the median of its pairs", () => {
  const gains = [1.1, 1.3, 1.0, 1.2, 1.4, 1.2, 1.1, 1.1, 1.3, 1.1, 1.2, 1.2];
  const pairs = gains.map((gain, index) => ({
    base: 100,
    head: 100 * gain,
    generation: Math.floor(index / 2),
  }));
  const grouped = pairedEffect(pairs, LATENCY);
  const single = pairedEffect(pairs.map(({ base, head }) => ({ base, head })), LATENCY);
  assertEquals([grouped.ratio.n, grouped.ratio.pairs], [6, 12]);
  assertEquals([single.ratio.n, single.ratio.pairs], [12, undefined]);
  // One of the twelve is a tie, which counts against.
  assertEquals([grouped.pValue, single.pValue], [2 ** -6, 13 * 2 ** -12]);
  assertAlmostEquals(1 / grouped.ratio.low, Math.sqrt(1.4 * 1.2), 1e-8);
});
