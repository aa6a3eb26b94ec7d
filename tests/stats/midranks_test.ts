import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Alternative, doubledMidranks, pValueOf } from "../../src/stats/midranks.ts";

Deno.test("doubledMidranks() doubles ranks and lets ties share theirs, in input order", () => {
  assertEquals(doubledMidranks([30, 10, 20]), [6, 2, 4]);
  assertEquals(doubledMidranks([5, 1, 5, 5, 9]), [6, 2, 6, 6, 10]);
  assertEquals(doubledMidranks([4, 4]), [3, 3]);
  assertEquals(doubledMidranks([]), []);
});

Deno.test("doubledMidranks() always sums to n (n + 1)", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
    const sum = doubledMidranks(values).reduce((total, rank) => total + rank, 0);
    assertEquals(sum, values.length * (values.length + 1));
  }));
});

Deno.test("pValueOf() doubles the smaller tail, never beyond 1", () => {
  const tails = { atLeast: 0.03, atMost: 0.99 };
  assertEquals(pValueOf(tails, "greater"), 0.03);
  assertEquals(pValueOf(tails, "less"), 0.99);
  assertEquals(pValueOf(tails, "two-sided"), 0.06);
  assertEquals(pValueOf({ atLeast: 0.6, atMost: 0.6 }, "two-sided"), 1);
  assertThrows(() => pValueOf(tails, "upper" as Alternative), RangeError, '"upper"');
});
