// One socket of an open loop, or one client of a crowd.

import type { Channel } from "../transport/channel.ts";
import type { Sizes } from "./exchange_loop.ts";

/** A socket, and what is under way on it. */
export class Lane {
  readonly reply: Uint8Array;
  filled = 0;
  /** Length of the reply that is due. */
  expected = 0;
  number = 0;
  intendedNs = 0;
  sentNs = 0;
  freedNs = -Infinity;
  highest = -1;
  /** Of datagrams: the run that takes what comes. One loop reads the socket for all of them, or an earlier one would take replies. */
  taker: { take(lane: Lane, bytes: number): void; fail(cause: unknown): void } | undefined;

  constructor(readonly channel: Channel, { replyBytes }: Sizes) {
    this.reply = new Uint8Array(replyBytes + (channel.mode === "datagram" ? 1 : 0));
  }
}
