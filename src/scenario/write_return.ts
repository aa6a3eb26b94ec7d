// Scenario `write-return`.

import type { Scenario } from "../model/scenario.ts";

const KIB = 1_024;
const GRID: Scenario["grid"]["standard"] = [
  { transports: ["tcp", "unix"], params: { bytes: [64, KIB, 16 * KIB, 128 * KIB, 1_024 * KIB] } },
];

/** When does a write return? */
export const writeReturn: Scenario = {
  id: "write-return",
  question: "When does a write return: once the data is buffered, or once it is delivered?",
  operation: "message",
  parameters: [{ name: "bytes", kind: "size", description: "size of each write" }],
  metrics: ["writeReturnP50", "p50", "p99", "bytesPerWrite", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [],
  tables: ["p50"],
  notes: [
    "p50 is delivery: from before the write until a receipt of one byte is back, which the peer sends when it has all of the message. It holds the receipt's way, so that delivery itself is shorter.",
    "bytes/write is what the first call for each message took.",
    "A write that returns long before that has only been buffered.",
  ],
  workload: "write-return",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: { quick: GRID, standard: GRID, thorough: GRID },
};
