// Split request: a request of a header and a body, handed over in one write or in two; the reply of `header` bytes comes when the
// whole request has arrived. This is where Nagle's algorithm and delayed acknowledgements meet: the second small write waits for
// the acknowledgement of the first, which the receiver delays as it has nothing to say yet (RFC 896, RFC 1122 4.2.3.2).

import { Histogram } from "../model/histogram.ts";
import type { StreamChannel } from "../transport/channel.ts";
import {
  answerStream,
  endedEarly,
  numberParam,
  readRest,
  serveEach,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import type { Clock } from "../clock.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, Workload } from "./workload.ts";

/** The longest series that a trial keeps: enough to see a stall come and go. */
const SERIES_VALUES = 64;
/** Below this a timer would be late: what is left of a gap is spun. */
const TIMER_NS = 2e6;

/** How a request is handed to the socket. */
export const PATTERNS = ["write-read", "write-write-read", "joined-write-read"] as const;

/**
 * Requests in one or two writes over one connection. Parameters: `pattern`, `header` and, but for `write-read`, `body`. Where they are
 * there: `cork` (`on`: TCP_CORK around the writes of each request), `quickack` (`on`: the peer sets TCP_QUICKACK after each read), and
 * `gap` in µs between two writes.
 */
export const splitRequest: Workload = {
  name: "split-request",
  modes: ["stream"],
  async drive(context) {
    const { first, exchanges, request, run, tallyOf, close } = await openWarm(context);
    await context.begin();
    const { operations, elapsedNs } = await run(context.budget, exchanges);
    await context.end();
    close();
    return {
      operations,
      elapsedNs,
      histograms: { exchange: exchanges, first },
      series: { exchange: Array.from(request.series.subarray(0, operations)) },
      tally: tallyOf(operations),
    };
  },
  pausable: (params) =>
    stalls(params)
      ? "each exchange waits for a delayed acknowledgement"
      : params.gap === undefined
      ? true
      : "each exchange holds a gap",
  async open(context) {
    const { first, run, tallyOf, close } = await openWarm(context);
    return {
      records: ["exchange"],
      apart: { first },
      async slice({ leadIn, sliceNs }, { exchange: exchanges, afterPause }) {
        await run({ warmupNs: 0, measureNs: 0, minOperations: leadIn }, afterPause!);
        const done = await run({ warmupNs: 0, measureNs: sliceNs }, exchanges!);
        return { ...done, tally: tallyOf(done.operations) };
      },
      close,
    };
  },
  async serve(context) {
    const requestBytes = requestParts(context.params).reduce((sum, part) => sum + part.length, 0);
    const reply = new Uint8Array(numberParam(context.params, "header"));
    const isQuick = context.params.quickack === "on";
    await serveEach(context, (channel) => {
      if (isQuick && channel.acknowledgeNow === undefined) {
        channel.close();
        throw new TypeError("this transport has no TCP_QUICKACK");
      }
      const acknowledge = isQuick ? () => channel.acknowledgeNow!() : undefined;
      return answerStream(channel, requestBytes, reply, acknowledge);
    });
  },
};

/** Whether the second write waits for an acknowledgement of the first, which the other end delays. */
function stalls({ nagle, pattern, cork, quickack }: Params): boolean {
  return nagle === "on" && pattern === "write-write-read" && cork !== "on" && quickack !== "on";
}

/** A connection that is warm, with what measures on it. */
async function openWarm(context: DriveContext) {
  const { budget, clock } = context;
  const channel = await context.open();
  if (channel.mode !== "stream") throw new TypeError("split-request works over streams only");
  const request = makeRequest(channel, context.params);
  const requestBytes = request.parts.reduce((sum, part) => sum + part.length, 0);
  const first = new Histogram();
  const exchanges = new Histogram();
  const run = (budget: Budget, into: Histogram) => exchange(channel, request, clock, budget, into);
  // A new connection acknowledges at once (quick-ACK mode), so its first exchange is a figure of its own.
  await run({ warmupNs: 0, measureNs: 0 }, first);
  await run(warmupOf(budget), exchanges);
  exchanges.reset();
  return {
    request,
    first,
    exchanges,
    run,
    close: () => channel.close(),
    tallyOf: (operations: number) => ({
      sentBytes: operations * requestBytes,
      receivedBytes: operations * request.reply.length,
      writes: operations * request.parts.length,
    }),
  };
}

/** What one request hands to `write`, one call each. */
export function requestParts(params: Params): Uint8Array[] {
  const header = numberParam(params, "header");
  switch (params.pattern) {
    case "write-read":
      return [new Uint8Array(header)];
    case "write-write-read":
      return [new Uint8Array(header), new Uint8Array(numberParam(params, "body"))];
    case "joined-write-read":
      return [new Uint8Array(header + numberParam(params, "body"))];
    default:
      throw new TypeError(`Cannot run split-request with pattern "${params.pattern}"`);
  }
}

/** All that a request needs, made before it is timed. */
interface Request {
  readonly parts: readonly Uint8Array[];
  readonly reply: Uint8Array;
  readonly isCorked: boolean;
  readonly gapNs: number;
  /** The first exchanges of a loop, in nanoseconds. */
  readonly series: Float64Array;
}

function makeRequest(channel: StreamChannel, params: Params): Request {
  const isCorked = params.cork === "on";
  if (isCorked && channel.setCork === undefined) {
    throw new TypeError("this transport has no TCP_CORK");
  }
  return {
    parts: requestParts(params),
    reply: new Uint8Array(numberParam(params, "header")),
    isCorked,
    gapNs: params.gap === undefined ? 0 : numberParam(params, "gap") * 1e3,
    series: new Float64Array(SERIES_VALUES),
  };
}

async function wait(clock: Clock, ns: number): Promise<void> {
  const untilNs = clock.nowNs() + ns;
  if (ns > TIMER_NS) await clock.sleepUntilNs(untilNs - TIMER_NS);
  while (clock.nowNs() < untilNs);
}

async function exchange(
  channel: StreamChannel,
  { parts, reply, isCorked, gapNs, series }: Request,
  clock: Clock,
  budget: Budget,
  histogram: Histogram,
): Promise<{ operations: number; elapsedNs: number }> {
  const one = parts[0]!;
  const two = parts[1];
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      const sentNs = clock.nowNs();
      if (isCorked) channel.setCork!(true);
      let written = channel.write(one);
      if (typeof written !== "number") written = await written;
      if (written < one.length) await writeRest(channel, one, written);
      if (two !== undefined) {
        if (gapNs > 0) await wait(clock, gapNs);
        let more = channel.write(two);
        if (typeof more !== "number") more = await more;
        if (more < two.length) await writeRest(channel, two, more);
      }
      if (isCorked) channel.setCork!(false);
      let read = channel.read(reply);
      if (typeof read !== "number") read = await read;
      if (read !== reply.length) await readRest(channel, reply, read ?? endedEarly());
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs);
      if (operations < SERIES_VALUES) series[operations] = doneNs - sentNs;
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return { operations, elapsedNs: doneNs - startNs };
}
