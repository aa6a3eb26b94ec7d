/**
 * Throughput by transport: how long a batch takes from the first write to the arrival of its last byte, both ends on one event loop.
 *
 * Streams and datagrams meet in batches that are small enough for any receive buffer, as a lost datagram would never arrive.
 *
 * @module
 */

import type { Channel } from "../src/transport/channel.ts";
import { type Transport, transportId } from "../src/transport/transport.ts";
import { writeRest } from "../src/workload/exchange_loop.ts";
import { available, openDatagramPair, openStreamPair } from "./support/open_pair.ts";

/** Size of the read buffer: the suite's own, see scenario `throughput`. */
const READ_BYTES = 64 * 1024;

const batches: readonly { readonly count: number; readonly bytes: number }[] = [
  { count: 32, bytes: 1_024 },
  { count: 64, bytes: 64 * 1024 },
  { count: 4, bytes: 1024 * 1024 },
];

for (const { count, bytes } of batches) {
  const batchBytes = count * bytes;
  for (const transport of available) {
    const small = batchBytes <= READ_BYTES;
    if (transport.mode === "datagram" && !small) continue;
    const send = await openOneWay(transport, bytes);
    Deno.bench({
      name: transportId(transport),
      group: `${count} × ${bytes / 1024} KiB one way`,
      baseline: transportId(transport) === "tcp",
      // `deno bench` waits for a function declared async only: it does not look at what another one returns.
      async fn() {
        await send(count);
      },
    });
  }
}

/** Opens a pair with a reader at its far end; what it returns resolves when everything it wrote has arrived. */
async function openOneWay(
  transport: Transport,
  bytes: number,
): Promise<(count: number) => Promise<void>> {
  const data = new Uint8Array(bytes);
  if (transport.mode === "stream") {
    const { near, far } = await openStreamPair(transport);
    const arrived = countArrivals(far);
    return async (count) => {
      const all = arrived(count * bytes);
      for (let i = 0; i < count; i++) {
        const written = await near.write(data);
        if (written < bytes) await writeRest(near, data, written);
      }
      await all;
    };
  }
  const { near, far } = await openDatagramPair(transport);
  const arrived = countArrivals(far);
  return async (count) => {
    const all = arrived(count * bytes);
    for (let i = 0; i < count; i++) await near.send(data);
    await all;
  };
}

/** Reads for ever; what it returns resolves when so many further bytes have come. */
function countArrivals(channel: Channel): (bytes: number) => Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  let missing = 0;
  let complete = () => {};
  const read = async () => {
    for (;;) {
      const bytes = channel.mode === "stream"
        ? await channel.read(buffer)
        : await channel.receive(buffer);
      if (bytes === null) return;
      missing -= bytes;
      if (missing === 0) complete();
    }
  };
  // Ends, in error or not, when the file does.
  read().catch(() => {});
  return (bytes) => {
    missing = bytes;
    return new Promise((resolve) => complete = resolve);
  };
}
