// deno-lint-ignore-file no-sync-fn-in-async-fn
/**
 * The contract that every scenario of the registry keeps over real sockets: each case of its quick grid, shortened, runs once without an
 * error, has a value for every metric it declares unless that cannot be, counts what adds up, and leaves nothing behind. A new scenario is
 * covered by its line in the registry.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { findPinning } from "../../src/peer/pin_thread.ts";
import type { Case } from "../../src/model/case.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import type { Trial } from "../../src/model/trial.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import { probeTransports } from "../../src/transport/probe_transports.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Params } from "../../src/model/params.ts";
import { UNITS } from "../../src/units/unit.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { needs, unless } from "../support/needs.ts";
import { openDescriptors, untilClosed } from "../support/open_descriptors.ts";

const catalog = createCatalog();

/** What would take long at its own values: the question stays, the answer is not looked at here. */
const SHORT_PARAMS: Readonly<Record<string, readonly (number | string)[]>> = {
  backlog: [1],
  clients: [1, 2],
  mib: [2],
  // Long enough that a writer on a busy machine has filled the buffers well before it ends.
  pause: [200],
  service: [500],
  // A rate that a busy machine keeps as well, found with few requests.
  percentile: ["p50"],
};
const WARMUP_NS = 1e6;
const MEASURE_NS = 5e6;
/** Enough that a receiver with a buffer of 64 KiB reads several times, whatever the size of a write. */
const MAX_OPERATIONS = 400;
/** A busy machine takes longer, and how soon the watchdog ends a trial is tried elsewhere. */
const PATIENCE_NS = 6e9;

/** What a missing value may follow from. */
interface Finding {
  readonly transport: string;
  readonly params: Params;
  readonly mode: "stream" | "datagram";
  readonly trial: Trial;
}

interface Missing {
  readonly scenario: string;
  readonly metrics: readonly string[];
  readonly when: (finding: Finding) => boolean;
  readonly why: string;
  /** Present where it need not come about in every run. */
  readonly sometimes?: true;
}

const isStream = ({ mode }: Finding) => mode === "stream";
const isDatagram = ({ mode }: Finding) => mode === "datagram";

