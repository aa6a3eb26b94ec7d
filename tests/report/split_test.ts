import { assertEquals } from "@std/assert";
import type { RoundValue, TrialValues } from "../../src/compare/trial_values.ts";
import { metricOf } from "../../src/units/metric.ts";
import { type Case, caseId } from "../../src/model/case.ts";
import { overhead } from "../../src/scenario/overhead.ts";
import { formatKey } from "../../src/report/document/format_key.ts";
import { buildSplit } from "../../src/report/build/split.ts";
import { figures } from "./read_document.ts";

const metric = metricOf("perExchange");

function someCase(transport: string, loop: string): Case {
  const params = { bytes: 64, loop };
  return {
    id: caseId("overhead", transport, params, "same"),
    scenario: "overhead",
    transport,
    params,
    fixed: {},
    workload: "exchange-loops",
    budget: { warmupNs: 0, measureNs: 1 },
    expectedNs: 1,
    placement: { peer: "process", pin: "same", cores: { drive: 0, serve: 0 } },
  };
}

/** Values by case id; the list's order is that of the rounds. */
function valuesOf(byCase: Readonly<Record<string, readonly number[]>>): TrialValues {
  return {
    succeeded: () => [],
    failed: () => [],
    of: (id) => (byCase[id] ?? []).map((value, index): RoundValue => ({ round: index + 1, value })),
  };
}

const cases = ["tcp", "tcp@libc"].flatMap((transport) =>
  ["bare", "suite"].map((loop) => someCase(transport, loop))
);

Deno.test("buildSplit() pairs by round: parts are medians of differences, and stand in one row a transport", () => {
  const rounds = [0, 100, 200, 300, 400, 500];
  const table = buildSplit(
    overhead,
    cases,
    metric,
    valuesOf({
      // Each round is slower than the one before, alike for all: differences do not show it.
      "overhead/tcp@libc/bytes=64,loop=bare,pin=same": rounds.map((drift) => 10_000 + drift),
      "overhead/tcp@libc/bytes=64,loop=suite,pin=same": rounds.map((drift) => 10_050 + drift),
      "overhead/tcp/bytes=64,loop=bare,pin=same": rounds.map((drift) => 15_000 + drift),
      "overhead/tcp/bytes=64,loop=suite,pin=same": rounds.map((drift) => 15_200 + drift),
    }),
  )!;
  assertEquals(table.keys.map(({ title }) => title), ["transport", "bytes"]);
  assertEquals(table.columns.map(({ title }) => title), [
    "kernel",
    "Deno",
    "suite",
    "all of it",
    "suite over libc",
  ]);
  assertEquals(table.rows.map(({ keys }) => keys.map(formatKey)), [["tcp", "64 B"]]);
  const [kernel, deno, suite, all, overLibc] = figures(table.rows[0]!.cells);
  assertEquals([kernel?.value, kernel?.low, kernel?.high, kernel?.n], [10_250, 10_000, 10_500, 6]);
  for (const [cell, expected] of [[deno, 5_000], [suite, 200], [overLibc, 50]] as const) {
    assertEquals([cell?.value, cell?.low, cell?.high], [expected, expected, expected]);
  }
  assertEquals(all?.value, 15_450);
});

Deno.test("buildSplit() leaves empty what lacks a case or a common round, and has no table of nothing", () => {
  const only = cases.filter(({ transport }) => transport === "tcp");
  const values = valuesOf({ "overhead/tcp/bytes=64,loop=suite,pin=same": [1, 2, 3] });
  const table = buildSplit(overhead, only, metric, values)!;
  assertEquals(
    figures(table.rows[0]!.cells).map((cell) => cell?.value ?? null),
    [null, null, null, 2, null],
  );
  assertEquals(buildSplit(overhead, only, metric, valuesOf({})), undefined);
  const { split: _, ...plain } = overhead;
  assertEquals(buildSplit(plain, only, metric, values), undefined);
});
