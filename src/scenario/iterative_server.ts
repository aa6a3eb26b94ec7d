// Scenario `iterative-server`: the clients of `concurrency`, on fresh connections that ask once.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";

const SERVERS = ["iterative", "concurrent"];

const GRID: Scenario["grid"]["standard"] = [{
  transports: ["tcp", "unix"],
  params: { server: SERVERS, clients: [1, 2, 4, 8], service: [3_000] },
}];

/** How long does a client wait behind others? */
export const iterativeServer: Scenario = {
  id: "iterative-server",
  question: "How long does a client wait behind others at a server that takes one at a time?",
  operation: "crowd",
  parameters: [
    {
      name: "server",
      kind: "choice",
      choices: SERVERS,
      description: "one connection after another, or all side by side",
    },
    { name: "clients", kind: "count", max: 100, description: "connections that ask at once" },
    {
      name: "service",
      kind: "count",
      unit: "µs",
      max: 1_000_000,
      description: "time that a request takes, waiting as for a disk",
    },
  ],
  metrics: ["lastWaitP50", "firstWaitP50"],
  columns: ["transport", "server"],
  contrasts: [{ factor: "server", base: "concurrent", metric: "lastWaitP50" }],
  notes: [
    "The server waits for the service time before it answers, as for a disk or a database: it does not compute, so that a concurrent server can wait for all clients at once. Its timer is good to about 1 ms.",
    "Waits count from the moment when every client has sent its request; all connections are accepted by the kernel before that, whatever the server does.",
  ],
  workload: "clients",
  onDemand: true,
  fixed: { nagle: "off", asking: "once", bytes: 1, work: "waiting" },
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, minOperations: 2, maxOperations: 4 }),
  expectedNs: (params: Params, budget: Budget) => {
    const inRow = params.server === "iterative" ? Number(params.clients) : 1;
    const crowdNs = inRow * (Number(params.service) * 1e3 + 1.2e6);
    const crowds = 1 + Math.min(4, Math.max(2, Math.ceil(budget.measureNs / crowdNs)));
    return crowds * crowdNs;
  },
};
