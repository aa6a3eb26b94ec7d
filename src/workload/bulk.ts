// Bulk: one end writes as fast as it can, the other reads; over one connection, or over several at once.

import type { Params } from "../model/params.ts";
import type { ReceiverWindow } from "../model/tally.ts";
import type { StreamChannel } from "../transport/channel.ts";
import { driveBulk, openAfterNs, serveBulk, windowNs, windowOf, writeFor } from "./bulk_halves.ts";
import { numberParam } from "./exchange_loop.ts";
import type { DriveContext, DriveResult, ServeContext, Workload } from "./workload.ts";

/**
 * One-way bulk transfer. Parameters: `bytes` per write or datagram and, on streams, `read`: the read buffer's size, and `streams`: how many
 * connections at once.
 */
export const bulk: Workload = {
  name: "bulk",
  modes: ["stream", "datagram"],
  oneWay: true,
  sockets: streamsOf,
  async drive(context) {
    const streams = streamsOf(context.params);
    if (streams > 1) return await driveStreams(context, streams);
    return await driveBulk(await context.open(), context);
  },
  async serve(context) {
    const channel = await context.accept();
    if (channel === null) return undefined;
    const streams = streamsOf(context.params);
    if (channel.mode === "datagram" || streams === 1) return await serveBulk(channel, context);
    const window = await receiveStreams(channel, context, streams);
    return window === undefined ? undefined : { window };
  },
};

function streamsOf({ streams = 1 }: Params): number {
  return Number(streams);
}

/** Writes on each connection as fast as it can; a count that ends the trial is shared among them. */
async function driveStreams(context: DriveContext, streams: number): Promise<DriveResult> {
  const channels: StreamChannel[] = [];
  while (channels.length < streams) channels.push(await context.open() as StreamChannel);
  const data = new Uint8Array(numberParam(context.params, "bytes"));
  await context.begin();
  const parts = await Promise.all(channels.map(async (channel) => {
    const part = await writeFor(channel, data, context, streams);
    await channel.closeWrite();
    await channel.read(new Uint8Array(1));
    return part;
  }));
  await context.end();
  for (const channel of channels) channel.close();
  const writes = parts.reduce((sum, part) => sum + part.writes, 0);
  return {
    operations: writes,
    elapsedNs: Math.max(...parts.map(({ elapsedNs }) => elapsedNs)),
    histograms: {},
    tally: { sentBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), writes },
  };
}

/** Reads them side by side, with one window for all, which the first read after the warm-up opens. Undefined where too little came to span a time. */
async function receiveStreams(
  first: StreamChannel,
  context: ServeContext,
  streams: number,
): Promise<ReceiverWindow | undefined> {
  const channels = [first];
  while (channels.length < streams) {
    const channel = await context.accept();
    if (channel === null) return undefined;
    channels.push(channel as StreamChannel);
  }
  const { clock, budget, params } = context;
  let [openNs, openedNs, lastNs] = [Infinity, Infinity, 0];
  let [bytes, reads] = [0, 0];
  let window: ReceiverWindow | undefined;
  await Promise.all(channels.map(async (channel) => {
    const buffer = new Uint8Array(numberParam(params, "read"));
    try {
      for (;;) {
        const read = await channel.read(buffer);
        if (read === null) return;
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
          context.measured();
        }
      }
    } finally {
      channel.close();
    }
  }));
  return window ?? windowOf(bytes, reads, lastNs - openedNs);
}
