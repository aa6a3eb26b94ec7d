// Scenario `promise`.

import { ARRIVALS } from "../workload/arrivals.ts";
import { PROMISED } from "../workload/promise.ts";
import type { Params } from "../model/params.ts";
import type { GridBlock, Scenario } from "../model/scenario.ts";
import { CONNECTIONS, OPEN_NS, SERVER } from "./load.ts";
import { SIZES } from "./sizes.ts";

/** What a search takes where some thousand requests a second are kept. */
const SEARCH_NS = 3e9;

/** Which rate keeps a promise, as in "p99 within 10 ms"? */
export const promise: Scenario = {
  id: "promise",
  question: "Up to which rate does a percentile of the latency stay within a limit?",
  operation: "request",
  parameters: [
    ...SIZES,
    CONNECTIONS,
    {
      name: "percentile",
      kind: "choice",
      choices: Object.keys(PROMISED),
      description: "percentile of the latency that the promise is about",
    },
    {
      name: "limit",
      kind: "count",
      unit: "µs",
      max: 60_000_000,
      description: "what it must stay within",
    },
    {
      name: "arrivals",
      kind: "choice",
      choices: ARRIVALS,
      optional: true,
      description: "gaps between requests: random as of independent users (the default), or alike",
    },
    ...SERVER,
  ],
  metrics: [
    "promisedPerSecond",
    "closedP50",
    "pacedP50",
    "latenessP50",
    "latenessP99",
    "promiseSteps",
    "cpuPerOperation",
  ],
  columns: ["transport"],
  contrasts: [{ factor: "transport", base: "tcp", metric: "promisedPerSecond" }],
  tables: ["closedP50", "latenessP99"],
  evidence: ["Udp.RcvbufErrors", "Tcp.RetransSegs"],
  notes: [
    "An open loop whose rate goes up where the promise was kept and down where it was broken, by a factor that shrinks at each turn. Each step has the requests that the percentile needs (1,100 for p99); kept is a step without overload, with 99 % of the requests sent and answered, and the percentile, from the intended times, within the limit. The rate is the geometric mean of what the later turns surround.",
    "The sender spins. Both ends need a core of their own, so that peer loop and pin=same are refused. Where it is late itself, the promise is the generator's as well: late p99 against the limit.",
  ],
  workload: "promise",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: { quick: grid(), standard: grid(), thorough: grid() },
  expectedNs: (params: Params) => SEARCH_NS + Number(params.connections) * OPEN_NS,
};

function grid(): readonly GridBlock[] {
  // The last one has a row of its own in tables, though it does not vary: a rate says nothing without its limit.
  const params = { bytes: [64], connections: [10], percentile: ["p99"], limit: [10_000] };
  return [{ transports: ["tcp", "unix"], joins: "any", params }];
}
