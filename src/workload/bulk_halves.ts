// Bulk over streams: one end writes as fast as it can, the other reads. Throughput is counted where bytes arrive.
//
// The sender never pauses: marks, CPU time and counters are of the whole transfer. The warm-up is the receiver's affair, whose window opens
// with the first read after it and lasts as long as the trial measures; the bytes of the opening read are left out, since they arrived
// before the window did. The sender goes on until the receiver has measured: a loaded machine may keep a receiver off the CPU for all of
// the sender's own time. Where a count ends the trial, the window closes with the end of the stream, or with the last datagram.
//
// A mark between warm-up and window would let the pipe run dry, and congestion control remembers that: BBR paced the rest of a transfer
// 12 % slower after a pause of 0.3 ms, Reno 1 to 2 %.

import type { StreamChannel } from "../transport/channel.ts";
import { numberParam } from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult } from "./workload.ts";
import type { ReceiverWindow } from "../model/tally.ts";

/** How long a sender goes on before it asks whether the receiver's window has closed, and between two questions, in nanoseconds. */
export const MARGIN_NS = 3e6;
/** A receiver that has not measured so long after the sender's own time never will, in nanoseconds: the trial ends without a window. */
const RECEIVER_LIMIT_NS = 2e9;

/** Reading the clock after each read would cost several percent of a small one: it is read about so often, in nanoseconds. */
const LOOK_NS = 100e3;
/** After so many reads it is read in any case. */
const MAX_STRIDE = 64;

/** Writes on each connection as fast as it can; a count that ends the trial is shared among them. */
export async function driveUp(
  channels: readonly StreamChannel[],
  context: DriveContext,
): Promise<DriveResult> {
  await context.begin();
  const { writes, bytes, elapsedNs } = await writeEach(channels, context);
  // The peer closes once it has read everything: only then has all the work of the interval been done.
  await Promise.all(channels.map((channel) => channel.read(new Uint8Array(1))));
  await context.end();
  const tally = { sentBytes: bytes, writes };
  return { operations: writes, elapsedNs, histograms: {}, tally };
}

