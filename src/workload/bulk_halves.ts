// Bulk on one connection: one end writes as fast as it can, the other reads. Throughput is counted where bytes arrive.
//
// The sender never pauses: marks, CPU time and counters are of the whole transfer. The warm-up is the receiver's affair, whose window opens
// with the first read after it and lasts as long as the trial measures; the bytes of the opening read are left out, since they arrived
// before the window did. The sender goes on until the receiver has measured: a loaded machine may keep a receiver off the CPU for all of
// the sender's own time. Where a count ends the trial, the window closes with the end of the stream, or with the last datagram.
//
// A mark between warm-up and window would let the pipe run dry, and congestion control remembers that: BBR paced the rest of a transfer
// 12 % slower after a pause of 0.3 ms, Reno 1 to 2 %.

import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import { numberParam } from "./exchange_loop.ts";
import { SequenceCheck } from "./sequence_check.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult } from "./workload.ts";
import type { ReceiverWindow } from "../model/tally.ts";

/** Bytes of a datagram's sequence number; smaller datagrams carry none. */
const SEQUENCE_BYTES = 4;

/**
 * A receiver's window opens a moment after the sender has begun, and a question in it would be a pause: the sender goes on for so long before
 * it asks, and between two questions, in nanoseconds.
 */
const MARGIN_NS = 3e6;
/** A receiver that has not measured so long after the sender's own time never will, in nanoseconds: the trial ends without a window. */
const RECEIVER_LIMIT_NS = 2e9;

/** Reading the clock after each read would cost several percent of a small one: it is read about so often, in nanoseconds. */
const LOOK_NS = 100e3;
/** After so many reads it is read in any case. */
const MAX_STRIDE = 64;

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
  if (channel.mode === "datagram") {
    const window = await receiveDatagrams(channel, context);
    return window === undefined ? undefined : { window };
  }
  try {
    const { window } = await receiveStream(channel, context, () => context.measured());
    return window === undefined ? undefined : { window };
  } finally {
    channel.close();
  }
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

/** Writes on one connection until the trial is over; with others beside it, each write gives them a turn. */
export async function writeFor(
  channel: StreamChannel,
  data: Uint8Array,
  context: Pick<DriveContext, "clock" | "budget" | "hasMeasured">,
  streams = 1,
): Promise<{ writes: number; bytes: number; elapsedNs: number }> {
  const { clock, budget } = context;
  const maxOperations = Math.ceil((budget.maxOperations ?? Infinity) / streams);
  let writes = 0;
  let bytes = 0;
  let rest = data;
  const startNs = clock.nowNs();
  const times = senderTimes(startNs, budget);
  let { endNs } = times;
  let nowNs = startNs;
  try {
    do {
      let written = channel.write(rest);
      if (typeof written !== "number" || streams > 1) written = await written;
      bytes += written;
      writes++;
      rest = written === rest.length ? data : rest.subarray(written);
      nowNs = clock.nowNs();
      if (nowNs >= endNs && nowNs < times.limitNs && !await context.hasMeasured()) {
        endNs = nowNs + MARGIN_NS;
      }
    } while (nowNs < endNs && writes < maxOperations);
  } catch (error) {
    const done = { operations: writes, elapsedNs: nowNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: {} });
  }
  return { writes, bytes, elapsedNs: nowNs - startNs };
}

/**
 * When the sender's own time is over, when it asks for the first time whether it may end, and when it ends in any case; where a count ends
 * it, nobody is asked.
 */
export function senderTimes(
  startNs: number,
  { warmupNs, measureNs, maxOperations }: Budget,
): { ownNs: number; endNs: number; limitNs: number } {
  const ownNs = startNs + warmupNs + measureNs;
  return maxOperations === undefined
    ? { ownNs, endNs: ownNs + MARGIN_NS, limitNs: ownNs + RECEIVER_LIMIT_NS }
    : { ownNs, endNs: ownNs, limitNs: ownNs };
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
  context: DriveContext,
): Promise<{ sent: number; elapsedNs: number }> {
  const { clock, budget } = context;
  const sequence = data.length >= SEQUENCE_BYTES ? new DataView(data.buffer) : null;
  const { maxOperations = Infinity } = budget;
  let sent = 0;
  const startNs = clock.nowNs();
  const times = senderTimes(startNs, budget);
  let { endNs } = times;
  let nowNs = startNs;
  try {
    do {
      sequence?.setUint32(0, sent);
      const taken = channel.send(data);
      if (typeof taken !== "number") await taken;
      sent++;
      nowNs = clock.nowNs();
      if (nowNs >= endNs && nowNs < times.limitNs && !await context.hasMeasured()) {
        endNs = nowNs + MARGIN_NS;
      }
    } while (nowNs < endNs && sent < maxOperations);
  } catch (error) {
    const done = { operations: sent, elapsedNs: nowNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: {} });
  }
  return { sent, elapsedNs: nowNs - startNs };
}

