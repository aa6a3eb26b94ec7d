// Scenario `backlog`.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";

const GRID: Scenario["grid"]["standard"] = [
  { transports: ["tcp", "tcp@libc", "unix@libc"], params: { backlog: [1, 16, 128] } },
];

/** A trial ends with the wait of the connect that found no room: over TCP until its SYN is retransmitted, after a second. */
const LONGEST_NS = 1.2e9;

/** How many connects does a server that does not accept let wait? */
export const backlog: Scenario = {
  id: "backlog",
  question:
    "How many connects complete while a server accepts none, and what does the next one meet?",
  operation: "listener",
  parameters: [{
    name: "backlog",
    kind: "count",
    max: 1_000,
    description: "how many connections may wait, as the listener asks for",
  }],
  metrics: ["completedConnects", "nextConnectP50"],
  columns: ["transport"],
  contrasts: [],
  tables: ["nextConnectP50"],
  evidence: ["TcpExt.ListenOverflows", "TcpExt.ListenDrops", "TcpExt.TCPTimeouts"],
  notes: [
    "A connect counts as completed when it is done within 0.1 s, without the server's doing anything. Then the server begins to accept, and the time of the connect that was kept waiting runs on until it is done.",
    "Linux lets one more wait than the backlog says. A TCP client that finds no room hears nothing: its SYN is dropped, and it goes in when it sends it again, after 1 s, although there has long been room. A Unix-domain client is woken as soon as there is.",
    "What the listener asks for is capped by net.core.somaxconn. Deno takes a backlog for TCP (`tcpBacklog`, 511 unless it is given); for Unix-domain sockets it is always 1,024, so that they are measured by system calls.",
  ],
  workload: "fill-queue",
  onDemand: true,
  grid: { quick: GRID, standard: GRID, thorough: GRID },
  budget: (_params, budget) => ({ ...budget, warmupNs: 0, maxOperations: 1 }),
  expectedNs: (_params: Params, _budget: Budget) => LONGEST_NS,
};
