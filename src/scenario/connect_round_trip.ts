// Scenario `connect-round-trip`.

import {
  boundedConnections,
  COLD_NOTE,
  CONNECTIONS_PER_TRIAL,
  expectedConnectionsNs,
} from "./connect.ts";
import { WARMUP_CONNECTIONS } from "../workload/connect.ts";
import type { Scenario } from "../model/scenario.ts";
import { ADDRESS, SIZES, THINK } from "./sizes.ts";

/** What does one connection per request cost? */
export const connectRoundTrip: Scenario = {
  id: "connect-round-trip",
  question: "What does a request cost when each has a connection of its own?",
  operation: "request",
  parameters: [...SIZES, THINK, ADDRESS],
  metrics: ["p50", "p99", "requestsPerSecond", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [
    { factor: "scenario", base: "round-trip", metric: "p50" },
    { factor: "transport", base: "tcp", metric: "p50" },
  ],
  evidence: ["TcpExt.TW", "TcpExt.ListenOverflows", "Tcp.RetransSegs"],
  notes: [
    COLD_NOTE,
    `Connect, request, reply, close, timed as one; at most ${CONNECTIONS_PER_TRIAL} connections per trial and ${WARMUP_CONNECTIONS} of warm-up, so that ephemeral ports and TIME_WAIT do not run out. Requests per second and CPU time count until the peer has closed the last connection.`,
  ],
  workload: "connect-ping",
  fixed: { nagle: "off" },
  grid: {
    quick: [{ transports: ["tcp", "unix"], params: { bytes: [64] } }],
    standard: [{ transports: ["tcp", "unix"], params: { bytes: [64] } }],
    thorough: [{ transports: ["tcp", "tcp6", "unix"], params: { bytes: [64, 1_024, 16_384] } }],
  },
  budget: boundedConnections,
  expectedNs: expectedConnectionsNs,
};
