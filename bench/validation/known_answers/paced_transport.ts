/**
 * A transport whose driving end sends at a known rate, however fast the workload hands over.
 *
 * @module
 */

import type { Clock } from "../../../src/clock.ts";
import type { Transport } from "../../../src/transport/transport.ts";

/** What a paced end really did within the measured interval: from the second send of a channel on, by the clock it spun on. */
export interface Pace {
  /** Bytes handed over after the first send of the interval. */
  readonly bytes: number;
  /** From the beginning of that first send to that of the last, in nanoseconds. */
  readonly elapsedNs: number;
}

/** Takes what a channel did once it is closed. */
export type PaceSink = (pace: Pace) => void;

/**
 * Wraps a transport so that the byte with the number b leaves b / `bytesPerSecond` after the first, open loop: a late send does not push the
 * later ones back, so that the average rate is the one asked for.
 *
 * The schedule starts with a channel's second send, which is due as long after the first as any other: the first is the whole warm-up, and
 * what takes longer between the two (marking the begin of the interval) would otherwise be caught up in a burst.
 */
export function pacedTransport(
  transport: Transport,
  { name, bytesPerSecond }: { readonly name: string; readonly bytesPerSecond: number },
  clock: Clock,
  sink: PaceSink,
): Transport {
  const named = { name, title: `${transport.title}, ${bytesPerSecond} B/s` };
  if (transport.mode === "datagram") {
    return {
      ...transport,
      ...named,
      async bind(options) {
        const channel = await transport.bind(options);
        if (options.remote === undefined) return channel;
        const pacer = new Pacer(bytesPerSecond, clock, sink);
        return {
          mode: "datagram",
          endpoint: channel.endpoint,
          async send(data) {
            pacer.spin();
            return pacer.sent(await channel.send(data));
          },
          receive: (buffer) => channel.receive(buffer),
          reply: (data) => channel.reply(data),
          close() {
            pacer.end();
            channel.close();
          },
        };
      },
    };
  }
  return {
    ...transport,
    ...named,
    async connect(endpoint, options) {
      const channel = await transport.connect(endpoint, options);
      const pacer = new Pacer(bytesPerSecond, clock, sink);
      return {
        mode: "stream",
        ...(channel.settings !== undefined && { settings: channel.settings }),
        read: (buffer) => channel.read(buffer),
        async write(data) {
          pacer.spin();
          return pacer.sent(await channel.write(data));
        },
        closeWrite: () => channel.closeWrite(),
        close() {
          pacer.end();
          channel.close();
        },
      };
    },
  };
}

class Pacer {
  readonly #nsPerByte: number;
  readonly #clock: Clock;
  readonly #sink: PaceSink;
  #sends = 0;
  #startNs = 0;
  #lastNs = 0;
  /** Bytes handed over since the schedule's start without those of the last send, and with them. */
  #before = 0;
  #bytes = 0;
  #ended = false;

  constructor(bytesPerSecond: number, clock: Clock, sink: PaceSink) {
    this.#nsPerByte = 1e9 / bytesPerSecond;
    this.#clock = clock;
    this.#sink = sink;
  }

  /** Spins until the next byte is due: timers are late by up to a millisecond. */
  spin(): void {
    let nowNs = this.#clock.nowNs();
    if (++this.#sends === 1) this.#startNs = nowNs;
    const dueNs = this.#startNs + this.#bytes * this.#nsPerByte;
    while (nowNs < dueNs) nowNs = this.#clock.nowNs();
    if (this.#sends === 2) {
      this.#startNs = nowNs;
      this.#bytes = 0;
    }
    this.#lastNs = nowNs;
  }

  /** Counts what the transport took, and hands it on. */
  sent(bytes: number): number {
    this.#before = this.#bytes;
    this.#bytes += bytes;
    return bytes;
  }

  /** Reports, once, where there was a second send to span a time. */
  end(): void {
    if (this.#ended || this.#sends < 3 || this.#lastNs <= this.#startNs) return;
    this.#ended = true;
    this.#sink({ bytes: this.#before, elapsedNs: this.#lastNs - this.#startNs });
  }
}
