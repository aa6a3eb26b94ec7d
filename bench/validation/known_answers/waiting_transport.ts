/**
 * A transport whose serving end waits a known time before it hands a request to the workload: a delay of known size.
 *
 * @module
 */

import type { Clock } from "../../../src/clock.ts";
import type { DatagramChannel, StreamChannel } from "../../../src/transport/channel.ts";
import type { Transport } from "../../../src/transport/transport.ts";

/** What a serving end really waited over one trial, warm-up included, by the clock it spun on. */
export interface Waited {
  /** Requests that were kept waiting. */
  readonly count: number;
  /** Median time from the arrival of a request to its handing over, in nanoseconds. */
  readonly medianNs: number;
  /** The shortest, in nanoseconds. */
  readonly minNs: number;
}

/** Takes what was waited once the trial's channel is closed; `directory` is the run's. */
export type WaitSink = (waited: Waited, directory: string) => void;

/** The last waits of a channel are kept, so many at most: the buffer is made before the first. */
const KEPT = 8_192;

/**
 * Wraps a transport so that each read or receive of the serving end that brings a request is handed over `waitNs` after it returned.
 *
 * The end spins on the clock: a timer is late by up to a millisecond, and a core that sleeps answers later than one that is busy. With 0 it
 * still reads the clock as often, so that the two differ in nothing but the wait.
 */
export function waitingTransport(
  transport: Transport,
  { name, waitNs }: { readonly name: string; readonly waitNs: number },
  clock: Clock,
  sink: WaitSink,
): Transport {
  const named = { name, title: `${transport.title}, answering after ${waitNs / 1e3} µs` };
  if (transport.mode === "datagram") {
    return {
      ...transport,
      ...named,
      async bind(options) {
        const channel = await transport.bind(options);
        const wait = new Wait(waitNs, clock, (waited) => sink(waited, options.directory));
        return options.remote === undefined ? waitingDatagrams(channel, wait) : channel;
      },
    };
  }
  return {
    ...transport,
    ...named,
    async listen(options) {
      const listener = await transport.listen(options);
      return {
        endpoint: listener.endpoint,
        async accept() {
          const channel = await listener.accept();
          const wait = new Wait(waitNs, clock, (waited) => sink(waited, options.directory));
          return waitingStream(channel, wait);
        },
        close: () => listener.close(),
      };
    },
  };
}

/** Spins and remembers for how long. */
class Wait {
  readonly #waitNs: number;
  readonly #clock: Clock;
  readonly #report: (waited: Waited) => void;
  readonly #waits = new Float64Array(KEPT);
  #count = 0;
  #ended = false;

  constructor(waitNs: number, clock: Clock, report: (waited: Waited) => void) {
    this.#waitNs = waitNs;
    this.#clock = clock;
    this.#report = report;
  }

  /** Spins; the arrival is the reading that this begins with. */
  spin(): void {
    const arrivedNs = this.#clock.nowNs();
    const untilNs = arrivedNs + this.#waitNs;
    let nowNs = this.#clock.nowNs();
    while (nowNs < untilNs) nowNs = this.#clock.nowNs();
    this.#waits[this.#count++ & (KEPT - 1)] = nowNs - arrivedNs;
  }

  /** Reports, once. */
  end(): void {
    if (this.#ended || this.#count === 0) return;
    this.#ended = true;
    const kept = this.#waits.subarray(0, Math.min(this.#count, KEPT)).slice().sort();
    this.#report({
      count: this.#count,
      medianNs: kept[kept.length >> 1]!,
      minNs: kept[0]!,
    });
  }
}

function waitingStream(channel: StreamChannel, wait: Wait): StreamChannel {
  return {
    mode: "stream",
    async read(buffer) {
      const bytes = await channel.read(buffer);
      if (bytes !== null) wait.spin();
      return bytes;
    },
    write: (data) => channel.write(data),
    closeWrite: () => channel.closeWrite(),
    close() {
      wait.end();
      channel.close();
    },
  };
}

function waitingDatagrams(channel: DatagramChannel, wait: Wait): DatagramChannel {
  return {
    mode: "datagram",
    endpoint: channel.endpoint,
    send: (data) => channel.send(data),
    async receive(buffer) {
      const bytes = await channel.receive(buffer);
      wait.spin();
      return bytes;
    },
    reply: (data) => channel.reply(data),
    close() {
      wait.end();
      channel.close();
    },
  };
}
