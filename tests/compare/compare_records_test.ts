import { alter } from "../support/environments.ts";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { compareIds } from "../../src/compare/comparison.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { caseOf, type CaseValues, syntheticRecord, TURNAROUND } from "./synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";
const STEADY = [10_000, 15_000, 10_200, 9_900, 14_800, 10_100, 10_000, 15_100, 10_050, 9_950];

type Cases = Readonly<Record<string, CaseValues>>;

function compared(base: Cases, head: Cases, paired = true) {
  return compareRecords(syntheticRecord(base), syntheticRecord(head), { paired });
}

/** The only item of a list. */
function only<T>(list: readonly T[]): T {
  assertEquals(list.length, 1);
  return list[0] as T;
}

/** Everything that has no comparison, as "list case metric: reason". */
function gapsOf(base: RunRecord, head: RunRecord, paired = true): string[] {
  const result = compareRecords(base, head, { paired });
  return (["new", "missing", "incomparable"] as const).flatMap((list) =>
    result[`${list}Cells`].map(({ case: id, metric, reason }) =>
      `${list} ${id} ${metric}: ${reason}`
    )
  );
}

Deno.test("compareRecords() pairs trials by round, whatever their order in the file", () => {
  const head = STEADY.map((value) => value * 1.2);
  const result = compared({ [TCP]: { p50: STEADY } }, { [TCP]: { p50: head } });
  const one = only(result.comparisons);
  assertEquals([one.case, one.metric, one.headline, one.unit], [TCP, "p50", true, "ns"]);
  assertEquals([one.better, one.kind, one.test], ["lower", "ratio", "sign"]);
  assertAlmostEquals(one.ratio.low, 1 / 1.2, 1e-8);
  assertAlmostEquals(one.ratio.high, 1 / 1.2, 1e-8);
  assertEquals([one.ratio.n, one.pValue, one.leastPValue], [10, 2 ** -10, 2 ** -10]);
  assertEquals([one.base.n, one.head.n, one.base.median], [10, 10, 10_075]);
});

Deno.test("compareRecords() without pairing cannot see through bimodal trials, and reports it", () => {
  const head = STEADY.map((value) => value * 1.2);
  const result = compared({ [TCP]: { p50: STEADY } }, { [TCP]: { p50: head } }, false);
  const one = only(result.comparisons);
  assertEquals(one.test, "mann-whitney");
  assert(one.pValue > 0.01);
  assertEquals(one.warnings, [
    "the trials are bimodal in base and head, which unpaired trials do not cancel",
  ]);
});

Deno.test("compareRecords() compares every metric with a direction, the headline known as such", () => {
  const base = { bytesPerSecond: STEADY, loss: STEADY.map(() => 0), bytesPerRead: STEADY };
  const { comparisons } = compared({ "throughput/udp": base }, { "throughput/udp": base });
  assertEquals(comparisons.map(({ metric, headline, kind }) => [metric, headline, kind]), [
    ["bytesPerSecond", true, "ratio"],
    ["loss", false, "difference"],
  ]);
});

Deno.test("compareRecords() knows the metrics of a user's module by the record's own definitions", () => {
  const cases = { "custom/tcp": { turnaround: STEADY } };
  const { comparisons } = compared(cases, cases);
  assertEquals(comparisons.map(({ metric, unit }) => [metric, unit]), [["turnaround", "ns"]]);
  const flipped = syntheticRecord(cases, { metrics: [{ ...TURNAROUND, better: "higher" }] });
  assertEquals(gapsOf(flipped, syntheticRecord(cases)), [
    "incomparable custom/tcp turnaround: the metric is defined otherwise: higher is better, in ns, in base, " +
    "and lower is better, in ns, in head",
  ]);
});

Deno.test("compareRecords() lists what only one side has", () => {
  const base = syntheticRecord({ [TCP]: { p50: STEADY, p99: STEADY } });
  const head = syntheticRecord({ [UNIX]: { p50: STEADY } }, {
    skipped: [{ what: TCP, reason: "No permission to open TCP sockets." }],
  });
  assertEquals(gapsOf(base, head), [
    `new ${UNIX} p50: base does not have this case`,
    `missing ${TCP} p50: head does not have this case: No permission to open TCP sockets`,
    `missing ${TCP} p99: head does not have this case: No permission to open TCP sockets`,
  ]);
  const { newCases, missingCases } = compareRecords(base, head, { paired: true });
  assertEquals([newCases, missingCases], [[UNIX], [TCP]]);
});

