// A crowd: clients with a connection each, that ask again as soon as they are answered (a closed loop), all at once or in turn.

import type { Clock, Pacer } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import type { Budget } from "../model/budget.ts";
import type { DatagramChannel, MaybePromise, StreamChannel } from "../transport/channel.ts";
import { endedEarly, readRest, type Sizes, writeRest } from "./exchange_loop.ts";
import { NUMBER_BYTES } from "./load_server.ts";
import type { Lane } from "./lane.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveResult } from "./workload.ts";

/** A datagram that has no reply for so long is sent again, by the same client: its latency counts from the first. */
const RESEND_NS = 50e6;
const LOOK_NS = 10e6;
/** A loop that never waits gives the event loop a turn so often. */
const BREATH_NS = 2e6;

/** How the clients of a crowd ask: all at once where it is undefined, one of them at a time, or once each. */
export type Asking = "in-turn" | "once";

/** The clients of one trial, or of one arrival. */
export class Crowd {
  readonly exchanges = new Histogram();
  readonly #lanes: readonly Lane[];
  readonly #sizes: Sizes;
  readonly #clock: Clock;
  readonly #pacer: Pacer | undefined;
  readonly #request: Uint8Array;
  readonly #asking: Asking | undefined;
  /** Of the request under way, in datagrams that have room for it. */
  readonly #number: DataView | undefined;
  readonly #counts: Float64Array;
  #operations = 0;
  #doneNs = 0;
  #lost = 0;
  #latencySumNs = 0;
  #sent = 0;
  /** Sends of what got lost that are under way. */
  readonly #resending = new Map<Lane, Promise<void>>();
  #isOver: () => boolean = () => true;
  #failure: { readonly cause: unknown } | undefined;

  constructor(
    lanes: readonly Lane[],
    sizes: Sizes,
    clock: Clock,
    pacer: Pacer | undefined,
    asking: Asking | undefined,
  ) {
    this.#lanes = lanes;
    this.#sizes = sizes;
    this.#clock = clock;
    this.#pacer = pacer;
    this.#request = new Uint8Array(sizes.requestBytes);
    this.#asking = asking;
    const hasNumber = Math.min(sizes.requestBytes, sizes.replyBytes) >= NUMBER_BYTES;
    this.#number = hasNumber ? new DataView(this.#request.buffer) : undefined;
    this.#counts = new Float64Array(lanes.length);
  }

