/**
 * Largest-datagram: the largest message that is taken and arrives whole, found by bisection.
 *
 * @module
 */

import { type DatagramChannel, MessageTooLargeError } from "../transport/channel.ts";
import type { DriveContext, ServeContext, Workload } from "./workload.ts";

/** No transport takes more: beyond the largest receive buffer that a kernel offers by default, by far. */
const MOST_BYTES = 4 * 1_024 * 1_024;
/** A size of which nothing came back for this long did not arrive, in nanoseconds. */
const LOST_NS = 200e6;

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
    const errors: Record<string, number> = {};
    const largest = await search(channel, context, errors);
    const elapsedNs = context.clock.nowNs() - startNs;
    await context.end();
    return {
      operations: 1,
      elapsedNs,
      histograms: {},
      values: { largestMessageBytes: largest },
      tally: { errors },
    };
  },
  serve: answerWithLength,
};

async function search(
  channel: DatagramChannel,
  context: DriveContext,
  errors: Record<string, number>,
): Promise<number> {
  const data = new Uint8Array(MOST_BYTES);
  let arrives = 0;
  let refused = MOST_BYTES + 1;
  while (refused - arrives > 1) {
    const bytes = Math.floor((arrives + refused) / 2);
    if (await goesThrough(channel, data.subarray(0, bytes), context, errors)) arrives = bytes;
    else refused = bytes;
  }
  return arrives;
}

async function goesThrough(
  channel: DatagramChannel,
  message: Uint8Array,
  { clock }: DriveContext,
  errors: Record<string, number>,
): Promise<boolean> {
  try {
    await channel.send(message);
  } catch (error) {
    const kind = error instanceof Error ? error.name : "Error";
    errors[kind] = (errors[kind] ?? 0) + 1;
    if (error instanceof MessageTooLargeError) return false;
    throw error;
  }
  const receipt = new Uint8Array(4);
  const received = channel.receive(receipt);
  const lost = clock.sleepUntilNs(clock.nowNs() + LOST_NS).then(() => null);
  if (await Promise.race([received, lost]) === null) {
    throw new Error(`a datagram of ${message.length} bytes was taken and did not arrive`);
  }
  return new DataView(receipt.buffer).getUint32(0) === message.length;
}

async function answerWithLength(context: ServeContext): Promise<void> {
  const channel = await context.accept();
  if (channel === null || channel.mode !== "datagram") return;
  const buffer = new Uint8Array(MOST_BYTES + 1);
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
