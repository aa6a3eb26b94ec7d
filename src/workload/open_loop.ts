// An open loop: requests are due at their intended times, whatever became of those before. Each waits for a free connection, of which each
// has one request at most under way, and keeps its intended time meanwhile: latency counts from there (coordinated omission).
//
// Datagrams need not wait: their replies carry the number of the request, and any number may be under way on a socket.

import type { Clock, Pacer } from "../clock.ts";
import { readUint32, type Replay, type RequestShape, writeUint32 } from "../model/replay.ts";
import type { DatagramChannel, StreamChannel } from "../transport/channel.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Lane } from "./lane.ts";
import { LoadCounts } from "./load_counts.ts";
import { endedEarly, type Sizes, writeAll } from "./exchange_loop.ts";
import { checkReply, readReply } from "./replayed.ts";

/** Requests under way that are told apart by their number: a power of two. */
const MAX_NUMBERED = 2 ** 18;
/** What datagram has not come after such a silence was lost. */
const QUIET_NS = 50e6;
/** A loop that never waits gives the event loop a turn so often, in nanoseconds: marks, the watchdog and Ctrl-C come that way. */
const BREATH_NS = 2e6;

/** What an open loop is run for. */
export interface OpenLoopPlan {
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly lanes: readonly Lane[];
  readonly sizes: Sizes;
  /** What is sent where a file is replayed; absent: requests of one size. */
  readonly replay?: Replay | undefined;
  /** Number of the first request in datagrams; absent: 0. One apart for each run on a socket, which may still hear of the run before. */
  readonly firstNumber?: number;
  /** Makes the same sequence at each call. */
  readonly arrivals: () => Arrivals;
  /** How many requests are intended about. */
  readonly expected: number;
  readonly durationNs: number;
  /** What is not answered for so long counts with as much at least. */
  readonly timeoutNs: number;
}

/** One run of an open loop, and what it counted. */
export class OpenLoop extends LoadCounts {
  readonly #plan: OpenLoopPlan;
  readonly #free: Lane[];
  #freeAt = 0;
  #freeCount: number;
  readonly #busy: Lane[] = [];
  readonly #isSync: boolean;
  /** What every request is where no file is replayed. */
  readonly #own: RequestShape;
  readonly #replay: Replay | undefined;
  readonly #firstNumber: number;
  readonly #mask: number;
  readonly #intendedOf: Float64Array;
  readonly #sentOf: Float64Array;
  readonly #due: Arrivals;
  readonly #intended: Arrivals;
  #startNs = 0;
  #lastSentNs = -Infinity;
  #breathedNs = 0;
  #failure: { readonly cause: unknown } | undefined;

