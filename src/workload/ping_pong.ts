// Ping-pong: a request of `bytes`, its reply of the same size, one at a time, over one kept channel.
//
// Latency is the round trip, from before the write to after the last byte of the reply; it is never halved.

import { Histogram } from "../model/histogram.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import {
  answerDatagrams,
  answerStream,
  endedEarly,
  numberParam,
  readRest,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext, Workload } from "./workload.ts";

/** Request and reply of equal size over one channel. Parameter: `bytes`. */
export const pingPong: Workload = {
  name: "ping-pong",
  modes: ["stream", "datagram"],
  async drive(context) {
    const bytes = numberParam(context.params, "bytes");
    const channel = await context.open();
    const exchanges = new Histogram();
    await exchange(channel, bytes, context, warmupOf(context.budget), exchanges);
    exchanges.reset();
    await context.begin();
    const measured = await exchange(channel, bytes, context, context.budget, exchanges);
    await context.end();
    channel.close();
    return { ...measured, histograms: { exchange: exchanges } };
  },
  async serve(context) {
    await servePingPong(context, numberParam(context.params, "bytes"));
  },
};

async function servePingPong(context: ServeContext, bytes: number): Promise<void> {
  const channel = await context.accept();
  if (channel === null) return;
  if (channel.mode === "datagram") await answerDatagrams(channel, context, bytes);
  else await answerStream(channel, bytes, new Uint8Array(bytes));
}

/** Exchanges until the budget is spent, and records how long each took. */
export function exchange(
  channel: Channel,
  bytes: number,
  context: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  return channel.mode === "stream"
    ? exchangeOverStream(channel, bytes, context, budget, histogram)
    : exchangeDatagrams(channel, bytes, context, budget, histogram);
}

// The two loops below are the measured interval: buffers are made before, nothing is allocated or looked up inside but the
// promises of the socket calls themselves, and two clock readings bound each exchange so that counting stays outside. A driver that blocks
// hands back numbers, and the loop then never waits: an `await` of a number would be a turn of the microtask queue per call.

async function exchangeOverStream(
  channel: StreamChannel,
  bytes: number,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes);
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      const sentNs = clock.nowNs();
      let written = channel.write(request);
      if (typeof written !== "number") written = await written;
      if (written < bytes) await writeRest(channel, request, written);
      let read = channel.read(reply);
      if (typeof read !== "number") read = await read;
      if (read !== bytes) await readRest(channel, reply, read ?? endedEarly());
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    const done = { operations, elapsedNs: doneNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: { exchange: histogram } });
  }
  const moved = operations * bytes;
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: moved, receivedBytes: moved },
  };
}

async function exchangeDatagrams(
  channel: DatagramChannel,
  bytes: number,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes + 1);
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      const sentNs = clock.nowNs();
      const sent = channel.send(request);
      if (typeof sent !== "number") await sent;
      let received = channel.receive(reply);
      if (typeof received !== "number") received = await received;
      doneNs = clock.nowNs();
      if (received !== bytes) {
        throw new Error(`the reply has ${received} bytes instead of ${bytes}`);
      }
      histogram.record(doneNs - sentNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    const done = { operations, elapsedNs: doneNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: { exchange: histogram } });
  }
  const moved = operations * bytes;
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: moved, receivedBytes: moved },
  };
}
