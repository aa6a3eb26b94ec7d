// Requests at the serving end, whose length and reply are the same for all or, where a file is replayed, stand in the request itself; and the
// round trips of a replay.

import type { Pacer } from "../clock.ts";
import type { Budget } from "../model/budget.ts";
import type { Histogram } from "../model/histogram.ts";
import type { Params } from "../model/params.ts";
import { readUint32, type Replay, REPLAY_HEADER_BYTES } from "../model/replay.ts";
import type { Channel, StreamChannel } from "../transport/channel.ts";
import { endedEarly, numberParam, readRest, sizesOf, writeRest } from "./exchange_loop.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext } from "./workload.ts";

/** The requests of one connection at the serving end. One is under way at a time, so that the buffer holds nothing of the next. */
export class Asked {
  /** Room for the largest; of datagrams one byte more, so that a longer one shows. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly #isReplay: boolean;
  readonly #requestBytes: number;
  readonly #reply: Uint8Array<ArrayBuffer>;
  /** Views of the one reply buffer, by length: each is made once. */
  readonly #replies = new Map<number, Uint8Array<ArrayBuffer>>();

  constructor(params: Params, mode: Channel["mode"]) {
    this.#isReplay = params.replay !== undefined;
    const { requestBytes, replyBytes } = this.#isReplay
      ? {
        requestBytes: numberParam(params, "largestRequest"),
        replyBytes: numberParam(params, "largestReply"),
      }
      : sizesOf(params);
    this.#requestBytes = requestBytes;
    this.buffer = new Uint8Array(requestBytes + (mode === "datagram" ? 1 : 0));
    this.#reply = new Uint8Array(replyBytes);
  }

  /** How long the request is of which so many bytes are in the buffer; where that is not known yet, how many tell. */
  bytes(filled: number): number {
    if (!this.#isReplay) return this.#requestBytes;
    return filled < REPLAY_HEADER_BYTES ? REPLAY_HEADER_BYTES : readUint32(this.buffer, 0);
  }

  /** The reply to the request in the buffer. */
  reply(): Uint8Array<ArrayBuffer> {
    if (!this.#isReplay) return this.#reply;
    const bytes = readUint32(this.buffer, 4);
    let reply = this.#replies.get(bytes);
    if (reply === undefined) {
      reply = this.#reply.subarray(0, bytes);
      this.#replies.set(bytes, reply);
    }
    return reply;
  }

  /** Reads the rest of a request that did not come at once. */
  async fill(channel: StreamChannel, filled: number): Promise<void> {
    while (filled < this.bytes(filled)) {
      const read = await channel.read(this.buffer.subarray(filled));
      if (read === null) throw new Error(`the client ended after ${filled} bytes of a request`);
      filled += read;
    }
  }
}

/** Answers the requests of a replay on one channel, until the client ends it or the trial is over. */
export async function answerReplayed(channel: Channel, context: ServeContext): Promise<void> {
  const asked = new Asked(context.params, channel.mode);
  let answered = 0;
  try {
    for (;;) {
      if (channel.mode === "datagram") {
        await channel.receive(asked.buffer);
        context.tally.receivedMessages = ++answered;
        await channel.reply(asked.reply());
        continue;
      }
      let read = channel.read(asked.buffer);
      if (typeof read !== "number") read = await read;
      if (read === null) return;
      if (read < asked.bytes(read)) await asked.fill(channel, read);
      const reply = asked.reply();
      let written = channel.write(reply);
      if (typeof written !== "number") written = await written;
      if (written < reply.length) await writeRest(channel, reply, written);
    }
  } catch (error) {
    if (!context.finishing) throw error;
  } finally {
    if (channel.mode === "stream") channel.close();
  }
}

/**
 * Round trips of a replay from its first line on, until the budget is spent; `pacer` waits for the gaps between a reply and the next request,
 * and none where it is absent. A latency is from before the write to the reply's last byte.
 */
export async function exchangeReplayed(
  channel: Channel,
  replay: Replay,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
  pacer?: Pacer,
): Promise<Omit<DriveResult, "histograms">> {
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  const { gapsNs, count, largest } = replay;
  const room = new Uint8Array(largest.reply.bytes + (channel.mode === "datagram" ? 1 : 0));
  let [operations, sentBytes, receivedBytes] = [0, 0, 0];
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      const { request, replyBytes } = replay.shapeAt(operations);
      const gapNs = gapsNs[operations % count]!;
      if (pacer !== undefined && gapNs > 0) await pacer.spinUntilNs(doneNs + gapNs);
      const sentNs = clock.nowNs();
      if (channel.mode === "stream") {
        let written = channel.write(request);
        if (typeof written !== "number") written = await written;
        if (written < request.length) await writeRest(channel, request, written);
        let read = channel.read(room);
        if (typeof read !== "number") read = await read;
        if (read !== replyBytes) await readReply(channel, room, read, replyBytes);
      } else {
        const sent = channel.send(request);
        if (typeof sent !== "number") await sent;
        let received = channel.receive(room);
        if (typeof received !== "number") received = await received;
        checkReply(received, replyBytes);
      }
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs);
      operations++;
      sentBytes += request.length;
      receivedBytes += replyBytes;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return { operations, elapsedNs: doneNs - startNs, tally: { sentBytes, receivedBytes } };
}

/** What is left of a reply of which the first read brought so much. */
export function readReply(
  channel: StreamChannel,
  room: Uint8Array,
  read: number | null,
  replyBytes: number,
): Promise<void> | undefined {
  const filled = read ?? endedEarly();
  checkReply(Math.max(filled, replyBytes), replyBytes);
  return filled < replyBytes ? readRest(channel, room.subarray(0, replyBytes), filled) : undefined;
}

/** Throws where a reply has another length than it should. */
export function checkReply(received: number, replyBytes: number): void {
  if (received === replyBytes) return;
  throw new Error(`the reply has ${received} bytes instead of ${replyBytes}`);
}
