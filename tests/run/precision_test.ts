import { assertAlmostEquals, assertEquals } from "@std/assert";
import { relativeHalfWidth, widestHalfWidth } from "../../src/run/precision.ts";
import { sampleRecord } from "../support/sample_record.ts";

Deno.test("relativeHalfWidth() is infinite while there are too few values for an interval", () => {
  assertEquals(relativeHalfWidth([]), Infinity);
  assertEquals(relativeHalfWidth([1, 1, 1, 1, 1]), Infinity);
  assertEquals(relativeHalfWidth([1, 1, 1, 1, 1, 1]), 0);
});

Deno.test("relativeHalfWidth() is the wider side of the interval over the median, in any unit and order", () => {
  // Six values: the interval is their range, 10 to 14 around 11.
  const values = [10, 11, 11, 11, 11, 14];
  assertAlmostEquals(relativeHalfWidth(values), 3 / 11);
  assertAlmostEquals(relativeHalfWidth(values.toReversed().map((v) => v * 1e6)), 3 / 11);
});

Deno.test("relativeHalfWidth() of a median of 0 is 0 only when every value is", () => {
  assertEquals(relativeHalfWidth([0, 0, 0, 0, 0, 0]), 0);
  assertEquals(relativeHalfWidth([0, 0, 0, 0, 0, 1]), Infinity);
});

Deno.test("widestHalfWidth() is that of the least precise case, by its scenario's headline metric", () => {
  const record = sampleRecord();
  const each = record.cases.map((c) => widestHalfWidth(record.trials, record.scenarios, [c]));
  assertEquals(widestHalfWidth(record.trials, record.scenarios, record.cases), Math.max(...each));
  assertEquals(widestHalfWidth(record.trials, record.scenarios, []), 0);
});
