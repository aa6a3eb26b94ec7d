// Promise: the highest rate at which a percentile of the latency stays within a limit, searched for by an open loop within one trial.
//
// The rate goes up after each step that keeps the promise and down after each that breaks it, by a factor that shrinks at each turn; what counts is
// the geometric mean of the rates at the later turns (up-and-down: Dixon and Mood 1948; factors that shrink: Levitt 1971). One stall at a step costs
// that step alone, where halving an interval would keep half of it for good.

import { openPacer } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import { Arrivals } from "./arrivals.ts";
import { numberParam, sizesOf } from "./exchange_loop.ts";
import { compareClosed, DEFAULT_TIMEOUT_MS, openLanes, runLoop, seedOf } from "./load.ts";
import { serveLoad } from "./load_server.ts";
import { OpenLoop } from "./open_loop.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/** Percentiles that a promise may be about. */
export const PROMISED = { p50: 50, p90: 90, p99: 99, p999: 99.9 } as const;

/** Operations beyond the percentile that a step needs, and a tenth more, as their number varies. */
const BEYOND = 10;
const MARGIN = 1.1;
/** The factor of the first steps, and the least. */
const FIRST_FACTOR = 2;
const LEAST_FACTOR = 2 ** (1 / 8);
/** Turns that are left out, and after which the search ends. */
const EARLY_TURNS = 2;
const TURNS = 8;
/** However the machine changes meanwhile. */
const MAX_STEPS = 40;
/** A step that would take longer says that no rate worth the name keeps the promise. */
const MAX_STEP_NS = 1e9;
/** Of what is asked for, so much must be sent and answered in time. */
const MIN_SHARE = 0.99;

/** Parameters: those of `load` but `rate`; `percentile`, and `limit` in µs. A trial lasts as long as its search, whatever the budget. */
export const promise: Workload = {
  name: "promise",
  modes: ["stream", "datagram"],
  spins: true,
  sockets: (params) => numberParam(params, "connections"),
  drive,
  serve: serveLoad,
};

/** What one step found. */
export type Step = Readonly<{ rate: number; isKept: boolean }>;

/** The rate of the next step; `undefined` where the search is over. */
export function nextRate(steps: readonly Step[], firstRate: number): number | undefined {
  const turns = turnsOf(steps);
  if (turns.length >= TURNS) return undefined;
  const last = steps.at(-1);
  if (last === undefined) return firstRate;
  const factor = Math.max(LEAST_FACTOR, FIRST_FACTOR ** (2 ** -turns.length));
  return last.isKept ? last.rate * factor : last.rate / factor;
}

/** Where a step that keeps the promise follows one that breaks it, or the other way round: the geometric mean of both rates. */
function turnsOf(steps: readonly Step[]): number[] {
  return steps.flatMap(({ rate, isKept }, k) => {
    const before = steps[k - 1];
    return before === undefined || before.isKept === isKept ? [] : [Math.sqrt(rate * before.rate)];
  });
}

/** The rate that the later turns surround; `undefined` where the search met none. */
export function promisedRate(steps: readonly Step[]): number | undefined {
  const turns = turnsOf(steps);
  const later = turns.length > EARLY_TURNS ? turns.slice(EARLY_TURNS) : turns;
  return later.length === 0
    ? undefined
    : Math.exp(later.reduce((sum, rate) => sum + Math.log(rate), 0) / later.length);
}

async function drive(context: DriveContext): Promise<DriveResult> {
  const { clock, params } = context;
  const sizes = sizesOf(params);
  const percentile = PROMISED[params.percentile as keyof typeof PROMISED];
  const limitNs = numberParam(params, "limit") * 1e3;
  const needed = BEYOND / (1 - percentile / 100) * MARGIN;
  const lanes = await openLanes(context, sizes);
  const pacer = await openPacer(clock);
  try {
    const own = { request: new Uint8Array(sizes.requestBytes), replyBytes: sizes.replyBytes };
    const closed = await compareClosed(lanes[0]!, clock, pacer, () => own);
    await context.begin();
    const startNs = clock.nowNs();
    const steps: Step[] = [];
    const lateness = new Histogram();
    let [arrived, sentBytes, receivedBytes] = [0, 0, 0];
    const leastRate = needed / MAX_STEP_NS * 1e9;
    const firstRate = Math.max(0.5e9 / closed.plainNs, leastRate);
    for (;;) {
      const rate = nextRate(steps, firstRate);
      if (rate === undefined || steps.length === MAX_STEPS) break;
      if (rate < leastRate) throw new RangeError(describeBroken(params, steps));
      const durationNs = needed / rate * 1e9;
      const seed = seedOf(params) + steps.length;
      const loop = new OpenLoop({
        ...{ clock, pacer, lanes, sizes, durationNs },
        // Replies of an earlier step's datagrams are told by their number.
        firstNumber: arrived,
        arrivals: () => new Arrivals(rate, String(params.arrivals ?? "poisson"), seed),
        expected: Math.ceil(needed),
        timeoutNs: Number(params.timeout ?? DEFAULT_TIMEOUT_MS) * 1e6,
      });
      await runLoop(loop);
      steps.push({ rate, isKept: isKept(loop, percentile, limitNs) });
      lateness.merge(loop.lateness);
      arrived += loop.arrived;
      sentBytes += loop.sentBytes;
      receivedBytes += loop.receivedBytes;
    }
    const elapsedNs = clock.nowNs() - startNs;
    await context.end();
    for (const { channel } of lanes) channel.close();
    return {
      operations: arrived,
      elapsedNs,
      histograms: { lateness },
      values: {
        promisedPerSecond: promisedRate(steps)!,
        closedP50: closed.plainNs,
        pacedP50: closed.pacedNs,
        promiseSteps: steps.length,
      },
      tally: { sentBytes, receivedBytes },
    };
  } finally {
    pacer.close();
  }
}

function isKept(loop: OpenLoop, percentile: number, limitNs: number): boolean {
  const { isOverload, arrived, unsentAtEnd, doneInTime, latency } = loop;
  if (isOverload || arrived - unsentAtEnd < MIN_SHARE * arrived) return false;
  // What was due last may be under way.
  if (doneInTime + loop.maxInFlight < MIN_SHARE * arrived) return false;
  return latency.percentile(percentile)! <= limitNs;
}

function describeBroken({ percentile, limit }: DriveContext["params"], steps: readonly Step[]) {
  const least = Math.round(Math.min(...steps.map(({ rate }) => rate)));
  return `Cannot keep ${percentile} within ${limit} µs at any rate from ${least}/s on: a greater limit, or another percentile`;
}
