import { alter } from "../support/environments.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { createPolicy, type PolicyInput } from "../../src/gate/gate_policy.ts";
import type { GateResult, Verdict } from "../../src/gate/gate_result.ts";
import { judge } from "../../src/gate/judge.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";

type Cases = Readonly<Record<string, CaseValues>>;

/** Twenty values around 10 µs that differ by a few tenths of a percent. */
const STEADY = Array.from({ length: 20 }, (_, index) => 10_000 + (index * 7) % 20);

/** STEADY, slowed down by the given share in each of the rounds. */
function slower(share: number | readonly number[]): number[] {
  return STEADY.map((value, index) => {
    const own = typeof share === "number" ? share : share[index % share.length] as number;
    return value * (1 + own);
  });
}

function gate(base: Cases, head: Cases, input: PolicyInput = {}, paired = true): GateResult {
  const records = [syntheticRecord(base), syntheticRecord(head)] as const;
  return judge(compareRecords(...records, { paired }), createPolicy(input));
}

function p50(values: CaseValues[string]): Cases {
  return { [TCP]: { p50: values } };
}

function only(result: GateResult): Verdict {
  assertEquals(result.cells.length, 1);
  return result.cells[0] as Verdict;
}

Deno.test("judge() passes a cell whose interval excludes what is beyond the threshold", () => {
  const result = gate(p50(STEADY), p50(slower([0.01, -0.01])));
  const cell = only(result);
  assertEquals([cell.verdict, result.exitCode, cell.n, cell.flagged], ["pass", 0, 20, false]);
  assertEquals(
    cell.reason,
    "0.01 % faster [1.0 % slower, 1.0 % faster]: more than 5 % slower is excluded; could have seen 1 %.",
  );
  assertEquals(result.summary, "Passed: none of 1 cell regressed.");
});

Deno.test("judge() fails a cell only when both test and size say so", () => {
  const red = gate(p50(STEADY), p50(slower(0.12)));
  const cell = only(red);
  assertEquals([cell.verdict, red.exitCode, cell.flagged], ["regressed", 1, true]);
  assertAlmostEquals(cell.ratio?.estimate ?? 0, 1 / 1.12, 1e-8);
  assertEquals([cell.pValue, cell.adjustedP], [2 ** -20, 2 ** -20]);
  assertEquals(
    cell.reason,
    "12.0 % slower [12.0 %, 12.0 %]: worse by the sign test (adjusted p = 9.5e-7, 20 pairs), and the estimate is beyond the threshold of 5 %.",
  );
  assertEquals(red.summary, `Regressed: 1 of 1 cell (worst: ${TCP} p50, 12.0 % slower).`);

  // Certain, but small.
  const small = gate(p50(STEADY), p50(slower(0.04)));
  assertEquals([only(small).verdict, only(small).adjustedP], ["pass", 2 ** -20]);

  // Large, but uncertain: half of the pairs say the opposite, and louder.
  const loud = gate(p50(STEADY), p50(slower([0.1, 0.1, 0.1, -0.3, 0.1, -0.3, 0.1])));
  assertEquals([only(loud).verdict, loud.exitCode], ["inconclusive", 3]);
  assertEquals(
    only(loud).reason,
    "10.0 % slower [42.9 % faster, 10.0 % slower]: more than 5 % slower is neither excluded nor shown " +
      "(adjusted p = 0.058, 20 pairs); could have seen 57 %; its threshold would take about 77 pairs.",
  );
});

Deno.test("judge() allows what is worse by exactly the threshold", () => {
  assertEquals(only(gate(p50(STEADY), p50(slower(0.05)))).verdict, "pass");
  assertEquals(only(gate(p50(STEADY), p50(slower(0.0501)))).verdict, "regressed");
  const free = gate(p50(STEADY), p50(STEADY), { threshold: 0 });
  assertEquals([only(free).verdict, free.exitCode], ["pass", 0]);
});

Deno.test("judge() knows a fall of throughput for a regression", () => {
  const rate = (values: readonly number[]): Cases => ({
    "throughput/tcp": { bytesPerSecond: values },
  });
  const [base, head] = [rate(STEADY), rate(STEADY.map((value) => value / 1.1))];
  const result = gate(base, head);
  assertEquals([only(result).verdict, result.exitCode], ["regressed", 1]);
  assertEquals(gate(head, base).exitCode, 0);
});

Deno.test("judge() calls an improvement by the same rules, and it never affects the exit code", () => {
  const result = gate(p50(STEADY), p50(slower(-0.2)));
  assertEquals([only(result).verdict, result.exitCode], ["improved", 0]);
  assertEquals(result.summary, "Passed: none of 1 cell regressed; 1 improved.");
  assertEquals(only(gate(p50(STEADY), p50(slower(-0.04)))).verdict, "pass");
});

