import { assert, assertEquals } from "@std/assert";
import { METRIC_IDS } from "../../src/units/metric.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import type { Trial } from "../../src/model/trial.ts";
import { sampleRecord, sampleTrial, sparseOf } from "../record/sample_record.ts";

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

/** A trial in which every metric has a value that can be worked out in the head. */
const FULL: Trial = sampleTrial({
  elapsedNs: 2e9,
  operations: 100,
  histograms: {
    exchange: sparseOf(hundred),
    first: sparseOf([7]),
    connect: sparseOf(hundred.map((value) => value * 2)),
    close: sparseOf([5, 6, 7]),
  },
  tally: { sentMessages: 200, lostMessages: 50, sentBytes: 2 ** 21, writes: 64 },
  window: { bytes: 2 ** 22, messages: 300, reads: 128, elapsedNs: 0.5e9 },
  cpu: { totalNs: 3 * 2 ** 20 },
});

Deno.test("metricValue() derives each of the suite's metrics", () => {
  const expected: Record<string, number> = {
    min: 1,
    p50: 50,
    p90: 90,
    p99: 99,
    p999: 100,
    p9999: 100,
    max: 100,
    firstP50: 7,
    connectP50: 100,
    connectP99: 198,
    closeP50: 6,
    stallShare: 0,
    operationsPerSecond: 50,
    exchangesPerSecond: 50,
    requestsPerSecond: 50,
    connectionsPerSecond: 50,
    messagesPerSecond: 600,
    bytesPerSecond: 2 ** 23,
    bytesPerRead: 2 ** 15,
    bytesPerWrite: 2 ** 15,
    readsPerMiB: 32,
    writesPerMiB: 32,
    loss: 0.25,
    cpuPerOperation: 3 * 2 ** 20 / 100,
    cpuPerByte: 2,
  };
  for (const id of METRIC_IDS) assertEquals(metricValue(FULL, id), expected[id], id);
});

Deno.test("metricValue() tells p99.9 from p99.99 once a trial has the operations", () => {
  const exchange = sparseOf([
    ...Array.from({ length: 9_990 }, () => 100),
    ...Array(9).fill(200),
    250,
  ]);
  const trial = sampleTrial({ histograms: { exchange } });
  assertEquals(["p999", "p9999", "max"].map((id) => metricValue(trial, id)), [100, 200, 250]);
});

Deno.test("metricValue() takes as stalls the exchanges beyond 30 ms", () => {
  const trial = sampleTrial({ histograms: { exchange: sparseOf([1e6, 29e6, 31e6, 40e6]) } });
  assertEquals(metricValue(trial, "stallShare"), 0.5);
});

Deno.test("metricValue() counts all bytes sent as arrived where nothing is counted as lost", () => {
  const trial = sampleTrial({ tally: { sentBytes: 1000 }, cpu: { totalNs: 3000 } });
  assertEquals(metricValue(trial, "cpuPerByte"), 3);
});

Deno.test("metricValue() prefers the workload's own value, and knows metrics of a user's module by it alone", () => {
  const trial = { ...FULL, values: { p50: 12.5, jitter: 3, loss: 0 } };
  assertEquals(metricValue(trial, "p50"), 12.5);
  assertEquals(metricValue(trial, "jitter"), 3);
  assertEquals(metricValue(trial, "loss"), 0);
  assertEquals(metricValue(trial, "p90"), 90);
  assertEquals(metricValue(FULL, "jitter"), undefined);
});

Deno.test("metricValue() has no value in a failed trial, whatever was counted before it failed", () => {
  const failed = { ...FULL, values: { p50: 1 }, error: { kind: "timeout", message: "Too long." } };
  for (const id of METRIC_IDS) assertEquals(metricValue(failed, id), undefined, id);
});

Deno.test("metricValue() has no value where a trial lacks what the metric needs, or would divide by zero", () => {
  const bare = sampleTrial({ elapsedNs: 0, operations: 0, histograms: {}, tally: {} });
  const zeros = sampleTrial({
    elapsedNs: 0,
    operations: 0,
    histograms: {
      exchange: sparseOf([]),
      first: sparseOf([]),
      connect: sparseOf([]),
      close: sparseOf([]),
    },
    tally: { sentMessages: 0, lostMessages: 0, sentBytes: 0, writes: 0 },
    window: { bytes: 0, messages: 0, reads: 0, elapsedNs: 0 },
    cpu: { totalNs: 0 },
  });
  for (const id of METRIC_IDS) {
    assertEquals(metricValue(bare, id), undefined, `${id} of bare`);
    assertEquals(metricValue(zeros, id), undefined, `${id} of zeros`);
  }
});

Deno.test("metricValue() has no CPU per byte where every message was lost", () => {
  const trial = sampleTrial({
    tally: { sentBytes: 100, sentMessages: 10, lostMessages: 10 },
    cpu: { totalNs: 5 },
  });
  assertEquals(metricValue(trial, "cpuPerByte"), undefined);
  assertEquals(metricValue(trial, "loss"), 1);
});

Deno.test("metricValue() takes no inherited property for a metric, value or histogram", () => {
  const trial = { ...FULL, values: {} };
  for (const id of ["constructor", "toString", "__proto__", "hasOwnProperty", ""]) {
    assertEquals(metricValue(trial, id), undefined, id);
  }
});

Deno.test("metricValue() is a finite number or undefined for every trial of a record", () => {
  for (const trial of sampleRecord().trials) {
    for (const id of METRIC_IDS) {
      const value = metricValue(trial, id);
      assert(value === undefined || Number.isFinite(value), `${trial.case} ${id} is ${value}`);
    }
  }
});
