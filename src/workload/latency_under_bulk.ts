// Latency under bulk: round trips over one connection while a second one is filled between the same two ends, over the same transport.
//
// Both connections share the event loop of either end. What a round trip waits for is then mostly its turn there, behind reads and writes of
// the bulk: that is measured, as a program with both meets it, and not the queue of a path, which two connections over loopback do not share.

import type { Clock } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import type { StreamChannel } from "../transport/channel.ts";
import { pauseValues } from "./bulk_halves.ts";
import { answerStream, numberParam, sizesOf, warmupOf } from "./exchange_loop.ts";
import { buffersOf, exchange } from "./ping_pong.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult, Workload } from "./workload.ts";

/** What runs beside the round trips: nothing, bulk from the driver to the peer, or both ways at once. */
export const BULKS = ["none", "up", "both"] as const;

/** How long without an exchange until the bulk leaves the event loop for a timer's length, in nanoseconds: far beyond a p99. */
const STARVED_NS = 20e6;

/** Parameters: `bytes`, or `request` and `reply`, of the round trips; `bulk`; `write` and `read`: sizes of the bulk's calls. */
export const latencyUnderBulk: Workload = {
  name: "latency-under-bulk",
  modes: ["stream"],
  sockets: ({ bulk }) => bulk === "none" ? 1 : 2,
  drive,
  serve,
};

async function drive(context: DriveContext): Promise<DriveResult> {
  const { budget, params } = context;
  const asking = await context.open() as StreamChannel;
  const buffers = buffersOf(asking, sizesOf(params));
  const exchanges = new Histogram();
  // Once it is answered over the first connection, the peer takes the next for the bulk's.
  await exchange(asking, buffers, context, { warmupNs: 0, measureNs: 0 }, exchanges);
  const bulk = params.bulk === "none"
    ? undefined
    : new Bulk(await context.open() as StreamChannel, context, () => exchanges.count);
  const writing = bulk?.write();
  const reading = bulk?.read(() => true);
  // Awaited below; a failure before that must not end the process.
  for (const part of [writing, reading]) part?.catch(() => {});
  await exchange(asking, buffers, context, warmupOf(budget), exchanges);
  exchanges.reset();
  await context.begin();
  const [bytes, reads] = [bulk?.bytes ?? 0, bulk?.reads ?? 0];
  if (bulk !== undefined) bulk.pauseNs = 0;
  const measured = await exchange(asking, buffers, context, budget, exchanges);
  const window = params.bulk === "both"
    ? { bytes: bulk!.bytes - bytes, reads: bulk!.reads - reads, elapsedNs: measured.elapsedNs }
    : undefined;
  const paused = pauseValues({ window, pauseNs: bulk?.pauseNs ?? 0 });
  await context.end();
  bulk?.stop();
  await Promise.all([writing, reading]);
  asking.close();
  return {
    ...measured,
    histograms: { exchange: exchanges },
    ...(window !== undefined && { window }),
    ...paused,
  };
}

async function serve(context: ServeContext): Promise<ServeResult | undefined> {
  const { params, clock } = context;
  const { requestBytes, replyBytes } = sizesOf(params);
  const asking = await context.accept();
  if (asking === null) return undefined;
  let answered = 0;
  let openedNs = 0;
  const count = () => {
    answered++;
    if (openedNs === 0 && context.marks === 1) openedNs = clock.nowNs();
  };
  const reply = new Uint8Array(replyBytes);
  const answering = answerStream(asking as StreamChannel, requestBytes, reply, count);
  answering.catch(() => {});
  const channel = params.bulk === "none" ? null : await context.accept();
  let measured: ServeResult | undefined;
  if (channel !== null) {
    const bulk = new Bulk(channel as StreamChannel, context, () => answered);
    const writing = params.bulk === "both" ? bulk.write() : undefined;
    writing?.catch(() => {});
    // What the driver measures in: from its first request to the last bytes before its end.
    await bulk.read(() => openedNs > 0 && context.marks === 1);
    bulk.stop();
    await writing;
    const elapsedNs = (bulk.reads > 0 ? bulk.lastNs : clock.nowNs()) - openedNs;
    if (openedNs > 0 && elapsedNs > 0) {
      const window = { bytes: bulk.bytes, reads: bulk.reads, elapsedNs };
      measured = { window, ...pauseValues({ window, pauseNs: bulk.pauseNs }) };
    }
    // The end of what is written here came before: nothing is under way.
    channel.close();
  }
  await answering;
  return measured;
}

/** One end of the connection that is filled. */
class Bulk {
  readonly #channel: StreamChannel;
  readonly #clock: Clock;
  readonly #params: DriveContext["params"];
  readonly #exchanged: () => number;
  #isOver = false;
  #seen = -1;
  #seenNs = 0;
  /** Bytes and reads that counted, and when the last of them did. */
  bytes = 0;
  reads = 0;
  lastNs = 0;
  /** The longest time between two of those reads. */
  pauseNs = 0;

  /** `exchanged` tells how many round trips were completed. */
  constructor(
    channel: StreamChannel,
    { clock, params }: Pick<DriveContext, "clock" | "params">,
    exchanged: () => number,
  ) {
    this.#channel = channel;
    this.#clock = clock;
    this.#params = params;
    this.#exchanged = exchanged;
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Writes as fast as it can until it is stopped, and ends its half. */
  async write(): Promise<void> {
    const data = new Uint8Array(numberParam(this.#params, "write"));
    let rest = data;
    while (!this.#isOver) {
      const written = await this.#channel.write(rest);
      rest = written === rest.length ? data : rest.subarray(written);
      if (this.#starves(this.#clock.nowNs())) await this.#pause();
    }
    await this.#channel.closeWrite();
  }

  /** Reads to the end, and counts what comes while it `counts`. */
  async read(counts: () => boolean): Promise<void> {
    const buffer = new Uint8Array(numberParam(this.#params, "read"));
    for (;;) {
      const read = await this.#channel.read(buffer);
      if (read === null) return;
      const nowNs = this.#clock.nowNs();
      if (counts()) {
        this.bytes += read;
        if (this.reads++ > 0 && nowNs - this.lastNs > this.pauseNs) {
          this.pauseNs = nowNs - this.lastNs;
        }
        this.lastNs = nowNs;
      }
      if (this.#starves(nowNs)) await this.#pause();
    }
  }

  #starves(nowNs: number): boolean {
    const exchanged = this.#exchanged();
    if (exchanged === this.#seen) return nowNs - this.#seenNs > STARVED_NS;
    this.#seen = exchanged;
    this.#seenNs = nowNs;
    return false;
  }

  async #pause(): Promise<void> {
    await this.#clock.sleepUntilNs(this.#clock.nowNs() + 1);
    this.#seenNs = this.#clock.nowNs();
  }
}
