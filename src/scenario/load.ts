// Scenario `load`.

import { ARRIVALS } from "../workload/arrivals.ts";
import { LOAD_SERVERS } from "../workload/load_server.ts";
import { SERVICES } from "../workload/service_times.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { GridBlock, GridParameter, Scenario } from "../model/scenario.ts";
import { BUFFERS, SIZES } from "./sizes.ts";

/** Opening a channel and its first exchange, in nanoseconds: measured on two cores with a process peer. */
export const OPEN_NS = 300e3;
/** Requests that a trial's p99 needs, and how long they may take. */
const REQUESTS = 1_100;
const MAX_MEASURE_NS = 3e9;
/** The closed loop before the load. */
const CLOSED_NS = 40e6;

/** What a server of known speed is: for `load` and for `concurrency`. */
export const SERVER: readonly GridParameter[] = [
  {
    name: "service",
    kind: "count",
    unit: "µs",
    optional: true,
    max: 1_000_000,
    description: "time that the server computes for each request",
  },
  {
    name: "services",
    kind: "choice",
    choices: SERVICES,
    optional: true,
    description: "whether each request takes that time, or so long on average",
  },
  {
    name: "server",
    kind: "choice",
    choices: LOAD_SERVERS,
    optional: true,
    description: "one loop for all connections, or one connection after another",
  },
  ...BUFFERS,
];

/** How many connections. */
export const CONNECTIONS: GridParameter = {
  name: "connections",
  kind: "count",
  max: 10_000,
  description: "how many connections, or datagram sockets",
};

/** What is the latency at an offered rate, whatever became of the requests before? */
export const load: Scenario = {
  id: "load",
  question: "What is the latency at an offered rate?",
  operation: "request",
  parameters: [
    ...SIZES,
    {
      name: "rate",
      kind: "count",
      unit: "/s",
      max: 10_000_000,
      description: "requests per second, of all connections together",
    },
    CONNECTIONS,
    {
      name: "arrivals",
      kind: "choice",
      choices: ARRIVALS,
      optional: true,
      description:
        "gaps between requests: random as of independent users (the default), or all alike",
    },
    {
      name: "timeout",
      kind: "count",
      unit: "ms",
      optional: true,
      max: 60_000,
      description: "what has no reply for so long counts as so long at least (1,000 by default)",
    },
    ...SERVER,
  ],
  metrics: [
    "p99",
    "p50",
    "p999",
    "closedP50",
    "sentP50",
    "sentP99",
    "serviceP50",
    "askedPerSecond",
    "offeredPerSecond",
    "achievedPerSecond",
    "overload",
    "maxInFlight",
    "timeoutShare",
    "dropShare",
    "loss",
    "latenessP50",
    "latenessP99",
    "pacedP50",
    "cpuPerOperation",
    "arrivalStatistic",
    "arrivalDistance",
    "latencyTrend",
    "queueTrend",
    "latencyCorrelation",
    "arrivalHash",
  ],
  columns: ["transport"],
  contrasts: [{ factor: "transport", base: "tcp", metric: "p99" }],
  tables: ["p50", "closedP50", "latenessP99"],
  evidence: ["Udp.RcvbufErrors", "Tcp.RetransSegs"],
  notes: [
    "An open loop: each request is due at its intended time, whatever became of those before, and its latency counts from there (coordinated omission). It waits for a free connection, each of which has one request under way at most; datagrams do not wait.",
    "closed loop p50 is one client that waits for each reply: it never meets a queue. from send leaves out the wait for a connection; service is the serving end alone.",
    "late is what the generator itself was late by; paced against closed loop p50 is how much later it let replies be read. What it was late by more than a tenth of the latency is the generator's, not the system's.",
    "In an overload the line of waiting requests grows to the end, and latency only says how long the trial was: none is given then.",
    "The sender spins. Both ends need a core of their own, so that peer loop, pin=same and a process with one core are refused.",
  ],
  partialNotes: [
    {
      text:
        "Replays a file: its requests in their order and round again, each due its gap after the one before, so that the rate is the file's. Each carries its own length and its reply's in its first 8 bytes.",
      isOf: ({ params }) => params.replay !== undefined,
    },
  ],
  workload: "load",
  replays: true,
  fixed: { nagle: "off" },
  grid: {
    quick: [{ ...blockOf([5_000]), onDemand: true }],
    standard: [blockOf([5_000])],
    thorough: [blockOf([5_000]), { ...blockOf([500, 2_000]), onDemand: true }],
  },
  budget: (params: Params, budget: Budget) => {
    const neededNs = REQUESTS / Number(params.rate) * 1e9;
    return { ...budget, measureNs: Math.max(budget.measureNs, Math.min(neededNs, MAX_MEASURE_NS)) };
  },
  expectedNs: (params: Params, budget: Budget) =>
    budget.warmupNs + budget.measureNs + CLOSED_NS + Number(params.connections) * OPEN_NS,
};

function blockOf(rate: readonly number[]): GridBlock {
  const params = { bytes: [64], rate, connections: [10] };
  return { transports: ["tcp", "unix"], joins: "any", params };
}
