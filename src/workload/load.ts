// Load: requests at an offered rate over many connections, whatever became of those before (an open loop), and what a closed loop says beside it.

import { type Clock, openPacer, type Pacer } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import type { Params } from "../model/params.ts";
import type { RequestShape } from "../model/replay.ts";
import { exponentialFit, serialCorrelation, trend } from "../stats/process_checks.ts";
import type { Channel } from "../transport/channel.ts";
import { Arrivals } from "./arrivals.ts";
import { numberParam, type Sizes, sizesOf, writeRest } from "./exchange_loop.ts";
import { NUMBER_BYTES, serveLoad } from "./load_server.ts";
import { Lane } from "./lane.ts";
import { OpenLoop } from "./open_loop.ts";
import { checkReply, readReply } from "./replayed.ts";
import { ServiceTimes } from "./service_times.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/** Closed-loop exchanges before the load, with the pacer and without: as long each, at most so many. */
const CLOSED_NS = 10e6;
const CLOSED_EXCHANGES = 200;
/** What has no reply for so long counts as so long at least. */
export const DEFAULT_TIMEOUT_MS = 1_000;
/** Numbers of the warm-up's requests begin here: those of what is measured, which come after, at 0. */
const WARM_UP_NUMBERS = 2 ** 31;

/**
 * Parameters: `bytes`, or `request` and `reply`; `rate` per second in all; `connections`; `arrivals`; `service`: µs that the server spins for
 * each request, and `services`: how they vary; `timeout` in ms; `seed` of arrivals and services.
 */
export const load: Workload = {
  name: "load",
  modes: ["stream", "datagram"],
  spins: true,
  sockets: (params) => numberParam(params, "connections"),
  drive,
  serve: serveLoad,
};

/** Opens the channels of a load, each with room for a request and a reply of these sizes. */
export async function openLanes(context: DriveContext, sizes: Sizes): Promise<Lane[]> {
  const { params, replay } = context;
  const smallest = Math.min(sizes.requestBytes, replay?.smallestReply.bytes ?? sizes.replyBytes);
  const lanes: Lane[] = [];
  for (let left = numberParam(params, "connections"); left > 0; left--) {
    const channel = await context.open();
    if (channel.mode === "datagram" && smallest < NUMBER_BYTES) {
      throw new RangeError("Cannot load datagrams of less than 4 B: each carries its number");
    }
    lanes.push(new Lane(channel, sizes));
  }
  return lanes;
}

async function drive(context: DriveContext): Promise<DriveResult> {
  const { clock, params, budget, replay } = context;
  const sizes = replay === undefined ? sizesOf(params) : {
    requestBytes: replay.largest.request.bytes,
    replyBytes: replay.largest.reply.bytes,
  };
  const lanes = await openLanes(context, sizes);
  const pacer = await openPacer(clock);
  try {
    if (lanes[0]!.channel.mode === "stream") replay?.prepareStreams();
    const own = { request: new Uint8Array(sizes.requestBytes), replyBytes: sizes.replyBytes };
    const shapeAt = (index: number) => replay?.shapeAt(index) ?? own;
    const closed = await compareClosed(lanes[0]!, clock, pacer, shapeAt);
    const seed = seedOf(params);
    const rate = replay?.ratePerSecond ?? numberParam(params, "rate");
    const kind = String(params.arrivals ?? "poisson");
    const longestNs = (budget.maxOperations ?? Infinity) / rate * 1e9;
    const loopOf = (wantedNs: number, shift: number) => {
      const durationNs = Math.min(wantedNs, longestNs);
      return new OpenLoop({
        clock,
        pacer,
        lanes,
        sizes,
        replay,
        firstNumber: shift * WARM_UP_NUMBERS,
        arrivals: () => new Arrivals(rate, kind, seed + shift, replay?.gapsNs),
        expected: Math.ceil(rate * durationNs / 1e9),
        durationNs,
        timeoutNs: Number(params.timeout ?? DEFAULT_TIMEOUT_MS) * 1e6,
      });
    };
    if (budget.warmupNs > 0) await runLoop(loopOf(budget.warmupNs, 1));
    await context.begin();
    const loop = loopOf(budget.measureNs, 0);
    await runLoop(loop);
    await context.end();
    for (const { channel } of lanes) channel.close();
    return resultOf(loop, closed, params);
  } finally {
    pacer.close();
  }
}

/** The seed of a trial's arrivals and services. */
export function seedOf({ seed }: Params): number {
  return typeof seed === "number" ? seed : 1;
}

/** Runs an open loop; what it failed of keeps the requests answered before, and how many were under way. */
export async function runLoop(loop: OpenLoop): Promise<void> {
  try {
    await loop.run();
  } catch (error) {
    throw new UnfinishedWork(error, loop.done, loop.elapsedNs, {}, loop.inFlight);
  }
}

/** The request of a number, and the size of its reply. */
export type ShapeAt = (index: number) => RequestShape;

export interface Closed {
  /** Median round trips of a closed loop on the first connection, without the pacer, and beside it. */
  readonly plainNs: number;
  readonly pacedNs: number;
}

