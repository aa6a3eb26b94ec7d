// Claim 19.

import { cannotTry, type ClaimDeclaration } from "../claim.ts";
import type { ClaimFigures } from "../claim_figures.ts";
import {
  answerQuestions,
  answerTable,
  casesOf,
  compareCells,
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
import { formatFigureWithCount, formatPairedRatio } from "../format_figure.ts";

const SIZES = [64, 1_024, 16_384];
const CHUNKS = [16_384, 65_536, 1_048_576];

const SMALLEST_BY_CALLS = "round trip, by system calls, 64 B";

const COMPARISONS = onBothPlacements([
  ...SIZES.map((bytes) => against("round trip", "round-trip", bytes, "p50")),
  ...SIZES.map((bytes) => against("round trip, by system calls", "round-trip", bytes, "p50")),
  ...CHUNKS.map((bytes) => against("throughput", "throughput", bytes, "bytesPerSecond")),
]);

function against(question: string, scenario: string, bytes: number, metric: string) {
  const driver = question.endsWith("by system calls") ? "@libc" : "";
  return inSize(question, metric, [scenario, `unix${driver}`, `tcp${driver}`], { bytes });
}

const SWITCHES = ["voluntarySwitches", "involuntarySwitches"];

/** How often the threads of both ends went off the CPU for an exchange by system calls, where that was read. */
function seenOfSwitches(figures: ClaimFigures): readonly string[] {
  return COMPARISONS.filter(({ what }) => what === SMALLEST_BY_CALLS).flatMap(({ first, base }) => {
    const [ours, theirs] = [first, base].map((cell) => figures.atBothEnds(cell, SWITCHES));
    return ours === undefined || theirs === undefined || theirs === 0 ? [] : [
      `Context switches for each ${SMALLEST_BY_CALLS}, both ends together, ` +
      `${figures.placement(first)}: unix ${ours.toFixed(2)}, tcp ${theirs.toFixed(2)}`,
    ];
  });
}

export const unixOutrunsTcp: ClaimDeclaration = {
  id: "unix-outruns-tcp",
  sentence: "Unix-domain sockets outrun TCP over loopback",
  source: "unix(7); tcp(7); Linux net/unix/af_unix.c",
  method:
    "Round trips of 64 B to 16 KiB and one-way transfers in writes of 16 KiB to 1 MiB, over both transports, interleaved in one run, both ends placed alike; the round trips by blocking system calls as well",
  rule: comparisonRule("the Unix-domain socket is", "questions"),
  control:
    "the same with one transport slowed to a tenth of its speed: it does not hold with the Unix socket slowed, and holds with TCP slowed",
  cases: casesOf(COMPARISONS),
  decide({ figures }) {
    const rows = compareCells(COMPARISONS, figures);
    const [small] = rows;
    if (small === undefined) return cannotTry(reasonOf(COMPARISONS, figures));
    const answers = answerQuestions(COMPARISONS, figures);
    return {
      verdict: verdictOf(answers),
      answer: `${small.what}: unix is ${formatPairedRatio(small.ratio)} times as fast`,
      seen: [
        `${small.what}: ` +
        `unix ${formatFigureWithCount(small.ours)}, tcp ${formatFigureWithCount(small.theirs)}`,
        `Unix was ${formatCounts(answers)}`,
        ...[...new Set(answers.map(({ placement }) => placement))].map((placement) => {
          const own = answers.filter((answer) => answer.placement === placement);
          const { better, worse } = countAnswers(own);
          return `${placement}: better in ${better} of ${own.length}, worse in ${worse}`;
        }),
        ...seenOfSwitches(figures),
        ...warnOfPacing(figures.congestion()),
      ],
      tables: [
        answerTable("What decides", "unix", answers),
        tableOf("Medians of trials", ["unix", "tcp"], rows),
      ],
      why: [
        "A Unix-domain socket has one queue, that of the receiver: a write puts the bytes there, with no segments, no acknowledgements and no congestion control. What that spares for each message is small beside a wake-up, and a Unix-domain stream has more of those: when a reader frees a message, the kernel wakes whoever sleeps on the sender's socket, as there is room again (unix_write_space()). The sender waits for the reply, and a wait for stream data does not look at what a wake-up is for (unix_stream_data_wait(); that for datagrams does, receiver_wake_function()): it runs, finds nothing, and sleeps again. TCP wakes a sender only where one had found no room. On one core each needless wake-up takes the CPU from the end that was about to answer; on two the sender is awake while its answer is made: so a round trip comes out either way (the table has it by placement). For large messages copying costs the same on both, and what is left is how much each lets lie in its buffers: a stream over TCP grows its windows to several MiB, a Unix-domain stream stops its writer at its SO_SNDBUF (net.core.wmem_default), so that reader and writer have to take turns",
      ],
    };
  },
  meaning:
    "Between two processes of one machine, a Unix-domain socket is a line of configuration where both ends allow it; the table shows what it gains on this machine. Measure first where the work is moving megabytes",
  code: `const conn = await Deno.connect({ transport: "unix", path: "/run/app.sock" });`,
};
