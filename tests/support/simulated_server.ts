/**
 * A world without waiting: a clock that jumps from event to event, and servers of known speed that answer on it.
 *
 * @module
 */

import type { Clock, Pacer } from "../../src/clock.ts";
import type { DatagramChannel, StreamChannel } from "../../src/transport/channel.ts";

/** Turns of the microtask queue after which all that an event set off is done. */
const TURNS = 16;

/** A turn of the event loop. */
const TURN_NS = 1e3;

/** Time that passes only when everything that could happen before has happened. */
export class SimulatedClock implements Clock {
  #nowNs = 0;
  /** A binary heap by time; those of the same time in their order. */
  readonly #events: {
    readonly timeNs: number;
    readonly order: number;
    readonly act: () => void;
  }[] = [];
  #order = 0;
  #isRunning = false;

  /** See {@link Clock.nowNs}. */
  nowNs(): number {
    return this.#nowNs;
  }

  /** See {@link Clock.sleepUntilNs}. */
  sleepUntilNs(timeNs: number): Promise<void> {
    return new Promise((resolve) => this.at(timeNs, resolve));
  }

  /** Waits exactly; but whoever asks for the next nanosecond, as a loop does that spins meanwhile, has it a turn of the event loop later. */
  openPacer(): Promise<Pacer> {
    const spinUntilNs = (timeNs: number) => {
      const aheadNs = timeNs - this.#nowNs;
      return this.sleepUntilNs(aheadNs > 0 && aheadNs <= 1 ? this.#nowNs + TURN_NS : timeNs);
    };
    return Promise.resolve({ spinUntilNs, close: () => {} });
  }

  /** Does something at a time. */
  at(timeNs: number, act: () => void): void {
    const events = this.#events;
    const event = { timeNs: Math.max(timeNs, this.#nowNs), order: this.#order++, act };
    let at = events.push(event) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const above = events[(at - 1) >> 1]!;
      if (!isBefore(event, above)) break;
      events[at] = above;
    }
    events[at] = event;
    if (!this.#isRunning) this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await undefined;
      const next = this.#pop();
      if (next === undefined) break;
      this.#nowNs = next.timeNs;
      next.act();
    }
    this.#isRunning = false;
  }

  #pop() {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= events.length) break;
      if (below + 1 < events.length && isBefore(events[below + 1]!, events[below]!)) below++;
      if (!isBefore(events[below]!, last)) break;
      events[at] = events[below]!;
      at = below;
    }
    events[at] = last;
    return first;
  }
}

function isBefore(
  one: { timeNs: number; order: number },
  other: { timeNs: number; order: number },
): boolean {
  return one.timeNs < other.timeNs || (one.timeNs === other.timeNs && one.order < other.order);
}

/** One server, and as many connections as are opened: each request is answered when those before it are. */
export class SimulatedServer {
  #freeNs = 0;

  /**
   * @param clock when it is
   * @param serve when a request is done that can be begun at `startNs`
   * @param isSerial one after another; otherwise all side by side
   */
  constructor(
    readonly clock: SimulatedClock,
    readonly serve: (startNs: number) => number,
    readonly isSerial = true,
  ) {}

  /** One more connection: replies come in the order of requests. */
  connect(requestBytes: number, replyBytes: number): StreamChannel {
    const { clock } = this;
    const replies: number[] = [];
    let readers: (() => void)[] = [];
    let written = 0;
    let rest = 0;
    const take = (buffer: Uint8Array): number => {
      const bytes = Math.min(buffer.length, rest);
      rest -= bytes;
      return bytes;
    };
    return {
      mode: "stream",
      write: (data) => {
        written += data.length;
        for (; written >= requestBytes; written -= requestBytes) {
          const doneNs = this.#next();
          replies.push(doneNs);
          if (doneNs === Infinity) continue;
          clock.at(doneNs, () => {
            rest += replyBytes;
            const waiting = readers;
            readers = [];
            for (const wake of waiting) wake();
          });
        }
        return data.length;
      },
      read: (buffer) =>
        rest > 0
          ? take(buffer)
          : new Promise((resolve) => readers.push(() => resolve(take(buffer)))),
      closeWrite: () => {},
      close: () => {},
    };
  }

  #next(): number {
    const nowNs = this.clock.nowNs();
    if (!this.isSerial) return this.serve(nowNs);
    this.#freeNs = this.serve(Math.max(nowNs, this.#freeNs));
    return this.#freeNs;
  }

  /** One more datagram socket; `fate` says what becomes of the reply to a request: how many copies, and how much later. */
  bind(
    replyBytes: number,
    fate: (number: number) => { readonly copies: number; readonly laterNs: number },
  ): DatagramChannel {
    const { clock } = this;
    const arrived: number[] = [];
    let reader: (() => void) | undefined;
    return {
      mode: "datagram",
      endpoint: { kind: "memory", name: "simulated" },
      send: (data) => {
        const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
        const { copies, laterNs } = fate(number);
        const doneNs = this.#next() + laterNs;
        for (let copy = 0; copy < copies; copy++) {
          clock.at(doneNs, () => {
            arrived.push(number);
            reader?.();
          });
        }
        return data.length;
      },
      async receive(buffer) {
        while (arrived.length === 0) await new Promise<void>((resolve) => reader = resolve);
        new DataView(buffer.buffer, buffer.byteOffset).setUint32(0, arrived.shift()!);
        return replyBytes;
      },
      reply: () => {
        throw new Error("nobody asks here");
      },
      close: () => {},
    };
  }
}
