import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { listComparisons, notRun } from "../../../bench/validation/reference_tools/comparisons.ts";
import {
  judgeGoal,
  renderReferenceTools,
  type ToolRow,
} from "../../../bench/validation/reference_tools/tool_report.ts";
import type { Trial } from "../../../src/model/trial.ts";
import type { Pair } from "../../../src/stats/mod.ts";

const TOOLS = {
  paths: new Map([["sockperf", "/usr/bin/sockperf"], ["iperf3", "/usr/bin/iperf3"]]),
  sockperfVersion: "3.7",
};
const rows = listComparisons(TOOLS);

function trial(fields: Partial<Trial>): Trial {
  return {
    case: "x",
    round: 1,
    order: 0,
    startedNs: 0,
    elapsedNs: 1e9,
    operations: 1e5,
    histograms: {},
    tally: {},
    peer: "process 1",
    settings: {},
    ...fields,
  };
}

function report(row: Partial<ToolRow>): string {
  return renderReferenceTools({
    facts: ["some CPU"],
    pin: "same",
    rounds: 8,
    notRun: notRun(TOOLS),
    rows: [{ comparison: rows[0]!, pairs: [], trials: [], faults: [], ...row }],
  });
}

const pairsOf = (ratio: number): Pair[] =>
  Array.from({ length: 8 }, (_, index) => [(1 + index / 1e3) * ratio * 1e4, 1e4]);

Deno.test("judgeGoal() meets or misses a goal with the whole interval only, and never with too few pairs", () => {
  const most = { must: "be at most", value: 1.1 } as const;
  const least = { must: "be at least", value: 1 } as const;
  const judge = (
    low: number,
    high: number,
    target: typeof most | typeof least,
    confidence = 0.95,
  ) => judgeGoal({ low, high, confidence }, target);
  assertEquals(judge(1.0, 1.1, most), "met");
  assertEquals(judge(1.0, 1.11, most), "cannot tell");
  assertEquals(judge(1.11, 1.2, most), "missed");
  assertEquals(judge(1.0, 1.2, least), "met");
  assertEquals(judge(0.9, 1.2, least), "cannot tell");
  assertEquals(judge(0.9, 0.99, least), "missed");
  assertEquals(judge(1.0, 1.0, most, 0.5), "cannot tell");
});

Deno.test("renderReferenceTools() shows the ratio, its interval, the goal and what the suite's trials say of it", () => {
  const text = report({
    pairs: pairsOf(1.05),
    trials: [trial({ cpu: { totalNs: 9.8e8 } })],
    faults: ["sockperf lost or reordered 2 messages"],
  });
  assertStringIncludes(
    text,
    "| `round-trip/tcp@libc/bytes=64` | `sockperf ping-pong --full-rtt --tcp` | p50 of the round trip | 10.5 µs | 10.0 µs | 1.054 | [1.050, 1.057] | 8 | ≤ 1.10 | met |",
  );
  assertStringIncludes(text, "both ends use 9.80 µs of CPU per operation");
  assertStringIncludes(
    text,
    "1 rounds without a pair, first: sockperf lost or reordered 2 messages",
  );
  assertStringIncludes(text, "pinned to the same core");
  assertStringIncludes(text, "- qperf: not on the PATH");
  assertStringIncludes(report({ pairs: pairsOf(1.2) }), "| missed |");
});

Deno.test("renderReferenceTools() says why a row is not comparable instead of leaving it out", () => {
  assertStringIncludes(
    report({ reason: "it needs --allow-ffi" }),
    "not comparable: it needs --allow-ffi",
  );
  assertStringIncludes(report({}), "not comparable: no round had both");
});

Deno.test("listComparisons() has every goal, with or without its tool", () => {
  const names = (tools: typeof TOOLS) =>
    listComparisons(tools).map(({ cell, tool, target }) =>
      `${cell.scenario}/${cell.transport}/${cell.bytes ?? ""} ${tool} ${target.value}`
    );
  assertEquals(names(TOOLS), [
    "round-trip/tcp@libc/64 sockperf ping-pong --full-rtt --tcp 1.1",
    "round-trip/tcp@libc/64 netperf -t TCP_RR 1.1",
    "round-trip/udp@libc/64 sockperf ping-pong --full-rtt 1.1",
    "round-trip/udp@libc/64 netperf -t UDP_RR 1.1",
    "round-trip/unix@libc/64 sockperf ping-pong --full-rtt 1.1",
    "throughput/tcp@libc/65536 iperf3 -N -l 65536 1",
    "throughput/tcp/65536 iperf3 -N -l 65536 1",
    "throughput/tcp@libc/1048576 iperf3 -N -l 1048576 1",
    "throughput/tcp/1048576 iperf3 -N -l 1048576 1",
    "connect/tcp@libc/ netperf -t TCP_CC 0.8",
  ]);
  const none = listComparisons({ paths: new Map() });
  assertEquals(none.length, rows.length);
  assert(none.every(({ ofTool }) => "reason" in ofTool && /not on the PATH/.test(ofTool.reason)));
  const unix = rows.find(({ cell }) => cell.transport === "unix@libc")!;
  assertEquals(unix.ofTool, {
    reason: "this sockperf (3.7) has no Unix-domain sockets, which came with 3.10",
  });
});

Deno.test("notRun() names tools that are found and left alone, and why", () => {
  const found = notRun({ paths: new Map([["qperf", "/usr/bin/qperf"]]) });
  assertEquals(found.length, 2);
  assertStringIncludes(
    found[0]!,
    "qperf: found and not run, as what it prints was never recorded here",
  );
  assertStringIncludes(found[1]!, "neper (tcp_rr): not on the PATH");
});
