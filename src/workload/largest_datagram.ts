// Largest-datagram: the largest message that is taken and arrives whole, found by bisection.

import { type DatagramChannel, MessageTooLargeError } from "../transport/channel.ts";
import type { ServeContext, Workload } from "./workload.ts";

/** No transport takes more: beyond the largest receive buffer that a kernel offers by default, by far. */
const MAX_BYTES = 4 * 1_024 * 1_024;

/** One operation is one search. No parameter. */
export const largestDatagram: Workload = {
  name: "largest-datagram",
  modes: ["datagram"],
  async drive(context) {
    const channel = await context.open();
    if (channel.mode !== "datagram") {
      throw new TypeError("largest-datagram works over datagrams only");
    }
    await context.begin();
    const startNs = context.clock.nowNs();
    const largest = await search(channel);
    const elapsedNs = context.clock.nowNs() - startNs;
    await context.end();
    return {
      operations: 1,
      elapsedNs,
      histograms: {},
      values: { largestMessageBytes: largest },
      tally: {},
    };
  },
  serve: answerWithLength,
};

async function search(channel: DatagramChannel): Promise<number> {
  const data = new Uint8Array(MAX_BYTES);
  let arrives = 0;
  let refused = MAX_BYTES + 1;
  while (refused - arrives > 1) {
    const bytes = Math.floor((arrives + refused) / 2);
    if (await goesThrough(channel, data.subarray(0, bytes))) arrives = bytes;
    else refused = bytes;
  }
  return arrives;
}

async function goesThrough(channel: DatagramChannel, message: Uint8Array): Promise<boolean> {
  try {
    await channel.send(message);
  } catch (error) {
    if (error instanceof MessageTooLargeError) return false;
    throw error;
  }
  const receipt = new Uint8Array(4);
  // A datagram that is taken and lost would be waited for until the trial's watchdog ends it: one timer, not one per size.
  await channel.receive(receipt);
  return new DataView(receipt.buffer).getUint32(0) === message.length;
}

async function answerWithLength(context: ServeContext): Promise<void> {
  const channel = await context.accept();
  if (channel === null || channel.mode !== "datagram") return;
  const buffer = new Uint8Array(MAX_BYTES + 1);
  const receipt = new Uint8Array(4);
  const view = new DataView(receipt.buffer);
  try {
    for (;;) {
      view.setUint32(0, await channel.receive(buffer));
      await channel.reply(receipt);
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
}
