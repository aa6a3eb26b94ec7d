// Scenario `nagle`.

import { PATTERNS } from "../workload/split_request.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { GridBlock, ProfileName, Scenario } from "../model/scenario.ts";

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN); used to estimate how long a stalled trial takes. */
const DELAYED_ACK_NS = 44e6;
/** Measured exchanges of a trial at least: at 40 ms each, time alone would give one. */
const MIN_EXCHANGES = 3;
/** Bodies that fill a segment over loopback leave at once, with timestamps and without: for the estimate. */
const SEGMENT_BYTES = 65_483;

const HEADER_BYTES = { quick: [64], standard: [64], thorough: [64, 512] };
const BODY_BYTES = { quick: [256], standard: [256, 4_096], thorough: [64, 256, 4_096, 32_768] };
const GAPS_US = { quick: [20_000], standard: [1_000, 20_000, 50_000] };
const AROUND_SEGMENT = {
  quick: ["segment-1", "segment"],
  standard: ["segment-1", "segment", "segment+1", "2segment"],
};

const SWITCH = ["on", "off"];

/** What does Nagle with delayed acknowledgements cost? */
export const nagle: Scenario = {
  id: "nagle",
  question: "What does Nagle's algorithm with delayed acknowledgements cost?",
  operation: "exchange",
  parameters: [
    {
      name: "nagle",
      kind: "choice",
      choices: SWITCH,
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
    {
      name: "cork",
      kind: "choice",
      choices: SWITCH,
      description: "on: TCP_CORK is set before the writes of a request and unset after them",
    },
    {
      name: "quickack",
      kind: "choice",
      choices: SWITCH,
      description: "on: the peer sets TCP_QUICKACK after each read",
    },
    {
      name: "gap",
      kind: "count",
      unit: "µs",
      min: 0,
      max: 1_000_000,
      description: "time between the two writes of a request",
    },
  ],
  metrics: ["p50", "p99", "firstP50", "stallShare", "max", "cpuPerOperation"],
  columns: ["transport", "nagle"],
  contrasts: [
    { factor: "nagle", base: "off", metric: "p50" },
    { factor: "cork", base: "off", metric: "p50" },
    { factor: "quickack", base: "off", metric: "p50" },
  ],
  evidence: ["TcpExt.DelayedACKs"],
  notes: [
    "write-read: the header alone, one write. write-write-read: header and body in two writes.",
    "With Nagle on, the second small write waits until the first is acknowledged; the receiver delays that acknowledgement by 40 ms or more, as it has nothing to send yet.",
    "What to do: hand over each message in one write; where that cannot be, set TCP_NODELAY at the sender (Deno: `setNoDelay()`), or TCP_CORK around writes that belong together. TCP_QUICKACK is the receiver's remedy for a sender that cannot be changed: it does not last, so that it takes a system call after each read, and an acknowledgement of its own for each.",
    `The first exchange of each connection is reported apart: a new connection acknowledges at once. A trial measures at least ${MIN_EXCHANGES} exchanges.`,
  ],
  partialNotes: [
    {
      text: "joined-write-read: header and body copied together and written once.",
      isOf: ({ params }) => params.pattern === "joined-write-read",
    },
    {
      text: "Unix-domain sockets are the control: they have no Nagle.",
      isOf: ({ transport }) => transport.startsWith("unix"),
    },
    {
      text:
        "Where `gap` is given, each exchange holds it: a gap longer than the delayed acknowledgement leaves nothing to wait for.",
      isOf: ({ params }) => params.gap !== undefined,
    },
    {
      text:
        `A body of a whole segment (as the kernel has it: ${SEGMENT_BYTES} bytes over loopback with timestamps; TCP_MAXSEG is among the settings) leaves at once, as Nagle holds back small segments only.`,
      isOf: ({ params }) => Number(params.body) > SEGMENT_BYTES / 2,
    },
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

function gridOf(profile: ProfileName): readonly GridBlock[] {
  const header = HEADER_BYTES[profile];
  // One write of the header alone has no body to vary.
  const alone = { pattern: ["write-read"], header };
  const withBody = {
    pattern: PATTERNS.filter((pattern) => pattern !== "write-read"),
    header,
    body: BODY_BYTES[profile],
  };
  const nagle = SWITCH;
  return [
    { transports: ["tcp"], params: { nagle, ...alone } },
    { transports: ["tcp"], params: { nagle, ...withBody } },
    { transports: ["unix"], params: alone },
    { transports: ["unix"], params: withBody },
    ...remedies(profile === "quick" ? "quick" : "standard"),
  ];
}

/** What becomes of two small writes by what is done about them: stalled cells take their time, so that they are there when asked for. */
function remedies(extent: "quick" | "standard"): readonly GridBlock[] {
  const nagle = SWITCH;
  const twoWrites = { nagle, pattern: ["write-write-read"], header: [64] };
  const block = { transports: ["tcp"], onDemand: true } as const;
  return [
    {
      ...block,
      needs: "ffi",
      params: { ...twoWrites, body: [256], cork: SWITCH, quickack: SWITCH },
    },
    { ...block, params: { ...twoWrites, body: [256], gap: GAPS_US[extent] } },
    { ...block, params: { ...twoWrites, body: AROUND_SEGMENT[extent] } },
  ];
}

function expectedTrialNs(params: Params, budget: Budget): number {
  const timed = budget.warmupNs + budget.measureNs;
  const stalls = params.nagle === "on" && params.pattern === "write-write-read" &&
    params.cork !== "on" && params.quickack !== "on" && Number(params.body) < SEGMENT_BYTES;
  const gapNs = Number(params.gap ?? 0) * 1e3;
  // One exchange of warm-up, the measured ones, and the first, which does not stall.
  return Math.max(timed, (1 + MIN_EXCHANGES) * Math.max(stalls ? DELAYED_ACK_NS : 0, gapNs));
}
