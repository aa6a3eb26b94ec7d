import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { summarize, type Summary } from "../../src/compare/summarize.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import type { Bimodality } from "../../src/stats/bimodality.ts";
import { emptyRecord, sampleRecord } from "../support/sample_record.ts";

function findAny(record: RunRecord, caseId: string, metric: string): Summary | undefined {
  return summarize(record).find((one) => one.case === caseId && one.metric === metric);
}

function find(record: RunRecord, caseId: string, metric: string): Summary {
  const found = findAny(record, caseId, metric);
  if (found === undefined) throw new Error(`no summary of ${caseId} ${metric}`);
  return found;
}

function speedsOf(record: RunRecord, caseId: string, metric: string): Bimodality {
  const { bimodality } = find(record, caseId, metric);
  if (bimodality === undefined) throw new Error(`no bimodality of ${caseId} ${metric}`);
  return bimodality;
}

/** The sample with the values of one metric of one case replaced, one per round. */
function withValues(caseId: string, metric: string, values: readonly number[]): RunRecord {
  const record = sampleRecord({ rounds: values.length });
  const trials = record.trials.map((trial): Trial =>
    trial.case === caseId
      ? { ...trial, values: { ...trial.values, [metric]: values[trial.round - 1] as number } }
      : trial
  );
  return { ...record, trials };
}

Deno.test("summarize() takes the median and its order-statistic interval across trials", () => {
  // For n = 9 the 95 % interval of the median runs from the 2nd to the 8th value, at 96.1 %.
  const record = withValues("connect/tcp", "connectP50", [
    109,
    101,
    108,
    102,
    107,
    103,
    106,
    104,
    105,
  ]);
  const summary = find(record, "connect/tcp", "connectP50");
  assertEquals([summary.median, summary.low, summary.high], [105, 102, 108]);
  assertEquals([summary.n, summary.unit, summary.failed], [9, "ns", 0]);
  assertAlmostEquals(summary.confidence, 1 - 20 / 512, 1e-12);
  assertEquals(summary.warnings, []);
});

Deno.test("summarize() warns as a value when trials are too few", () => {
  const summary = find(sampleRecord(), "connect/tcp6", "connectP50");
  assertEquals([summary.n, summary.failed], [3, 12]);
  assertEquals(summary.warnings.length, 2);
  assert(summary.confidence < 0.95);
});

Deno.test("summarize() leaves out a metric that no trial yields, and cases that failed throughout", () => {
  const record = sampleRecord();
  assertEquals(findAny(record, "throughput/tcp/bytes=1024", "loss"), undefined);
  assertEquals(findAny(record, "round-trip/unixpacket/bytes=16384", "p50"), undefined);
});

Deno.test("summarize() gives a single trial no spread", () => {
  const summary = find(sampleRecord({ rounds: 1 }), "connect/tcp", "connectP50");
  assertEquals([summary.n, summary.confidence, summary.spread], [1, 0, undefined]);
});

Deno.test("summarize() tells both speeds of a latency, fast being the shorter time", () => {
  const values = Array.from({ length: 12 }, (_, k) => (k < 9 ? 10_000 : 15_000) + k);
  const speeds = speedsOf(
    withValues("connect/tcp", "connectP50", values),
    "connect/tcp",
    "connectP50",
  );
  assertEquals([speeds.fast.median, speeds.fast.share], [10_004, 0.75]);
  assertEquals([speeds.slow.median, speeds.slow.share], [15_010, 0.25]);
});

Deno.test("summarize() tells both speeds of a rate, fast being the higher rate", () => {
  const values = Array.from({ length: 12 }, (_, k) => (k < 9 ? 3e9 : 2e9) + k);
  const id = "throughput/tcp/bytes=1024";
  const speeds = speedsOf(withValues(id, "bytesPerSecond", values), id, "bytesPerSecond");
  assertAlmostEquals(speeds.fast.median, 3e9 + 4, 1);
  assertAlmostEquals(speeds.slow.median, 2e9 + 10, 1);
});

Deno.test("summarize() does not depend on the order of trials", () => {
  const record = sampleRecord();
  const reversed = { ...record, trials: record.trials.toReversed() };
  assertEquals(summarize(reversed), summarize(record));
});

Deno.test("summarize() scales with its values", () => {
  const values = [9, 1, 8, 2, 7, 3, 6, 4, 5].map((k) => 1_000 + k);
  const one = find(withValues("connect/tcp", "connectP50", values), "connect/tcp", "connectP50");
  const ten = find(
    withValues("connect/tcp", "connectP50", values.map((value) => value * 10)),
    "connect/tcp",
    "connectP50",
  );
  assertEquals([ten.median, ten.low, ten.high], [one.median * 10, one.low * 10, one.high * 10]);
  assertAlmostEquals(ten.spread ?? NaN, one.spread ?? NaN, 1e-12);
});

Deno.test("summarize() of an empty record is empty", () => {
  assertEquals(summarize(emptyRecord()), []);
});

Deno.test("summarize() leaves the record as it is", () => {
  const record = sampleRecord({ rounds: 3 });
  const before = structuredClone(record);
  summarize(record);
  assertEquals(record, before);
});
