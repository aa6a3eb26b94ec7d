import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { listComparisons } from "../../../bench/validation/reference_tools/comparisons.ts";
import {
  judgeGoal,
  renderReferenceTools,
  type ToolRow,
} from "../../../bench/validation/reference_tools/tool_report.ts";
import type { Trial } from "../../../src/model/trial.ts";
import type { Pair } from "../../../src/stats/mod.ts";

const TOOLS = {
  paths: new Map([["sockperf", "/usr/bin/sockperf"], ["iperf3", "/usr/bin/iperf3"]]),
  versions: new Map([["sockperf", "3.7"]]),
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
    "| `round-trip/tcp@libc/bytes=64` | `sockperf ping-pong --full-rtt --tcp` | p50 of the round trip | 10.5 µs | 10.0 µs | 1.054 | [1.050, 1.057] | 8 | ≤ 1.05 | cannot tell |",
  );
  assertStringIncludes(text, "both ends use 9.80 µs of CPU per operation");
  assertStringIncludes(
    text,
    "1 rounds without a pair, first: sockperf lost or reordered 2 messages",
  );
  assertStringIncludes(text, "pinned to the same core");
  assertStringIncludes(report({ pairs: pairsOf(1.02) }), "| met |");
  assertStringIncludes(report({ pairs: pairsOf(1.2) }), "| missed |");
});

Deno.test("renderReferenceTools() says why a row is not comparable instead of leaving it out", () => {
  assertStringIncludes(
    report({ reason: "it needs --allow-ffi" }),
    "not comparable: it needs --allow-ffi",
  );
  assertStringIncludes(report({}), "not comparable: no round had both");
});

Deno.test("renderReferenceTools() prints no 95 % interval of two pairs, and no amounts that contradict the pairs' ratio", () => {
  assertStringIncludes(report({ pairs: pairsOf(1.05).slice(0, 2) }), "| – (too few pairs) | 2 |");
  // The machine drifts: both sides double in the middle, the tool first.
  const drifting: Pair[] = [1, 1, 1, 1, 2, 4, 4, 4].map((tool, index) => [
    [1, 1, 1, 1, 1, 4, 4, 4][index]! * 1e4 * (1 + index / 1e4),
    tool * 1e4,
  ]);
  const shifted: Pair[] = [...drifting.slice(0, 3), [1e4, 3e4], [4e4, 1e4], ...drifting.slice(5)];
  for (const pairs of [drifting, shifted]) {
    const line = report({ pairs }).split("\n").find((text) => text.startsWith("| `"))!;
    const [suite, tool, ratio, interval] = line.split(" | ").slice(3, 7);
    const [low, high] = interval!.slice(1, -1).split(", ").map(Number);
    assert(low! <= Number(ratio) && Number(ratio) <= high!);
    if (suite === "–") continue;
    const quotient = parseFloat(suite!) / parseFloat(tool!);
    assert(quotient >= low! - 0.01 && quotient <= high! + 0.01, line);
  }
});

Deno.test("renderReferenceTools() judges a cell by the best of its tools, and an absent tool is no pass", () => {
  const text = report({ pairs: pairsOf(1.02) });
  assertStringIncludes(
    text,
    "- `round-trip/tcp@libc/bytes=64`: 1.024 of `sockperf ping-pong --full-rtt --tcp`, the best of 1 (goal ≤ 1.05): met.",
  );
  assertStringIncludes(
    report({ reason: "sockperf is not on the PATH" }),
    "- `round-trip/tcp@libc/bytes=64`: not compared, as no tool could be run.",
  );
  const [first, second] = [pairsOf(1.02), pairsOf(1.2)].map((pairs, index) => ({
    comparison: rows[index]!,
    pairs,
    trials: [],
    faults: [],
  }));
  const both = renderReferenceTools({
    facts: [],
    pin: "same",
    rounds: 8,
    rows: [first!, second!],
  });
  assertStringIncludes(both, "of `netperf -t TCP_RR`, the best of 2 (goal ≤ 1.05): missed.");
  // Further off in the median, and of no use to decide: its interval holds the goal.
  const wide = pairsOf(1.5).map(([suite, tool], index): Pair => [suite, index < 2 ? suite : tool]);
  const undecided = renderReferenceTools({
    facts: [],
    pin: "same",
    rounds: 8,
    rows: [{ ...first!, pairs: pairsOf(1.2) }, { ...second!, pairs: wide }],
  });
  assertStringIncludes(
    undecided,
    "of `sockperf ping-pong --full-rtt --tcp`, the best of the 1 of 2 that decide (goal ≤ 1.05): missed.",
  );
});

Deno.test("listComparisons() has every goal, with or without its tool, and names the program that is missing", () => {
  const reasons = (tools: typeof TOOLS) =>
    new Map(
      listComparisons(tools).map(({ cell, tool, target, ofTool }) => [
        `${cell.scenario}/${cell.transport}/${cell.bytes ?? ""} ${tool} ${target.value}`,
        "reason" in ofTool ? ofTool.reason : undefined,
      ]),
    );
  const found = reasons(TOOLS);
  assertEquals(found.size, rows.length);
  assertEquals(
    found.get("round-trip/tcp@libc/64 sockperf ping-pong --full-rtt --tcp 1.05"),
    undefined,
  );
  assertEquals(found.get("throughput/tcp/1048576 iperf3 -N -l 1048576 1"), undefined);
  assertEquals(
    found.get("round-trip/unix@libc/64 sockperf ping-pong --full-rtt -i PATH --tcp 1.1"),
    "this sockperf (3.7) has no Unix-domain sockets, which came with 3.9",
  );
  assertEquals(
    found.get("round-trip/unixpacket@libc/64 netperf -t DG_RR 1.1"),
    "netperf and netserver are not on the PATH",
  );
  const half = reasons({ ...TOOLS, paths: new Map([["netperf", "/usr/bin/netperf"]]) });
  assertEquals(
    half.get("connect/tcp@libc/ netperf -t omni -c -d 0 0.95"),
    "netserver is not on the PATH",
  );
  const none = reasons({ paths: new Map(), versions: new Map() });
  assertEquals([...none.keys()], [...found.keys()]);
  assert([...none.values()].every((reason) => /not on the PATH/.test(reason ?? "")));
});

const PROGRAM = new URL("../../../bench/validation/reference_tools.ts", import.meta.url);

async function runProgram(path: string, ...args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", PROGRAM.href, ...args],
    env: { PATH: path, NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

Deno.test("reference_tools.ts refuses a wrong command line before it measures, and leaves the report as it was", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const out = `${directory}/report.md`;
    await Deno.writeTextFile(out, "as it was");
    const cases: readonly (readonly [code: number, sentence: string, ...args: string[]])[] = [
      [2, "--only nonsense matches no row", "--only", "nonsense"],
      [2, "--rounds must be a whole number above 0: it is many", "--rounds", "many"],
      [2, "Unknown option '--round'", "--round", "3"],
      [2, "--pin must be one of", "--pin", "apart"],
      [2, "cannot be written", "--out", `${directory}/missing/report.md`],
      [3, "nothing could be compared", "--pin", "none", "--rounds", "1"],
    ];
    for (const [code, sentence, ...args] of cases) {
      // A PATH that has none of the tools.
      const found = await runProgram(directory, "--out", out, ...args);
      assertEquals(found.code, code, found.text);
      assertStringIncludes(found.text, sentence);
      assert(!found.text.includes("    at "), found.text);
    }
    assertEquals(await Deno.readTextFile(out), "as it was");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
