/**
 * Claim 19.
 *
 * @module
 */

import { sayRatio } from "../format_figure.ts";
import {
  cannotTry,
  type CaseRequest,
  type Claim,
  type ClaimEvidence,
  type ClaimTable,
  type Decision,
} from "../claim.ts";

const SIZES = [64, 1_024, 16_384];
const CHUNKS = [16_384, 65_536, 1_048_576];

const roundTrip = (transport: string, bytes: number): CaseRequest => ({
  scenario: "round-trip",
  transport,
  params: { bytes },
});
const bulk = (transport: string, bytes: number): CaseRequest => ({
  scenario: "throughput",
  transport,
  params: { bytes },
});

/** What is compared: a request for each transport, and the metric. */
const COMPARED = [
  ...SIZES.map((bytes) => ({ what: "round trip", bytes, of: roundTrip, metric: "p50" })),
  ...CHUNKS.map((bytes) => ({ what: "throughput", bytes, of: bulk, metric: "bytesPerSecond" })),
];

/** "Unix-domain sockets outrun TCP loopback." */
export const unixOutrunsTcp: Claim = {
  id: "unix-outruns-tcp",
  number: 19,
  group: "messages",
  sentence: "Unix-domain sockets are faster than TCP over loopback",
  source: "C",
  method:
    "Round trips of 64 B to 16 KiB and one-way transfers in writes of 16 KiB to 1 MiB, over both transports, interleaved in one run, " +
    "both ends placed alike",
  cases: COMPARED.flatMap(({ of, bytes }) => [of("unix", bytes), of("tcp", bytes)]),
  decide: decideRatios,
  meaning:
    "Between two processes of one machine, take a Unix-domain socket where both ends allow it; the program's " +
    "code differs in one line",
  code: `await using conn = await Deno.connect({ transport: "unix", path: "/run/app.sock" });`,
};

function decideRatios({ figures }: ClaimEvidence): Decision {
  const rows = COMPARED.flatMap(({ what, bytes, of, metric }) => {
    const [unix, tcp] = [of("unix", bytes), of("tcp", bytes)];
    const ratio = figures.ratio(unix, tcp, metric);
    const [ours, theirs] = [figures.figure(unix, metric), figures.figure(tcp, metric)];
    return ratio === undefined || ours === undefined || theirs === undefined
      ? []
      : [{ what, bytes, ratio, ours, theirs }];
  });
  if (rows.length === 0) {
    return cannotTry(
      figures.skip(roundTrip("unix", 64)) ?? figures.skip(roundTrip("tcp", 64)) ??
        "nothing was measured",
    );
  }
  const better = rows.filter(({ ratio }) => ratio.difference === "better").length;
  const worse = rows.filter(({ ratio }) => ratio.difference === "worse").length;
  const small = rows[0]!;
  const table: ClaimTable = {
    caption: "Unix-domain sockets against TCP; peer process; a ratio above 1: Unix is better",
    columns: ["what", "bytes", "unix", "tcp", "ratio"],
    rows: rows.map(({ what, bytes, ratio, ours, theirs }) => [
      what,
      String(bytes),
      ours,
      theirs,
      { value: ratio.ratio, low: ratio.low, high: ratio.high, unit: "count" },
    ]),
  };
  return {
    verdict: better === rows.length
      ? "holds"
      : better > 0
      ? "holds in part"
      : worse > 0
      ? "does not hold"
      : "undecided",
    answer: `${small.bytes} B ${small.what}: unix ${sayRatio(small.ratio)} times as fast`,
    seen: [
      `Unix-domain sockets were better in ${better} of ${rows.length} comparisons, worse in ${worse}, and in the rest the ` +
      `intervals include 1`,
    ],
    tables: [table],
    why: [
      "A Unix-domain socket hands the bytes over in one queue: no segments, no checksums, no acknowledgements, no congestion control",
    ],
  };
}
