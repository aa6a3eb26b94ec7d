import { assertEquals } from "@std/assert";
import { checkLoad } from "../../src/report/build/load.ts";

const sound = {
  askedPerSecond: 1_000,
  achievedPerSecond: 999,
  arrivalStatistic: 1.2,
  arrivalDistance: 0.015,
  latencyTrend: 0.4,
  queueTrend: -1,
  latencyCorrelation: 2,
};

const faults = (changes: Record<string, number>) =>
  checkLoad({ values: { ...sound, ...changes } })
    .filter(({ fault }) => fault !== undefined).map(({ check }) => check);

Deno.test("checkLoad() passes a sound trial, and says which check another one fails", () => {
  assertEquals(faults({}), []);
  // A distance that matters and proof of it: neither alone.
  assertEquals(faults({ arrivalStatistic: 9 }), []);
  assertEquals(faults({ arrivalDistance: 0.5 }), []);
  assertEquals(faults({ arrivalStatistic: 9, arrivalDistance: 0.05 }), ["arrivals"]);
  assertEquals(faults({ latencyTrend: 3 }), ["stationarity"]);
  assertEquals(faults({ queueTrend: -3 }), ["stationarity"]);
  assertEquals(faults({ latencyCorrelation: 5 }), ["independence"]);
  assertEquals(faults({ achievedPerSecond: 980 }), ["rate"]);
});
