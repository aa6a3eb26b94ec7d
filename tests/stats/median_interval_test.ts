import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  medianInterval,
  minimumValues,
  quantileInterval,
} from "../../src/stats/median_interval.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { normalQuantile } from "../../src/stats/normal.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const sample = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
});

Deno.test("medianInterval() takes the published ranks at 95 %", () => {
  // Ranks of the interval that belongs to the sign test: Conover (1999), section 3.2.
  const ranks = [[6, 1, 6], [8, 1, 8], [9, 2, 8], [10, 2, 9], [12, 3, 10], [15, 4, 12]] as const;
  for (const [n, low, high] of [...ranks, [20, 6, 15], [25, 8, 18], [30, 10, 21]] as const) {
    const interval = medianInterval(upTo(n));
    assertEquals([interval.low, interval.high], [low, high], `n = ${n}`);
    assertEquals(interval.warning, undefined);
  }
  assertAlmostEquals(medianInterval(upTo(10)).confidence, 1 - 22 / 1024, 1e-14);
  assertAlmostEquals(medianInterval(upTo(6)).confidence, 0.96875, 1e-14);
});

Deno.test("medianInterval() with too few values gives their range, what it reaches, and a warning", () => {
  assertEquals(medianInterval([3, 1, 5, 2, 4]), {
    estimate: 3,
    low: 1,
    high: 5,
    confidence: 0.9375,
    n: 5,
    warning: "5 values cannot give a 95 % interval; 6 are needed",
  });
  const one = medianInterval([7], { confidence: 0.99 });
  assertEquals([one.low, one.high, one.confidence], [7, 7, 0]);
  assertEquals(one.warning, "1 value cannot give a 99 % interval; 8 are needed");
});

Deno.test("medianInterval() counts a confidence that is reached exactly as reached", () => {
  for (const n of [2, 3, 5, 8, 12]) {
    const confidence = 1 - 2 ** (1 - n);
    assertEquals(medianInterval(upTo(n), { confidence }).warning, undefined, `n = ${n}`);
    assertEquals(minimumValues({ confidence }), n);
  }
});

Deno.test("minimumValues() gives the published sample sizes", () => {
  assertEquals(minimumValues(), 6);
  assertEquals(minimumValues({ confidence: 0.9 }), 5);
  assertEquals(minimumValues({ confidence: 0.99 }), 8);
  assertEquals(minimumValues({ p: 0.9 }), 29);
  assertEquals(minimumValues({ p: 0.99 }), 299);
  assertEquals(minimumValues({ p: 0.001 }), minimumValues({ p: 0.999 }));
});

Deno.test("quantileInterval() warns exactly below minimumValues()", () => {
  for (const p of [0.1, 0.5, 0.75, 0.9]) {
    for (const confidence of [0.8, 0.95, 0.99]) {
      const needed = minimumValues({ p, confidence });
      assertEquals(quantileInterval(upTo(needed), p, { confidence }).warning, undefined);
      assert(quantileInterval(upTo(needed - 1), p, { confidence }).warning !== undefined);
    }
  }
});

Deno.test("medianInterval() covers the true median as often as it says", () => {
  const prng = createPrng("coverage of the median");
  for (const n of [6, 11, 20, 45]) {
    const runs = 4000;
    let covered = 0;
    let stated = 0;
    for (let run = 0; run < runs; run++) {
      const values = Array.from({ length: n }, () => -Math.log(1 - prng.nextFloat()));
      const interval = medianInterval(values);
      stated = interval.confidence;
      if (interval.low <= Math.LN2 && Math.LN2 <= interval.high) covered++;
    }
    const error = 4 * Math.sqrt(stated * (1 - stated) / runs);
    assertAlmostEquals(covered / runs, stated, error);
  }
});

Deno.test("quantileInterval() covers the true 0.9 quantile as often as it says", () => {
  const prng = createPrng("coverage of a tail");
  const truth = normalQuantile(0.9);
  for (const n of [30, 60, 150]) {
    const runs = 2000;
    let covered = 0;
    let stated = 0;
    for (let run = 0; run < runs; run++) {
      const values = Array.from({ length: n }, () => normalQuantile(prng.nextFloat() + 2 ** -54));
      const interval = quantileInterval(values, 0.9);
      stated = interval.confidence;
      if (interval.low <= truth && truth <= interval.high) covered++;
    }
    const error = 4 * Math.sqrt(stated * (1 - stated) / runs);
    assertAlmostEquals(covered / runs, stated, error);
    assert(stated >= 0.95);
  }
});

Deno.test("medianInterval() holds its estimate, in any order, and mirrors under a change of sign", () => {
  fc.assert(fc.property(sample, (values) => {
    const interval = medianInterval(values);
    assert(interval.low <= interval.estimate && interval.estimate <= interval.high);
    assertEquals(medianInterval([...values].reverse()), interval);
    const mirrored = medianInterval(values.map((one) => -one));
    assertEquals([mirrored.low + 0, mirrored.high + 0], [-interval.high + 0, -interval.low + 0]);
  }));
});

Deno.test("medianInterval() stays sound with thousands of values", () => {
  const interval = medianInterval(upTo(20_001));
  assertEquals(interval.estimate, 10_001);
  assert(interval.confidence >= 0.95 && interval.confidence < 0.951);
  // The normal approximation: n/2 ± 1.96 √n / 2.
  assertAlmostEquals(interval.high - interval.estimate, 138.6, 2);
});

Deno.test("medianInterval() refuses misuse in one sentence", () => {
  assertThrows(() => medianInterval([]), RangeError, "current value is []");
  assertThrows(() => medianInterval([1, NaN]), RangeError, "values[1] must be finite");
  for (const bad of [0, 1, -0.5, NaN]) {
    assertThrows(() => medianInterval([1], { confidence: bad }), RangeError, `value is ${bad}`);
    assertThrows(() => quantileInterval([1], bad), RangeError, `value is ${bad}`);
    assertThrows(() => minimumValues({ p: bad }), RangeError, `value is ${bad}`);
  }
});
