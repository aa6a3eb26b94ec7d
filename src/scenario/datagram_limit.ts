// Scenario `datagram-limit`.

import type { Scenario } from "../model/scenario.ts";

const GRID: Scenario["grid"]["standard"] = [
  { transports: ["udp", "udp6", "unixpacket"], params: {} },
];

/** How large may a datagram be? */
export const datagramLimit: Scenario = {
  id: "datagram-limit",
  question: "How large may a datagram be?",
  operation: "search",
  parameters: [],
  metrics: ["largestMessageBytes"],
  columns: ["transport"],
  contrasts: [],
  notes: [
    "Found by bisection: each size is sent, and counts when the peer says that all of it arrived. One byte more is refused at the sender.",
    "UDP carries at most 65,535 bytes less its headers; a Unix datagram must fit the sender's buffer (net.core.wmem_default).",
  ],
  workload: "largest-datagram",
  onDemand: true,
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0, maxOperations: 1 }),
  expectedNs: () => 15e6,
};
