// Socket buffer: how much a connection takes while the peer reads nothing, and then how fast it is while it does. Datagrams, of which
// none waits for room in the receiver's buffer, are sent as fast as they go: what is lost is what the buffer did not hold.

import type { Clock } from "../clock.ts";
import type { Channel, StreamChannel } from "../transport/channel.ts";
import { driveDatagrams, serveDatagrams } from "./bulk_datagrams.ts";
import { driveUp, serveUp } from "./bulk_halves.ts";
import { numberParam } from "./exchange_loop.ts";
import type { Workload } from "./workload.ts";

/** How long the peer reads nothing, in nanoseconds: a writer may be kept off the CPU for most of it and still be seen to wait. */
const PAUSE_NS = 100e6;
/** A write that takes longer waits for room: copying takes a fraction of it, and the pause is many times as long. */
const WAITS_NS = 8e6;
/** It waits for the pause to end, less what two clocks may differ in; before that a write took long because the machine was busy. */
const MIN_NS = 0.9 * PAUSE_NS;
/** Nobody buffers more: a writer that got rid of this much is not held back at all. */
const MAX_BYTES = 256 * 1_024 * 1_024;
const READ_BYTES = 256 * 1_024;

/** A bulk transfer, before which a second connection is filled. Parameters: those of `bulk`. */
export const socketBuffer: Workload = {
  name: "socket-buffer",
  modes: ["stream", "datagram"],
  oneWay: true,
  async drive(context) {
    const channel = await context.open();
    if (channel.mode === "datagram") return await driveDatagrams(channel, context);
    const data = new Uint8Array(numberParam(context.params, "bytes"));
    const openedNs = context.clock.nowNs();
    const filled = requireStream(await context.open());
    const acceptedBytes = await fill(filled, data, context.clock, openedNs);
    filled.close();
    return { ...await driveUp([channel], context), values: { acceptedBytes } };
  },
  async serve(context) {
    const channel = await context.accept();
    if (channel === null) return;
    if (channel.mode === "datagram") return await serveDatagrams(channel, context);
    const filled = await context.accept();
    if (filled === null) return;
    await context.clock.sleepUntilNs(context.clock.nowNs() + PAUSE_NS);
    await drain(requireStream(filled));
    return await serveUp([channel], context);
  },
};

function requireStream(channel: Channel): StreamChannel {
  if (channel.mode !== "stream") throw new TypeError("a stream's second channel is a stream");
  return channel;
}

/** Writes until a write has waited. Returns the bytes taken before that one. */
async function fill(
  channel: StreamChannel,
  data: Uint8Array,
  clock: Clock,
  openedNs: number,
): Promise<number> {
  let taken = 0;
  for (;;) {
    const calledNs = clock.nowNs();
    let written = channel.write(data);
    if (typeof written !== "number") written = await written;
    const returnedNs = clock.nowNs();
    if (returnedNs - calledNs > WAITS_NS && returnedNs - openedNs > MIN_NS) return taken;
    taken += written;
    if (taken > MAX_BYTES) {
      throw new Error(`no write waited for the peer, which read nothing, within ${taken} bytes`);
    }
  }
}

async function drain(channel: StreamChannel): Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  try {
    while (await channel.read(buffer) !== null);
  } finally {
    channel.close();
  }
}
