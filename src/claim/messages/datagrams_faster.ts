// Claims 16 and 17.

import type { ClaimFigures } from "../claim_figures.ts";
import { cannotTry, type ClaimDeclaration, type ClaimTable, firstMet } from "../claim.ts";
import {
  type Answer,
  answerQuestions,
  answerTable,
  casesOf,
  compareCells,
  type ComparedRow,
  type Comparison,
  comparisonRule,
  countAnswers,
  formatCounts,
  inSize,
  onBothPlacements,
  reasonOf,
  tableOf,
  verdictOf,
  warnOfPacing,
} from "../comparison_rows.ts";
import { formatBytes, formatFigureWithCount, formatPairedRatio } from "../format_figure.ts";
import { measureSocketMemory, type SocketMemoryOf } from "./socket_memory.ts";

const SIZES = [64, 1_024, 16_384];
const DENO = [["udp", "tcp"], ["unixpacket", "unix"]] as const;
const LIBC = [
  ["udp@libc", "tcp@libc"],
  ["unixpacket@libc", "unix@libc"],
  ["seqpacket@libc", "unix@libc"],
] as const;

type Kind = readonly [what: string, scenario: string, metric: string];

function comparisons(pairs: readonly (readonly [string, string])[], kinds: readonly Kind[]) {
  return onBothPlacements(
    pairs.flatMap(([datagram, stream]) =>
      kinds.flatMap(([what, scenario, metric]) =>
        SIZES.map((bytes) => {
          const question = `${what}, ${datagram} against ${stream}`;
          return inSize(question, metric, [scenario, datagram, stream], { bytes });
        })
      )
    ),
  );
}

const ROUND_TRIP: Kind = ["round trip", "round-trip", "p50"];
const SPEED_DENO = comparisons(DENO, [ROUND_TRIP, ["throughput", "throughput", "bytesPerSecond"]]);
const SPEED_LIBC = comparisons(LIBC, [ROUND_TRIP]);

/** Rows of one driver, and the answers to its questions. */
type Family = Readonly<
  { through: string; rows: readonly ComparedRow[]; answers: readonly Answer[]; reason: string }
>;

function families(
  wanted: readonly (readonly [through: string, comparisons: readonly Comparison[]])[],
  figures: ClaimFigures,
): readonly Family[] {
  // Each is a question of its own, with a correction of its own.
  return wanted.map(([through, list]) => ({
    through,
    rows: compareCells(list, figures),
    answers: answerQuestions(list, figures),
    reason: reasonOf(list, figures),
  }));
}

function tablesOf(all: readonly Family[], what: string): readonly ClaimTable[] {
  return all.filter(({ rows }) => rows.length > 0).flatMap(({ through, rows, answers }) => [
    answerTable(`${through}, what decides`, "datagrams", answers),
    tableOf(`${through}, ${what}`, ["datagrams", "streams"], rows),
  ]);
}

function formatFamily({ through, answers, reason }: Family): string {
  const verdict = verdictOf(answers);
  return answers.length === 0
    ? `${through}, nothing could be compared: ${reason}`
    : `${through}, datagrams were ${formatCounts(answers)}: ` +
      `on its own that ${verdict === "undecided" ? "is undecided" : verdict}`;
}

/** The first row of each driver, in a line: the same question to each. */
function formatFirst(all: readonly Family[]): string {
  const first = all.flatMap(({ rows: [row], through }) =>
    row === undefined ? [] : [{ row, through }]
  );
  const { what, placement } = first[0]!.row;
  const question = what.replaceAll("@libc", "").replace(" against ", "/");
  return `${question}, ${placement.replace("peer process, ", "")}: ${
    first.map(({ row, through }) =>
      `${through[0]!.toLowerCase()}${through.slice(1)} ${row.ratio.ratio.toFixed(2)}×`
    ).join(", ")
  }`;
}

