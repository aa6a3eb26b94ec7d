// Connect-ping: a fresh connection for every request: connect, write, read the reply, close.

import { Histogram } from "../model/histogram.ts";
import {
  answerStream,
  numberParam,
  readRest,
  serveEach,
  sizesOf,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import { COLD_CONNECTIONS, WARMUP_CONNECTIONS } from "./connect.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, Workload } from "./workload.ts";

/** One request per connection; the interval ends when the peer has closed the last one too. Parameters: `bytes`, or `request` and `reply`; `think`: µs between. */
export const connectPing: Workload = {
  name: "connect-ping",
  modes: ["stream"],
  coldOperations: COLD_CONNECTIONS,
  async drive(context) {
    const exchanges = new Histogram();
    const handshakes = new Histogram();
    const warmup = { ...warmupOf(context.budget), maxOperations: WARMUP_CONNECTIONS };
    const before = await requests(context, warmup, exchanges, handshakes);
    await context.settle(before);
    exchanges.reset();
    handshakes.reset();
    await context.begin();
    const startNs = context.clock.nowNs();
    const operations = await requests(context, context.budget, exchanges, handshakes);
    const elapsedNs = await context.settle(before + operations) - startNs;
    await context.end();
    const handshake = handshakes.count > 0 && { handshake: handshakes };
    return { operations, elapsedNs, histograms: { exchange: exchanges, ...handshake }, tally: {} };
  },
  async serve(context) {
    const { requestBytes, replyBytes } = sizesOf(context.params);
    const reply = new Uint8Array(replyBytes);
    await serveEach(context, (channel) => answerStream(channel, requestBytes, reply));
  },
};

async function requests(
  { clock, open, params }: DriveContext,
  budget: Budget,
  histogram: Histogram,
  handshakes: Histogram,
): Promise<number> {
  const sizes = sizesOf(params);
  const request = new Uint8Array(sizes.requestBytes);
  const reply = new Uint8Array(sizes.replyBytes);
  const thinkNs = params.think === undefined ? 0 : numberParam(params, "think") * 1e3;
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      if (thinkNs > 0) await clock.sleepUntilNs(doneNs + thinkNs);
      const calledNs = clock.nowNs();
      const opened = open();
      const channel = opened instanceof Promise ? await opened : opened;
      if (channel.mode !== "stream") throw new TypeError("connect-ping works over streams only");
      let written = channel.write(request);
      if (typeof written !== "number") written = await written;
      if (written < request.length) await writeRest(channel, request, written);
      let read = channel.read(reply);
      if (typeof read !== "number") read = await read;
      if (read !== reply.length) await readRest(channel, reply, read ?? 0);
      channel.close();
      doneNs = clock.nowNs();
      histogram.record(doneNs - calledNs);
      if (channel.handshakeNs !== undefined) handshakes.record(channel.handshakeNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return operations;
}
