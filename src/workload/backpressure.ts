// Backpressure: a writer against a reader that pauses for a known time: how much is taken before a write waits, and how long it waits.

import { Histogram } from "../model/histogram.ts";
import type { StreamChannel } from "../transport/channel.ts";
import { median } from "../stats/quantile.ts";
import { numberParam, serveEach } from "./exchange_loop.ts";
import type { DriveContext, ServeContext, Workload } from "./workload.ts";

/** A write that takes longer waits for room: copying takes a fraction of it, and the shortest pause is several times as long. */
const WAITS_NS = 8e6;
/** It waits for the peer's pause to end, less what two clocks may differ in; before that a write took long because the machine was busy. */
const PAUSE_SHARE = 0.9;
/** Nobody buffers more: a writer that got rid of this much is not held back at all. */
const MAX_BYTES = 256 * 1_024 * 1_024;

/** One operation is one connection. Parameters: `bytes` of each write, `pause` in ms before the peer reads. */
export const backpressure: Workload = {
  name: "backpressure",
  modes: ["stream"],
  async drive(context) {
    const { clock, budget } = context;
    const waits = new Histogram();
    const freed = new Histogram();
    const accepted: number[] = [];
    const { maxOperations = Infinity, minOperations = 1 } = budget;
    const count = { writes: 0, short: 0, bytes: 0 };
    await context.begin();
    const startNs = clock.nowNs();
    const endNs = startNs + budget.measureNs;
    let doneNs = startNs;
    do {
      accepted.push(await fillOne(context, waits, freed, count));
      doneNs = clock.nowNs();
    } while (
      (doneNs < endNs && accepted.length < maxOperations) || accepted.length < minOperations
    );
    await context.end();
    return {
      operations: accepted.length,
      elapsedNs: doneNs - startNs,
      histograms: { wait: waits, freed },
      values: {
        acceptedBytes: median(accepted),
        shortWriteShare: count.short / count.writes,
      },
      tally: { writes: count.writes, sentBytes: count.bytes },
    };
  },
  async serve(context) {
    const pausesNs: number[] = [];
    await serveEach(context, (channel) => pauseAndRead(channel, context, pausesNs));
    return pausesNs.length === 0 ? {} : { values: { peerPause: median(pausesNs) } };
  },
};

/** Fills one connection until a write has waited. Returns the bytes taken before that write. */
async function fillOne(
  { clock, open, params }: DriveContext,
  waits: Histogram,
  freed: Histogram,
  count: { writes: number; short: number; bytes: number },
): Promise<number> {
  const data = new Uint8Array(numberParam(params, "bytes"));
  const openedNs = clock.nowNs();
  const channel = await open();
  if (channel.mode !== "stream") throw new TypeError("backpressure works over streams only");
  const leastNs = numberParam(params, "pause") * 1e6 * PAUSE_SHARE;
  let taken = 0;
  for (;;) {
    const calledNs = clock.nowNs();
    const written = await channel.write(data);
    const returnedNs = clock.nowNs();
    count.writes++;
    count.bytes += written;
    if (written < data.length) count.short++;
    if (returnedNs - calledNs > WAITS_NS && returnedNs - openedNs > leastNs) {
      waits.record(returnedNs - calledNs);
      freed.record(returnedNs - openedNs);
      break;
    }
    taken += written;
    if (taken > MAX_BYTES) {
      throw new Error(`no write waited for the peer, which read nothing, within ${taken} bytes`);
    }
  }
  channel.close();
  return taken;
}

async function pauseAndRead(
  channel: StreamChannel,
  { clock, params }: ServeContext,
  pausesNs: number[],
): Promise<void> {
  const acceptedNs = clock.nowNs();
  await clock.sleepUntilNs(acceptedNs + numberParam(params, "pause") * 1e6);
  pausesNs.push(clock.nowNs() - acceptedNs);
  // A message is read whole where there are any.
  const buffer = new Uint8Array(Math.max(256 * 1_024, numberParam(params, "bytes")));
  try {
    while (await channel.read(buffer) !== null);
  } finally {
    channel.close();
  }
}
