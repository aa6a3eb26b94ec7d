// Scenario `connect-per-request`.

import { COLD_NOTE } from "./connect.ts";
import { CONNECTIONS } from "../workload/request.ts";
import type { Scenario } from "../model/scenario.ts";

/** Fresh connections of a trial at most: each leaves a port in TIME_WAIT for a minute, of about 28,000. */
const MAX_CONNECTIONS = 200;

const GRID: Scenario["grid"]["standard"] = [
  { transports: ["tcp", "unix"], params: { connection: [...CONNECTIONS], bytes: [64, 1_024] } },
];

/** What does a new connection for every request cost? */
export const connectPerRequest: Scenario = {
  id: "connect-per-request",
  question: "What does a new connection for every request cost, against one that is kept?",
  operation: "request",
  parameters: [
    {
      name: "connection",
      kind: "choice",
      choices: CONNECTIONS,
      description: "fresh: connect, exchange, close for each request; kept: one for all",
    },
    { name: "bytes", kind: "size", description: "size of the request, and of the reply" },
  ],
  metrics: ["p50", "p99", "requestsPerSecond", "cpuPerOperation"],
  columns: ["transport", "connection"],
  contrasts: [{ factor: "connection", base: "kept", metric: "p50" }],
  notes: [
    COLD_NOTE,
    `The client closes first. A trial opens at most ${MAX_CONNECTIONS} fresh connections, as each over TCP leaves a port in TIME_WAIT for a minute.`,
  ],
  workload: "request",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: ({ connection }, budget) =>
    connection === "fresh" ? { ...budget, maxOperations: MAX_CONNECTIONS } : budget,
};
