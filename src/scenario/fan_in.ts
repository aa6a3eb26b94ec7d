// Scenario `fan-in`: the clients of `concurrency`, one at a time.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";
import { OPEN_NS } from "./load.ts";

/** What does an exchange cost as the clients of one server grow in number? */
export const fanIn: Scenario = {
  id: "fan-in",
  question: "What does an exchange cost as the clients of one server grow in number?",
  operation: "exchange",
  parameters: [
    { name: "bytes", kind: "size", description: "size of the request, and of the reply" },
    {
      name: "clients",
      kind: "count",
      max: 10_000,
      description: "how many clients, each with its own socket",
    },
  ],
  metrics: ["p50", "p99", "exchangesPerSecond", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [{ factor: "clients", base: 1, metric: "p50" }],
  notes: [
    "The clients take turns, one exchange at a time: what grows is the cost of having many, not of queueing behind them.",
  ],
  partialNotes: [
    {
      text: "Datagram clients all send to one socket.",
      isOf: ({ transport }) => /^(udp|unixpacket)/.test(transport),
    },
    {
      text: "Stream clients have a connection each at one listener.",
      isOf: ({ transport }) => !/^(udp|unixpacket)/.test(transport),
    },
  ],
  workload: "clients",
  onDemand: true,
  fixed: { nagle: "off", asking: "in-turn" },
  grid: {
    quick: gridOf([1, 100]),
    standard: gridOf([1, 10, 100, 1_000]),
    thorough: gridOf([1, 10, 100, 300, 1_000]),
  },
  expectedNs: (params: Params, budget: Budget) =>
    budget.warmupNs + budget.measureNs + Number(params.clients) * OPEN_NS,
};

function gridOf(clients: readonly number[]): Scenario["grid"]["quick"] {
  return [{ transports: ["tcp", "unix", "udp", "unixpacket"], params: { bytes: [64], clients } }];
}
