// Ping-pong: a request and its reply, each of its size, over one kept channel: one at a time, or `pipeline` in flight.
//
// Latency is the round trip, from before the write to after the last byte of the reply; it is never halved.

import { Histogram } from "../model/histogram.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import {
  answerDatagrams,
  answerStream,
  endedEarly,
  readRest,
  type Sizes,
  sizesOf,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import { exchangePaced } from "./exchange_paced.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/** Request and reply over one channel. Parameters: `bytes`, or `request` and `reply`; `think`, `pipeline`: see {@link exchangePaced}. */
export const pingPong: Workload = {
  name: "ping-pong",
  modes: ["stream", "datagram"],
  async drive(context) {
    const { params } = context;
    const sizes = sizesOf(params);
    const loop: Exchange = params.think === undefined && params.pipeline === undefined
      ? exchange
      : exchangePaced;
    const channel = await context.open();
    const exchanges = new Histogram();
    await loop(channel, sizes, context, warmupOf(context.budget), exchanges);
    exchanges.reset();
    await context.begin();
    const measured = await loop(channel, sizes, context, context.budget, exchanges);
    await context.end();
    channel.close();
    return { ...measured, histograms: { exchange: exchanges } };
  },
  async serve(context) {
    const { requestBytes, replyBytes } = sizesOf(context.params);
    const channel = await context.accept();
    if (channel === null) return;
    const reply = new Uint8Array(replyBytes);
    if (channel.mode === "datagram") await answerDatagrams(channel, context, requestBytes, reply);
    else await answerStream(channel, requestBytes, reply);
  },
};

type Exchange = (
  channel: Channel,
  sizes: Sizes,
  context: DriveContext,
  budget: Budget,
  histogram: Histogram,
) => Promise<Omit<DriveResult, "histograms">>;

/** Exchanges until the budget is spent, and records how long each took. */
export function exchange(
  channel: Channel,
  sizes: Sizes,
  context: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  return channel.mode === "stream"
    ? exchangeOverStream(channel, sizes, context, budget, histogram)
    : exchangeDatagrams(channel, sizes, context, budget, histogram);
}

// The two loops below are the measured interval: buffers are made before, nothing is allocated or looked up inside but the
// promises of the socket calls themselves, and two clock readings bound each exchange so that counting stays outside. A driver that blocks
// hands back numbers, and the loop then never waits: an `await` of a number would be a turn of the microtask queue per call.

async function exchangeOverStream(
  channel: StreamChannel,
  { requestBytes, replyBytes }: Sizes,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const request = new Uint8Array(requestBytes);
  const reply = new Uint8Array(replyBytes);
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
      if (written < requestBytes) await writeRest(channel, request, written);
      let read = channel.read(reply);
      if (typeof read !== "number") read = await read;
      if (read !== replyBytes) await readRest(channel, reply, read ?? endedEarly());
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    const done = { operations, elapsedNs: doneNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: { exchange: histogram } });
  }
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: operations * requestBytes, receivedBytes: operations * replyBytes },
  };
}

async function exchangeDatagrams(
  channel: DatagramChannel,
  { requestBytes, replyBytes }: Sizes,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const request = new Uint8Array(requestBytes);
  const reply = new Uint8Array(replyBytes + 1);
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
      if (received !== replyBytes) {
        throw new Error(`the reply has ${received} bytes instead of ${replyBytes}`);
      }
      histogram.record(doneNs - sentNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    const done = { operations, elapsedNs: doneNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: { exchange: histogram } });
  }
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: operations * requestBytes, receivedBytes: operations * replyBytes },
  };
}