Deno.test("judge() shares alpha among all gated cells", () => {
  // p = 2^-10 of 10 pairs is enough for 10 cells at 1 %, and not for 11.
  const ten = slower(0.2).slice(0, 10);
  for (const [cells, verdict] of [[10, "regressed"], [11, "inconclusive"]] as const) {
    const base: Record<string, CaseValues> = {};
    const head: Record<string, CaseValues> = {};
    for (let index = 0; index < cells; index++) {
      base[`${TCP},${index}`] = { p50: STEADY.slice(0, 10) };
      head[`${TCP},${index}`] = { p50: index === 0 ? ten : STEADY.slice(0, 10) };
    }
    const result = gate(base, head);
    assertEquals(result.cells[0]?.verdict, verdict);
    assertEquals(result.cells[0]?.flagged, true);
    assertEquals(result.exitCode, verdict === "regressed" ? 1 : 3);
  }
});

Deno.test("judge() says how many pairs are needed when so few could never show anything, and does not pass", () => {
  const few = (values: readonly number[]) => p50(values.slice(0, 4));
  const result = gate(few(STEADY), few(slower(0.2)));
  const cell = only(result);
  assertEquals([cell.verdict, cell.unresolvable, result.exitCode], ["inconclusive", true, 3]);
  assertEquals(
    cell.reason,
    "4 pairs cannot show a regression of any size at alpha 0.01 over 1 cell, at least 7 are needed " +
      "(20.0 % slower [20.0 %, 20.0 %]).",
  );
  assertEquals(result.summary, "Cannot judge: 1 cell is measured too seldom.");
  // Not even equal values: an interval of four pairs excludes nothing.
  assertEquals(gate(few(STEADY), few(STEADY)).exitCode, 3);
  const unpaired = gate(few(STEADY), few(STEADY), {}, false);
  assert(only(unpaired).reason.startsWith("4 trials a side cannot show"));
  assert(only(unpaired).reason.includes("at least 6 are needed"));
});

Deno.test("judge() passes seven pairs that agree, as their interval says enough", () => {
  const result = gate(p50(STEADY.slice(0, 7)), p50(STEADY.slice(0, 7)), { alpha: 0.001 });
  assertEquals([only(result).verdict, result.exitCode], ["pass", 0]);
});

Deno.test("judge() passes an inconclusive cell beside a decided one, under strict and alone it does not", () => {
  const unclear = slower([0.1, 0.1, 0.1, -0.03, 0.1, -0.03, 0.1]);
  const base = { ...p50(STEADY), [UNIX]: { p50: STEADY } };
  const head = { ...p50(STEADY), [UNIX]: { p50: unclear } };
  assertEquals(gate(base, head).exitCode, 0);
  const alone = gate(p50(STEADY), p50(unclear));
  assertEquals(alone.exitCode, 3);
  assertEquals(alone.summary, "Cannot judge: its cell is not decided.");
  const none = gate(base, { ...p50(unclear), [UNIX]: { p50: unclear } });
  assertEquals(none.summary, "Cannot judge: none of its cells is decided.");
  const strict = gate(base, head, { strict: true });
  assertEquals(strict.exitCode, 3);
  assertEquals(
    strict.summary,
    "Cannot judge: 1 of 2 cells not decided; 1 cell is inconclusive, under strict.",
  );
  const ofCases = (...cases: string[]) => gate(base, head, { strict: cases });
  assertEquals(ofCases("round-trip/unix/*").summary, strict.summary);
  assertEquals(ofCases("nothing/*", UNIX).exitCode, 3);
  assertEquals(ofCases("round-trip/tcp/*").exitCode, 0);
});

Deno.test("judge() never fails for what is new", () => {
  const result = gate(p50(STEADY), { ...p50(STEADY), [UNIX]: { p50: slower(9) } });
  assertEquals(result.cells.map(({ verdict }) => verdict), ["pass", "new"]);
  assertEquals(result.exitCode, 0);
  assertEquals(result.cells[1]?.head?.n, 20);
});

Deno.test("judge() ends with 3 for what is missing, and a regression wins over it", () => {
  const base = { ...p50(STEADY), [UNIX]: { p50: STEADY } };
  const result = gate(base, p50(STEADY));
  assertEquals(result.cells.map(({ verdict }) => verdict), ["pass", "missing"]);
  assertEquals(result.exitCode, 3);
  assertEquals(result.summary, "Cannot judge: 1 cell is missing from head.");
  assertEquals(gate(base, p50(slower(0.2))).exitCode, 1);
});

Deno.test("judge() takes all verdicts back when the environments do not match", () => {
  const base = syntheticRecord(p50(STEADY));
  const head = { ...base, environment: alter(base.environment, { cpu: "Other", kernel: "6.1" }) };
  const result = judge(compareRecords(base, head, { paired: false }), createPolicy());
  assertEquals([only(result).verdict, result.exitCode], ["incomparable", 3]);
  assertEquals(
    only(result).reason,
    'The environments do not match: kernel differs: "6.18.44" in base, "6.1" in head (and 1 more).',
  );
  assertEquals(result.environmentDifferences.length, 2);
  // The figures are still there to be read.
  assertEquals(only(result).ratio?.estimate, 1);
});

