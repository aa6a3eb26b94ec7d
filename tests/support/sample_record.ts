/**
 * A sample record: deterministic, made by hand, with everything that a report must cope with. Its scenarios are its own, so
 * that golden files do not change with the suite's.
 *
 * @module
 */

import { METRIC_IDS, metricOf } from "../../src/units/metric.ts";
import { type Case, caseId } from "../../src/model/case.ts";
import type { Environment } from "../../src/model/environment.ts";
import { upgradeEnvironment } from "../../src/record/upgrade_v1.ts";
import { alter } from "./environments.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import type { ScenarioSpec } from "../../src/model/scenario_spec.ts";
import { createPrng } from "../../src/stats/prng.ts";
import type { Params } from "../../src/model/params.ts";

/** What {@linkcode sampleRecord} may be told. */
export interface SampleOptions {
  /** Rounds, of which each holds one trial of every case. */
  readonly rounds?: number;
  /** Fields that replace those of the record. */
  readonly replace?: Partial<RunRecord>;
}

const KIB = 1024;

/** Base values by scenario, given the case: the metrics of an undisturbed trial. */
type Model = (transport: string, params: Params) => Readonly<Record<string, number>>;

interface Part {
  readonly spec: ScenarioSpec;
  readonly fixed?: Params;
  readonly cells: readonly (readonly [transport: string, params: Params])[];
  readonly model: Model;
}

const SPEED: Readonly<Record<string, number>> = {
  tcp: 1,
  tcp6: 1,
  unix: 0.825,
  udp: 1.2,
  unixpacket: 0.9,
};

function cross(
  transports: readonly string[],
  grid: Readonly<Record<string, readonly (number | string)[]>>,
): readonly (readonly [string, Params])[] {
  let cells: Params[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    cells = cells.flatMap((params) => values.map((value) => ({ ...params, [name]: value })));
  }
  return transports.flatMap((transport) => cells.map((params) => [transport, params] as const));
}

function latencies(p50: number): Readonly<Record<string, number>> {
  return {
    min: p50 * 0.9,
    p50,
    p90: p50 * 1.1,
    p99: p50 * 1.8,
    p999: p50 * 4,
    max: p50 * 20,
    exchangesPerSecond: 0.95e9 / p50,
    requestsPerSecond: 0.95e9 / p50,
    cpuPerOperation: p50 * 1.5,
  };
}

function roundTripNs(transport: string, bytes: number): number {
  return (10_000 + bytes / 4) * (SPEED[transport] ?? 1);
}

