// Claim 25: the segments of a close.

import { requireLibc } from "../../kernel/libc.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { median } from "../../stats/quantile.ts";
import { cannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { request } from "../claim_figures.ts";
import { formatFigure, formatTally } from "../format_figure.ts";
import { openRawPair, type RawKind, receiveNow, sendNow, waitUntil } from "../sockets.ts";

const CLOSES = 20;
/** Less than the smallest buffer takes. */
const BYTES = 1_000;
const LIMIT_MS = 1_000;
const SHUT_WR = 1;

const half = (transport: string) => request("close", transport, { close: "half", bytes: 102_400 });
const HALVES = ["tcp", "unix"].map(half);

/** A connection half closed: what the other end sent after that, what arrived, and both states by TCP_INFO, the closing end first. */
type HalfClosed = Readonly<
  { kind: RawKind; sent: number; arrived: number; states: readonly string[] | null }
>;

/** How many closes took how many segments. `segments`: one a close, both ends together. */
type Counted = Readonly<{ when: string; segments: readonly number[] }>;

export const closingTakesFourSegments: ClaimDeclaration = {
  id: "closing-takes-four-segments",
  sentence: "Closing takes four segments, each direction on its own",
  source:
    "RFC 9293, section 3.6 and figure 12; shutdown(2); RFC 1122, section 4.2.3.2 (delayed acknowledgements)",
  method:
    `One end shut its sending direction down; the other sent ${BYTES} B after that. Then ${CLOSES} idle connections were closed in both directions, the second end at once, and ${CLOSES} with the second end waiting until the first one's FIN was acknowledged; the segments that both ends sent were counted by TCP_INFO. Through Deno, 100 KiB were sent to an end that had half-closed`,
  rule: {
    "holds":
      "each direction went on after the other was closed, and every close took four segments",
    "holds in part": "each direction went on, and every close took three or four",
    "does not hold":
      "a direction did not go on: what was sent after the other was closed did not arrive",
    "undecided":
      "each direction went on, and some close took another number, or none could be counted",
  },
  control:
    "the same with both directions shut down at once (SHUT_RDWR): the sentence then does not hold",
  cases: HALVES,
  experiment: (lab) => watchCloses(lab),
  decide({ figures, facts, failure }) {
    const shares = HALVES.flatMap((request) => {
      const delivered = figures.figure(request, "deliveredShare");
      return delivered === undefined
        ? []
        : [{ request, delivered, connections: figures.operations(request) }];
    });
    const throughDeno = shares.map(({ request, delivered, connections }) =>
      `Deno over ${request.transport}: after a half-close ${formatFigure(delivered)} ` +
      `of the bytes of the other direction arrived, on ${connections} connections`
    );
    const isDelivered = shares.every(({ delivered }) => delivered.value === 1);
    if (facts === undefined) {
      const reason = failure ?? figures.skip(HALVES[0]!) ?? "there are no facts";
      if (shares.length === 0) return cannotTry(reason);
      return {
        verdict: isDelivered ? "undecided" : "does not hold",
        answer: "each direction on its own; the segments could not be counted",
        seen: [...throughDeno, `The segments could not be counted: ${reason}`],
        why: WHY,
      };
    }
    const halves = facts.halves as readonly HalfClosed[];
    const counts = facts.counts as readonly Counted[];
    const all = counts.flatMap(({ segments }) => segments);
    const isOwn = isDelivered && halves.every(({ sent, arrived }) => arrived === sent);
    const isFour = all.length > 0 && all.every((count) => count === 4);
    const isThreeOrFour = all.length > 0 && all.every((count) => count === 3 || count === 4);
    return {
      verdict: firstMet({
        holds: isOwn && isFour,
        "holds in part": isOwn && isThreeOrFour,
        undecided: isOwn,
      }, "does not hold"),
      answer: counts.map(({ when, segments }) =>
        `${segments.length === 0 ? "no" : median(segments)} segments ${when}`
      ).join(", "),
      seen: [
        ...halves.map(({ kind, sent, arrived, states }) =>
          `${kind}: ${arrived} of ${sent} B sent towards the end that had shut down arrived${
            states === null
              ? ""
              : `, while that end was in ${states[0]} and the other in ${states[1]}`
          }`
        ),
        ...counts.map(({ when, segments }) =>
          `Closed ${when}: ${
            formatTally(segments, (count, times) => `${count} segments in ${times}`)
          } of ${segments.length} closes`
        ),
        ...throughDeno,
      ],
      why: WHY,
    };
  },
  meaning:
    "`closeWrite()` is a message: I have said everything. The other end reads the end of the stream and can still answer. `close()` is more than that: it also gives up reading, and what comes then is answered with a reset (claim 8)",
  code: [
    "await conn.closeWrite(); // FIN: the request is complete",
    "const reply = await new Response(conn.readable).text(); // the other direction goes on",
  ].join("\n"),
};

const WHY = [
  "A FIN closes one direction and takes up a sequence number, so that it is acknowledged like a byte. Two directions make two FINs and two acknowledgements: four segments",
  "An acknowledgement has no segment of its own when another goes the same way in time. A server that closes as soon as it reads the end of the stream puts the acknowledgement onto its own FIN, within the time by which Linux delays acknowledgements (TCP_DELACK_MIN, 40 ms; include/net/tcp.h): three. Four is the number for an end that has something left to do",
];

export async function watchCloses(lab: Lab, directions = SHUT_WR): Promise<ClaimFacts> {
  const halves: HalfClosed[] = [];
  for (const kind of ["tcp", "unix"] as const) halves.push(await halfClose(kind, lab, directions));
  const counts: Counted[] = [];
  for (
    const [when, waits] of [["when the peer closes at once", false], [
      "when it closes later",
      true,
    ]] as const
  ) {
    const segments: number[] = [];
    for (let k = 0; k < CLOSES && !lab.signal.aborted; k++) {
      segments.push(await countSegments(waits, lab));
    }
    counts.push({ when, segments });
  }
  return { halves, counts };
}

async function halfClose(kind: RawKind, lab: Lab, directions: number): Promise<HalfClosed> {
  using pair = openRawPair(kind, lab);
  const { client, server } = pair;
  shutDown(client, directions);
  const buffer = new Uint8Array(2 * BYTES);
  await waitUntil(lab, () => receiveNow(server, buffer) === 0, LIMIT_MS);
  if (kind === "tcp") {
    await waitUntil(lab, () => readTcpInfo(client).state === "FIN-WAIT-2", LIMIT_MS);
  }
  let arrived = 0;
  try {
    sendNow(server, new Uint8Array(BYTES));
    await waitUntil(lab, () => (arrived += receiveNow(client, buffer) ?? 0) >= BYTES, LIMIT_MS);
  } catch (error) {
    // A direction that is closed refuses what is sent, or resets it.
    if (!(error instanceof SystemError)) throw error;
  }
  const states = kind === "tcp" ? [client, server].map((fd) => readTcpInfo(fd).state) : null;
  return { kind, sent: BYTES, arrived, states };
}

/** Segments that both ends send from the first shutdown until both are done; neither descriptor is closed before. */
async function countSegments(waits: boolean, lab: Lab): Promise<number> {
  using pair = openRawPair("tcp", lab);
  const { client, server } = pair;
  const countSent = () =>
    [client, server].reduce((sum, fd) => sum + (readTcpInfo(fd).segsOut ?? 0), 0);
  const before = countSent();
  shutDown(client);
  if (waits) await waitUntil(lab, () => readTcpInfo(client).state === "FIN-WAIT-2", LIMIT_MS);
  shutDown(server);
  // Both are gone from the connection when their last segment has come; TIME-WAIT is kept elsewhere, and shows as closed here.
  await waitUntil(
    lab,
    () => [client, server].every((fd) => readTcpInfo(fd).state === "CLOSED"),
    LIMIT_MS,
  );
  return countSent() - before;
}

function shutDown(fd: number, directions = SHUT_WR): void {
  const libc = requireLibc();
  libc.check(libc.symbols.shutdown(fd, directions), "shutdown");
}
