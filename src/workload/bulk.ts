// Bulk: one end writes as fast as it can, the other reads; over one connection, or over several at once; up, down, or both ways at once.

import type { Params } from "../model/params.ts";
import type { StreamChannel } from "../transport/channel.ts";
import { driveDatagrams, serveDatagrams } from "./bulk_datagrams.ts";
import { driveUp, pauseValues, receive, senderTimes, serveUp, writeEach } from "./bulk_halves.ts";
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
    const { params } = context;
    const first = await context.open();
    if (first.mode === "datagram") return await driveDatagrams(first, context);
    const channels = [first];
    while (channels.length < streamsOf(params)) {
      channels.push(await context.open() as StreamChannel);
    }
    const done = await (isUp(params) ? driveUp : driveBack)(channels, context);
    for (const channel of channels) channel.close();
    return done;
  },
  async serve(context) {
    const { params } = context;
    const first = await context.accept();
    if (first === null) return undefined;
    if (first.mode === "datagram") return await serveDatagrams(first, context);
    const channels = [first];
    while (channels.length < streamsOf(params)) {
      const next = await context.accept();
      if (next === null) return undefined;
      channels.push(next as StreamChannel);
    }
    return await (isUp(params) ? serveUp : serveBack)(channels, context);
  },
};

function streamsOf({ streams = 1 }: Params): number {
  return Number(streams);
}

function isUp({ direction = "up" }: Params): boolean {
  return direction === "up";
}

/** Receives what the peer writes, and writes itself where it goes both ways, until the windows of both ends have closed. */
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
  const [received, sent] = await Promise.all([receiving, sending]);
  const { window, bytes } = received;
  const elapsedNs = clock.nowNs() - startNs;
  await context.end();
  const arrived = Math.floor(bytes / numberParam(params, "bytes"));
  return {
    operations: Math.max(1, arrived + sent.writes),
    elapsedNs,
    histograms: {},
    ...(window !== undefined && { window, ...pauseValues(received) }),
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
  const received = await receiving;
  for (const channel of channels) channel.close();
  return received?.window === undefined
    ? undefined
    : { window: received.window, ...pauseValues(received) };
}
