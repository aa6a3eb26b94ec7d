import { METRIC_IDS, metricOf } from "../../src/units/metric.ts";
import { Histogram, type SparseHistogram } from "../../src/model/histogram.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../../src/model/run_record.ts";
import { upgradeEnvironment } from "../../src/record/upgrade_v1.ts";
import type { Trial } from "../../src/model/trial.ts";

/** A sparse histogram of the given values. */
export function sparseOf(values: Iterable<number>): SparseHistogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.toSparse();
}

/** A small trial that went well; fields may be replaced. */
export function sampleTrial(fields: Partial<Trial> = {}): Trial {
  return {
    case: "round-trip/tcp/bytes=64",
    round: 1,
    order: 0,
    startedNs: 1000.5,
    elapsedNs: 2e9,
    operations: 4,
    histograms: { exchange: sparseOf([100, 200, 300, 40e6]) },
    tally: { sentBytes: 256, receivedBytes: 256 },
    peer: "loop",
    settings: { nagle: "off" },
    ...fields,
  };
}

/** A record that has every optional field somewhere, two scenarios, three cases and five trials. */
export function sampleRecord(): RunRecord {
  const placement = { peer: "process", pin: "none" } as const;
  return {
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    runId: "8f0e1a52-3b1c-4c55-9a0e-2f8f6f0d4b11",
    origin: { tool: "sockbench", version: "0.1.0", schemaVersion: 1 },
    startedAt: "2026-01-31T12:00:00.000Z",
    durationNs: 12e9,
    estimateNs: 11.5e9,
    partial: false,
    environment: upgradeEnvironment({
      versions: { deno: "2.9.6", sockbench: "0.1.0" },
      platform: "linux x86_64",
      kernel: "6.18.44",
      cpu: "Some CPU @ 2 GHz",
      cores: 2,
      memoryBytes: 4294967296,
      virtualization: null,
      loadAverage: 0.25,
      sysctls: { "net.core.rmem_max": 212992, "net.ipv4.tcp_rmem": "4096 131072 6291456" },
      missing: [{ what: "cpu governor", reason: "No permission to read /sys." }],
    }),
    peerEnvironment: {
      facts: [
        { id: "cpu", value: "Another CPU", label: "CPU", compare: "must" },
        { id: "memory", value: 2 ** 31, label: "memory", compare: "info", unit: "bytes" },
      ],
      missing: [],
    },
    settings: {
      profile: "quick",
      rounds: 2,
      seed: 42,
      peer: "process",
      command: "deno task sockbench run --profile quick --seed 42",
    },
    yardstick: {
      readings: [
        { startedNs: 0, socketpairNs: 3350.5, copyNs: 16_500, turnNs: 830 },
        { startedNs: 11e9, copyNs: 16_400 },
      ],
      missing: [{
        what: "yardstick: round trip over a socket pair",
        reason: "send(socketpair) failed: Broken pipe (EPIPE)",
      }],
    },
    scenarios: [
      {
        id: "round-trip",
        question: "How long does a request and its reply take?",
        operation: "exchange",
        parameters: [{
          name: "bytes",
          kind: "size",
          description: "Message size.",
          min: 1,
          max: 65536,
        }],
        metrics: ["p50", "exchangesPerSecond"],
        columns: ["transport"],
        contrasts: [{ factor: "transport", base: "tcp", metric: "p50" }],
        notes: ["A round trip is never halved."],
      },
      {
        id: "throughput",
        question: "How many bytes arrive per second?",
        operation: "message",
        parameters: [
          { name: "chunk", kind: "size", description: "Bytes per write." },
          { name: "order", kind: "choice", description: "Which first.", choices: ["a", "b"] },
        ],
        metrics: ["bytesPerSecond"],
        columns: ["transport"],
        contrasts: [],
        search: ["chunk"],
        notes: [],
      },
    ],
    metrics: METRIC_IDS.map(metricOf),
    cases: [
      ...(["tcp", "unix"] as const).map((transport) => ({
        id: `round-trip/${transport}/bytes=64`,
        scenario: "round-trip",
        transport,
        params: { bytes: 64 },
        fixed: { nagle: "off" },
        workload: "ping-pong",
        budget: { warmupNs: 1e7, measureNs: 1e8, minOperations: 10 },
        expectedNs: 1.2e8,
        placement,
      })),
      {
        id: "throughput/udp/chunk=1024,order=a",
        scenario: "throughput",
        transport: "udp",
        params: { chunk: 1024, order: "a" },
        fixed: {},
        workload: "bulk",
        budget: { warmupNs: 1e7, measureNs: 1e8, maxOperations: 5000 },
        expectedNs: 1.2e8,
        placement,
      },
    ],
    skipped: [{ what: "transport tcp6", reason: "This machine has no IPv6 loopback address." }],
    trials: [
      sampleTrial({ cpu: { totalNs: 8000, serveNs: 3000 }, values: { p50: 150 } }),
      sampleTrial({ round: 2, order: 1, startedNs: 5e9 }),
      sampleTrial({
        case: "round-trip/unix/bytes=64",
        order: 1,
        elapsedNs: 3.5e9,
        histograms: { exchange: sparseOf([90, 95, 99, 3e9]), first: sparseOf([]) },
      }),
      sampleTrial({
        case: "throughput/udp/chunk=1024,order=a",
        order: 2,
        histograms: {},
        operations: 100,
        tally: {
          sentMessages: 120,
          receivedMessages: 90,
          lostMessages: 30,
          reorderedMessages: 0,
          sentBytes: 102400,
          writes: 100,
          reads: 80,
          errors: { WouldBlock: 2 },
        },
        window: { bytes: 81920, messages: 80, reads: 80, elapsedNs: 1e8 },
        cpu: { totalNs: 76800 },
      }),
      sampleTrial({
        case: "round-trip/unix/bytes=64",
        round: 2,
        startedNs: 6e9,
        elapsedNs: 0,
        operations: 0,
        histograms: {},
        tally: {},
        error: { kind: "peer-died", message: "process 4711 ended with signal SIGKILL." },
      }),
    ],
  };
}
