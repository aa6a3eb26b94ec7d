// Write-return: how long a write takes to return, beside how long its delivery takes. The peer answers each message with one byte as
// soon as it has all of it, so that delivery is known without comparing the clocks of two processes.

import { Histogram } from "../model/histogram.ts";
import type { StreamChannel } from "../transport/channel.ts";
import {
  answerStream,
  endedEarly,
  numberParam,
  serveEach,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import type { DriveContext, Workload } from "./workload.ts";

/** One message and its one-byte receipt at a time. Parameter: `bytes`. */
export const writeReturn: Workload = {
  name: "write-return",
  modes: ["stream"],
  async drive(context) {
    const channel = await context.open();
    if (channel.mode !== "stream") throw new TypeError("write-return works over streams only");
    const returns = new Histogram();
    const exchanges = new Histogram();
    await exchange(channel, context, warmupOf(context.budget), returns, exchanges);
    returns.reset();
    exchanges.reset();
    await context.begin();
    const measured = await exchange(channel, context, context.budget, returns, exchanges);
    await context.end();
    channel.close();
    const { operations, elapsedNs, taken } = measured;
    return {
      operations,
      elapsedNs,
      histograms: { exchange: exchanges, return: returns },
      // Of each message the first call alone: what it took is the question, not what the rest needed.
      tally: { sentBytes: taken, writes: operations },
    };
  },
  async serve(context) {
    const bytes = numberParam(context.params, "bytes");
    const receipt = new Uint8Array(1);
    await serveEach(context, (channel) => answerStream(channel, bytes, receipt));
  },
};

async function exchange(
  channel: StreamChannel,
  { clock, params }: DriveContext,
  budget: Budget,
  returns: Histogram,
  exchanges: Histogram,
): Promise<{ operations: number; elapsedNs: number; taken: number }> {
  const message = new Uint8Array(numberParam(params, "bytes"));
  const receipt = new Uint8Array(1);
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  let taken = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  do {
    const calledNs = clock.nowNs();
    let written = channel.write(message);
    if (typeof written !== "number") written = await written;
    const returnedNs = clock.nowNs();
    taken += written;
    if (written < message.length) await writeRest(channel, message, written);
    let read = channel.read(receipt);
    if (typeof read !== "number") read = await read;
    if (read === null) endedEarly();
    doneNs = clock.nowNs();
    // Both after the exchange: what counting takes is no part of it.
    returns.record(returnedNs - calledNs);
    exchanges.record(doneNs - calledNs);
    operations++;
  } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  return { operations, elapsedNs: doneNs - startNs, taken };
}