export const datagramsAreFaster: ClaimDeclaration = {
  id: "datagrams-are-faster",
  sentence: "Datagram sockets, checking less, are faster than streams",
  source: "RFC 768; RFC 9293; udp(7); unix(7), SOCK_DGRAM and SOCK_SEQPACKET; sendmmsg(2)",
  method:
    "Round trips of 64 B to 16 KiB over udp and tcp, and over Unix datagrams, seqpacket and streams: by blocking system calls and through Deno, both ends on one core and on two. Through Deno also one-way throughput with messages of the same sizes, counted where they arrive. All interleaved in one run",
  rule: comparisonRule("datagrams are", "questions, by system calls and through Deno"),
  control:
    "the same with one transport slowed to a tenth of its speed: it does not hold with the datagrams slowed, and holds with the stream slowed",
  cases: casesOf([...SPEED_LIBC, ...SPEED_DENO]),
  decide({ figures }) {
    const all = families([["By system calls", SPEED_LIBC], ["Through Deno", SPEED_DENO]], figures);
    const answers = all.flatMap((family) => family.answers);
    if (answers.length === 0) return cannotTry(reasonOf(SPEED_DENO, figures));
    return {
      verdict: verdictOf(answers),
      answer: formatFirst(all),
      seen: [
        ...all.map(formatFamily),
        ...all.flatMap(({ rows: [row] }) =>
          row === undefined ? [] : [
            `${row.what}, ${row.placement}: ${formatFigureWithCount(row.ours)} against ${
              formatFigureWithCount(row.theirs)
            }, ${formatPairedRatio(row.ratio)} times as fast`,
          ]
        ),
        ...warnOfPacing(figures.congestion()),
      ],
      tables: tablesOf(all, "medians of trials"),
      why: [
        "Over loopback nothing is lost on the way and checksums are not computed, so that TCP's care costs little. A stream moves many small messages in one system call and one wake-up; a datagram needs a call of its own at each end, unless the program hands over several at once (sendmmsg(2), or UDP_SEGMENT of udp(7)), which Deno does not",
        "The runtime can turn the order round: in Deno a receive makes a new address object for each datagram, which a read of a connection does not",
      ],
    };
  },
  meaning:
    "Choose datagrams for what they mean (no connection, boundaries kept, old news dropped), not for speed: measure that first, through the interface that you will use",
  code:
    "deno task sockbench run --scenario round-trip,throughput --transport tcp,udp,unix,unixpacket,tcp@libc,udp@libc",
};

const CPU: Kind = ["CPU", "round-trip", "cpuPerOperation"];
const COST_DENO = comparisons(DENO, [CPU]);
const COST_LIBC = comparisons(LIBC, [CPU]);
const CLIENTS = 1_000;
const COST_CROWD = DENO.map(([datagram, stream]) =>
  inSize(
    `CPU with ${CLIENTS} clients, ${datagram} against ${stream}`,
    "cpuPerOperation",
    ["fan-in", datagram, stream],
    { bytes: 64, clients: CLIENTS },
  )
);

export const datagramsCostLess: ClaimDeclaration = {
  id: "datagrams-cost-less",
  sentence: "Datagram sockets cost the machine less than streams",
  source: "getrusage(2); proc_meminfo(5), Slab; udp(7); tcp(7)",
  method:
    `CPU time of both ends, user and system, for each round trip, in the same trials as claim 16, and for each exchange through Deno with one server and ${CLIENTS} clients, where a stream needs a connection for each. Then clients were opened by system calls and the growth of the kernel's own memory (Slab of /proc/meminfo) was read, for each client`,
  rule: comparisonRule("datagrams are", "questions of CPU time, and in memory for each client"),
  control:
    "the same with one transport slowed to a tenth of its speed: it does not hold with the datagrams slowed, and holds with the stream slowed",
  cases: casesOf([...COST_LIBC, ...COST_DENO, ...COST_CROWD]),
  experiment: (lab) => measureSocketMemory(lab),
  decide({ figures, facts, failure }) {
    const all = families([["By system calls", COST_LIBC], ["Through Deno", COST_DENO], [
      `Through Deno with ${CLIENTS} clients`,
      COST_CROWD,
    ]], figures);
    const answers = all.flatMap((family) => family.answers);
    if (answers.length === 0) return cannotTry(reasonOf(COST_DENO, figures));
    const memory = (facts?.memory ?? []) as readonly SocketMemoryOf[];
    const pairs = DENO.flatMap(([datagram, stream]) => {
      const [ours, theirs] = [datagram, stream].map((kind) => memory.find((m) => m.kind === kind));
      return ours === undefined || theirs === undefined ? [] : [[ours, theirs] as const];
    });
    const less = pairs.filter(([ours, theirs]) => ours.bytesPerClient < theirs.bytesPerClient);
    const { better, worse } = countAnswers(answers);
    const won = better + less.length;
    return {
      verdict: firstMet({
        holds: won === answers.length + pairs.length,
        "holds in part": won > 0,
        "does not hold": worse > 0,
      }, "undecided"),
      answer: formatFirst(all.slice(0, 2)),
      seen: [
        ...all.map(formatFamily),
        ...pairs.map(([ours, theirs]) =>
          `Kernel memory for each client: ${ours.kind} ${formatBytes(ours.bytesPerClient)}, ` +
          `${theirs.kind} ${formatBytes(theirs.bytesPerClient)} (${ours.clients} ` +
          `and ${theirs.clients} clients)`
        ),
        ...(failure === undefined ? [] : [`Kernel memory could not be read: ${failure}`]),
      ],
      tables: tablesOf(all, "CPU time per exchange, both ends"),
      why: [
        "What an exchange costs is dominated by system calls and by waking the other end, and those are the same for both. The kernel's part that differs, segments and acknowledgements against bare datagrams, shows by system calls; through Deno the runtime adds an address object for each datagram received",
        "A datagram server has one socket for all of its clients; a stream server has one for each, and so twice as many sockets in all",
      ],
    };
  },
  meaning:
    "Datagrams save sockets (one serves all clients, claim 18) and so kernel memory; whether they save CPU time depends on the interface: in Deno, measure",
  code:
    "deno task sockbench run --scenario round-trip --transport tcp,udp,tcp@libc,udp@libc # see CPU/op",
};