/** Metrics that a scenario declares and cases of it cannot have. The test fails where one has it all the same. */
const MISSING: readonly Missing[] = [
  {
    scenario: "tls",
    metrics: ["handshakeP50"],
    when: ({ transport }) => transport === "tcp",
    why: "TCP alone has no handshake that a client would wait for after its connect",
  },
  {
    scenario: "overhead",
    metrics: ["perExchange", "cpuPerOperation"],
    when: ({ params }) => params.loop === "traced",
    why: "a thread that is stopped at each system call is not timed",
  },
  {
    scenario: "overhead",
    metrics: ["systemCallsPerOperation"],
    when: ({ params }) => params.loop !== "traced",
    why: "counting stops the thread, which is timed here",
  },
  {
    scenario: "overhead",
    metrics: ["ffiCall"],
    when: ({ transport, params }) => params.loop !== "bare" || !transport.endsWith("@libc"),
    why: "only driver libc calls through FFI, and only the bare loop times one such call",
  },
  {
    scenario: "throughput",
    metrics: ["messagesPerSecond", "loss"],
    when: isStream,
    why: "a stream has no messages that could be counted or lost",
  },
  {
    scenario: "throughput",
    metrics: ["upBytesPerSecond", "downBytesPerSecond"],
    when: ({ params }) => params.direction !== "both",
    why: "one direction needs no figure beside the throughput",
  },
  {
    scenario: "socket-buffer",
    metrics: ["loss"],
    when: isStream,
    why: "a stream has no messages that could be lost",
  },
  {
    scenario: "socket-buffer",
    metrics: ["acceptedBytes"],
    when: isDatagram,
    why: "what is sent to a full queue is lost or waits: nothing is accepted in part",
  },
  ...([
    ["datagram-loss", ["messagesPerSecond"], 1],
    ["datagram-loss", ["reordered", "duplicated"], 0],
    ["throughput", ["messagesPerSecond", "bytesPerSecond"], 1],
  ] as const).map(([scenario, metrics, most]): Missing => ({
    scenario,
    metrics,
    when: ({ mode, trial: { tally } }) =>
      mode === "datagram" && (tally.receivedMessages ?? 0) <= most,
    why:
      `${most} messages, of a sender that was kept off the CPU for all of its trial, have no such figure`,
    sometimes: true,
  })),
  {
    scenario: "coalescing",
    metrics: ["messagesPerSecond"],
    when: ({ trial }) => trial.tally.receivedMessages === trial.values?.messagesPerRead,
    why: "one read that brought everything spans no time",
    sometimes: true,
  },
  {
    scenario: "concurrency",
    metrics: ["driveMemory", "serveMemory"],
    when: ({ params }) => Number(params.connections) < 1_000,
    why: "memory of few connections is less than what the runtime's own changes by meanwhile",
  },
  ...["concurrency", "connect"].map((scenario) => ({
    scenario,
    metrics: ["leastAccepts", "mostAccepts"],
    when: ({ params }: Finding) => params.workers === undefined,
    why: "one loop accepts all connections",
  })),
  {
    scenario: "throughput",
    metrics: ["longestPause"],
    when: ({ mode }) => mode === "datagram",
    why: "datagrams that are lost leave gaps, which are no pauses of a stream",
  },
  {
    scenario: "latency-under-bulk",
    metrics: ["longestPause"],
    when: ({ params }) => params.bulk === "none",
    why: "no bulk data moves",
  },
  {
    scenario: "concurrency",
    metrics: ["loss"],
    when: isStream,
    why: "a stream has no messages that could be lost",
  },
  {
    scenario: "load",
    metrics: ["loss"],
    when: isStream,
    why: "a stream has no messages that could be lost",
  },
  {
    scenario: "load",
    metrics: ["latencyTrend"],
    when: ({ trial }) => trial.operations < 200,
    why: "a trend is that of twenty parts of the time, each with an answer in it",
    sometimes: true,
  },
  {
    scenario: "latency-under-bulk",
    metrics: ["bytesPerSecond"],
    when: ({ params }) => params.bulk === "none",
    why: "nothing is moved beside the round trips",
  },
  {
    scenario: "latency-under-bulk",
    metrics: ["upBytesPerSecond", "downBytesPerSecond"],
    when: ({ params }) => params.bulk !== "both",
    why: "one direction needs no figure beside the throughput",
  },
  {
    scenario: "datagram-loss",
    metrics: ["askedPerSecond"],
    when: ({ params }) => params.rate === 0,
    why: "no rate is asked for where they go as fast as they can",
  },
  {
    scenario: "close",
    metrics: ["deliveredShare"],
    when: ({ params }) => params.close === "unread",
    why: "nothing is written that somebody means to read",
  },
  {
    scenario: "close",
    metrics: ["endedFirstShare"],
    when: ({ params }) => params.close !== "unread",
    why: "it is asked only where a reset follows",
  },
];

function missingOf(scenario: string, metric: string, finding: Finding): Missing | undefined {
  return MISSING.find((one) =>
    one.scenario === scenario && one.metrics.includes(metric) && one.when(finding)
  );
}

await using probed = await createSocketDirectory();
const availability = await probeTransports(catalog.transports, probed.path);
const pinning = findPinning();
const used = new Set<Missing>();

function planOf(scenario: string, peer: PeerKind): Plan {
  const settings = someSettings({ scenarios: [scenario], params: SHORT_PARAMS, peer });
  const plan = planCases(settings, catalog, availability, pinning);
  return { ...plan, cases: plan.cases.map(shorten) };
}

function shorten(one: Case): Case {
  const { minOperations, maxOperations = MAX_OPERATIONS } = one.budget;
  // A bulk transfer ends with the window of its receiver, for which a bounded sender would not wait.
  const isBounded = !["bulk", "socket-buffer"].includes(one.workload);
  return {
    ...one,
    expectedNs: one.expectedNs + PATIENCE_NS,
    budget: {
      warmupNs: Math.min(one.budget.warmupNs, WARMUP_NS),
      measureNs: Math.min(one.budget.measureNs, MEASURE_NS),
      ...(isBounded && { maxOperations: Math.min(maxOperations, MAX_OPERATIONS) }),
      ...(minOperations !== undefined && { minOperations: Math.min(minOperations, 2) }),
    },
  };
}

