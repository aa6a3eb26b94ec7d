// Scenario `connect`.

import { COLD_CONNECTIONS, WARMUP_CONNECTIONS } from "../workload/connect.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";
import { ADDRESS, onOneAndTwoCores, WORKERS, WORKERS_NOTE } from "./sizes.ts";

/** Connections of one trial at most, warm-up not counted. Each leaves a port in TIME_WAIT for a minute, of about 28,000. */
export const CONNECTIONS_PER_TRIAL = 100;

/** How often each of several clients connects at most: as many as a trial has otherwise would be the first of most of them. */
const CONNECTIONS_PER_CLIENT = 4;
/** Clients that connect at once: no more than wait at a listener in Deno without being refused, 1,024 on a path. */
const MAX_AT_ONCE = 1_000;

function countOf({ connections = 1 }: Params): number {
  return Math.max(CONNECTIONS_PER_TRIAL, Number(connections) * CONNECTIONS_PER_CLIENT);
}

/** A profile's budget with a bounded count of connections. */
export function boundedConnections(params: Params, budget: Budget): Budget {
  return { ...budget, maxOperations: countOf(params) };
}

/** What one connection takes, roughly, opened, used and closed, in nanoseconds: only for the plan's estimate. */
const CONNECTION_NS = 80e3;

/** Expected wall time of a trial whose count of connections ends it, in nanoseconds. */
export function expectedConnectionsNs(params: Params, budget: Budget): number {
  const countedNs = (countOf(params) + WARMUP_CONNECTIONS) * CONNECTION_NS;
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
  parameters: [
    ADDRESS,
    {
      name: "connections",
      kind: "count",
      optional: true,
      min: 2,
      max: MAX_AT_ONCE,
      description: "clients that connect at once, each again as soon as it has closed",
    },
    WORKERS,
  ],
  metrics: [
    "connectP50",
    "connectP99",
    "connectionsPerSecond",
    "closeP50",
    "leastAccepts",
    "mostAccepts",
    "cpuPerOperation",
  ],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "connectP50" },
    { factor: "pin", base: "cross", metric: "connectP50" },
    { factor: "workers", base: 1, metric: "connectionsPerSecond" },
  ],
  evidence: ["TcpExt.TW", "TcpExt.ListenOverflows", "Tcp.RetransSegs"],
  notes: [
    `One connection after another, opened and closed without a byte of data; at most ${CONNECTIONS_PER_TRIAL} per trial and ${WARMUP_CONNECTIONS} of warm-up, so that ephemeral ports and TIME_WAIT do not run out.`,
    COLD_NOTE,
    "Connect is timed from the call until the connection is usable; close until the call returns, the rest of the teardown goes on in the kernel. Connections per second and CPU time are those of completed work: until the peer has closed the last connection.",
  ],
  partialNotes: [
    {
      text:
        `Several clients on one event loop connect at once, each again as soon as it has closed (a closed loop); at most ${CONNECTIONS_PER_CLIENT} connections of each in a trial. A connect waits for those before it, at that loop and in the listener's queue: Deno asks for 511 places at a port and 1,024 at a path (net.core.somaxconn allows for no more than it says). Beyond them TCP tries again after 1 s: see TcpExt.ListenOverflows.`,
      isOf: ({ params }) => params.connections !== undefined,
    },
    WORKERS_NOTE,
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
