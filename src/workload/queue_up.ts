// Queue-up: clients that arrive at once at a server that takes a known time for each request, one after another or side by side.

import { Histogram } from "../model/histogram.ts";
import type { StreamChannel } from "../transport/channel.ts";
import { numberParam, serveEach } from "./exchange_loop.ts";
import type { DriveContext, ServeContext, Workload } from "./workload.ts";

/** How a server takes its clients. */
export const SERVERS = ["iterative", "concurrent"] as const;

/**
 * One operation is a crowd: `clients` connections with a request each, until all are answered. Parameters: `clients`, `server`, `service`:
 * the time in µs that the server waits before it answers, as for a disk or a database.
 */
export const queueUp: Workload = {
  name: "queue-up",
  modes: ["stream"],
  sockets: (params) => numberParam(params, "clients"),
  async drive(context) {
    const { clock, params, budget } = context;
    const clients = numberParam(params, "clients");
    const { maxOperations = Infinity, minOperations = 1 } = budget;
    const first = new Histogram();
    const last = new Histogram();
    const crowds = new Histogram();
    await crowd(context, clients, first, last);
    first.reset();
    last.reset();
    await context.begin();
    let operations = 0;
    const startNs = clock.nowNs();
    const endNs = startNs + budget.measureNs;
    let doneNs = startNs;
    do {
      const calledNs = clock.nowNs();
      await crowd(context, clients, first, last);
      doneNs = clock.nowNs();
      crowds.record(doneNs - calledNs);
      operations++;
    } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
    await context.end();
    return {
      operations,
      elapsedNs: doneNs - startNs,
      histograms: { crowd: crowds, firstWait: first, lastWait: last },
      tally: {},
    };
  },
  async serve(context) {
    const serviceNs = numberParam(context.params, "service") * 1e3;
    if (context.params.server === "concurrent") {
      return await serveEach(context, (channel) => answerLater(channel, context, serviceNs));
    }
    for (;;) {
      const channel = await context.accept();
      if (channel === null) return;
      if (channel.mode !== "stream") throw new TypeError("queue-up works over streams only");
      await answerLater(channel, context, serviceNs);
    }
  },
};

/** Waits of the first and the last client that is answered, from the moment when all have asked. */
async function crowd(
  { clock, open }: DriveContext,
  clients: number,
  first: Histogram,
  last: Histogram,
): Promise<void> {
  const channels: StreamChannel[] = [];
  for (let k = 0; k < clients; k++) {
    const channel = await open();
    if (channel.mode !== "stream") throw new TypeError("queue-up works over streams only");
    channels.push(channel);
  }
  const request = new Uint8Array(1);
  for (const channel of channels) await channel.write(request);
  const askedNs = clock.nowNs();
  const waitsNs = await Promise.all(channels.map(async (channel) => {
    const read = await channel.read(new Uint8Array(1));
    if (read === null) throw new Error("the server closed a connection before it replied");
    const waitedNs = clock.nowNs() - askedNs;
    // At once: an iterative server takes the next client only when this one is gone.
    channel.close();
    return waitedNs;
  }));
  first.record(Math.min(...waitsNs));
  last.record(Math.max(...waitsNs));
}

async function answerLater(
  channel: StreamChannel,
  { clock }: ServeContext,
  serviceNs: number,
): Promise<void> {
  const request = new Uint8Array(1);
  try {
    if (await channel.read(request) === null) return;
    await clock.sleepUntilNs(clock.nowNs() + serviceNs);
    await channel.write(request);
    // The client closes first: a server that did would collect the TIME_WAIT.
    await channel.read(request);
  } finally {
    channel.close();
  }
}
