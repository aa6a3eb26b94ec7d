import { assertEquals } from "@std/assert";
import { formatChange, formatEstimate } from "../../src/units/format_change.ts";

const LATENCY = { effect: "ratio", unit: "ns", better: "lower" } as const;
const SIZE = { effect: "ratio", unit: "bytes", better: "higher" } as const;
const CPU = { effect: "ratio", unit: "ns/op", better: "lower" } as const;
const LOSS = { effect: "difference", unit: "ratio", better: "lower" } as const;
const estimate = (estimate: number, low: number, high: number) => ({
  estimate,
  low,
  high,
  confidence: 0.95,
  n: 20,
});

Deno.test("formatChange() says by how much and who is better, in the metric's words", () => {
  assertEquals(formatChange(1 / 1.05, LATENCY), "5.0 % slower");
  assertEquals(formatChange(1.05, LATENCY), "5.0 % faster");
  assertEquals(formatChange(1 / 2.5, CPU), "150 % more expensive");
  assertEquals(formatChange(0.5, SIZE), "100 % lower");
  assertEquals(formatChange(2, SIZE), "100 % higher");
  assertEquals(formatChange(0.98, LOSS), "2.0 points higher");
  assertEquals(formatChange(1.004, LOSS), "0.40 points lower");
  for (const ratio of [1, 1.00004, 1 / 1.00004]) {
    assertEquals(formatChange(ratio, LATENCY), "0.00 %");
  }
});

Deno.test("formatEstimate() gives bounds their words only where they disagree, the nearest to no change first", () => {
  const slower = estimate(1 / 1.05, 1 / 1.07, 1 / 1.03);
  assertEquals(formatEstimate(slower, LATENCY), "5.0 % slower [3.0 %, 7.0 %]");
  assertEquals(
    formatEstimate(estimate(1.05, 1.03, 1.07), LATENCY),
    "5.0 % faster [3.0 %, 7.0 %]",
  );
  assertEquals(
    formatEstimate(estimate(1 / 1.012, 1 / 1.028, 1.004), LATENCY),
    "1.2 % slower [0.40 % faster, 2.8 % slower]",
  );
  assertEquals(
    formatEstimate(estimate(1, 1 / 1.01, 1.02), LATENCY),
    "0.00 % [1.0 % slower, 2.0 % faster]",
  );
});