for (const { id } of catalog.scenarios.values()) {
  // On this event loop where that is possible, as nothing has to be started for it; what needs a thread of its own, in a process.
  const here = planOf(id, "loop");
  const known = new Set(here.cases.map((one) => one.id));
  const both = planOf(id, "process");
  const elsewhere = { ...both, cases: both.cases.filter((one) => !known.has(one.id)) };
  for (const { what, reason } of both.skipped) {
    Deno.test({ ...needs(`${id} keeps the contract with ${what}`, unless(reason)), fn() {} });
  }
  if (both.cases.length === 0) continue;
  Deno.test(`${id} measures each case of its quick grid, has every metric that can be, and leaves nothing behind`, async () => {
    for (const plan of [here, elsewhere]) {
      if (plan.cases.length > 0) await keepsContract(plan);
    }
  });
}

Deno.test("the table of missing metrics names no scenario or metric in vain", () => {
  for (const one of MISSING) {
    const scenario = catalog.scenarios.get(one.scenario);
    for (const metric of one.metrics) assert(scenario?.metrics.includes(metric), one.why);
    const isMeasured = planOf(one.scenario, "process").cases.length > 0;
    assert(one.sometimes || !isMeasured || used.has(one), `no case lacks it: ${one.why}`);
  }
});

async function keepsContract(plan: Plan): Promise<void> {
  const directory = await createSocketDirectory();
  const before = openDescriptors();
  const record = await runPlan(plan, {
    catalog,
    clock: systemClock,
    environment: NO_ENVIRONMENT,
    command: "",
    startedAt: "2026-01-01T00:00:00.000Z",
    directory: directory.path,
  });
  assertEquals([...Deno.readDirSync(directory.path)], [], "a socket file was left behind");
  await directory[Symbol.asyncDispose]();
  // Fewer than before where a probe's connection was still being closed then.
  assert(await untilClosed(before), "a file descriptor was left open");

  assertEquals(record.skipped, plan.skipped, "a case was given up");
  assertEquals(record.trials.map(({ case: id }) => id).sort(), plan.cases.map((c) => c.id).sort());
  for (const trial of record.trials) {
    const one = plan.cases.find(({ id }) => id === trial.case)!;
    assertEquals(trial.error, undefined, trial.case);
    assert(trial.operations >= 1, trial.case);
    addsUp(trial);
    hasMetrics(one, trial, plan.scenarios[0]!.metrics);
  }
  // What the codec holds against a record, it would find in the file of a run.
  decodeRecord(encodeRecord(record), "contract");
}

function addsUp({ case: id, tally }: Trial): void {
  const { sentMessages, receivedMessages, duplicatedMessages = 0, lostMessages } = tally;
  if (sentMessages === undefined || receivedMessages === undefined) return;
  assert(receivedMessages <= sentMessages + duplicatedMessages, `${id}: more came than was sent`);
  assertEquals(lostMessages, sentMessages - (receivedMessages - duplicatedMessages), id);
}

function hasMetrics(one: Case, trial: Trial, metrics: readonly string[]): void {
  const { mode } = catalog.transports.get(one.transport)!;
  for (const metric of metrics) {
    const value = metricValue(trial, metric);
    const { transport, params } = one;
    const missing = missingOf(one.scenario, metric, { transport, params, mode, trial });
    if (missing !== undefined) {
      used.add(missing);
      assertEquals(value, undefined, `${one.id} has ${metric} although ${missing.why}`);
      continue;
    }
    const { unit } = catalog.metrics.get(metric)!;
    const largest = unit === "ratio" ? 1 : UNITS[unit].largest;
    const smallest = UNITS[unit].signed ? -largest : 0;
    const isSound = value !== undefined && value >= smallest && value <= largest;
    assert(isSound, `${one.id}, ${metric}: ${value}`);
  }
}