const PARTS: readonly Part[] = [
  {
    spec: {
      id: "round-trip",
      question: "How long does a request and its reply take?",
      operation: "exchange",
      parameters: [{ name: "bytes", kind: "size", description: "size of request and reply" }],
      metrics: ["p50", "p90", "p99", "p999", "min", "max", "exchangesPerSecond", "cpuPerOperation"],
      columns: ["transport"],
      contrasts: [{ factor: "transport", base: "tcp", metric: "p50" }],
      notes: ["One request at a time over one connection; the whole round trip, never halved."],
    },
    fixed: { nagle: "off" },
    cells: cross(["tcp", "tcp6", "unix", "udp", "unixpacket"], { bytes: [64, KIB, 16 * KIB] }),
    model: (transport, { bytes }) => latencies(roundTripNs(transport, Number(bytes))),
  },
  {
    spec: {
      id: "throughput",
      question: "How many bytes arrive per second?",
      operation: "message",
      parameters: [{ name: "bytes", kind: "size", description: "size of each write" }],
      metrics: ["bytesPerSecond", "bytesPerRead", "loss", "cpuPerByte"],
      columns: ["transport"],
      contrasts: [{ factor: "transport", base: "tcp", metric: "bytesPerSecond" }],
      notes: ["Bytes are counted where they arrive."],
    },
    fixed: { nagle: "off", read: 64 * KIB },
    cells: cross(["tcp", "unix", "udp"], { bytes: [KIB, 64 * KIB] }),
    model: (transport, { bytes }) => ({
      bytesPerSecond: Number(bytes) / (4e-6 + Number(bytes) / 3e9) / (SPEED[transport] ?? 1),
      bytesPerRead: Number(bytes),
      ...(transport === "udp" ? { loss: 0.12 } : {}),
      cpuPerByte: 0.4,
    }),
  },
  {
    spec: {
      id: "connect",
      question: "What does opening (and closing) a connection cost?",
      operation: "connection",
      parameters: [],
      metrics: ["connectP50", "connectP99", "connectionsPerSecond", "closeP50"],
      columns: ["transport"],
      contrasts: [{ factor: "transport", base: "tcp", metric: "connectP50" }],
      notes: ["At most 100 connections per trial."],
    },
    cells: cross(["tcp", "tcp6", "unix"], {}),
    model: (transport) => ({
      connectP50: 52_000 * (transport === "unix" ? 0.5 : 1),
      connectP99: 152_000,
      connectionsPerSecond: 12_000,
      closeP50: 8_000,
    }),
  },
  {
    spec: {
      id: "connect-round-trip",
      question: "What does a request cost when each has a connection of its own?",
      operation: "request",
      parameters: [{ name: "bytes", kind: "size", description: "size of request and reply" }],
      metrics: ["p50", "p99", "requestsPerSecond", "cpuPerOperation"],
      columns: ["transport"],
      contrasts: [
        { factor: "scenario", base: "round-trip", metric: "p50" },
        { factor: "transport", base: "tcp", metric: "p50" },
      ],
      notes: ["Connect, request, reply, close, timed as one."],
    },
    fixed: { nagle: "off" },
    cells: cross(["tcp", "unix"], { bytes: [64] }),
    model: (transport) => latencies(transport === "unix" ? 40_000 : 62_000),
  },
  {
    spec: {
      id: "nagle",
      question: "What does Nagle's algorithm with delayed acknowledgements cost?",
      operation: "exchange",
      parameters: [
        { name: "nagle", kind: "choice", choices: ["on", "off"], description: "Nagle's algorithm" },
        {
          name: "pattern",
          kind: "choice",
          choices: ["write-read", "write-write-read"],
          description: "how a request is handed to the socket",
        },
        { name: "header", kind: "size", description: "size of the first write" },
        { name: "body", kind: "size", description: "size of the second write" },
      ],
      metrics: ["p50", "p99", "firstP50", "stallShare", "max", "cpuPerOperation"],
      columns: ["transport", "nagle"],
      contrasts: [{ factor: "nagle", base: "off", metric: "p50" }],
      notes: ["Unix-domain sockets are the control: they have no Nagle."],
    },
    cells: [
      ...cross(["tcp"], {
        nagle: ["on", "off"],
        pattern: ["write-read", "write-write-read"],
        header: [64],
        body: [256],
      }),
      ...cross(["unix"], {
        pattern: ["write-read", "write-write-read"],
        header: [64],
        body: [256],
      }),
    ],
    model: (transport, { nagle, pattern }) => {
      const stalls = nagle === "on" && pattern === "write-write-read";
      const values = latencies(stalls ? 41.1e6 : roundTripNs(transport, 320));
      return { ...values, max: stalls ? 44e6 : 2e6, firstP50: 210_000, stallShare: stalls ? 1 : 0 };
    },
  },
  {
    spec: {
      id: "buffer-size",
      question: "Which read and write buffer gives the most throughput?",
      operation: "write",
      parameters: [
        { name: "bytes", kind: "size", description: "size of each write" },
        { name: "read", kind: "size", description: "size of the read buffer" },
      ],
      metrics: ["bytesPerSecond", "readsPerMiB", "writesPerMiB", "cpuPerByte"],
      columns: ["read"],
      contrasts: [{ factor: "transport", base: "tcp", metric: "bytesPerSecond" }],
      search: ["bytes", "read"],
      notes: ["The same transfer as throughput, by the size of both buffers."],
    },
    fixed: { nagle: "off" },
    cells: cross(["tcp", "unix"], {
      bytes: [4 * KIB, 64 * KIB, KIB * KIB],
      read: [512, 4 * KIB, 64 * KIB, KIB * KIB],
    }),
    model: (transport, { bytes, read }) => ({
      bytesPerSecond: 4e9 / (1 + 1_500 / Number(bytes) + 1_500 / Number(read)) /
        (SPEED[transport] ?? 1),
      readsPerMiB: 2 ** 20 / Number(read),
      writesPerMiB: 2 ** 20 / Number(bytes),
      cpuPerByte: 0.5,
    }),
  },
];

