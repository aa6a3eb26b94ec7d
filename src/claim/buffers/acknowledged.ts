/**
 * Claim 9.
 *
 * @module
 */

import { unreadBytes, unsentBytes } from "../../kernel/options.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { Claim, ClaimFacts, Lab } from "../claim.ts";
import { sayBytes } from "../format_figure.ts";
import { fillUp, openRawPair, receiveNow, sendNow } from "../raw_pair.ts";

interface Moment {
  readonly when: string;
  readonly unsent: number;
  readonly notSent: number;
  readonly unacked: number;
  readonly unread: number;
}

const COLUMNS = ["when", "SIOCOUTQ", "not sent", "segments not acknowledged", "unread at the peer"];

/** "The output buffer is emptied only as the peer acknowledges." */
export const emptiedByAcknowledgement: Claim = {
  id: "emptied-by-acknowledgement",
  number: 9,
  group: "buffers",
  sentence: "The output buffer is emptied only as the peer acknowledges",
  source: "D",
  method:
    "The bytes in a TCP send queue (SIOCOUTQ) and what TCP_INFO says of them were read after a small write, after writing until the " +
    "kernel took no more, and after the peer had read everything",
  experiment: watchQueue,
  decide({ facts }) {
    const moments = facts!.moments as unknown as readonly Moment[];
    const [small, full, drained] = moments;
    const isHeld = full!.unsent > 0;
    const isFreed = drained!.unsent < full!.unsent;
    return {
      verdict: isHeld && isFreed ? "holds" : "undecided",
      answer: `${sayBytes(full!.unsent)} held while the peer read nothing, ${
        sayBytes(drained!.unsent)
      } once it had read`,
      seen: [
        `After a write of 100 B the queue held ${small!.unsent} B, and the peer's kernel ${
          small!.unread
        } B that its program had not read`,
        `Written full it held ${sayBytes(full!.unsent)}, of which ${
          sayBytes(full!.notSent)
        } had not been sent at all, with ${sayBytes(full!.unread)} unread at the peer`,
        `Once the peer had read everything it held ${sayBytes(drained!.unsent)}`,
      ],
      tables: [{
        caption: "A TCP connection on loopback, from the sender's end",
        columns: COLUMNS,
        rows: moments.map(({ when, unsent, notSent, unacked, unread }) => [
          when,
          sayBytes(unsent),
          sayBytes(notSent),
          String(unacked),
          sayBytes(unread),
        ]),
      }],
      why: [
        "It is the peer's kernel that acknowledges, as soon as the bytes are in its receive buffer, and not the peer's program: an empty send " +
        "queue says that the other machine has the data, nothing about who has read it. Only when the receive buffer is full, and the window with it, does the sender's queue wait for the program",
      ],
    };
  },
  meaning:
    "An empty send buffer is no receipt. Where the peer's program must have the data, it has to say so itself",
  code: "await conn.read(receipt); // an answer of the program, not of the kernel",
};

async function watchQueue(lab: Lab): Promise<ClaimFacts> {
  using pair = openRawPair("tcp", lab);
  const { client, server } = pair;
  const look = (when: string): Moment => {
    const { notSentBytes = 0, unacked } = readTcpInfo(client);
    return {
      when,
      unsent: unsentBytes(client),
      notSent: notSentBytes,
      unacked,
      unread: unreadBytes(server),
    };
  };
  const moments: Moment[] = [];
  sendNow(client, new Uint8Array(100));
  // Acknowledged within the call or within the delayed-ACK time: the queue is looked at once it has settled.
  await settle(lab, () => unsentBytes(client) === 0);
  moments.push(look("after 100 B"));
  fillUp(client, new Uint8Array(65_536));
  moments.push(look("written full"));
  const buffer = new Uint8Array(262_144);
  await settle(lab, () => {
    while ((receiveNow(server, buffer) ?? 0) > 0);
    return unsentBytes(client) === 0;
  });
  moments.push(look("peer has read all"));
  return { moments: moments as unknown as ClaimFacts[string] };
}

/** Gives the kernel up to a second: window updates and acknowledgements come on timers of their own. */
async function settle({ clock, signal }: Lab, isSettled: () => boolean): Promise<void> {
  const endNs = clock.nowNs() + 1e9;
  while (!isSettled() && clock.nowNs() < endNs && !signal.aborted) {
    await clock.sleepUntilNs(clock.nowNs() + 1e6);
  }
}
