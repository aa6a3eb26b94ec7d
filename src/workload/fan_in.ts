// Fan-in: many clients and one serving socket (datagrams) or one listener (streams). The clients take turns, so that what grows with
// their number is the cost of having them, not of queueing behind them. One datagram at most is under way, so that no queue can overflow;
// one that is lost for another reason ends the trial by its watchdog, as in ping-pong: a timer per exchange would be measured with it.

import { Histogram } from "../model/histogram.ts";
import type { Channel } from "../transport/channel.ts";
import {
  answerDatagrams,
  answerStream,
  endedEarly,
  numberParam,
  readRest,
  serveEach,
  warmupOf,
  writeRest,
} from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, Workload } from "./workload.ts";

/** Exchanges of many kept channels in turn. Parameters: `bytes`, `clients`: how many channels. */
export const fanIn: Workload = {
  name: "fan-in",
  modes: ["stream", "datagram"],
  sockets: (params) => numberParam(params, "clients"),
  async drive(context) {
    const { params, budget } = context;
    const bytes = numberParam(params, "bytes");
    const channels: Channel[] = [];
    for (let opened = numberParam(params, "clients"); opened > 0; opened--) {
      channels.push(await context.open());
    }
    const exchanges = new Histogram();
    // Every channel once at least: the first exchange of a connection is not like the others.
    await exchangeInTurn(channels, bytes, context, {
      ...warmupOf(budget),
      minOperations: channels.length,
    }, exchanges);
    exchanges.reset();
    await context.begin();
    const measured = await exchangeInTurn(channels, bytes, context, budget, exchanges);
    await context.end();
    for (const channel of channels) channel.close();
    return { ...measured, histograms: { exchange: exchanges } };
  },
  async serve(context) {
    const bytes = numberParam(context.params, "bytes");
    const first = await context.accept();
    if (first === null) return;
    if (first.mode === "datagram") return await answerDatagrams(first, context, bytes);
    const reply = new Uint8Array(bytes);
    const answerFirst = answerStream(first, bytes, reply);
    // Awaited below; a failure before that must not end the process.
    answerFirst.catch(() => {});
    await serveEach(context, (channel) => answerStream(channel, bytes, reply));
    await answerFirst;
  },
};

async function exchangeInTurn(
  channels: readonly Channel[],
  bytes: number,
  { clock }: DriveContext,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes + 1);
  const whole = reply.subarray(0, bytes);
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  let operations = 0;
  let turn = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  try {
    do {
      const channel = channels[turn]!;
      turn = turn + 1 === channels.length ? 0 : turn + 1;
      const sentNs = clock.nowNs();
      if (channel.mode === "stream") {
        let written = channel.write(request);
        if (typeof written !== "number") written = await written;
        if (written < bytes) await writeRest(channel, request, written);
        let read = channel.read(whole);
        if (typeof read !== "number") read = await read;
        if (read !== bytes) await readRest(channel, whole, read ?? endedEarly());
      } else {
        const taken = channel.send(request);
        if (typeof taken !== "number") await taken;
        let received = channel.receive(reply);
        if (typeof received !== "number") received = await received;
        if (received !== bytes) {
          throw new Error(`the reply has ${received} bytes instead of ${bytes}`);
        }
      }
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
  } catch (error) {
    const done = { operations, elapsedNs: doneNs - startNs, tally: {} };
    throw new UnfinishedWork(error, { ...done, histograms: { exchange: histogram } });
  }
  const moved = operations * bytes;
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: { sentBytes: moved, receivedBytes: moved },
  };
}
