// Scenario `backpressure`.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";

const KIB = 1_024;
const GRID: Scenario["grid"]["standard"] = [
  { transports: ["tcp", "unix"], params: { bytes: [KIB, 64 * KIB, 1_024 * KIB], pause: [40] } },
  { transports: ["tcp", "unix"], params: { bytes: [64 * KIB], pause: [100] } },
];

/** How much does a socket take before a write waits, and how long does it wait? */
export const backpressure: Scenario = {
  id: "backpressure",
  question: "How much does a socket take before a write waits, and for how long?",
  operation: "connection",
  parameters: [
    { name: "bytes", kind: "size", description: "size of each write" },
    {
      name: "pause",
      kind: "count",
      unit: "ms",
      min: 20,
      max: 10_000,
      description: "how long the peer pauses before it reads",
    },
  ],
  metrics: ["acceptedBytes", "writeWaitP50", "unblockedP50", "peerPause", "shortWriteShare"],
  columns: ["transport"],
  contrasts: [],
  tables: ["unblockedP50"],
  notes: [
    "The peer accepts the connection, reads nothing for the pause, and then everything. What is accepted lies in the send buffer and in the peer's receive buffer.",
    "A write that took longer than 8 ms waited. The wait has a known answer: it ends when the peer's pause does.",
  ],
  workload: "backpressure",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0, maxOperations: 1 }),
  expectedNs: (params: Params, _budget: Budget) => Number(params.pause) * 1e6 + 5e6,
};