Deno.test("compareRecords() says why head lacks a case when its whole transport was skipped", () => {
  const base = syntheticRecord({ [TCP]: { p50: STEADY } });
  // As planCases() writes it.
  const skipped = [{ what: "transport tcp", reason: "No permission to open TCP sockets." }];
  assertEquals(gapsOf(base, syntheticRecord({ [UNIX]: { p50: STEADY } }, { skipped })), [
    `new ${UNIX} p50: base does not have this case`,
    `missing ${TCP} p50: head does not have this case: No permission to open TCP sockets`,
  ]);
});

Deno.test("compareRecords() does not judge a case that was given up by what it did before", () => {
  const forty = [...STEADY, ...STEADY, ...STEADY, ...STEADY];
  // 3 failures of 40 are within the tenth that a comparison puts up with.
  const broken = forty.map((value, index) => index < 37 ? value : "failed" as const);
  const skipped = [{ what: TCP, reason: "given up after 3 failed trials in a row: reset." }];
  const good = syntheticRecord({ [TCP]: { p50: forty } });
  const lost = syntheticRecord({ [TCP]: { p50: broken } }, { skipped });
  const reason = "did not keep up this case: given up after 3 failed trials in a row: reset";
  for (const paired of [true, false]) {
    assertEquals(gapsOf(good, lost, paired), [`missing ${TCP} p50: head ${reason}`]);
    assertEquals(gapsOf(lost, good, paired), [`incomparable ${TCP} p50: base ${reason}`]);
    const { missingCases, headSummaries } = compareRecords(good, lost, { paired });
    assertEquals([missingCases, headSummaries], [[TCP], []]);
  }
});

Deno.test("compareRecords() lists metrics that only one side has", () => {
  const base = syntheticRecord({ [TCP]: { p50: STEADY, p99: STEADY } });
  const head = syntheticRecord({ [TCP]: { p50: STEADY, stallShare: STEADY.map(() => 0) } });
  assertEquals(gapsOf(base, head), [
    `missing ${TCP} p99: no trial of head yields this metric`,
    `incomparable ${TCP} stallShare: no trial of base yields this metric`,
  ]);
});

Deno.test("compareRecords() tells a case whose trials all failed from one that was never planned", () => {
  const good = syntheticRecord({ [TCP]: { p50: STEADY } });
  const failed = syntheticRecord({ [TCP]: { p50: STEADY.map(() => "failed" as const) } });
  const sentence = "first with timeout: The peer did not answer";
  assertEquals(gapsOf(good, failed), [
    `missing ${TCP} p50: every trial of this case failed in head, ${sentence}`,
  ]);
  assertEquals(
    gapsOf(failed, good).filter((gap) => gap.includes("p50")),
    [`incomparable ${TCP} p50: every trial of this case failed in base, ${sentence}`],
  );
  const bare = syntheticRecord({ [TCP]: { p50: [] } });
  assertEquals(gapsOf(good, bare), [`missing ${TCP} p50: head has no trial of this case`]);
});

Deno.test("compareRecords() compares no two cases of one id that are not the same measurement", () => {
  const base = syntheticRecord({ [TCP]: { p50: STEADY } });
  const changes = [
    [
      { placement: { peer: "loop", pin: "none" } },
      'placement of the peer of the case differs: "process" in base, "loop" in head',
    ],
    [
      { placement: { peer: "process", pin: "same" } },
      'pinning of the case differs: "none" in base, "same" in head',
    ],
    [
      { fixed: { nagle: "on" } },
      'parameter "nagle" of the case differs: missing in base, "on" in head',
    ],
    [
      { budget: { warmupNs: 1e7, measureNs: 5e7 } },
      "measured time in ns of the case differs: 100000000 in base, 50000000 in head",
    ],
    [{ workload: "bulk" }, 'workload of the case differs: "ping-pong" in base, "bulk" in head'],
  ] as const;
  for (const [change, reason] of changes) {
    const head = { ...base, cases: [{ ...caseOf(TCP), ...change }] };
    assertEquals(gapsOf(base, head), [`incomparable ${TCP} p50: ${reason}`]);
  }
});

