// Bulk: one end writes as fast as it can, the other reads; over one connection, or over several at once; up, down, or both ways at once.

import type { Params } from "../model/params.ts";
import type { ReceiverWindow } from "../model/tally.ts";
import type { StreamChannel } from "../transport/channel.ts";
import {
  driveBulk,
  openAfterNs,
  type ReceiveContext,
  type Received,
  receiveStream,
  senderTimes,
  serveBulk,
  windowNs,
  windowOf,
  writeFor,
} from "./bulk_halves.ts";
import { numberParam } from "./exchange_loop.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult, Workload } from "./workload.ts";

/** Which way the bytes go: from the driver to the peer, back, or both at once. */
export const DIRECTIONS = ["up", "down", "both"] as const;

/**
 * Bulk transfer. Parameters: `bytes` per write or datagram and, on streams, `read`: the read buffer's size, `streams`: how many
 * connections at once, and `direction`.
 */
export const bulk: Workload = {
  name: "bulk",
  modes: ["stream", "datagram"],
  oneWay: true,
  sockets: streamsOf,
  async drive(context) {
    const streams = streamsOf(context.params);
    if (isUp(context.params) && streams === 1) {
      return await driveBulk(await context.open(), context);
    }
    const channels: StreamChannel[] = [];
    while (channels.length < streams) channels.push(await context.open() as StreamChannel);
    const done = isUp(context.params)
      ? await driveUp(channels, context)
      : await driveBack(channels, context);
    for (const channel of channels) channel.close();
    return done;
  },
  async serve(context) {
    const channel = await context.accept();
    if (channel === null) return undefined;
    const streams = streamsOf(context.params);
    if (channel.mode === "datagram" || isUp(context.params) && streams === 1) {
      return await serveBulk(channel, context);
    }
    const channels = [channel];
    while (channels.length < streams) {
      const next = await context.accept();
      if (next === null) return undefined;
      channels.push(next as StreamChannel);
    }
    try {
      if (!isUp(context.params)) return await serveBack(channels, context);
      const { window } = await receive(channels, context, () => context.measured());
      return window === undefined ? undefined : { window };
    } finally {
      for (const one of channels) one.close();
    }
  },
};

function streamsOf({ streams = 1 }: Params): number {
  return Number(streams);
}

function isUp({ direction = "up" }: Params): boolean {
  return direction === "up";
}

/** Writes on each connection as fast as it can; a count that ends the trial is shared among them. */
async function driveUp(
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
async function writeEach(
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

/**
 * Receives what the peer writes, and writes itself where it goes both ways: until the windows of both ends have closed, so that each
 * direction meets the other for all of its own. The first bytes that come to the peer let it begin; the end of this half lets it end.
 */
async function driveBack(
  channels: readonly StreamChannel[],
  context: DriveContext,
): Promise<DriveResult> {
  const { clock, params, budget } = context;
  const isBoth = params.direction === "both";
  let hasReceived = false;
  await context.begin();
  const startNs = clock.nowNs();
  if (!isBoth) await Promise.all(channels.map((channel) => channel.write(new Uint8Array(1))));
  const receiving = receive(channels, context, () => {
    hasReceived = true;
    // Where a count ends the trial, the window closes with the stream.
    if (!isBoth) { for (const channel of channels) void channel.closeWrite(); }
  });
  const hasMeasured = async () => hasReceived && await context.hasMeasured();
  const sending = isBoth
    ? writeEach(channels, { clock, budget, params, hasMeasured })
    : { writes: 0, bytes: 0 };
  const [{ window, bytes }, sent] = await Promise.all([receiving, sending]);
  const elapsedNs = clock.nowNs() - startNs;
  await context.end();
  const arrived = Math.floor(bytes / numberParam(params, "bytes"));
  return {
    operations: Math.max(1, arrived + sent.writes),
    elapsedNs,
    histograms: {},
    ...(window !== undefined && { window }),
    tally: { sentBytes: sent.bytes, writes: sent.writes },
  };
}

/** The peer's part in that. */
async function serveBack(
  channels: readonly StreamChannel[],
  context: ServeContext,
): Promise<ServeResult | undefined> {
  const { clock, budget, params, tally } = context;
  const buffers = channels.map(() => new Uint8Array(numberParam(params, "read")));
  const first = await Promise.all(channels.map((channel, k) => channel.read(buffers[k]!)));
  if (first.includes(null)) return undefined;
  const data = new Uint8Array(numberParam(params, "bytes"));
  const { ownNs, limitNs } = senderTimes(clock.nowNs(), budget);
  const isCounted = budget.maxOperations !== undefined;
  const most = Math.ceil((budget.maxOperations ?? Infinity) / channels.length);
  [tally.sentBytes, tally.writes] = [0, 0];
  const receiving = params.direction === "both"
    ? receive(channels, context, () => context.measured())
    : undefined;
  await Promise.all(channels.map(async (channel, k) => {
    let hasEnded = false;
    const note = () => void (hasEnded = true);
    // Of a driver that blocks a read would keep the thread from writing: it is asked without waiting.
    const asks = receiving === undefined && channel.tryRead !== undefined;
    if (!asks) (receiving ?? Promise.resolve(channel.read(buffers[k]!))).then(note, note);
    let [rest, writes, nowNs] = [data, 0, 0];
    do {
      const written = await channel.write(rest);
      tally.sentBytes! += written;
      writes++;
      rest = written === rest.length ? data : rest.subarray(written);
      nowNs = clock.nowNs();
      if (asks && nowNs >= ownNs && !isCounted) hasEnded = channel.tryRead!(buffers[k]!) === null;
    } while (writes < most && (isCounted || !hasEnded) && nowNs < limitNs);
    tally.writes! += writes;
    await channel.closeWrite();
  }));
  const window = (await receiving)?.window;
  return window === undefined ? undefined : { window };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function receive(
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
  let [all, bytes, reads] = [0, 0, 0];
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
        if (nowNs >= openNs) openedNs = nowNs;
      } else {
        lastNs = nowNs;
        bytes += read;
        reads++;
        if (nowNs - openedNs < windowNs(budget)) continue;
        window = windowOf(bytes, reads, nowNs - openedNs);
        measured();
      }
    }
  }));
  return { window: window ?? windowOf(bytes, reads, lastNs - openedNs), bytes: all };
}
