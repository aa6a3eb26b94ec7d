// Scenario `tls`.

import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";
import { boundedConnections, CONNECTIONS_PER_TRIAL, expectedConnectionsNs } from "./connect.ts";
import { SIZES } from "./sizes.ts";

/** Two delayed acknowledgements of 40 ms or more; used to estimate how long a stalled trial takes. */
const STALLED_NS = 88e6;

/** Connections in a trial whose exchanges stall, at least: time alone would give one. */
const MIN_STALLED = 3;

/** What does TLS cost, per connection and with the runtime's own settings? */
export const tls: Scenario = {
  id: "tls",
  question: "What does a connection of TLS cost, its handshake and its first exchange?",
  operation: "connection",
  parameters: [
    {
      name: "nagle",
      kind: "choice",
      choices: ["on", "off"],
      description: "Nagle's algorithm at both ends; on is what Deno leaves it at",
    },
    ...SIZES,
  ],
  metrics: ["p50", "p99", "handshakeP50", "requestsPerSecond", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "p50" },
    { factor: "nagle", base: "off", metric: "p50" },
  ],
  tables: ["handshakeP50", "cpuPerOperation"],
  evidence: ["TcpExt.DelayedACKs"],
  notes: [
    `Connect, handshake, request, reply, close, timed as one; at most ${CONNECTIONS_PER_TRIAL} connections per trial. The handshake alone is timed at the client, from the open TCP connection until it is complete.`,
    "Certificates are on P-256, made in memory for the run, verified by the client against that one certificate. Each handshake is a full one: none resumes a session.",
    "What TLS adds once a connection is open is in `round-trip` and `throughput` with `--transport tcp,tls`.",
  ],
  workload: "connect-ping",
  grid: {
    quick: [{ transports: ["tcp", "tls"], params: { nagle: ["on", "off"], bytes: [64] } }],
    standard: [
      { transports: ["tcp", "tls", "tls@node"], params: { nagle: ["on", "off"], bytes: [64] } },
    ],
    thorough: [
      {
        transports: ["tcp", "tls", "tls@node"],
        params: { nagle: ["on", "off"], bytes: [64, 1_024, 16_384, 65_536, 1_048_576] },
      },
      { transports: ["tls-unix@node"], params: { nagle: ["off"], bytes: [64] } },
    ],
  },
  onDemand: true,
  budget: (params: Params, budget: Budget) => ({
    ...boundedConnections(params, budget),
    ...(params.nagle === "on" && { minOperations: MIN_STALLED }),
  }),
  expectedNs: (params, budget) =>
    params.nagle === "on"
      ? Math.max(budget.measureNs, MIN_STALLED * STALLED_NS) + STALLED_NS
      : expectedConnectionsNs(params, budget),
};
