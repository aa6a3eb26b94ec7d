// Clients: many, each with a connection of its own. They ask again as soon as they are answered (a closed loop), in turn, or once and leave.

import { openPacer, type Pacer } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import type { Params } from "../model/params.ts";
import type { Channel } from "../transport/channel.ts";
import { type Asking, Crowd } from "./crowd.ts";
import { numberParam, sizesOf, warmupOf } from "./exchange_loop.ts";
import { memoryPerConnection, serveLoad } from "./load_server.ts";
import { Lane } from "./lane.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/**
 * Parameters: `bytes`, or `request` and `reply`; `connections`, or `clients`; `asking`: `in-turn`, so that one request at a time is under way, or
 * `once`, on fresh connections; absent: all at once. `service`, `services`, `server`, `work`: see `load_server.ts`.
 */
export const clients: Workload = {
  name: "clients",
  modes: ["stream", "datagram"],
  sockets: countOf,
  async drive(context) {
    const before = context.residentBytes?.();
    if (context.params.asking === "once") return await driveOnce(context);
    // Only those who ask all at once may have to spin.
    const pacer = context.params.asking === undefined ? await openPacer(context.clock) : undefined;
    try {
      const count = countOf(context.params);
      const { crowd, lanes } = await gather(context, pacer);
      await crowd.run({ ...warmupOf(context.budget), minOperations: count });
      const after = context.residentBytes?.();
      crowd.exchanges.reset();
      await context.begin();
      const measured = await crowd.run(context.budget);
      await context.end();
      for (const { channel } of lanes) channel.close();
      const memory = memoryPerConnection("driveMemory", before, after, context);
      return { ...measured, values: { ...crowd.values(), ...memory } };
    } finally {
      pacer?.close();
    }
  },
  serve: serveLoad,
};

function countOf({ clients, connections = clients! }: Params): number {
  return numberParam({ connections }, "connections");
}

async function gather(context: DriveContext, pacer?: Pacer) {
  const { params, clock } = context;
  const sizes = sizesOf(params);
  const lanes: Lane[] = [];
  for (let left = countOf(params); left > 0; left--) {
    lanes.push(new Lane(await openWhenRoom(context), sizes));
  }
  return {
    lanes,
    crowd: new Crowd(lanes, sizes, clock, pacer, params.asking as Asking | undefined),
  };
}

/** Between two attempts to connect at a full queue, in nanoseconds. */
const FULL_QUEUE_NS = 1e6;
/** Attempts at a queue that is never emptied. */
const MAX_ATTEMPTS = 1_000;

/** A socket file whose queue is full refuses at once (EAGAIN of connect(2)), where TCP tries again by itself: many clients are opened faster than accepted. */
async function openWhenRoom({ open, clock }: DriveContext): Promise<Channel> {
  for (let attempt = 1;; attempt++) {
    try {
      return await open();
    } catch (error) {
      const isFull = error instanceof Error && error.name === "WouldBlock";
      if (!isFull || attempt === MAX_ATTEMPTS) throw error;
      await clock.sleepUntilNs(clock.nowNs() + FULL_QUEUE_NS);
    }
  }
}

/** One operation is a crowd: fresh connections with a request each, until all are answered. */
async function driveOnce(context: DriveContext): Promise<DriveResult> {
  const { clock, params, budget: { measureNs, maxOperations = Infinity, minOperations = 1 } } =
    context;
  const [crowds, firstWait, lastWait] = [new Histogram(), new Histogram(), new Histogram()];
  const once = { warmupNs: 0, measureNs: 0, minOperations: countOf(params) };
  const arrive = async () => {
    const { crowd, lanes } = await gather(context);
    await crowd.run(once);
    const askedNs = Math.max(...lanes.map(({ sentNs }) => sentNs));
    const waitsNs = lanes.map(({ freedNs }) => freedNs - askedNs);
    firstWait.record(Math.min(...waitsNs));
    lastWait.record(Math.max(...waitsNs));
  };
  await arrive();
  firstWait.reset();
  lastWait.reset();
  await context.begin();
  const startNs = clock.nowNs();
  let [operations, doneNs] = [0, startNs];
  do {
    const calledNs = doneNs;
    await arrive();
    doneNs = clock.nowNs();
    crowds.record(doneNs - calledNs);
    operations++;
  } while (
    (doneNs < startNs + measureNs && operations < maxOperations) || operations < minOperations
  );
  await context.end();
  const histograms = { crowd: crowds, firstWait, lastWait };
  return { operations, elapsedNs: doneNs - startNs, histograms, tally: {} };
}
