// Scenario `connect`.

import { COLD_CONNECTIONS, WARMUP_CONNECTIONS } from "../workload/connect.ts";
import type { Budget } from "../model/budget.ts";
import type { Scenario } from "../model/scenario.ts";
import { ADDRESS, onOneAndTwoCores } from "./sizes.ts";

/** Connections of one trial at most, warm-up not counted. Each leaves a port in TIME_WAIT for a minute, of about 28,000. */
export const CONNECTIONS_PER_TRIAL = 100;

/** A profile's budget with a bounded count of connections. */
export function boundedConnections(_params: unknown, budget: Budget): Budget {
  return { ...budget, maxOperations: CONNECTIONS_PER_TRIAL };
}

/** What one connection takes, roughly, opened, used and closed, in nanoseconds: only for the plan's estimate. */
const CONNECTION_NS = 80e3;

/** Expected wall time of a trial whose count of connections ends it, in nanoseconds. */
export function expectedConnectionsNs(_params: unknown, budget: Budget): number {
  const countedNs = (CONNECTIONS_PER_TRIAL + WARMUP_CONNECTIONS) * CONNECTION_NS;
  return Math.min(countedNs, budget.warmupNs + budget.measureNs);
}

/** For the notes of every scenario that opens a connection for each operation. */
export const COLD_NOTE =
  `The first ${COLD_CONNECTIONS} connections of each serving process are discarded: until the runtime has compiled their code they take two to three times as long. A program that opens few pays that.`;

const BOTH_PLACEMENTS = onOneAndTwoCores(["tcp", "unix"], {});

/** What does opening (and closing) a connection cost? */
export const connect: Scenario = {
  id: "connect",
  question: "What does opening (and closing) a connection cost?",
  operation: "connection",
  parameters: [ADDRESS],
  metrics: ["connectP50", "connectP99", "connectionsPerSecond", "closeP50", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "connectP50" },
    { factor: "pin", base: "cross", metric: "connectP50" },
  ],
  evidence: ["TcpExt.TW", "TcpExt.ListenOverflows", "Tcp.RetransSegs"],
  notes: [
    `One connection after another, opened and closed without a byte of data; at most ${CONNECTIONS_PER_TRIAL} per trial and ${WARMUP_CONNECTIONS} of warm-up, so that ephemeral ports and TIME_WAIT do not run out.`,
    COLD_NOTE,
    "Connect is timed from the call until the connection is usable; close until the call returns, the rest of the teardown goes on in the kernel. Connections per second and CPU time are those of completed work: until the peer has closed the last connection.",
  ],
  workload: "connect",
  grid: {
    quick: [{ transports: ["tcp", "unix"], params: {} }],
    standard: [{ transports: ["tcp", "tcp6", "unix"], params: {} }, BOTH_PLACEMENTS],
    thorough: [{ transports: ["tcp", "tcp6", "unix"], params: {} }, BOTH_PLACEMENTS],
  },
  budget: boundedConnections,
  expectedNs: expectedConnectionsNs,
};