/** What a receiver of a stream saw. */
export interface Received {
  /** Undefined where too little came after the warm-up to span a time. */
  readonly window: ReceiverWindow | undefined;
  /** All bytes, those outside the window included. */
  readonly bytes: number;
}

/** What a receiver needs to know; both ends may be one. */
export type ReceiveContext = Pick<ServeContext, "clock" | "budget" | "params">;

/** Reads to the end of the stream, and says when the window has closed. */
export async function receiveStream(
  channel: StreamChannel,
  context: ReceiveContext,
  measured: () => void,
): Promise<Received> {
  const buffer = new Uint8Array(numberParam(context.params, "read"));
  const { clock } = context;
  let bytes = 0;
  let read = await channel.read(buffer);
  const openNs = clock.nowNs() + openAfterNs(context.budget);
  while (read !== null && clock.nowNs() < openNs) {
    bytes += read;
    read = await channel.read(buffer);
  }
  if (read === null) return { window: undefined, bytes };
  bytes += read;
  const { window, bytes: within } = await readWindow(channel, buffer, context, measured);
  bytes += within;
  // What is under way when the window closes is read all the same: the sender waits for its end.
  for (read = await channel.read(buffer); read !== null; read = await channel.read(buffer)) {
    bytes += read;
  }
  return { window, bytes };
}

/** Reads until the window has lasted, or to the end of the stream, which follows the last byte at once. */
async function readWindow(
  channel: StreamChannel,
  buffer: Uint8Array,
  { clock, budget }: ReceiveContext,
  measured: () => void,
): Promise<Received> {
  const openedNs = clock.nowNs();
  const closeNs = openedNs + windowNs(budget);
  let lookedNs = openedNs;
  let stride = 1;
  let untilLook = stride;
  let bytes = 0;
  let reads = 0;
  for (;;) {
    let read = channel.read(buffer);
    if (typeof read !== "number") read = await read;
    if (read === null) return { window: windowOf(bytes, reads, clock.nowNs() - openedNs), bytes };
    bytes += read;
    reads++;
    if (--untilLook > 0) continue;
    const nowNs = clock.nowNs();
    if (nowNs >= closeNs) {
      measured();
      return { window: windowOf(bytes, reads, nowNs - openedNs), bytes };
    }
    stride = nowNs - lookedNs < LOOK_NS ? Math.min(2 * stride, MAX_STRIDE) : 1;
    untilLook = stride;
    lookedNs = nowNs;
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
  let closeNs = Infinity;
  let closed: { readonly received: number; readonly atNs: number } | undefined;
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
        closeNs = openedNs + windowNs(context.budget);
      }
      if (lastNs >= closeNs && closed === undefined) {
        closed = { received, atNs: lastNs };
        context.measured();
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
  const end = closed ?? { received, atNs: lastNs };
  const messages = end.received - opened;
  const window = windowOf(messages * expected, messages, end.atNs - openedNs);
  return opened === 0 || window === undefined ? undefined : { ...window, messages };
}

/** How long the receiver's window stays shut: not at all where a count ends the trial, which may be over by then. */
export function openAfterNs({ warmupNs, maxOperations }: Budget): number {
  return maxOperations === undefined ? warmupNs : 0;
}

/** How long the window lasts: to the end where a count ends the trial. */
export function windowNs({ measureNs, maxOperations }: Budget): number {
  return maxOperations === undefined ? measureNs : Infinity;
}

/** The window, or nothing where too little arrived after the mark to span a time. */
export function windowOf(
  bytes: number,
  reads: number,
  elapsedNs: number,
): ReceiverWindow | undefined {
  return reads === 0 || elapsedNs <= 0 ? undefined : { bytes, reads, elapsedNs };
}
