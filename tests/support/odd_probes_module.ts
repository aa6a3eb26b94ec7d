/**
 * A user's module with transports whose probes misbehave, each in its own way. They say on standard error that they were asked.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import { tcp } from "../../src/transport/tcp.ts";
import type { Availability, StreamTransport } from "../../src/transport/transport.ts";

function odd(name: string, probe: () => unknown): StreamTransport {
  return {
    ...tcp as StreamTransport,
    name,
    title: `TCP, ${name}`,
    probe() {
      // deno-lint-ignore no-console
      console.error(`probed ${name}`);
      return probe() as Promise<Availability>;
    },
  };
}

const module: SockbenchModule = {
  transports: [
    odd("throws", () => {
      throw new Error("thrown\non purpose");
    }),
    odd("rejects", () => Promise.reject("rejected on purpose")),
    odd("hangs", () => new Promise(() => {})),
    odd("says-nothing", () => Promise.resolve(undefined)),
    odd("says-yes", () => Promise.resolve("yes")),
    odd("gives-no-reason", () => Promise.resolve({ available: false })),
    odd("carries-nothing", () => Promise.resolve({ available: true, largestMessageBytes: -1 })),
    odd("carries-a-text", () => Promise.resolve({ available: true, largestMessageBytes: "64" })),
    odd("talks", () => Promise.resolve({ available: false, reason: "talk ".repeat(1_000) })),
  ],
};

export default module;
