/**
 * Scenario `nagle`.
 *
 * @module
 */

import { PATTERNS } from "../workload/split_request.ts";
import type { Budget, Params } from "../workload/workload.ts";
import type { Scenario } from "./scenario.ts";

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN); used to estimate how long a stalled trial takes. */
const DELAYED_ACK_NS = 44e6;
/** Measured exchanges of a trial at least: at 40 ms each, time alone would give one. */
const MIN_EXCHANGES = 3;

const HEADER_BYTES = { quick: [64], standard: [64], thorough: [64, 512] };
const BODY_BYTES = { quick: [256], standard: [256, 4_096], thorough: [64, 256, 4_096, 32_768] };

/** What does Nagle with delayed acknowledgements cost? */
export const nagle: Scenario = {
  id: "nagle",
  question: "What does Nagle's algorithm with delayed acknowledgements cost?",
  operation: "exchange",
  parameters: [
    {
      name: "nagle",
      kind: "choice",
      choices: ["on", "off"],
      description: "Nagle's algorithm at both ends; off sets TCP_NODELAY",
    },
    {
      name: "pattern",
      kind: "choice",
      choices: PATTERNS,
      description: "how a request is handed to the socket",
    },
    { name: "header", kind: "size", description: "size of the first write, and of the reply" },
    { name: "body", kind: "size", description: "size of the second write" },
  ],
  metrics: ["p50", "p99", "firstP50", "stallShare", "max", "cpuPerOperation"],
  columns: ["transport", "nagle"],
  contrasts: [{ factor: "nagle", base: "off", metric: "p50" }],
  evidence: ["TcpExt.DelayedACKs"],
  notes: [
    "write-read: the header alone, one write. write-write-read: header and body in two writes. joined-write-read: both copied together and written once.",
    "With Nagle on, the second small write waits until the first is acknowledged; the receiver delays that acknowledgement by 40 ms or more, as it has nothing to send yet.",
    `The first exchange of each connection is reported apart: a new connection acknowledges at once. A trial measures at least ${MIN_EXCHANGES} exchanges. Unix-domain sockets are the control: they have no Nagle.`,
  ],
  workload: "split-request",
  grid: {
    quick: gridOf("quick"),
    standard: gridOf("standard"),
    thorough: gridOf("thorough"),
  },
  budget: (_params, budget) => ({ ...budget, minOperations: MIN_EXCHANGES }),
  expectedNs: expectedTrialNs,
};

function gridOf(profile: "quick" | "standard" | "thorough"): Scenario["grid"]["quick"] {
  const header = HEADER_BYTES[profile];
  // One write of the header alone has no body to vary.
  const alone = { pattern: ["write-read"], header };
  const withBody = {
    pattern: PATTERNS.filter((pattern) => pattern !== "write-read"),
    header,
    body: BODY_BYTES[profile],
  };
  const nagle = ["on", "off"];
  return [
    { transports: ["tcp"], params: { nagle, ...alone } },
    { transports: ["tcp"], params: { nagle, ...withBody } },
    { transports: ["unix"], params: alone },
    { transports: ["unix"], params: withBody },
  ];
}

function expectedTrialNs(params: Params, budget: Budget): number {
  const timed = budget.warmupNs + budget.measureNs;
  const stalls = params.nagle === "on" && params.pattern === "write-write-read";
  // One exchange of warm-up, the measured ones, and the first, which does not stall.
  return stalls ? Math.max(timed, (1 + MIN_EXCHANGES) * DELAYED_ACK_NS) : timed;
}
