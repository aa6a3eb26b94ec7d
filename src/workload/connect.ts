// Connect: opens and closes connections without a byte of data, one after another or several at once.

import { Histogram } from "../model/histogram.ts";
import { serveEach, warmupOf } from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, Workload } from "./workload.ts";

/** Code for connections is compiled late: the first thousand of a process take two to three times as long as those after three thousand. */
export const COLD_CONNECTIONS = 1_000;

/**
 * Open and close, timed apart; the interval ends when the peer has closed the last connection too. What the peer still had to do would
 * otherwise be counted with the trial after, or with nobody. Parameter `connections`: how many clients connect at once, each again as soon as
 * it has closed; absent: one.
 */
export const connect: Workload = {
  name: "connect",
  modes: ["stream"],
  coldOperations: COLD_CONNECTIONS,
  sockets: atOnce,
  async drive(context) {
    const connects = new Histogram();
    const closes = new Histogram();
    const maxOperations = Math.max(WARMUP_CONNECTIONS, atOnce(context.params));
    const warmup = { ...warmupOf(context.budget), maxOperations };
    const before = await openAndClose(context, warmup, connects, closes);
    await context.settle(before);
    connects.reset();
    closes.reset();
    await context.begin();
    const startNs = context.clock.nowNs();
    const operations = await openAndClose(context, context.budget, connects, closes);
    const elapsedNs = await context.settle(before + operations) - startNs;
    await context.end();
    return {
      operations,
      elapsedNs,
      histograms: { connect: connects, close: closes },
      tally: {},
    };
  },
  async serve(context) {
    const buffer = new Uint8Array(1);
    await serveEach(context, async (channel) => {
      try {
        await channel.read(buffer);
      } finally {
        channel.close();
      }
    });
  },
};

/** Connections of a trial's warm-up at most: each leaves a TIME_WAIT behind, as the measured ones do. */
export const WARMUP_CONNECTIONS = 20;

function atOnce({ connections = 1 }: Params): number {
  return Number(connections);
}

async function openAndClose(
  { clock, open, params }: DriveContext,
  budget: Budget,
  connects: Histogram,
  closes: Histogram,
): Promise<number> {
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let [begun, operations] = [0, 0];
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let closedNs = startNs;
  let failure: { readonly cause: unknown } | undefined;
  const isOver = () =>
    failure !== undefined ||
    ((closedNs >= endNs || begun >= maxOperations) && begun >= minOperations);
  const client = async () => {
    try {
      while (!isOver()) {
        begun++;
        const calledNs = clock.nowNs();
        const opened = open();
        const channel = opened instanceof Promise ? await opened : opened;
        const openNs = clock.nowNs();
        channel.close();
        closedNs = clock.nowNs();
        connects.record(openNs - calledNs);
        closes.record(closedNs - openNs);
        operations++;
      }
    } catch (cause) {
      failure ??= { cause };
    }
  };
  await Promise.all(Array.from({ length: atOnce(params) }, client));
  if (failure === undefined) return operations;
  throw new UnfinishedWork(failure.cause, operations, closedNs - startNs, {
    connect: connects,
    close: closes,
  });
}