  /** Each client asks until the time is over, and is answered once more. */
  async run(budget: Budget): Promise<Omit<DriveResult, "values">> {
    const { maxOperations = Infinity, minOperations = 1 } = budget;
    const startNs = this.#doneNs = this.#clock.nowNs();
    const endNs = startNs + budget.measureNs;
    this.#operations =
      this.#lost =
      this.#sent =
      this.#latencySumNs =
        0;
    this.#counts.fill(0);
    this.#isOver = () =>
      this.#failure !== undefined ||
      ((this.#doneNs >= endNs || this.#sent >= maxOperations) && this.#sent >= minOperations);
    const channel = this.#lanes[0]!.channel;
    const isSync = "tryRead" in channel || "tryReceive" in channel;
    try {
      // One that is lost ends the trial by its watchdog: a look at each would be measured with it.
      if (this.#asking === "in-turn") await this.#repeat(0, 1);
      else if (isSync && this.#asking === undefined) await this.#sweep();
      else {
        const all = Promise.all(this.#lanes.map((_, at) => this.#repeat(at, 0)));
        await (channel.mode === "datagram" ? this.#resendUntil(all) : all);
      }
      if (this.#failure !== undefined) throw this.#failure.cause;
    } catch (error) {
      const inFlight = this.#sent - this.#operations;
      const exchange = this.exchanges;
      const elapsedNs = this.#doneNs - startNs;
      throw new UnfinishedWork(error, this.#operations, elapsedNs, { exchange }, inFlight);
    }
    return {
      operations: this.#operations,
      elapsedNs: this.#doneNs - startNs,
      histograms: { exchange: this.exchanges },
      tally: {
        sentBytes: this.#operations * this.#sizes.requestBytes,
        receivedBytes: this.#operations * this.#sizes.replyBytes,
        ...(channel.mode === "datagram" && {
          sentMessages: this.#operations + this.#lost,
          receivedMessages: this.#operations,
          lostMessages: this.#lost,
        }),
      },
    };
  }

  /** The mean latency, and what the slowest and the fastest client had of a fair share: 1 each where all are served alike. */
  values(): Record<string, number> {
    const fair = this.#operations / this.#counts.length;
    return {
      meanLatency: this.#latencySumNs / this.#operations,
      slowestShare: this.#counts.reduce((a, b) => Math.min(a, b)) / fair,
      fastestShare: this.#counts.reduce((a, b) => Math.max(a, b)) / fair,
    };
  }

  #finish(lane: Lane, at: number): void {
    this.#doneNs = this.#clock.nowNs();
    if (lane.channel.mode === "stream") lane.freedNs = this.#doneNs;
    this.exchanges.record(this.#doneNs - lane.sentNs);
    this.#latencySumNs += this.#doneNs - lane.sentNs;
    this.#operations++;
    this.#counts[at]!++;
  }

  /** One request after another: of one client, or of each in turn where `step` is 1. */
  async #repeat(first: number, step: 0 | 1): Promise<void> {
    try {
      for (let at = first; !this.#isOver(); at = at + step < this.#lanes.length ? at + step : 0) {
        const lane = this.#lanes[at]!;
        this.#sent++;
        lane.sentNs = lane.freedNs = this.#clock.nowNs();
        const exchanged = lane.channel.mode === "stream"
          ? this.#exchangeStream(lane, lane.channel)
          : this.#exchangeDatagram(lane, lane.channel);
        // A blocking driver is not kept waiting for a turn, except by others at once.
        if (step === 0 || exchanged !== undefined) await exchanged;
        this.#finish(lane, at);
        // At once: an iterative server takes the next client only when this one is gone.
        if (this.#asking === "once") lane.channel.close();
      }
    } catch (cause) {
      this.#failure ??= { cause };
    }
  }

  #exchangeStream(lane: Lane, channel: StreamChannel): MaybePromise<void> {
    const written = channel.write(this.#request);
    // All who ask once have asked before a blocking driver waits for the first reply.
    const isDone = written === this.#request.length && this.#asking === "in-turn";
    if (!isDone) return this.#exchangeLater(lane, channel, written);
    const read = channel.read(lane.reply);
    if (read !== lane.reply.length) return this.#readLater(lane, channel, read);
  }

  async #exchangeLater(
    lane: Lane,
    channel: StreamChannel,
    written: MaybePromise<number>,
  ): Promise<void> {
    await writeRest(channel, this.#request, await written);
    await this.#readLater(lane, channel, channel.read(lane.reply));
  }

  async #readLater(
    lane: Lane,
    channel: StreamChannel,
    read: MaybePromise<number | null>,
  ): Promise<void> {
    await readRest(channel, lane.reply, await read ?? endedEarly());
  }

  async #exchangeDatagram(lane: Lane, channel: DatagramChannel): Promise<void> {
    lane.number++;
    // A socket takes one send at a time, and one to a full queue of a Unix-domain socket waits.
    await this.#resending.get(lane);
    lane.freedNs = Infinity;
    await this.#send(lane, channel);
    lane.freedNs = this.#clock.nowNs();
    while (!this.#isReply(lane, await channel.receive(lane.reply)));
    lane.freedNs = Infinity;
  }

  /** One watch for all clients, that sends again what got lost. */
  async #resendUntil(all: Promise<unknown>): Promise<void> {
    let isDone = false;
    all.then(() => isDone = true);
    while (!isDone && this.#failure === undefined) {
      await this.#clock.sleepUntilNs(this.#clock.nowNs() + LOOK_NS);
      for (const lane of this.#lanes) this.#resend(lane);
    }
    if (this.#failure === undefined) await all;
  }

  #resend(lane: Lane): void {
    const nowNs = this.#clock.nowNs();
    if (nowNs - lane.freedNs < RESEND_NS) return;
    lane.freedNs = nowNs;
    if (this.#resending.has(lane)) return;
    this.#lost++;
    const sent = this.#send(lane, lane.channel as DatagramChannel);
    if (!(sent instanceof Promise)) return;
    const over = sent.then(() => {}, (cause) => void (this.#failure ??= { cause }));
    this.#resending.set(lane, over.finally(() => this.#resending.delete(lane)));
  }

  #send(lane: Lane, channel: DatagramChannel) {
    this.#number?.setUint32(0, lane.number);
    return channel.send(this.#request);
  }

  #isReply(lane: Lane, bytes: number): boolean {
    const { replyBytes } = this.#sizes;
    if (bytes !== replyBytes) {
      throw new Error(`the reply has ${bytes} bytes instead of ${replyBytes}`);
    }
    return this.#number === undefined ||
      new DataView(lane.reply.buffer).getUint32(0) === lane.number;
  }

  /** Of a blocking driver: every socket in turn, none of them waited for. */
  async #sweep(): Promise<void> {
    const busy = new Uint8Array(this.#lanes.length);
    let inFlight = 0;
    let breathedNs = this.#clock.nowNs();
    do {
      for (const [at, lane] of this.#lanes.entries()) {
        if (busy[at] === 1) {
          if (!this.#isAnswered(lane)) continue;
          this.#finish(lane, at);
          busy[at] = 0;
          inFlight--;
        }
        if (this.#isOver()) continue;
        this.#sent++;
        inFlight++;
        busy[at] = 1;
        lane.filled = 0;
        lane.number++;
        lane.sentNs = lane.freedNs = this.#clock.nowNs();
        if (lane.channel.mode === "datagram") await this.#send(lane, lane.channel);
        else await writeRest(lane.channel, this.#request, await lane.channel.write(this.#request));
      }
      const nowNs = this.#clock.nowNs();
      if (nowNs - breathedNs > BREATH_NS) {
        await this.#pacer?.spinUntilNs(nowNs);
        breathedNs = this.#clock.nowNs();
      }
    } while (inFlight > 0 || !this.#isOver());
  }

  #isAnswered(lane: Lane): boolean {
    const { channel } = lane;
    if (channel.mode === "datagram") {
      const bytes = channel.tryReceive!(lane.reply);
      if (bytes !== undefined) return this.#isReply(lane, bytes);
      this.#resend(lane);
      return false;
    }
    const read = channel.tryRead!(lane.reply.subarray(lane.filled));
    if (read === undefined) return false;
    lane.filled += read ?? endedEarly();
    return lane.filled === lane.reply.length;
  }
}