/** Median round trips of a closed loop, and what the pacer makes of one: both for the same time, in turns so that the machine is the same. */
export async function compareClosed(
  lane: Lane,
  clock: Clock,
  pacer: Pacer,
  shapeAt: ShapeAt,
): Promise<Closed> {
  const plain = new Histogram();
  const paced = new Histogram();
  for (let part = 0; part < 4; part++) {
    if (part % 2 === 0) await closedLoop(lane, clock, shapeAt, part === 0 ? undefined : plain);
    else {
      let isOver = false;
      const pacing = (async () => {
        while (!isOver) await pacer.spinUntilNs(clock.nowNs() + 1);
      })();
      await closedLoop(lane, clock, shapeAt, paced).finally(() => isOver = true);
      await pacing;
    }
  }
  return { plainNs: plain.percentile(50)!, pacedNs: paced.percentile(50)! };
}

async function closedLoop(
  { channel, reply }: Lane,
  clock: Clock,
  shapeAt: ShapeAt,
  histogram: Histogram | undefined,
): Promise<void> {
  const endNs = clock.nowNs() + CLOSED_NS;
  for (let count = 0; count < CLOSED_EXCHANGES; count++) {
    const sentNs = clock.nowNs();
    if (sentNs >= endNs && count > 0) break;
    await exchangeOnce(channel, shapeAt(count), reply);
    histogram?.record(clock.nowNs() - sentNs);
  }
}

async function exchangeOnce(
  channel: Channel,
  { request, replyBytes }: RequestShape,
  reply: Uint8Array,
): Promise<void> {
  if (channel.mode === "datagram") {
    await channel.send(request);
    return checkReply(await channel.receive(reply), replyBytes);
  }
  await writeRest(channel, request, await channel.write(request));
  await readReply(channel, reply, await channel.read(reply), replyBytes);
}

function resultOf(loop: OpenLoop, closed: Closed, params: Params): DriveResult {
  const { isOverload, arrived, sent, done, elapsedNs, intendedNs } = loop;
  const seconds = elapsedNs / 1e9;
  // In an overload a latency says how long the trial was.
  const histograms: DriveResult["histograms"] = isOverload
    ? { lateness: loop.lateness }
    : { exchange: loop.latency, sinceSend: loop.sinceSend, lateness: loop.lateness };
  const isDatagram = loop.isDatagram;
  return {
    operations: isOverload ? Math.max(done, 1) : arrived,
    elapsedNs,
    histograms,
    values: {
      askedPerSecond: arrived / (intendedNs / 1e9),
      offeredPerSecond: (arrived - loop.unsentAtEnd) / seconds,
      achievedPerSecond: loop.doneInTime / seconds,
      overload: isOverload ? 1 : 0,
      closedP50: closed.plainNs,
      pacedP50: closed.pacedNs,
      maxInFlight: loop.maxInFlight,
      timeoutShare: isOverload ? 0 : loop.timeouts / arrived,
      dropShare: (arrived - sent) / arrived,
      arrivalHash: loop.hash,
      ...checksOf(loop, params),
      ...(isOverload ? {} : queueOf(loop, params)),
    },
    tally: {
      sentBytes: loop.sentBytes,
      receivedBytes: loop.receivedBytes,
      ...(isDatagram && {
        sentMessages: sent,
        receivedMessages: done + loop.duplicated,
        lostMessages: sent - done,
        reorderedMessages: loop.reordered,
        duplicatedMessages: loop.duplicated,
      }),
    },
  };
}

/** What Lancet's four checks look at, as numbers; `load_checks.ts` judges them. */
function checksOf(loop: OpenLoop, params: Params): Record<string, number> {
  const fit = params.arrivals === "constant" || params.replay !== undefined
    ? undefined
    : exponentialFit(loop.gaps, loop.intendedNs / Math.max(loop.arrived, 1));
  const means = loop.latencyMeans();
  const isWhole = means.every(Number.isFinite);
  return {
    ...(fit !== undefined && { arrivalStatistic: fit.statistic, arrivalDistance: fit.distance }),
    ...(isWhole && { latencyTrend: trend(means) }),
    queueTrend: trend(loop.queueMeans()),
    latencyCorrelation: serialCorrelation(loop.latencies.filter((ns) => ns !== undefined)),
  };
}

/** Where the server's time is known: what queueing theory makes of this trial's own arrivals and services. */
function queueOf(loop: OpenLoop, params: Params): Record<string, number> {
  const meanLatency = loop.latencySumNs / Math.max(loop.arrived, 1);
  const services = ServiceTimes.of(params, seedOf(params));
  if (services === undefined || loop.isDatagram) return { meanLatency };
  const arrivals = loop.sequence();
  let [freeNs, waitNs, serviceNs] = [0, 0, 0];
  for (let k = 0; k < loop.arrived; k++) {
    const atNs = arrivals.take();
    const takesNs = services.next();
    // Lindley (1952): who comes waits for what is left of those before.
    waitNs += Math.max(0, freeNs - atNs);
    freeNs = Math.max(freeNs, atNs) + takesNs;
    serviceNs += takesNs;
  }
  return {
    meanLatency,
    meanService: serviceNs / loop.arrived,
    lindleyWait: waitNs / loop.arrived,
    driveGap: loop.longestSpinGapNs,
  };
}
