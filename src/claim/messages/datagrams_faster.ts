/**
 * Claims 16 and 17.
 *
 * @module
 */

import { cannotTry, type Claim } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import {
  casesOf,
  compareCells,
  type Comparison,
  onBothPlacements,
  reasonOf,
  sayCounts,
  tableOf,
  verdictOf,
} from "../comparison_rows.ts";
import { sayFigure, sayRatio } from "../format_figure.ts";

const SIZES = [64, 1_024, 16_384];
const PAIRS = [["udp", "tcp"], ["unixpacket", "unix"]] as const;

function comparisons(
  [datagram, stream]: readonly [string, string],
  kinds: readonly (readonly [what: string, scenario: string, metric: string])[],
): readonly Comparison[] {
  return kinds.flatMap(([what, scenario, metric]) =>
    SIZES.map((bytes) => {
      const cell = (transport: string): CaseRequest => ({ scenario, transport, params: { bytes } });
      return {
        what: `${what}, ${datagram} against ${stream}, ${bytes} B`,
        first: cell(datagram),
        base: cell(stream),
        metric,
      };
    })
  );
}

const SPEED = onBothPlacements(PAIRS.flatMap((pair) =>
  comparisons(pair, [
    ["round trip", "round-trip", "p50"],
    ["throughput", "throughput", "bytesPerSecond"],
  ])
));

/** "Datagram sockets, checking less, are faster than streams." */
export const datagramsAreFaster: Claim = {
  id: "datagrams-are-faster",
  number: 16,
  group: "messages",
  sentence: "Datagram sockets, checking less, are faster than streams",
  source: "C, D",
  method:
    "udp against tcp and Unix datagrams against Unix streams: round trips of 64 B to 16 KiB, and one-way throughput with messages of the " +
    "same sizes, counted where they arrive, interleaved in one run",
  cases: casesOf(SPEED),
  decide({ figures }) {
    const rows = compareCells(SPEED, figures);
    const [small] = rows;
    if (small === undefined) return cannotTry(reasonOf(SPEED, figures));
    return {
      verdict: verdictOf(rows),
      answer: `${small.what}: ${sayRatio(small.ratio)} times as fast`,
      seen: [
        `Datagrams were ${sayCounts(rows)}`,
        `${small.what}: ${sayFigure(small.ours)} against ${sayFigure(small.theirs)}`,
      ],
      tables: [
        tableOf("Medians of trials", ["datagrams", "streams"], rows),
      ],
      why: [
        "Over loopback nothing is lost on the way and checksums are skipped, so that TCP's care costs little, and what it saves counts: a " +
        "stream moves many small messages in one system call and one wake-up, a datagram needs a call of its own at each end for every one",
        "In Deno a receive also makes a new address object for each datagram, which a read of a connection does not",
      ],
    };
  },
  meaning:
    "Choose datagrams for what they mean (no connection, boundaries kept, old news dropped), not for speed: measure that first",
  code:
    "deno task sockbench run --scenario round-trip,throughput --transport tcp,udp,unix,unixpacket",
};

const COST = onBothPlacements(
  PAIRS.flatMap((pair) => comparisons(pair, [["CPU", "round-trip", "cpuPerOperation"]])),
);

/** "Datagram sockets cost the machine less." */
export const datagramsCostLess: Claim = {
  id: "datagrams-cost-less",
  number: 17,
  group: "messages",
  sentence: "Datagram sockets cost the machine less than streams",
  source: "C",
  method:
    "CPU time of both ends, user and system, for each round trip, in the same trials as claim 16; and the CPU time for each exchange with " +
    "1,000 clients, where a stream needs a connection for each",
  cases: casesOf(COST),
  decide({ figures }) {
    const rows = compareCells(COST, figures);
    const [small] = rows;
    if (small === undefined) return cannotTry(reasonOf(COST, figures));
    return {
      verdict: verdictOf(rows),
      answer: `${small.what}: ${sayFigure(small.ours)} against ${sayFigure(small.theirs)}`,
      seen: [`Datagrams were ${sayCounts(rows)}`],
      tables: [
        tableOf("CPU time per exchange, both ends", ["datagrams", "streams"], rows),
      ],
      why: [
        "What an exchange costs is dominated by system calls and by waking the other end, and those are the same for both; the kernel's " +
        "part that differs, segments and acknowledgements against bare datagrams, is smaller than the runtime's, which makes an address " +
        "object for each datagram received",
      ],
    };
  },
  meaning: "Datagrams save sockets (one serves all clients, claim 18), not CPU time per message",
  code: "deno task sockbench run --scenario round-trip --transport tcp,udp # see CPU/op",
};
