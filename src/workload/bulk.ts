/**
 * Bulk: one end writes as fast as it can, the other reads. Throughput is counted where bytes arrive.
 *
 * The sender never pauses: marks, CPU time and counters are of the whole transfer. The warm-up is the receiver's affair, whose window opens
 * with the first read after it and closes with the end of the stream, or with the last datagram; the bytes of the opening read are left
 * out, since they arrived before the window did. A mark between warm-up and window would let the pipe run dry, and congestion control
 * remembers that: BBR paced the rest of a transfer 12 % slower after a pause of 0.3 ms, Reno 1 to 2 %.
 *
 * @module
 */

import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import { numberParam } from "./exchange_loop.ts";
import { SequenceCheck } from "./sequence_check.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult, Workload } from "./workload.ts";
import type { ReceiverWindow } from "../model/tally.ts";

/** Bytes of a datagram's sequence number; smaller datagrams carry none. */
const SEQUENCE_BYTES = 4;

/** One-way bulk transfer. Parameters: `bytes` per write or datagram and, on streams, `read`: the read buffer's size. */
export const bulk: Workload = {
  name: "bulk",
  modes: ["stream", "datagram"],
  async drive(context) {
    return await driveBulk(await context.open(), context);
  },
  async serve(context) {
    const channel = await context.accept();
    return channel === null ? undefined : await serveBulk(channel, context);
  },
};

/** The drive half over a channel that is open. */
export function driveBulk(channel: Channel, context: DriveContext): Promise<DriveResult> {
  return channel.mode === "stream"
    ? driveStream(channel, context)
    : driveDatagrams(channel, context);
}

/** The serve half over a channel that is open. */
export async function serveBulk(
  channel: Channel,
  context: ServeContext,
): Promise<ServeResult | undefined> {
  const window = channel.mode === "stream"
    ? await receiveStream(channel, context)
    : await receiveDatagrams(channel, context);
  return window === undefined ? undefined : { window };
}

async function driveStream(channel: StreamChannel, context: DriveContext): Promise<DriveResult> {
  const data = new Uint8Array(numberParam(context.params, "bytes"));
  await context.begin();
  const { writes, bytes, elapsedNs } = await writeFor(channel, data, context);
  await channel.closeWrite();
  // The peer closes once it has read everything: only then has all the work of the interval been done.
  await channel.read(new Uint8Array(1));
  await context.end();
  channel.close();
  return {
    operations: writes,
    elapsedNs,
    histograms: {},
    tally: { sentBytes: bytes, writes },
  };
}

async function writeFor(
  channel: StreamChannel,
  data: Uint8Array,
  { clock, budget }: DriveContext,
): Promise<{ writes: number; bytes: number; elapsedNs: number }> {
  const { maxOperations = Infinity } = budget;
  let writes = 0;
  let bytes = 0;
  let rest = data;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.warmupNs + budget.measureNs;
  let nowNs = startNs;
  try {
    do {
      let written = channel.write(rest);
      if (typeof written !== "number") written = await written;
      bytes += written;
      writes++;
      rest = written === rest.length ? data : rest.subarray(written);
      nowNs = clock.nowNs();
    } while (nowNs < endNs && writes < maxOperations);
  } catch (error) {
    const done = { operations: writes, elapsedNs: nowNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: {} });
  }
  return { writes, bytes, elapsedNs: nowNs - startNs };
}

async function driveDatagrams(
  channel: DatagramChannel,
  context: DriveContext,
): Promise<DriveResult> {
  const data = new Uint8Array(numberParam(context.params, "bytes"));
  await context.begin();
  const { sent, elapsedNs } = await sendFor(channel, data, context);
  await context.end();
  // The socket stays open: the receiver drains what is queued before the runner closes both ends.
  return {
    operations: sent,
    elapsedNs,
    histograms: {},
    tally: {
      sentMessages: sent,
      sentBytes: sent * data.length,
      writes: sent,
    },
  };
}

