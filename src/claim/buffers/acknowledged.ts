// Claim 9: when the send queue is emptied.

import { unreadBytes, unsentBytes } from "../../kernel/options.ts";
import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { fillUp, openRawPair, RawSockets, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { formatBytes } from "../format_figure.ts";
import { tryPart } from "../try_part.ts";

const MESSAGE_BYTES = 8;
const LOST_MS = 20;
const LIMIT_MS = 3_000;

/** The sender's queue at one moment. `unacknowledged`: SIOCOUTQ: written and not acknowledged; `unread`: what the peer's program had not read (SIOCINQ). */
type Moment = Readonly<{ when: string; unacknowledged: number; notSent: number; unread: number }>;

export const emptiedByAcknowledgement: ClaimDeclaration = {
  id: "emptied-by-acknowledgement",
  sentence: "The output buffer is emptied only as the peer acknowledges",
  source:
    "RFC 9293, section 3.4; tcp(7), SIOCOUTQ; Linux net/ipv4/tcp_input.c, tcp_clean_rtx_queue",
  method:
    `${MESSAGE_BYTES} B were sent to a TCP socket that loses every segment (a filter on it, SO_ATTACH_FILTER), and the sender's queue was read: bytes not acknowledged (SIOCOUTQ) and bytes not sent (tcpi_notsent_bytes). Then segments were let through, and it was read again once empty. The same was read of a connection written full, and after its peer had read everything`,
  rule: {
    "holds":
      "every byte that had been sent and lost was still in the queue, none of them unsent, and the queue was empty once the segments came through",
    "does not hold": "bytes that had been sent left the queue although nobody acknowledged them",
    "undecided":
      "the bytes stayed, and the queue was not empty within the limit after segments were let through",
  },
  control:
    "the same with UDP, which keeps nothing of what it has sent: the sentence then does not hold",
  parts: {
    lost: async (lab) => ({ moments: await loseAndLook("tcp", lab) }),
  },
  experiment: watchQueue,
  decide({ facts }) {
    const moments = facts!.moments as readonly Moment[];
    const [lost, through, full, drained] = moments;
    const bytes = facts!.messageBytes as number;
    const isKept = lost!.unacknowledged >= bytes && lost!.notSent === 0;
    return {
      verdict: firstMet(
        { "does not hold": !isKept, holds: through!.unacknowledged === 0 },
        "undecided",
      ),
      answer: `${bytes} B sent and lost: ` +
        `${lost!.unacknowledged} B kept; let through: ${through!.unacknowledged} B`,
      seen: [
        `With its segment lost, the queue held ${lost!.unacknowledged} of ${bytes} B, ` +
        `${lost!.notSent} B of them not sent; once segments came through it held ` +
        `${through!.unacknowledged} B, with ${through!.unread} B unread at the peer's program`,
        ...(full === undefined || drained === undefined ? [] : [
          `Written full it held ${formatBytes(full.unacknowledged)}, ` +
          `of which ${formatBytes(full.notSent)} had not been sent at all, ` +
          `with ${formatBytes(full.unread)} unread at the peer; ` +
          `once the peer had read everything it held ${formatBytes(drained.unacknowledged)}`,
        ]),
      ],
      why: [
        "What was sent stays in the queue, to be retransmitted, until an acknowledgement covers it. It is the peer's kernel that acknowledges, and not its program, at once or some 40 ms later (TCP_DELACK_MIN; at most 200 ms, TCP_DELACK_MAX, include/net/tcp.h): an empty send queue means that the other machine has the data, nothing about who has read it. Only when the receive buffer is full, and the window with it, does the sender's queue wait for the program",
      ],
    };
  },
  meaning:
    "An empty send buffer is no receipt. Where the peer's program must have the data, it has to say so itself",
  code: "await conn.read(receipt); // an answer of the program, not of the kernel",
};

async function watchQueue(lab: Lab): Promise<ClaimFacts> {
  const { facts, reason } = await tryPart(emptiedByAcknowledgement, "lost", lab);
  if (facts === undefined) throw new CannotTry(reason);
  const moments = facts.moments as readonly Moment[];
  return { messageBytes: MESSAGE_BYTES, moments: [...moments, ...await fillAndDrain(lab)] };
}

/** Sends to a socket that loses everything, and lets it through after that. */
export async function loseAndLook(kind: "tcp" | "udp", lab: Lab): Promise<readonly Moment[]> {
  using sockets = new RawSockets(lab);
  const [client, server] = await sockets.openPair(kind, lab);
  const look = (when: string): Moment => ({
    when,
    unacknowledged: unsentBytes(client),
    notSent: kind === "tcp" ? readTcpInfo(client).notSentBytes ?? 0 : 0,
    unread: unreadBytes(server),
  });
  loseSegments(server, "everything");
  sendNow(client, new Uint8Array(MESSAGE_BYTES));
  // Over loopback it has been lost within the call; a resend is lost as well.
  await lab.clock.sleepUntilNs(lab.clock.nowNs() + LOST_MS * 1e6);
  const lost = look("sent, its segment lost");
  loseNoSegments(server);
  await waitUntil(lab, () => unsentBytes(client) === 0, LIMIT_MS);
  return [lost, look("segments let through")];
}

async function fillAndDrain(lab: Lab): Promise<readonly Moment[]> {
  using pair = openRawPair("tcp", lab);
  const { client, server } = pair;
  const look = (when: string): Moment => ({
    when,
    unacknowledged: unsentBytes(client),
    notSent: readTcpInfo(client).notSentBytes ?? 0,
    unread: unreadBytes(server),
  });
  fillUp(client, new Uint8Array(65_536));
  const full = look("written full");
  const buffer = new Uint8Array(262_144);
  await waitUntil(lab, () => {
    while ((receiveNow(server, buffer) ?? 0) > 0);
    return unsentBytes(client) === 0;
  }, LIMIT_MS);
  return [full, look("peer has read all")];
}
