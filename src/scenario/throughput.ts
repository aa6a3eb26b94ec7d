// Scenario `throughput`.

import { DIRECTIONS } from "../workload/bulk.ts";
import { ADDRESS, onOneAndTwoCores } from "./sizes.ts";
import type { Budget } from "../model/budget.ts";
import type { Scenario } from "../model/scenario.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** A fresh TCP connection finds its windows: with 2 ms of warm-up throughput differs by 31 % between trials, with 20 ms by 4 %. */
const SETTLE_NS = 20e6;

/** A profile's budget with a warm-up long enough for TCP's windows. */
export function settledBudget(_params: unknown, budget: Budget): Budget {
  return { ...budget, settleNs: SETTLE_NS, warmupNs: Math.max(budget.warmupNs, SETTLE_NS) };
}

const BOTH_PLACEMENTS = onOneAndTwoCores(["tcp", "unix"], { bytes: [64 * KIB] });

/** How many bytes arrive per second? */
export const throughput: Scenario = {
  id: "throughput",
  question: "How many bytes arrive per second?",
  operation: "message",
  parameters: [
    { name: "bytes", kind: "size", description: "size of each write, or of each datagram" },
    {
      name: "streams",
      kind: "count",
      optional: true,
      min: 2,
      max: 1_000,
      description: "connections at once, all of which are written to",
    },
    {
      name: "direction",
      kind: "choice",
      choices: DIRECTIONS,
      optional: true,
      description: "from the driver to the peer (up, the default), back (down), or both at once",
    },
    {
      name: "congestion",
      kind: "choice",
      choices: ["reno", "cubic", "bbr"],
      optional: true,
      description: "congestion control of both ends of TCP; absent: the kernel's own",
    },
    ADDRESS,
  ],
  metrics: [
    "bytesPerSecond",
    "messagesPerSecond",
    "bytesPerRead",
    "loss",
    "cpuPerByte",
    "longestPause",
    "upBytesPerSecond",
    "downBytesPerSecond",
  ],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "bytesPerSecond" },
    { factor: "direction", base: "up", metric: "bytesPerSecond" },
    { factor: "pin", base: "cross", metric: "bytesPerSecond" },
  ],
  evidence: ["Udp.RcvbufErrors", "Tcp.RetransSegs"],
  notes: [
    "One direction and one connection where `direction` and `streams` ask for no more, the sender never pauses; bytes are counted where they arrive, from the first read after the warm-up to the last. CPU time and counters are of the whole transfer, warm-up included: a mark in its middle would make the sender pause.",
    "Streams are read with a 64 KiB buffer (see `buffer-size` for others); TCP runs with Nagle off.",
  ],
  partialNotes: [
    {
      text:
        "Both ways at once on the same connections: throughput is the sum of up and down, each in the window of its own receiver; either goes on until both have measured. Each end reads and writes on one event loop, so that the two directions share its CPU.",
      isOf: ({ params }) => params.direction === "both",
    },
    {
      text: "UDP has no flow control: what the receiver cannot take is lost and shown as loss.",
      isOf: ({ transport }) => transport.startsWith("udp"),
    },
    {
      text: "Unix datagrams make the sender wait until there is room.",
      isOf: ({ transport }) => transport.startsWith("unixpacket"),
    },
  ],
  workload: "bulk",
  fixed: { nagle: "off", read: 64 * KIB },
  grid: {
    quick: [
      { transports: ["tcp", "unix"], params: { bytes: [KIB, 64 * KIB, MIB] } },
      { transports: ["udp", "unixpacket"], params: { bytes: [KIB, "largest"] } },
    ],
    standard: [
      {
        transports: ["tcp", "unix"],
        params: { bytes: [KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB] },
      },
      { transports: ["udp", "unixpacket"], params: { bytes: [64, KIB, 16 * KIB, "largest"] } },
      BOTH_PLACEMENTS,
    ],
    thorough: [
      {
        transports: ["tcp", "tcp6", "unix"],
        params: { bytes: [KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB] },
      },
      {
        transports: ["udp", "udp6", "unixpacket"],
        params: { bytes: [64, 256, KIB, 4 * KIB, 16 * KIB, "largest"] },
      },
      BOTH_PLACEMENTS,
    ],
  },
  budget: settledBudget,
};
