// Scenario `round-trip`.

import type { Scenario } from "../model/scenario.ts";
import { ADDRESS, onOneAndTwoCores, PIPELINE, SIZES, THINK } from "./sizes.ts";

const STREAMS = ["tcp", "tcp6", "unix"];
const BOTH_PLACEMENTS = onOneAndTwoCores(["tcp", "unix", "udp"], { bytes: [64] });
const DATAGRAMS = ["udp", "udp6", "unixpacket"];

/** How long does a request and its reply take? */
export const roundTrip: Scenario = {
  id: "round-trip",
  question: "How long does a request and its reply take?",
  operation: "exchange",
  parameters: [...SIZES, THINK, PIPELINE, ADDRESS],
  metrics: ["p50", "p90", "p99", "p999", "min", "max", "exchangesPerSecond", "cpuPerOperation"],
  columns: ["transport"],
  contrasts: [
    { factor: "transport", base: "tcp", metric: "p50" },
    { factor: "pin", base: "cross", metric: "p50" },
  ],
  notes: [
    "One request at a time over one kept connection or socket pair; the whole round trip, never halved.",
  ],
  partialNotes: [
    {
      text:
        "TCP runs with Nagle off; with one write per request it makes no difference (see `nagle`).",
      isOf: ({ transport }) => transport.startsWith("tcp"),
    },
    {
      text:
        "Replays a file: its requests in their order and round again, each its gap after the reply before; the client spins through the last of a gap, which is in its CPU time. Each carries its own length and its reply's in its first 8 bytes.",
      isOf: ({ params }) => params.replay !== undefined,
    },
  ],
  workload: "ping-pong",
  replays: true,
  fixed: { nagle: "off" },
  grid: {
    quick: [
      { transports: [...STREAMS, ...DATAGRAMS], params: { bytes: [64, 16_384] } },
    ],
    standard: [
      { transports: STREAMS, params: { bytes: [64, 1_024, 16_384] } },
      { transports: DATAGRAMS, params: { bytes: [64, 1_024, 16_384, "largest"] } },
      BOTH_PLACEMENTS,
    ],
    thorough: [
      {
        transports: STREAMS,
        params: { bytes: [1, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144] },
      },
      { transports: DATAGRAMS, params: { bytes: [1, 64, 256, 1_024, 4_096, 16_384, "largest"] } },
      BOTH_PLACEMENTS,
    ],
  },
};
