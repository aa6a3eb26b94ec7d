// Exchanges of a client that thinks between them, or that keeps several requests in flight on its one channel.

import type { Histogram } from "../model/histogram.ts";
import type { Channel, MaybePromise } from "../transport/channel.ts";
import { endedEarly, numberParam, readRest, type Sizes, writeAll } from "./exchange_loop.ts";
import type { Budget } from "../model/budget.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult } from "./workload.ts";

/**
 * Exchanges until the budget is spent. Parameters: `think`: µs that the client waits after a reply before it asks again; `pipeline`: requests
 * in flight at once. A latency runs from before a request's own write to its reply's last byte; time to think is not in it.
 */
export async function exchangePaced(
  channel: Channel,
  sizes: Sizes,
  { clock, params }: Pick<DriveContext, "clock" | "params">,
  budget: Budget,
  histogram: Histogram,
): Promise<Omit<DriveResult, "histograms">> {
  const thinkNs = params.think === undefined ? 0 : numberParam(params, "think") * 1e3;
  const depth = params.pipeline === undefined ? 1 : numberParam(params, "pipeline");
  const { maxOperations = Infinity, minOperations = 1 } = budget;
  const request = new Uint8Array(sizes.requestBytes);
  const reply = new Uint8Array(sizes.replyBytes + (channel.mode === "datagram" ? 1 : 0));
  /** When each request in flight was written, in a ring: replies come in the order of requests. */
  const sentNs = new Float64Array(depth);
  let asked = 0;
  let sent = 0;
  let operations = 0;
  const startNs = clock.nowNs();
  const endNs = startNs + budget.measureNs;
  let doneNs = startNs;
  // Writes follow one another beside the reads: where both waited for room in turn, two full buffers would wait for each other.
  let writing: Promise<unknown> | undefined;
  const send = (): MaybePromise<unknown> => {
    sentNs[sent++ % depth] = clock.nowNs();
    return channel.mode === "datagram" ? channel.send(request) : writeAll(channel, request);
  };
  const sendNext = () => {
    asked++;
    const taken = writing === undefined ? send() : writing.then(send);
    if (taken instanceof Promise) {
      const mine: Promise<unknown> = taken.then(() => {
        if (writing === mine) writing = undefined;
      });
      mine.catch(() => {});
      writing = mine;
    }
  };
  const isOver = () => (doneNs >= endNs || asked >= maxOperations) && asked >= minOperations;
  try {
    do {
      while (asked - operations < depth && (asked === 0 || !isOver())) sendNext();
      await take(channel, reply, sizes.replyBytes);
      doneNs = clock.nowNs();
      histogram.record(doneNs - sentNs[operations++ % depth]!);
      if (thinkNs > 0) await clock.sleepUntilNs(doneNs + thinkNs);
    } while (operations < asked || !isOver());
    await writing;
  } catch (error) {
    throw new UnfinishedWork(error, operations, doneNs - startNs, { exchange: histogram });
  }
  return {
    operations,
    elapsedNs: doneNs - startNs,
    tally: {
      sentBytes: operations * sizes.requestBytes,
      receivedBytes: operations * sizes.replyBytes,
    },
  };
}

/** Reads one whole reply. */
async function take(channel: Channel, reply: Uint8Array, bytes: number): Promise<void> {
  if (channel.mode === "stream") {
    const read = await channel.read(reply);
    return await readRest(channel, reply, read ?? endedEarly());
  }
  const received = await channel.receive(reply);
  if (received !== bytes) throw new Error(`the reply has ${received} bytes instead of ${bytes}`);
}
