/**
 * A datagram transport that drops, doubles or reorders a known share of what is sent.
 *
 * @module
 */

import type { DatagramTransport } from "../../../src/transport/transport.ts";

/** What happens to each `every`-th datagram of a channel: by its number, not by chance, so that the share is known exactly. */
export interface Fault {
  /** `drop`: never sent; `double`: sent twice; `delay`: sent after the one that follows it. */
  readonly kind: "drop" | "double" | "delay";
  /** 10 is every tenth: the tenth, the twentieth and so on. */
  readonly every: number;
}

/** What a channel really did, over the whole trial. */
export interface Faults {
  /** Datagrams that the workload handed over. */
  readonly handed: number;
  /** Those never sent, one still held back at the end included. */
  readonly dropped: number;
  /** Those sent twice. */
  readonly doubled: number;
  /** Those that were overtaken by the next. */
  readonly overtaken: number;
}

/** Takes what a channel did once it is closed. */
export type FaultSink = (faults: Faults) => void;

/** Wraps a datagram transport so that its driving end commits a fault at each `every`-th datagram. */
export function faultyTransport(
  transport: DatagramTransport,
  name: string,
  { kind, every }: Fault,
  sink: FaultSink,
): DatagramTransport {
  return {
    ...transport,
    name,
    title: `${transport.title}, ${kind} every ${every}th`,
    async bind(options) {
      const channel = await transport.bind(options);
      if (options.remote === undefined) return channel;
      const count = { handed: 0, dropped: 0, doubled: 0, overtaken: 0 };
      let held: Uint8Array | undefined;
      let ended = false;
      return {
        mode: "datagram",
        endpoint: channel.endpoint,
        async send(data) {
          const isHit = ++count.handed % every === 0;
          if (isHit && kind === "drop") {
            count.dropped++;
            return data.length;
          }
          if (isHit && kind === "delay") {
            // Two held back in a row (every = 1) leave in order: nothing overtakes.
            if (held !== undefined) await channel.send(held);
            held = data.slice();
            return data.length;
          }
          const sent = await channel.send(data);
          if (isHit && kind === "double") {
            count.doubled++;
            await channel.send(data);
          }
          if (held !== undefined) {
            count.overtaken++;
            await channel.send(held);
            held = undefined;
          }
          return sent;
        },
        receive: (buffer) => channel.receive(buffer),
        reply: (data) => channel.reply(data),
        close() {
          if (!ended) sink({ ...count, dropped: count.dropped + (held === undefined ? 0 : 1) });
          ended = true;
          channel.close();
        },
      };
    },
  };
}
