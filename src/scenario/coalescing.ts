// Scenario `coalescing`.

import type { Scenario } from "../model/scenario.ts";

const GRID: Scenario["grid"]["standard"] = [
  {
    transports: ["tcp"],
    params: { nagle: ["on", "off"], bytes: [3, 64, 1_024], gap: [0, 100, 2_000] },
  },
  { transports: ["unix", "udp", "unixpacket"], params: { bytes: [3, 64, 1_024], gap: [0, 100] } },
];

/** How many messages does one read return? */
export const coalescing: Scenario = {
  id: "coalescing",
  question: "How many messages does one read return?",
  operation: "message",
  parameters: [
    {
      name: "nagle",
      kind: "choice",
      choices: ["on", "off"],
      description: "Nagle's algorithm at both ends; off sets TCP_NODELAY",
    },
    { name: "bytes", kind: "size", description: "size of each message: one write each" },
    {
      name: "gap",
      kind: "count",
      unit: "µs",
      min: 0,
      max: 1_000_000,
      description: "time between the starts of two writes; 0: none",
    },
  ],
  metrics: ["messagesPerRead", "wholeReadShare", "bytesPerRead", "messagesPerSecond", "loss"],
  columns: ["transport", "nagle"],
  contrasts: [],
  tables: ["wholeReadShare"],
  notes: [
    "The receiver reads whatever is there into a buffer of 256 KiB. A whole read is one message, complete and alone: a program that takes each read for a message is right as often as that. The mean is a mean of reads, of which most may find one message and a few, after the reader was kept from running, a thousand.",
    "A stream has no messages: how many come in one read follows from who is faster, the writer or the reader, and from Nagle, which joins small writes while data is unacknowledged. A datagram is one receive, always.",
    "Both ends must be able to run at once (peer process or worker): on one event loop the writer keeps the receiver from reading, and much comes in one read.",
  ],
  workload: "burst",
  onDemand: true,
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0 }),
};