Deno.test("judge() does not believe an improvement that no change explains", () => {
  const result = gate(p50(STEADY.map((value) => value * 1e5)), p50(STEADY));
  assertEquals([only(result).verdict, result.exitCode], ["incomparable", 3]);
});

Deno.test("judge() takes thresholds by case and metric", () => {
  const head = p50(slower(0.12));
  const loose = { thresholds: [{ case: "round-trip/tcp*", threshold: "20%" }] };
  assertEquals(only(gate(p50(STEADY), head, loose)).verdict, "pass");
  const other = { thresholds: [{ case: "round-trip/tcp*", metric: "p99", threshold: "20%" }] };
  const result = gate(p50(STEADY), head, other);
  assertEquals(only(result).verdict, "regressed");
  assertEquals(result.notes, ['thresholds[0] of the policy matches no cell: "round-trip/tcp*"']);
});

Deno.test("judge() sets ignored cells aside, their reason with them, and out of the correction", () => {
  const base = { ...p50(STEADY), [UNIX]: { p50: STEADY } };
  const head = { ...p50(STEADY), [UNIX]: { p50: slower(0.5) } };
  const ignore = [{ case: "round-trip/unix*", reason: "known, issue 7" }];
  const result = gate(base, head, { ignore });
  assertEquals([result.cells.length, result.exitCode, result.judged], [1, 0, 1]);
  assertEquals(result.ignored, [{ case: UNIX, metric: "p50", reason: "known, issue 7" }]);
});

Deno.test("judge() never passes when nothing was judged", () => {
  const everything = { ignore: [{ case: "*", reason: "all of it" }] };
  const ignored = gate(p50(STEADY), p50(STEADY), everything);
  assertEquals([ignored.exitCode, ignored.summary], [3, "Cannot judge: every cell is ignored."]);
  const nothing = gate(p50(STEADY), p50(STEADY), { metrics: ["p999"] });
  assertEquals([nothing.exitCode, nothing.judged], [3, 0]);
  assertEquals(nothing.summary, "Cannot judge: nothing was compared with base.");
  assertEquals(nothing.notes, ["1 of the cases have no metric that gates (p999)"]);
  assertEquals(gate({}, {}).exitCode, 3);
  assertEquals(gate({}, p50(STEADY)).exitCode, 3);
});

Deno.test("judge() gates other metrics than the headline when told to", () => {
  const base = { [TCP]: { p50: STEADY, p99: STEADY } };
  const head = { [TCP]: { p50: STEADY, p99: slower(0.2) } };
  assertEquals(gate(base, head).exitCode, 0);
  const result = gate(base, head, { metrics: ["headline", "p99"] });
  assertEquals(result.cells.map(({ metric, verdict }) => [metric, verdict]), [
    ["p50", "pass"],
    ["p99", "regressed"],
  ]);
});

Deno.test("judge() measures shares in points", () => {
  const rates = { bytesPerSecond: STEADY };
  const base = { "throughput/udp": { ...rates, loss: STEADY.map(() => 0) } };
  const head = { "throughput/udp": { ...rates, loss: STEADY.map(() => 0.02) } };
  const metrics = ["loss"];
  assertEquals(only(gate(base, head, { metrics })).verdict, "pass");
  const tight = gate(base, head, { metrics, threshold: "1%" });
  assertEquals(only(tight).verdict, "regressed");
  assertEquals(
    only(tight).reason,
    "2.0 points higher [2.0 points, 2.0 points]: worse by the sign test " +
      "(adjusted p = 9.5e-7, 20 pairs), and the estimate is beyond the threshold of 1 points.",
  );
});

Deno.test("judge() says which side has no readings of how long it was kept off the CPU", () => {
  const bare = syntheticRecord(p50(STEADY));
  const read = {
    ...bare,
    trials: bare.trials.map((trial) => ({
      ...trial,
      counters: { "drive.waitNs": 1, "drive.runNs": 999, "drive.spanNs": 1_000 },
    })),
  };
  const notes = (base: typeof bare, head: typeof bare) =>
    judge(compareRecords(base, head, { paired: false }), createPolicy({})).notes;
  const note = (side: string) =>
    `Whether the processes of ${side} were kept off the CPU is not known: it has no readings`;
  assertEquals(notes(read, bare), [note("head")]);
  assertEquals(notes(bare, read), [note("base")]);
  assertEquals(notes(read, read), []);
});

Deno.test("judge() says that a stored baseline is partial", () => {
  const record = syntheticRecord(p50(STEADY));
  const notes = (partial: boolean, paired: boolean) =>
    judge(compareRecords({ ...record, partial }, record, { paired }), createPolicy({})).notes;
  assertEquals(notes(true, false), [
    "The baseline is partial: its run was ended early, and it says nothing of what it did not measure",
  ]);
  assertEquals([notes(false, false), notes(true, true)], [[], []]);
});
