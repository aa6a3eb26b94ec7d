// Scenario `datagram-loss`.

import type { Scenario } from "../model/scenario.ts";
import { BUFFERS } from "./sizes.ts";

const GRID: Scenario["grid"]["standard"] = [{
  transports: ["udp", "unixpacket"],
  params: { bytes: [64, 1_024, 16_384], rate: [10_000, 50_000, 0] },
}];

/** How many datagrams are lost at which rate? */
export const datagramLoss: Scenario = {
  id: "datagram-loss",
  question: "How many datagrams are lost, reordered or doubled, at which offered rate?",
  operation: "message",
  parameters: [
    { name: "bytes", kind: "size", min: 4, description: "size of each datagram" },
    {
      name: "rate",
      kind: "count",
      unit: "/s",
      min: 0,
      max: 10_000_000,
      description: "datagrams to offer per second; 0: as fast as they go",
    },
    ...BUFFERS,
  ],
  metrics: [
    "loss",
    "reordered",
    "duplicated",
    "askedPerSecond",
    "offeredPerSecond",
    "messagesPerSecond",
    "heldShare",
  ],
  columns: ["transport"],
  contrasts: [],
  tables: ["offeredPerSecond", "messagesPerSecond"],
  notes: [
    "The rate of a row is what was asked for; what the sender really offered stands beside it, and nothing delivered can exceed that.",
    "Each datagram carries its number. Lost is what never arrived, counted over the whole trial after the receiver has drained its queue.",
    "UDP drops what finds the receive buffer full, and the sender is not told (Udp.RcvbufErrors counts it).",
    "Both ends must be able to run at once (peer process or worker): on one event loop the sender keeps the receiver from reading, and more is lost.",
  ],
  partialNotes: [{
    text: "A Unix datagram waits where UDP drops: held sends took longer than 0.1 ms.",
    isOf: ({ transport }) => transport.startsWith("unixpacket"),
  }],
  workload: "flow",
  onDemand: true,
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0 }),
};