/** The sample's machine: none that exists. */
export const SAMPLE_ENVIRONMENT: Environment = upgradeEnvironment({
  versions: { deno: "2.9.6", v8: "14.0", typescript: "6.0", sockbench: "0.1.0" },
  platform: "linux x86_64",
  kernel: "6.18.44",
  cpu: "Example CPU @ 2.50GHz",
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  virtualization: "virtual machine (KVM)",
  loadAverage: 0.12,
  sysctls: { "net.core.rmem_max": 212_992, "net.ipv4.tcp_nodelay": null },
  missing: [{ what: "cpu frequency", reason: "needs --allow-sys" }],
});

/**
 * Makes the sample record: several scenarios, a bimodal cell, failed trials, a case that failed throughout, one
 * with few trials, skips, lossy UDP.
 *
 * @param options Rounds, and fields to replace.
 * @returns The record; the same options give the same record.
 */
export function sampleRecord({ rounds = 15, replace = {} }: SampleOptions = {}): RunRecord {
  const cases = PARTS.flatMap(({ spec, fixed = {}, cells }) =>
    cells.map(([transport, params]): Case => ({
      id: caseId(spec.id, transport, params),
      scenario: spec.id,
      transport,
      params,
      fixed,
      workload: "sample",
      budget: {
        warmupNs: 5e6,
        measureNs: 20e6,
        ...(spec.id.startsWith("connect") ? { maxOperations: 100 } : {}),
      },
      expectedNs: 30e6,
      placement: { peer: "process", pin: "none" },
    }))
  );
  return {
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    startedAt: "2026-05-04T12:34:56.789Z",
    durationNs: 61.2e9,
    estimateNs: 58e9,
    partial: false,
    environment: SAMPLE_ENVIRONMENT,
    settings: {
      profile: "standard",
      rounds,
      seed: 42,
      peer: "process",
      command: "deno task sockbench run --profile standard --seed 42",
    },
    scenarios: PARTS.map(({ spec }) => spec),
    metrics: METRIC_IDS.map(metricOf),
    cases,
    skipped: [{
      what: "udp6",
      reason:
        "IPv6 is not available on this machine; enable it with sysctl net.ipv6.conf.lo.disable_ipv6=0",
    }],
    trials: sampleTrials(cases, rounds),
    ...replace,
  };
}

/** Trials of all cases, each with a little noise of its own and, in a quarter of the rounds, the machine's slower speed. */
function sampleTrials(cases: readonly Case[], rounds: number): Trial[] {
  const prng = createPrng(7);
  const modelOf = new Map(PARTS.map(({ spec, model }) => [spec.id, model]));
  const trials: Trial[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const [order, one] of cases.entries()) {
      const noise = 0.99 + 0.02 * prng.nextFloat();
      const slow = round % 4 === 0 && one.scenario === "round-trip" && one.params.bytes === KIB;
      const base = modelOf.get(one.scenario)?.(one.transport, one.params) ?? {};
      const values = Object.fromEntries(
        Object.entries(base).map((
          [id, value],
        ) => [id, disturb(id, value, slow ? 1.5 * noise : noise)]),
      );
      trials.push(sampleTrial(one, round, order, values));
    }
  }
  return trials;
}

