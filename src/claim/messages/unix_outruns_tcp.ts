/**
 * Claim 19.
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
const CHUNKS = [16_384, 65_536, 1_048_576];

const COMPARISONS: readonly Comparison[] = onBothPlacements([
  ...SIZES.map((bytes) => against("round trip", "round-trip", bytes, "p50")),
  ...CHUNKS.map((bytes) => against("throughput", "throughput", bytes, "bytesPerSecond")),
]);

function against(what: string, scenario: string, bytes: number, metric: string): Comparison {
  const cell = (transport: string): CaseRequest => ({ scenario, transport, params: { bytes } });
  return { what: `${what}, ${bytes} B`, first: cell("unix"), base: cell("tcp"), metric };
}

/** "Unix-domain sockets outrun TCP loopback." */
export const unixOutrunsTcp: Claim = {
  id: "unix-outruns-tcp",
  number: 19,
  group: "messages",
  sentence: "Unix-domain sockets outrun TCP over loopback",
  source: "C",
  method:
    "Round trips of 64 B to 16 KiB and one-way transfers in writes of 16 KiB to 1 MiB, over both transports, interleaved in one run, " +
    "both ends placed alike",
  cases: casesOf(COMPARISONS),
  decide({ figures }) {
    const rows = compareCells(COMPARISONS, figures);
    const [small] = rows;
    if (small === undefined) return cannotTry(reasonOf(COMPARISONS, figures));
    return {
      verdict: verdictOf(rows),
      answer: `${small.what}: unix is ${sayRatio(small.ratio)} times as fast`,
      seen: [
        `${small.what}: unix ${sayFigure(small.ours)}, tcp ${sayFigure(small.theirs)}`,
        `Unix was ${sayCounts(rows)}`,
      ],
      tables: [tableOf("Medians of trials", ["unix", "tcp"], rows)],
      why: [
        "A Unix-domain socket hands the bytes from one queue to the other: no segments, no checksums, no acknowledgements, no congestion " +
        "control. For small messages that is most of the way. For large ones copying costs the same on both, and what is left is how " +
        "much each lets lie in its buffers: a stream over TCP grows its windows to several MiB, a Unix-domain stream stops its writer " +
        "at net.core.wmem_default, so that reader and writer have to take turns",
      ],
    };
  },
  meaning:
    "Between two processes of one machine, take a Unix-domain socket where both ends allow it: for requests and replies it is a " +
    "line of configuration. Measure first where the work is moving megabytes",
  code: `const conn = await Deno.connect({ transport: "unix", path: "/run/app.sock" });`,
};