/** Writes on each until the trial is over, and ends that half of each. */
export async function writeEach(
  channels: readonly StreamChannel[],
  context: Pick<DriveContext, "clock" | "budget" | "params" | "hasMeasured">,
): Promise<{ writes: number; bytes: number; elapsedNs: number }> {
  const data = new Uint8Array(numberParam(context.params, "bytes"));
  const parts = await Promise.all(channels.map(async (channel) => {
    const part = await writeFor(channel, data, context, channels.length);
    await channel.closeWrite();
    return part;
  }));
  return {
    writes: sumOf(parts.map(({ writes }) => writes)),
    bytes: sumOf(parts.map(({ bytes }) => bytes)),
    elapsedNs: Math.max(...parts.map(({ elapsedNs }) => elapsedNs)),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Writes on one connection until the trial is over; with others beside it, each write gives them a turn. */
async function writeFor(
  channel: StreamChannel,
  data: Uint8Array,
  context: Pick<DriveContext, "clock" | "budget" | "hasMeasured">,
  streams: number,
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
    throw new UnfinishedWork(error, writes, nowNs - startNs);
  }
  return { writes, bytes, elapsedNs: nowNs - startNs };
}

/** When the sender's own time is over, when it first asks whether it may end, and when it ends in any case. */
export function senderTimes(
  startNs: number,
  { warmupNs, measureNs, maxOperations }: Budget,
): { ownNs: number; endNs: number; limitNs: number } {
  const ownNs = startNs + warmupNs + measureNs;
  return maxOperations === undefined
    ? { ownNs, endNs: ownNs + MARGIN_NS, limitNs: ownNs + RECEIVER_LIMIT_NS }
    : { ownNs, endNs: ownNs, limitNs: ownNs };
}

/** What a receiver of a stream saw. */
export interface Received {
  /** Undefined where too little came after the warm-up to span a time. */
  readonly window: ReceiverWindow | undefined;
  /** All bytes, those outside the window included. */
  readonly bytes: number;
  /** The longest time within the window in which nothing came, to about {@linkcode LOOK_NS}, as the clock is read so often. */
  readonly pauseNs: number;
}

/** The metric of a receiver's pauses, as a workload's value. */
export function pauseValues({ window, pauseNs }: Pick<Received, "window" | "pauseNs">) {
  return window === undefined ? {} : { values: { longestPause: pauseNs } };
}

/** What a receiver needs to know; both ends may be one. */
export type ReceiveContext = Pick<ServeContext, "clock" | "budget" | "params">;

/** Reads to the end of the stream, and says when the window has closed. */
async function receiveStream(
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
  if (read === null) return { window: undefined, bytes, pauseNs: 0 };
  bytes += read;
  const received = await readWindow(channel, buffer, context, measured);
  bytes += received.bytes;
  // What is under way when the window closes is read all the same: the sender waits for its end.
  for (read = await channel.read(buffer); read !== null; read = await channel.read(buffer)) {
    bytes += read;
  }
  return { ...received, bytes };
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
  let pauseNs = 0;
  for (;;) {
    let read = channel.read(buffer);
    if (typeof read !== "number") read = await read;
    if (read !== null) {
      bytes += read;
      reads++;
      if (--untilLook > 0) continue;
    }
    const nowNs = clock.nowNs();
    if (nowNs - lookedNs > pauseNs) pauseNs = nowNs - lookedNs;
    if (read === null || nowNs >= closeNs) {
      if (read !== null) measured();
      return { window: windowOf(bytes, reads, nowNs - openedNs), bytes, pauseNs };
    }
    stride = nowNs - lookedNs < LOOK_NS ? Math.min(2 * stride, MAX_STRIDE) : 1;
    untilLook = stride;
    lookedNs = nowNs;
  }
}

/** Reads to the end of each, closes them, and hands back the window. */
export async function serveUp(
  channels: readonly StreamChannel[],
  context: ServeContext,
): Promise<ServeResult | undefined> {
  try {
    const received = await receive(channels, context, () => context.measured());
    const { window } = received;
    return window === undefined ? undefined : { window, ...pauseValues(received) };
  } finally {
    for (const channel of channels) channel.close();
  }
}

/** Reads to the end of one stream, or of several side by side. */
export function receive(
  channels: readonly StreamChannel[],
  context: ReceiveContext,
  measured: () => void,
): Promise<Received> {
  return channels.length === 1
    ? receiveStream(channels[0]!, context, measured)
    : receiveStreams(channels, context, measured);
}

/** Reads several side by side, with one window for all, which the first read after the warm-up opens. */
async function receiveStreams(
  channels: readonly StreamChannel[],
  { clock, budget, params }: ReceiveContext,
  measured: () => void,
): Promise<Received> {
  let [openNs, openedNs, lastNs] = [Infinity, Infinity, 0];
  let [all, bytes, reads, pauseNs] = [0, 0, 0, 0];
  let window: ReceiverWindow | undefined;
  await Promise.all(channels.map(async (channel) => {
    const buffer = new Uint8Array(numberParam(params, "read"));
    for (;;) {
      const read = await channel.read(buffer);
      if (read === null) return;
      all += read;
      if (window !== undefined) continue;
      const nowNs = clock.nowNs();
      if (openNs === Infinity) openNs = nowNs + openAfterNs(budget);
      else if (openedNs === Infinity) {
        if (nowNs >= openNs) openedNs = lastNs = nowNs;
      } else {
        if (nowNs - lastNs > pauseNs) pauseNs = nowNs - lastNs;
        lastNs = nowNs;
        bytes += read;
        reads++;
        if (nowNs - openedNs < windowNs(budget)) continue;
        window = windowOf(bytes, reads, nowNs - openedNs);
        measured();
      }
    }
  }));
  return { window: window ?? windowOf(bytes, reads, lastNs - openedNs), bytes: all, pauseNs };
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
