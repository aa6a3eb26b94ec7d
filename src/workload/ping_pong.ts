// Ping-pong: a request and its reply, each of its size, over one kept channel: one at a time, or `pipeline` in flight.
//
// Latency is the round trip, from before the write to after the last byte of the reply; it is never halved.

import { openPacer, type Pacer } from "../clock.ts";
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
import { answerReplayed, exchangeReplayed } from "./replayed.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/** Request and reply over one channel. Parameters: `bytes`, or `request` and `reply`; `think`, `pipeline`: see {@link exchangePaced}. */
export const pingPong: Workload = {
  name: "ping-pong",
  modes: ["stream", "datagram"],
  async drive(context) {
    const channel = await context.open();
    const exchanges = new Histogram();
    using pacer = await openReplayPacer(context);
    const run = exchangesOn(channel, context, pacer);
    const warm = pacer === undefined ? run : exchangesOn(channel, context);
    await warm(warmupOf(context.budget), exchanges);
    exchanges.reset();
    await context.begin();
    const settled = await settle(context.budget, warm);
    const measured = await run(context.budget, exchanges);
    await context.end();
    channel.close();
    return {
      ...measured,
      histograms: { exchange: exchanges },
      ...(settled > 0 && { evidenceOperations: settled + measured.operations }),
    };
  },
  pausable: ({ replay }) => replay === undefined || "a replay keeps the gaps of its file",
  async open(context) {
    const channel = await context.open();
    const run = exchangesOn(channel, context);
    await run(warmupOf(context.budget), new Histogram());
    return {
      records: ["exchange"],
      async slice({ leadIn, sliceNs }, { exchange: exchanges, afterPause }) {
        await run({ warmupNs: 0, measureNs: 0, minOperations: leadIn }, afterPause!);
        return await run({ warmupNs: 0, measureNs: sliceNs }, exchanges!);
      },
      close: () => channel.close(),
    };
  },
  async serve(context) {
    const channel = await context.accept();
    if (channel === null) return;
    if (context.params.replay !== undefined) return await answerReplayed(channel, context);
    const { requestBytes, replyBytes } = sizesOf(context.params);
    const reply = new Uint8Array(replyBytes);
    if (channel.mode === "datagram") await answerDatagrams(channel, context, requestBytes, reply);
    else await answerStream(channel, requestBytes, reply);
  },
};

/** What waits for the gaps of a replay; undefined where nothing is replayed. */
async function openReplayPacer(
  { clock, replay }: DriveContext,
): Promise<Pacer & Disposable | undefined> {
  if (replay === undefined) return undefined;
  const pacer = await openPacer(clock);
  return { ...pacer, [Symbol.dispose]: () => pacer.close() };
}

/**
 * What was read of the kernel at the begin is work of another kind for both cores, and biases the exchanges after it: they are measured
 * some milliseconds later. A trial that a count ends is measured at once.
 *
 * @returns exchanges between the begin and what is measured
 */
async function settle(budget: Budget, run: ReturnType<typeof exchangesOn>): Promise<number> {
  if (budget.maxOperations !== undefined || budget.measureNs === 0) return 0;
  return (await run({ warmupNs: 0, measureNs: SETTLE_NS }, new Histogram())).operations;
}

/** See {@linkcode settle}; in nanoseconds. */
const SETTLE_NS = 5e6;

/** What exchanges over a channel until a budget is spent, with buffers that are made once. */
function exchangesOn(channel: Channel, context: DriveContext, pacer?: Pacer) {
  const { params, replay } = context;
  if (replay !== undefined) {
    if (channel.mode === "stream") replay.prepareStreams();
    return (budget: Budget, histogram: Histogram) =>
      exchangeReplayed(channel, replay, context, budget, histogram, pacer);
  }
  const sizes = sizesOf(params);
  const buffers = buffersOf(channel, sizes);
  const isPaced = params.think !== undefined || params.pipeline !== undefined;
  return (budget: Budget, histogram: Histogram): Promise<Omit<DriveResult, "histograms">> =>
    isPaced
      ? exchangePaced(channel, sizes, context, budget, histogram)
      : exchange(channel, buffers, context, budget, histogram);
}

/** What an exchange writes, and where its reply goes: of datagrams one byte more, so that a longer one shows. */
export interface Buffers {
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
}

/** Buffers of one channel. */
export function buffersOf({ mode }: Pick<Channel, "mode">, sizes: Sizes): Buffers {
  const { requestBytes, replyBytes } = sizes;
  return {
    request: new Uint8Array(requestBytes),
    reply: new Uint8Array(replyBytes + (mode === "datagram" ? 1 : 0)),
  };
}

/** Exchanges until the budget is spent, and records how long each took. */
export function exchange(
  channel: Channel,
  buffers: Buffers,
  context: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  return channel.mode === "stream"
    ? exchangeOverStream(channel, buffers, context, budget, histogram)
    : exchangeDatagrams(channel, buffers, context, budget, histogram);
}

// The two loops below are the measured interval: buffers are made before, nothing is allocated or looked up inside but the
// promises of the socket calls themselves, and two clock readings bound each exchange so that counting stays outside. A driver that blocks
// hands back numbers, and the loop then never waits: an `await` of a number would be a turn of the microtask queue per call.

async function exchangeOverStream(
  channel: StreamChannel,
  { request, reply }: Buffers,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const requestBytes = request.length;
  const replyBytes = reply.length;
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
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: operations * requestBytes, receivedBytes: operations * replyBytes },
  };
}

async function exchangeDatagrams(
  channel: DatagramChannel,
  { request, reply }: Buffers,
  { clock }: Pick<DriveContext, "clock">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const requestBytes = request.length;
  const replyBytes = reply.length - 1;
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
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: operations * requestBytes, receivedBytes: operations * replyBytes },
  };
}
