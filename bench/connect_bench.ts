/**
 * Connections by transport: opened, used and closed, one after another, both ends on one event loop.
 *
 * An iteration is {@link CONNECTIONS} of them, because `deno bench` ignores `n` and `warmup` where an iteration takes less than 10 µs
 * and then goes on for half a second; and because it warms up for 10 ms at least, whatever `warmup` says. So a transport opens a few
 * hundred connections in all: each leaves a port in TIME_WAIT for a minute, of about 28,000.
 *
 * @module
 */

import type { StreamChannel, StreamListener } from "../src/transport/channel.ts";
import { type StreamTransport, transportId } from "../src/transport/transport.ts";
import { answerStream, readRest } from "../src/workload/exchange_loop.ts";
import { available, options } from "./support/open_pair.ts";

/** Connections per iteration. */
const CONNECTIONS = 10;
/** Iterations. */
const BOUND = { n: 20, warmup: 1 };

const message = new Uint8Array(64);
const reply = new Uint8Array(64);

/** What is done with a connection before it is closed. */
type Use = (near: StreamChannel, far: StreamChannel) => Promise<void>;

const uses: Readonly<Record<string, Use>> = {
  "connect and close": (near, far) => {
    near.close();
    far.close();
    return Promise.resolve();
  },
  "connect, 64 B round trip, close": async (near, far) => {
    const answering = answerStream(far, message.length, reply);
    await near.write(message);
    await readRest(near, reply, 0);
    near.close();
    await answering;
  },
};

for (const [group, use] of Object.entries(uses)) {
  for (const transport of available) {
    if (transport.mode !== "stream") continue;
    const listener = await transport.listen(options);
    addEventListener("unload", () => listener.close());
    Deno.bench({
      name: `${transportId(transport)} ×${CONNECTIONS}`,
      group,
      baseline: transportId(transport) === "tcp",
      ...BOUND,
      // `deno bench` waits for a function declared async only: it does not look at what another one returns.
      async fn() {
        await connectAndClose(transport, listener, use);
      },
    });
  }
}

async function connectAndClose(
  transport: StreamTransport,
  listener: StreamListener,
  use: Use,
): Promise<void> {
  for (let i = 0; i < CONNECTIONS; i++) {
    const [near, far] = await Promise.all([
      transport.connect(listener.endpoint, options),
      listener.accept(),
    ]);
    await use(near, far);
  }
}
