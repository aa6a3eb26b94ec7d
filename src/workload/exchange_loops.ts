// Exchange loops: the exchanges of `ping-pong` three ways, to tell what the suite itself costs. `suite` is that workload as it is; `bare`
// is a loop of the driver's own calls, timed by the batch; `traced` is the suite's against a peer that answers late, of which system calls are counted and nothing timed.

import type { Clock } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import { median } from "../stats/quantile.ts";
import type { Channel, MaybePromise } from "../transport/channel.ts";
import { numberParam, readRest, warmupOf, writeRest } from "./exchange_loop.ts";
import { buffersOf, exchange, pingPong } from "./ping_pong.ts";
import type { Budget } from "../model/budget.ts";
import type { DriveContext, DriveResult, ServeContext, Workload } from "./workload.ts";

/** The ways, as parameter `loop` names them. */
export const LOOPS = ["bare", "suite", "traced"] as const;

/** Exchanges timed together: the clock's cost is spread, and few batches are those in which another process had the core. */
const BATCH = 20;
/** Calls that are timed together, to know what one through FFI takes: a fraction of a millisecond. */
const CALLS = 20_000;

/** How long the peer of a traced trial waits before it answers, in nanoseconds: the traced thread makes its calls meanwhile. */
const LATE_NS = 1e6;

/** Request and reply of equal size over one channel. Parameters: `bytes`, and `loop` of {@linkcode LOOPS}. */
export const exchangeLoops: Workload = {
  name: "exchange-loops",
  modes: ["stream", "datagram"],
  traces: ({ loop }) => loop === "traced",
  async drive(context) {
    if (context.params.loop === "traced") {
      const { operations, elapsedNs, tally } = await pingPong.drive(context);
      // Each call of a traced thread stops it twice: its times are the tracer's.
      return { operations, elapsedNs, tally, histograms: {} };
    }
    return await driveBatches(context);
  },
  async serve(context) {
    const { loop } = context.params;
    if (loop === "suite") await pingPong.serve(context);
    else await serveOwn(context, loop === "bare" ? answerBare : answerLate);
  },
};

/** Makes one batch, of so many exchanges. */
type Batch = (count: number) => Promise<unknown> | void;

async function driveBatches(context: DriveContext): Promise<DriveResult> {
  const { clock, budget, params } = context;
  const bytes = numberParam(params, "bytes");
  const channel = await context.open();
  const exchanges = new Histogram();
  const isBare = params.loop === "bare";
  const batch = isBare ? bareBatch(channel, bytes) : suiteBatch(channel, bytes, context, exchanges);
  await repeat(batch, clock, warmupOf(budget));
  exchanges.reset();
  await context.begin();
  const { operations, elapsedNs, perExchangeNs } = await repeat(batch, clock, budget);
  await context.end();
  const ffiCall = isBare ? timeCalls(channel, clock) : undefined;
  channel.close();
  const moved = operations * bytes;
  return {
    operations,
    elapsedNs,
    histograms: isBare ? {} : { exchange: exchanges },
    values: { perExchange: median(perExchangeNs), ...(ffiCall !== undefined && { ffiCall }) },
    tally: { sentBytes: moved, receivedBytes: moved },
  };
}

function bareBatch(channel: Channel, bytes: number): Batch {
  if (channel.bareExchange === undefined) throw new TypeError("this transport has no bare loop");
  return (count) => channel.bareExchange!(bytes, count);
}

function suiteBatch(
  channel: Channel,
  bytes: number,
  { clock }: DriveContext,
  histogram: Histogram,
): Batch {
  const budget = { warmupNs: 0, measureNs: 0 };
  const buffers = buffersOf(channel, { requestBytes: bytes, replyBytes: bytes });
  return (count) =>
    exchange(channel, buffers, { clock }, { ...budget, minOperations: count }, histogram);
}

async function repeat(
  batch: Batch,
  clock: Clock,
  budget: Budget,
): Promise<{ operations: number; elapsedNs: number; perExchangeNs: number[] }> {
  const { maxOperations = Infinity } = budget;
  const perExchangeNs: number[] = [];
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let nowNs = startNs;
  do {
    const count = Math.min(BATCH, maxOperations - operations);
    const calledNs = nowNs;
    await batch(count);
    nowNs = clock.nowNs();
    perExchangeNs.push((nowNs - calledNs) / count);
    operations += count;
  } while (nowNs < endNs && operations < maxOperations);
  return { operations, elapsedNs: nowNs - startNs, perExchangeNs };
}

function timeCalls(channel: Channel, clock: Clock): number | undefined {
  if (channel.bareCalls === undefined) return undefined;
  // Once for the compiler.
  channel.bareCalls(CALLS);
  const startNs = clock.nowNs();
  channel.bareCalls(CALLS);
  return (clock.nowNs() - startNs) / CALLS;
}

type Answer = (channel: Channel, bytes: number, context: ServeContext) => MaybePromise<void>;

async function serveOwn(context: ServeContext, answer: Answer): Promise<void> {
  const channel = await context.accept();
  if (channel === null) return;
  try {
    await answer(channel, numberParam(context.params, "bytes"), context);
  } catch (error) {
    if (!context.finishing) throw error;
  } finally {
    channel.close();
  }
}

function answerBare(channel: Channel, bytes: number): MaybePromise<void> {
  if (channel.bareAnswer === undefined) throw new TypeError("this transport has no bare loop");
  return channel.bareAnswer(bytes);
}

/** A thread that is stopped at each of its calls would find its reply there already, and never wait as it does otherwise. */
async function answerLate(
  channel: Channel,
  bytes: number,
  { clock, tally }: ServeContext,
): Promise<void> {
  const buffer = new Uint8Array(bytes);
  for (let answered = 1;; answered++) {
    if (channel.mode === "stream") {
      const read = await channel.read(buffer);
      if (read === null) return;
      await readRest(channel, buffer, read);
    } else {
      await channel.receive(buffer);
      tally.receivedMessages = answered;
    }
    await clock.sleepUntilNs(clock.nowNs() + LATE_NS);
    if (channel.mode === "stream") await writeRest(channel, buffer, 0);
    else await channel.reply(buffer);
  }
}
