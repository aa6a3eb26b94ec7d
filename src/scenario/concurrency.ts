// Scenario `concurrency`.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";
import { CONNECTIONS, OPEN_NS, SERVER } from "./load.ts";
import { SIZES, WORKERS, WORKERS_NOTE } from "./sizes.ts";

/** What do many clients at once get? */
export const concurrency: Scenario = {
  id: "concurrency",
  question: "How fast is a server that many clients ask at once?",
  operation: "exchange",
  parameters: [...SIZES, CONNECTIONS, ...SERVER, WORKERS],
  metrics: [
    "exchangesPerSecond",
    "p50",
    "p90",
    "p99",
    "p999",
    "slowestShare",
    "fastestShare",
    "leastAccepts",
    "mostAccepts",
    "driveMemory",
    "serveMemory",
    "loss",
    "cpuPerOperation",
  ],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "exchangesPerSecond" },
    { factor: "workers", base: 1, metric: "exchangesPerSecond" },
  ],
  tables: ["p50", "p99"],
  notes: [
    "A closed loop: each client asks again as soon as it is answered, so that the rate follows from the latency: clients = rate × mean latency. See `load` for a rate of your own.",
    "slowest and fastest client compare the exchanges of one client with the mean of all. Memory is counted from 1,000 connections on, above the least that the process was seen to take: what the runtime itself grows by meanwhile, some MB, is in it. Each connection takes one file descriptor at either end.",
  ],
  partialNotes: [WORKERS_NOTE],
  workload: "clients",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: {
    quick: gridOf([1, 100]),
    standard: gridOf([1, 10, 100]),
    thorough: gridOf([1, 10, 100, 1_000]),
  },
  expectedNs: (params: Params, budget: Budget) =>
    budget.warmupNs + budget.measureNs + Number(params.connections) * OPEN_NS,
};

function gridOf(connections: readonly number[]): Scenario["grid"]["quick"] {
  return [{
    transports: ["tcp", "unix", "udp", "unixpacket"],
    params: { bytes: [64], connections },
  }];
}