Deno.test("compareRecords() leaves out a trial or two with a warning, and no more than a tenth", () => {
  const twenty = [...STEADY, ...STEADY];
  const failing = (count: number) =>
    twenty.map((value, index) => index < count ? "failed" as const : value);
  const [one] = compared({ [TCP]: { p50: twenty } }, { [TCP]: { p50: failing(2) } }).comparisons;
  assertEquals(one?.ratio.n, 18);
  assertEquals(one?.warnings, [
    "2 of 20 rounds could not be paired",
    "2 of 20 trials failed in head",
  ]);
  for (const paired of [true, false]) {
    const [base, head] = [twenty, failing(3)].map((p50) => syntheticRecord({ [TCP]: { p50 } }));
    assertEquals(gapsOf(base as RunRecord, head as RunRecord, paired), [
      `incomparable ${TCP} p50: 3 of 20 trials of head failed or yield no value above 0, ` +
      `so that the rest may not stand for all`,
    ]);
  }
  const half = syntheticRecord({ [TCP]: { p50: STEADY } });
  assertEquals(gapsOf(half, syntheticRecord({ [TCP]: { p50: twenty } })), [
    `incomparable ${TCP} p50: 10 of 20 rounds lack a usable trial on one side or both, so that the rest may not stand for all`,
  ]);
});

Deno.test("compareRecords() never divides by zero: zeros count as failures, shares are subtracted", () => {
  const zeros = syntheticRecord({ [TCP]: { p50: STEADY.map(() => 0) } });
  const good = syntheticRecord({ [TCP]: { p50: STEADY } });
  for (const [base, head] of [[zeros, good], [good, zeros], [zeros, zeros]] as const) {
    for (const paired of [true, false]) {
      const [gap, ...more] = gapsOf(base, head, paired);
      assert(gap?.includes("10 of 10 trials"), gap);
      assertEquals(more, []);
    }
  }
  const share = { p50: STEADY, stallShare: STEADY.map(() => 0) };
  const { comparisons } = compared({ [TCP]: share }, { [TCP]: share }, false);
  const stalls = comparisons.find(({ metric }) => metric === "stallShare");
  assertEquals([stalls?.ratio.estimate, stalls?.ratio.low, stalls?.pValue], [1, 1, 1]);
});

Deno.test("compareRecords() refuses values that cannot have been measured", () => {
  const good = syntheticRecord({ [TCP]: { p50: STEADY } });
  for (const absurd of [-1, 1e300, 1e-300, Number.MAX_VALUE, 5e-324]) {
    const values = STEADY.map((value, index) => index === 3 ? absurd : value);
    const bad = syntheticRecord({ [TCP]: { p50: values } });
    for (const gaps of [gapsOf(bad, good), gapsOf(good, bad), gapsOf(bad, bad, false)]) {
      assert(gaps.length === 1 && gaps[0]?.includes("cannot have been measured in ns"), gaps[0]);
    }
  }
});

Deno.test("compareRecords() refuses two trials of one case in one round", () => {
  const record = syntheticRecord({ [TCP]: { p50: STEADY } });
  const doubled = { ...record, trials: [...record.trials, ...record.trials.slice(0, 1)] };
  for (const [base, head] of [[doubled, record], [record, doubled]] as const) {
    assertThrows(
      () => compareRecords(base, head, { paired: true }),
      RangeError,
      `each case must have one trial a round: "${TCP}" has two in round 1`,
    );
  }
});

Deno.test("compareRecords() names differences of the environment and still compares", () => {
  const base = syntheticRecord({ [TCP]: { p50: STEADY } });
  const head = { ...base, environment: alter(base.environment, { kernel: "6.1" }) };
  const result = compareRecords(base, head, { paired: false });
  assertEquals(result.environmentDifferences.length, 1);
  assertEquals(result.environmentObstacles, result.environmentDifferences);
  assertEquals(result.comparisons.length, 1);
});

Deno.test("compareIds() counts as people do, and never takes two ids for one", () => {
  const ids = ["a/bytes=1024", "a/bytes=64", "a", "a\u0000", "A"];
  const once = [...ids].sort(compareIds);
  assertEquals([...ids].reverse().sort(compareIds), once);
  assert(once.indexOf("a/bytes=64") < once.indexOf("a/bytes=1024"));
});