  constructor(plan: OpenLoopPlan) {
    super(plan);
    this.#plan = plan;
    this.#free = [...plan.lanes];
    this.#freeCount = plan.lanes.length;
    this.#isSync = plan.lanes.every(({ channel }) =>
      "tryRead" in channel || "tryReceive" in channel
    );
    const { requestBytes, replyBytes } = plan.sizes;
    this.#replay = plan.replay;
    this.#firstNumber = plan.firstNumber ?? 0;
    if (!this.isDatagram) plan.replay?.prepareStreams();
    this.#own = { request: new Uint8Array(plan.replay ? 0 : requestBytes), replyBytes };
    const room = this.isDatagram ? 2 ** Math.ceil(Math.log2(Math.max(plan.expected * 2, 64))) : 1;
    this.#mask = Math.min(room, MAX_NUMBERED) - 1;
    this.#intendedOf = new Float64Array(this.#mask + 1).fill(NaN);
    this.#sentOf = new Float64Array(this.#mask + 1);
    this.#due = plan.arrivals();
    this.#intended = plan.arrivals();
  }

  /** A hash of the intended times. */
  get hash(): number {
    return this.#due.hash;
  }

  /** Whether any number of requests may be under way on a socket. */
  get isDatagram(): boolean {
    return this.#plan.lanes[0]?.channel.mode === "datagram";
  }

  /** The intended times once more. */
  sequence(): Arrivals {
    return this.#plan.arrivals();
  }

  /** Requests that were due and are not answered. */
  get inFlight(): number {
    return this.arrived - this.done;
  }

  #shapeAt(number: number): RequestShape {
    return this.#replay === undefined ? this.#own : this.#replay.shapeAt(number);
  }

  /** Sends at the intended times, waits for the replies, and counts what did not come. Rejects with what an operation failed of. */
  async run(): Promise<void> {
    const { clock, durationNs, timeoutNs, lanes } = this.#plan;
    this.#startNs = clock.nowNs();
    if (!this.#isSync) {
      for (const lane of lanes) if (lane.channel.mode === "datagram") this.#receiveAll(lane);
    }
    while (this.#due.nextNs < durationNs) {
      const dueNs = this.#startNs + this.#due.nextNs;
      await this.#waitUntil(dueNs);
      this.#throwFailure();
      this.#arrive(this.#due.take());
    }
    await this.#waitUntil(this.#startNs + durationNs);
    this.#throwFailure();
    this.doneInTime = this.done;
    // A generator that is late itself takes longer than it meant to: what it reached is reached in the time that passed.
    this.elapsedNs = Math.max(durationNs, clock.nowNs() - this.#startNs);
    this.unsentAtEnd = this.arrived - this.sent;
    this.isOverload = this.grows();
    // What an overloaded system has not been sent is not sent any more: it would take as long again.
    if (this.isOverload) this.#freeCount = 0;
    const deadlineNs = this.#startNs + durationNs + timeoutNs;
    while (!this.#isOver() && clock.nowNs() < deadlineNs && !this.#isQuiet()) {
      await this.#waitUntil(Math.min(clock.nowNs() + 1e6, deadlineNs), true);
      this.#throwFailure();
    }
    this.#countUnanswered();
  }

  #isQuiet(): boolean {
    if (!this.isDatagram) return false;
    const lastNs = Math.max(this.#startNs, ...this.#plan.lanes.map(({ freedNs }) => freedNs));
    return this.#plan.clock.nowNs() - Math.max(lastNs, this.#lastSentNs) > QUIET_NS;
  }

  #isOver(): boolean {
    return this.done === (this.isOverload ? this.sent : this.arrived);
  }

  /** One more is due: it goes out, or waits in line. */
  #arrive(intendedNs: number): void {
    this.countArrival(intendedNs);
    if (this.#freeCount > 0 && this.sent === this.arrived - 1) this.#sendNext();
  }

  #sendNext(): void {
    const lane = this.#free[this.#freeAt]!;
    this.#freeAt = this.#freeAt + 1 === this.#free.length ? 0 : this.#freeAt + 1;
    this.#freeCount--;
    const number = this.sent++;
    const intendedNs = this.#startNs + this.#intended.take();
    const nowNs = this.#plan.clock.nowNs();
    const couldNs = Math.max(intendedNs, lane.freedNs);
    this.lateness.record(Math.max(nowNs - couldNs, 0));
    if (number % this.stride === 0 && number > 0) this.gaps.push(nowNs - this.#lastSentNs);
    this.#lastSentNs = nowNs;
    lane.number = number;
    lane.intendedNs = intendedNs;
    lane.sentNs = nowNs;
    lane.filled = 0;
    const { request, replyBytes } = this.#shapeAt(number);
    lane.expected = replyBytes;
    this.sentBytes += request.length;
    if (lane.channel.mode === "datagram") this.#sendDatagram(lane, lane.channel, request);
    else if (this.#isSync) this.#writeNow(lane, lane.channel, request);
    else this.#exchange(lane, lane.channel, request);
  }

  #sendDatagram(lane: Lane, channel: DatagramChannel, request: Uint8Array): void {
    const slot = lane.number & this.#mask;
    this.#intendedOf[slot] = lane.intendedNs;
    this.#sentOf[slot] = lane.sentNs;
    writeUint32(request, 0, this.#firstNumber + lane.number);
    const taken = channel.send(request);
    if (typeof taken === "number") this.#release(lane);
    else taken.then(() => this.#release(lane), (cause) => this.#fail(cause));
  }

  #writeNow(lane: Lane, channel: StreamChannel, request: Uint8Array): void {
    this.#busy.push(lane);
    const taken = writeAll(channel, request);
    if (taken instanceof Promise) taken.catch((cause) => this.#fail(cause));
  }

  async #exchange(lane: Lane, channel: StreamChannel, request: Uint8Array): Promise<void> {
    try {
      const taken = writeAll(channel, request);
      if (taken instanceof Promise) await taken;
      const read = await channel.read(lane.reply);
      if (read !== lane.expected) await readReply(channel, lane.reply, read, lane.expected);
      this.#complete(lane, lane.number, lane.intendedNs, lane.sentNs);
      this.#release(lane);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  async #receiveAll(lane: Lane): Promise<void> {
    const channel = lane.channel as DatagramChannel;
    const isRead = lane.taker !== undefined;
    lane.highest = -1;
    lane.taker = {
      take: (lane, bytes) => this.#takeDatagram(lane, bytes),
      fail: (cause) => this.#fail(cause),
    };
    if (isRead) return;
    try {
      for (;;) {
        const bytes = await channel.receive(lane.reply);
        lane.taker.take(lane, bytes);
      }
    } catch (cause) {
      lane.taker.fail(cause);
    }
  }

  #takeDatagram(lane: Lane, bytes: number): void {
    const number = readUint32(lane.reply, 0) - this.#firstNumber;
    // Of the run before, which has ended without it.
    if (number < 0 || number >= this.sent) return;
    checkReply(bytes, lane.expected = this.#shapeAt(number).replyBytes);
    const slot = number & this.#mask;
    const intendedNs = this.#intendedOf[slot]!;
    if (number < lane.highest) this.reordered++;
    else lane.highest = number;
    if (Number.isNaN(intendedNs)) return void this.duplicated++;
    this.#intendedOf[slot] = NaN;
    this.#complete(lane, number, intendedNs, this.#sentOf[slot]!);
  }

  #complete(lane: Lane, number: number, intendedNs: number, sentNs: number): void {
    const nowNs = this.#plan.clock.nowNs();
    lane.freedNs = nowNs;
    this.done++;
    this.receivedBytes += lane.expected;
    this.countLatency(number, intendedNs - this.#startNs, nowNs - intendedNs);
    this.sinceSend.record(nowNs - sentNs);
  }

  /** The lane can take the next of those that wait, at once: from within the callback that freed it. */
  #release(lane: Lane): void {
    const at = this.#freeAt + this.#freeCount;
    this.#free[at >= this.#free.length ? at - this.#free.length : at] = lane;
    if (this.isOverload) return;
    this.#freeCount++;
    if (this.sent < this.arrived) this.#sendNext();
  }

  async #waitUntil(timeNs: number, isRest = false): Promise<void> {
    const { clock, pacer } = this.#plan;
    if (!this.#isSync) {
      return await (isRest ? clock.sleepUntilNs(timeNs) : pacer.spinUntilNs(timeNs));
    }
    let lastNs = clock.nowNs();
    for (;;) {
      this.#poll();
      const nowNs = clock.nowNs();
      if (nowNs - lastNs > this.longestSpinGapNs) this.longestSpinGapNs = nowNs - lastNs;
      lastNs = nowNs;
      if (nowNs >= timeNs || isRest && this.#isOver()) break;
      // A turn takes some 10 µs: there must be room for it before the next send.
      if (nowNs - this.#breathedNs > BREATH_NS && timeNs - nowNs > 30e3) {
        await pacer.spinUntilNs(nowNs);
        lastNs = this.#breathedNs = clock.nowNs();
        this.longestSpinGapNs = Math.max(this.longestSpinGapNs, lastNs - nowNs);
      }
    }
    if (lastNs - this.#breathedNs <= 10 * BREATH_NS) return;
    await pacer.spinUntilNs(lastNs);
    this.#breathedNs = clock.nowNs();
  }

  /** Asks every socket that a reply is due on, without waiting. */
  #poll(): void {
    if (this.isDatagram) return this.#pollDatagrams();
    for (let at = this.#busy.length - 1; at >= 0; at--) {
      const lane = this.#busy[at]!;
      const channel = lane.channel as StreamChannel;
      const room = lane.filled === 0 ? lane.reply : lane.reply.subarray(lane.filled);
      const read = channel.tryRead!(room);
      if (read === undefined) continue;
      lane.filled += read ?? endedEarly();
      if (lane.filled < lane.expected) continue;
      checkReply(lane.filled, lane.expected);
      const last = this.#busy.pop()!;
      if (last !== lane) this.#busy[at] = last;
      this.#complete(lane, lane.number, lane.intendedNs, lane.sentNs);
      this.#release(lane);
    }
  }

  #pollDatagrams(): void {
    if (this.done === this.sent) return;
    for (const lane of this.#plan.lanes) {
      for (;;) {
        const bytes = (lane.channel as DatagramChannel).tryReceive!(lane.reply);
        if (bytes === undefined) break;
        this.#takeDatagram(lane, bytes);
      }
    }
  }

  /** What never came counts as what it took at least. In an overload it is the rate that says it all. */
  #countUnanswered(): void {
    if (this.isOverload) return;
    const { clock, lanes, timeoutNs } = this.#plan;
    const nowNs = clock.nowNs();
    const missing = (number: number, intendedNs: number) => {
      const latencyNs = Math.max(nowNs - intendedNs, timeoutNs);
      this.countLatency(number, intendedNs - this.#startNs, latencyNs);
    };
    for (let number = this.sent; number < this.arrived; number++) {
      missing(number, this.#startNs + this.#intended.take());
    }
    if (this.isDatagram) {
      const first = Math.max(0, this.sent - this.#mask - 1);
      for (let number = first; number < this.sent; number++) {
        const intendedNs = this.#intendedOf[number & this.#mask]!;
        if (!Number.isNaN(intendedNs)) missing(number, intendedNs);
      }
    } else {
      const idle = new Set(
        Array.from(
          { length: this.#freeCount },
          (_, k) => this.#free[(this.#freeAt + k) % this.#free.length],
        ),
      );
      for (const lane of lanes) if (!idle.has(lane)) missing(lane.number, lane.intendedNs);
    }
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}
