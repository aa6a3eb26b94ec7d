// Burst: messages of one size, written with a gap between them, and a receiver that reads whatever is there: how many messages does
// one read return, and how many are cut in two?

import type { Clock } from "../clock.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import { numberParam, writeRest } from "./exchange_loop.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, ServeContext, ServeResult, Workload } from "./workload.ts";

/** The receiver's buffer: larger than what queues up, so that the kernel and not the buffer decides what a read returns. */
const READ_BYTES = 256 * 1_024;

/** Messages in one direction. Parameters: `bytes` each, `gap` in µs between the starts of two writes (0: none). */
export const burst: Workload = {
  name: "burst",
  modes: ["stream", "datagram"],
  oneWay: true,
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
    const gapNs = numberParam(context.params, "gap") * 1e3;
    return {
      operations,
      elapsedNs,
      histograms: {},
      ...(gapNs > 0 && {
        values: {
          askedPerSecond: 1e9 / gapNs,
          offeredPerSecond: operations / (elapsedNs / 1e9),
        },
      }),
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
  try {
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
  } catch (error) {
    throw new UnfinishedWork(error, operations, nowNs - startNs);
  }
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
  const count = { bytes, total: 0, reads: 0, whole: 0, opening: 0, openedNs: 0, lastNs: 0 };
  try {
    for (;;) {
      let read = channel.read(buffer);
      if (typeof read !== "number") read = await read;
      if (read === null) break;
      // One message, and nothing else: it starts at a boundary and ends at the next.
      take(count, read, read === bytes && count.total % bytes === 0, clock);
    }
  } finally {
    channel.close();
  }
  tally.receivedMessages = Math.floor(count.total / bytes);
  tally.receivedBytes = count.total;
  return resultOf(count);
}

async function countReceives(
  channel: DatagramChannel,
  context: ServeContext,
): Promise<ServeResult> {
  const bytes = numberParam(context.params, "bytes");
  const buffer = new Uint8Array(READ_BYTES);
  const { clock, tally } = context;
  const count = { bytes, total: 0, reads: 0, whole: 0, opening: 0, openedNs: 0, lastNs: 0 };
  try {
    for (;;) {
      let read = channel.receive(buffer);
      if (typeof read !== "number") read = await read;
      take(count, read, read === bytes, clock);
      tally.receivedMessages = count.reads;
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  tally.receivedBytes = count.total;
  return resultOf(count);
}

/** What the receiver counts: bytes of a message, bytes in all, reads, whole ones, bytes of the first read, and when it and the last were done. */
interface Count {
  readonly bytes: number;
  total: number;
  reads: number;
  whole: number;
  opening: number;
  openedNs: number;
  lastNs: number;
}

function take(count: Count, read: number, isWhole: boolean, clock: Clock): void {
  count.lastNs = clock.nowNs();
  if (count.reads++ === 0) {
    count.openedNs = count.lastNs;
    count.opening = read;
  }
  if (isWhole) count.whole++;
  count.total += read;
}

/** Per read, all count; per second, what came after the first read until the last. */
function resultOf({ bytes, total, reads, whole, opening, openedNs, lastNs }: Count): ServeResult {
  if (reads === 0) return {};
  const messages = Math.floor(total / bytes);
  const elapsedNs = lastNs - openedNs;
  return {
    values: {
      messagesPerRead: messages / reads,
      wholeReadShare: whole / reads,
      bytesPerRead: total / reads,
    },
    ...(reads > 1 && elapsedNs > 0 && {
      window: {
        bytes: total - opening,
        messages: messages - Math.floor(opening / bytes),
        reads: reads - 1,
        elapsedNs,
      },
    }),
  };
}