async function sendFor(
  channel: DatagramChannel,
  data: Uint8Array,
  { clock, budget }: DriveContext,
): Promise<{ sent: number; elapsedNs: number }> {
  const sequence = data.length >= SEQUENCE_BYTES ? new DataView(data.buffer) : null;
  const { maxOperations = Infinity } = budget;
  let sent = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.warmupNs + budget.measureNs;
  let nowNs = startNs;
  try {
    do {
      sequence?.setUint32(0, sent);
      const taken = channel.send(data);
      if (typeof taken !== "number") await taken;
      sent++;
      nowNs = clock.nowNs();
    } while (nowNs < endNs && sent < maxOperations);
  } catch (error) {
    const done = { operations: sent, elapsedNs: nowNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: {} });
  }
  return { sent, elapsedNs: nowNs - startNs };
}

async function receiveStream(
  channel: StreamChannel,
  context: ServeContext,
): Promise<ReceiverWindow | undefined> {
  const buffer = new Uint8Array(numberParam(context.params, "read"));
  const { clock } = context;
  try {
    if (await channel.read(buffer) === null) return undefined;
    const openNs = clock.nowNs() + openAfterNs(context.budget);
    while (clock.nowNs() < openNs) {
      if (await channel.read(buffer) === null) return undefined;
    }
    // The clock is read where the window opens and at the end of the stream, not at every read: with small buffers a reading would
    // cost several percent of a read. The end follows the last byte at once, as the driver half-closes after its last write.
    const openedNs = clock.nowNs();
    let bytes = 0;
    let reads = 0;
    for (;;) {
      let read = channel.read(buffer);
      if (typeof read !== "number") read = await read;
      if (read === null) break;
      bytes += read;
      reads++;
    }
    return windowOf(bytes, reads, clock.nowNs() - openedNs);
  } finally {
    channel.close();
  }
}

async function receiveDatagrams(
  channel: DatagramChannel,
  context: ServeContext,
): Promise<ReceiverWindow | undefined> {
  const expected = numberParam(context.params, "bytes");
  const buffer = new Uint8Array(expected + 1);
  const sequence = expected >= SEQUENCE_BYTES ? new DataView(buffer.buffer) : null;
  const check = new SequenceCheck();
  const { clock, tally } = context;
  let received = 0;
  let openNs = Infinity;
  let openedNs = 0;
  let opened = 0;
  let lastNs = 0;
  try {
    for (;;) {
      let bytes = channel.receive(buffer);
      if (typeof bytes !== "number") bytes = await bytes;
      if (bytes !== expected) {
        throw new Error(`a datagram of ${bytes} bytes came instead of ${expected}`);
      }
      lastNs = clock.nowNs();
      tally.receivedMessages = ++received;
      if (sequence !== null) check.take(sequence.getUint32(0));
      if (received === 1) openNs = lastNs + openAfterNs(context.budget);
      if (opened === 0 && lastNs >= openNs) {
        openedNs = lastNs;
        opened = received;
      }
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  tally.receivedMessages = received;
  if (sequence !== null) {
    tally.reorderedMessages = check.reordered;
    tally.duplicatedMessages = check.duplicated;
  }
  const messages = received - opened;
  const window = windowOf(messages * expected, messages, lastNs - openedNs);
  return opened === 0 || window === undefined ? undefined : { ...window, messages };
}

/** How long the receiver's window stays shut: not at all where a count ends the trial, which may be over by then. */
function openAfterNs({ warmupNs, maxOperations }: Budget): number {
  return maxOperations === undefined ? warmupNs : 0;
}

/** The window, or nothing where too little arrived after the mark to span a time. */
function windowOf(
  bytes: number,
  reads: number,
  elapsedNs: number,
): ReceiverWindow | undefined {
  return reads === 0 || elapsedNs <= 0 ? undefined : { bytes, reads, elapsedNs };
}
