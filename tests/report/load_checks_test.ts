import { assertEquals } from "@std/assert";
import { checkLoad, describeClosedLoop, loadWarnings } from "../../src/report/build/load.ts";

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

Deno.test("the answer to a load says that a closed loop hides the queue, unless the generator made it by being late itself", () => {
  const closing = (p99Ns: number, late: readonly string[]) =>
    describeClosedLoop(p99Ns, 40e3, late).slice(2);
  assertEquals(closing(90e3, []), [{ kind: "text", text: ": it hides the queue." }]);
  assertEquals(closing(70e3, []), [{ kind: "text", text: "." }]);
  assertEquals(closing(90e3, ["tcp"]), [
    { kind: "text", text: ". Over " },
    { kind: "names", names: ["tcp"] },
    { kind: "text", text: " the generator itself was late: its figures, not the system's." },
  ]);
});

Deno.test("a generator that is late is named for the percentile that it is late in", () => {
  const one = { id: "load/tcp", scenario: "load" };
  const warningsOf = (medians: Record<string, number>) => {
    const values = {
      succeeded: () => [],
      of: (_: string, metric: string) =>
        medians[metric] === undefined ? [] : [{ value: medians[metric] }],
    };
    return loadWarnings({ cases: [one] } as never, values as never)
      .map(({ message }) => message.slice(0, 13));
  };
  const sound = { p50: 80e3, latenessP50: 1e3, p99: 400e3, latenessP99: 30e3 };
  assertEquals(warningsOf(sound), []);
  assertEquals(warningsOf({ ...sound, latenessP99: 50e3 }), ["the p99 is th"]);
  assertEquals(warningsOf({ ...sound, latenessP50: 9e3 }), ["the generator"]);
  assertEquals(warningsOf({ ...sound, latenessP50: 9e3, latenessP99: 50e3 }), ["the generator"]);
});