/** Rates fall where times rise; counts and shares stay. */
function disturb(id: string, value: number, factor: number): number {
  if (id.endsWith("PerSecond")) return value / factor;
  return ["loss", "stallShare", "bytesPerRead", "readsPerMiB", "writesPerMiB"].includes(id)
    ? value
    : value * factor;
}

function sampleTrial(
  one: Case,
  round: number,
  order: number,
  values: Readonly<Record<string, number>>,
): Trial {
  const error = sampleError(one, round);
  return {
    case: one.id,
    round,
    order,
    startedNs: round * 1e9 + order * 30e6,
    elapsedNs: error === undefined ? 20e6 : 0,
    operations: error === undefined ? 1_000 : 0,
    histograms: {},
    ...(error === undefined ? { values } : {}),
    tally: {},
    peer: "process 4711",
    settings: one.transport.startsWith("tcp")
      ? {
        nagle: `${
          one.params.nagle ?? one.fixed.nagle ?? "default"
        } (asked for, cannot be read back)`,
      }
      : {},
    ...(error === undefined ? {} : { error }),
  };
}

function sampleError({ id }: Case, round: number): Trial["error"] {
  if (id === "round-trip/unixpacket/bytes=16384") {
    return { kind: "MessageTooLong", message: "a datagram of 16384 bytes was refused" };
  }
  if (id === "connect/tcp6" && round > 3) {
    return { kind: "peer-died", message: "process 4711 ended with signal 9." };
  }
  return id === "round-trip/udp/bytes=64" && round === 5
    ? { kind: "timeout", message: "no reply within 2 s" }
    : undefined;
}

/** A record of nothing: a run that was ended before its first trial. */
export function emptyRecord(): RunRecord {
  return sampleRecord({
    replace: { scenarios: [], cases: [], trials: [], skipped: [], partial: true, durationNs: 0 },
  });
}

/** A record whose names are meant to break renderers. */
export function hostileRecord(): RunRecord {
  const record = sampleRecord({ rounds: 6 });
  const names = [
    "<script>alert(1)</script>",
    "a|b`c``d\n# heading\n\r\n---",
    "\u202Eevil\u2066 \u0000\u0007",
    '=HYPERLINK("http://evil.example")',
    "x".repeat(10_000),
    "👩‍👩‍👧 名前 ]( javascript:alert(1) ) ![x](http://evil.example/x.png) \ud800",
    "__proto__",
    "constructor",
  ];
  const [roundTrip] = record.scenarios as [ScenarioSpec];
  const spec: ScenarioSpec = {
    ...roundTrip,
    id: "</details><img src=x onerror=alert(1)>",
    question: "`|<b>?\n# not a heading",
    notes: ["[x](javascript:alert(1))", "- not a list\n\n## nor a heading"],
    contrasts: [{ factor: "transport", base: names[0] as string, metric: "p50" }],
  };
  const template = record.cases[0] as Case;
  const cases = names.map((transport) => ({
    ...template,
    id: caseId(spec.id, transport, { bytes: 64 }),
    scenario: spec.id,
    transport,
    params: { bytes: 64 },
  }));
  const trials = Array.from({ length: 6 }, (_, index) => index + 1).flatMap((round) =>
    cases.map((one, order): Trial => ({
      ...sampleTrial(one, round, order, latencies(10_000 + 1_000 * order + round)),
      peer: "+peer|`",
      settings: { "<i>": "@SUM(1+1)" },
      ...(order === 7 ? { error: { kind: "<b>", message: "=1+1\n|`</pre>" } } : {}),
    }))
  );
  return {
    ...record,
    scenarios: [spec],
    cases,
    trials,
    skipped: [{ what: "`|<u>", reason: "<!-- \n\n# no -->" }],
    environment: alter(record.environment, { cpu: "<svg onload=alert(1)>|`", platform: "a\nb" }),
    settings: { ...record.settings, command: "deno run ```\n````\n# </code>" },
  };
}
