// Scenario `latency-under-bulk`.

import { BULKS } from "../workload/latency_under_bulk.ts";
import type { Scenario } from "../model/scenario.ts";
import { settledBudget } from "./throughput.ts";
import { SIZES } from "./sizes.ts";

const BULK_BYTES = 65_536;
/** A round trip takes a millisecond where it waits for bulk, and a p99 needs some hundreds of them. */
const MEASURE_NS = 200e6;
const MIN_OPERATIONS = 20;

/** What does a bulk stream beside it do to a round trip? */
export const latencyUnderBulk: Scenario = {
  id: "latency-under-bulk",
  question: "How long does a round trip take while bulk data moves between the same two ends?",
  operation: "exchange",
  parameters: [
    ...SIZES,
    {
      name: "bulk",
      kind: "choice",
      choices: BULKS,
      description: "what a second connection moves meanwhile: nothing, up to the peer, both ways",
    },
  ],
  metrics: [
    "p50",
    "p99",
    "p90",
    "max",
    "exchangesPerSecond",
    "bytesPerSecond",
    "longestPause",
    "upBytesPerSecond",
    "downBytesPerSecond",
    "cpuPerOperation",
  ],
  columns: ["transport"],
  contrasts: [
    { factor: "bulk", base: "none", metric: "p50" },
    { factor: "bulk", base: "none", metric: "p99" },
    { factor: "transport", base: "tcp", metric: "p99" },
  ],
  tables: ["p99", "bytesPerSecond"],
  evidence: ["Tcp.RetransSegs"],
  notes: [
    "One request at a time over one connection, idle and beside bulk over a second one of the same transport, written and read in calls of 64 KiB without a pause; throughput is that of the bulk where it arrives, while the round trips were measured.",
    "Both connections share one event loop at each end (and with --peer loop both ends one). A round trip then waits mostly for its turn there, behind reads and writes of the bulk, as it does in a program that has both; two connections over loopback share no queue of a path. Bulk on a thread of its own takes CPU, but no turns.",
    "Where no round trip was completed for 20 ms, the bulk pauses for a timer's length: it cannot keep a trial from measuring. A latency of 20 ms and more is a loop that bulk does not leave by itself: how much longer it would have kept it is not measured.",
  ],
  workload: "latency-under-bulk",
  onDemand: true,
  fixed: { nagle: "off", write: BULK_BYTES, read: BULK_BYTES },
  grid: {
    quick: gridOf(["tcp", "unix"]),
    standard: gridOf(["tcp", "unix"]),
    thorough: gridOf(["tcp", "tcp6", "unix", "tls"]),
  },
  budget: (params, budget) => ({
    ...settledBudget(params, budget),
    measureNs: Math.max(budget.measureNs, MEASURE_NS),
    minOperations: MIN_OPERATIONS,
  }),
};

function gridOf(transports: readonly string[]): Scenario["grid"]["quick"] {
  return [{ transports, params: { bytes: [64], bulk: BULKS } }];
}
