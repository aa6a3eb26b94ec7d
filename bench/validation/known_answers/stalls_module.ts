/**
 * A transport whose serving end stands still for a known time each second, as a module that both ends of a process peer load.
 *
 * @module
 */

import type { SockbenchModule } from "../../../src/catalog.ts";
import { type Clock, systemClock } from "../../../src/clock.ts";
import type { StreamChannel } from "../../../src/transport/channel.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { StreamTransport } from "../../../src/transport/transport.ts";

/** How long the serving end stands still, and how often, in nanoseconds. */
export const STALL_NS = 100e6;
export const PERIOD_NS = 1e9;

/** Wraps a transport so that its serving end hands nothing over in the first {@linkcode STALL_NS} of each {@linkcode PERIOD_NS} of the clock: it spins, and so holds every connection up. */
export function stallingTransport(
  transport: StreamTransport,
  name: string,
  clock: Clock,
): StreamTransport {
  return {
    ...transport,
    name,
    title: `${transport.title}, standing still now and then`,
    async listen(options) {
      const listener = await transport.listen(options);
      return {
        endpoint: listener.endpoint,
        accept: async () => stalling(await listener.accept(), clock),
        close: () => listener.close(),
      };
    },
  };
}

function stalling(channel: StreamChannel, clock: Clock): StreamChannel {
  return {
    mode: "stream",
    async read(buffer) {
      const bytes = await channel.read(buffer);
      const nowNs = clock.nowNs();
      const within = nowNs % PERIOD_NS;
      if (within < STALL_NS) {
        const untilNs = nowNs - within + STALL_NS;
        while (clock.nowNs() < untilNs);
      }
      return bytes;
    },
    write: (data) => channel.write(data),
    closeWrite: () => channel.closeWrite(),
    close: () => channel.close(),
  };
}

const module: SockbenchModule = {
  transports: [stallingTransport(tcp, "tcp-stalls", systemClock)],
};
export default module;
