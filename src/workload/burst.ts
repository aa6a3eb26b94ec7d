/**
 * Burst: messages of one size, written with a gap between them, and a receiver that reads whatever is there: how many messages does
 * one read return, and how many are cut in two?
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import { numberParam, writeRest } from "./exchange_loop.ts";
import type { DriveContext, ServeContext, ServeResult, Workload } from "./workload.ts";

/** The receiver's buffer: larger than what queues up, so that the kernel and not the buffer decides what a read returns. */
const READ_BYTES = 256 * 1_024;

/** Messages in one direction. Parameters: `bytes` each, `gap` in µs between the starts of two writes (0: none). */
export const burst: Workload = {
  name: "burst",
  modes: ["stream", "datagram"],
  async drive(context) {
    const channel = await context.open();
    await context.begin();
    const { operations, elapsedNs } = await writeMessages(channel, context);
    if (channel.mode === "stream") {
      await channel.closeWrite();
      await channel.read(new Uint8Array(1));
    }
    await context.end();
    if (channel.mode === "stream") channel.close();
    return {
      operations,
      elapsedNs,
      histograms: {},
      tally: {
        sentMessages: operations,
        sentBytes: operations * numberParam(context.params, "bytes"),
        writes: operations,
      },
    };
  },
  async serve(context) {
    const channel = await context.accept();
    if (channel === null) return;
    return channel.mode === "stream"
      ? await countReads(channel, context)
      : await countReceives(channel, context);
  },
};

async function writeMessages(
  channel: Channel,
  { clock, params, budget }: DriveContext,
): Promise<{ operations: number; elapsedNs: number }> {
  const message = new Uint8Array(numberParam(params, "bytes"));
  const gapNs = numberParam(params, "gap") * 1e3;
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let nowNs = startNs;
  do {
    if (channel.mode === "stream") {
      let written = channel.write(message);
      if (typeof written !== "number") written = await written;
      if (written < message.length) await writeRest(channel, message, written);
    } else {
      const taken = channel.send(message);
      if (typeof taken !== "number") await taken;
    }
    operations++;
    if (gapNs > 0) await waitUntil(clock, startNs + operations * gapNs);
    nowNs = clock.nowNs();
  } while ((nowNs < endNs && operations < maxOperations) || operations < minOperations);
  return { operations, elapsedNs: nowNs - startNs };
}

/** Timers are good to about a millisecond: what is shorter is spun, which a receiver in another thread or process does not feel. */
async function waitUntil(clock: Clock, timeNs: number): Promise<void> {
  const TIMER_NS = 2e6;
  if (timeNs - clock.nowNs() > TIMER_NS) await clock.sleepUntilNs(timeNs - TIMER_NS);
  while (clock.nowNs() < timeNs);
}

async function countReads(channel: StreamChannel, context: ServeContext): Promise<ServeResult> {
  const bytes = numberParam(context.params, "bytes");
  const buffer = new Uint8Array(READ_BYTES);
  const { clock, tally } = context;
  let total = 0;
  let reads = 0;
  let whole = 0;
  let openedNs = 0;
  try {
    for (;;) {
      const read = await channel.read(buffer);
      if (read === null) break;
      if (reads++ === 0) openedNs = clock.nowNs();
      // One message, and nothing else: it starts at a boundary and ends at the next.
      if (read === bytes && total % bytes === 0) whole++;
      total += read;
    }
  } finally {
    channel.close();
  }
  const messages = Math.floor(total / bytes);
  tally.receivedMessages = messages;
  tally.receivedBytes = total;
  return resultOf(messages, total, reads, whole, clock.nowNs() - openedNs);
}

async function countReceives(
  channel: DatagramChannel,
  context: ServeContext,
): Promise<ServeResult> {
  const bytes = numberParam(context.params, "bytes");
  const buffer = new Uint8Array(READ_BYTES);
  const { clock, tally } = context;
  let total = 0;
  let received = 0;
  let whole = 0;
  let openedNs = 0;
  try {
    for (;;) {
      const read = await channel.receive(buffer);
      if (received === 0) openedNs = clock.nowNs();
      tally.receivedMessages = ++received;
      if (read === bytes) whole++;
      total += read;
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  tally.receivedBytes = total;
  return resultOf(Math.floor(total / bytes), total, received, whole, clock.nowNs() - openedNs);
}

function resultOf(
  messages: number,
  bytes: number,
  reads: number,
  whole: number,
  elapsedNs: number,
): ServeResult {
  if (reads === 0) return {};
  return {
    values: { messagesPerRead: messages / reads, wholeReadShare: whole / reads },
    ...(elapsedNs > 0 && { window: { bytes, messages, reads, elapsedNs } }),
  };
}
