// Bulk in datagrams: one end sends as fast as it can, the other receives, and knows by their numbers which were lost.

import type { DatagramChannel } from "../transport/channel.ts";
import type { ReceiverWindow } from "../model/tally.ts";
import { MARGIN_NS, openAfterNs, senderTimes, windowNs, windowOf } from "./bulk_halves.ts";
import { numberParam } from "./exchange_loop.ts";
import { SequenceCheck } from "./sequence_check.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, DriveResult, ServeContext, ServeResult } from "./workload.ts";

/** Bytes of a datagram's sequence number; smaller datagrams carry none. */
const SEQUENCE_BYTES = 4;

/** The drive half over a socket that is open. */
export async function driveDatagrams(
  channel: DatagramChannel,
  context: DriveContext,
): Promise<DriveResult> {
  const data = new Uint8Array(numberParam(context.params, "bytes"));
  await context.begin();
  const { sent, elapsedNs } = await sendFor(channel, data, context);
  await context.end();
  // The socket stays open: the receiver drains what is queued before the runner closes both ends.
  return {
    operations: sent,
    elapsedNs,
    histograms: {},
    tally: {
      sentMessages: sent,
      sentBytes: sent * data.length,
      writes: sent,
    },
  };
}

async function sendFor(
  channel: DatagramChannel,
  data: Uint8Array,
  context: DriveContext,
): Promise<{ sent: number; elapsedNs: number }> {
  const { clock, budget } = context;
  const sequence = data.length >= SEQUENCE_BYTES ? new DataView(data.buffer) : null;
  const { maxOperations = Infinity } = budget;
  let sent = 0;
  const startNs = clock.nowNs();
  const times = senderTimes(startNs, budget);
  let { endNs } = times;
  let nowNs = startNs;
  try {
    do {
      sequence?.setUint32(0, sent);
      const taken = channel.send(data);
      if (typeof taken !== "number") await taken;
      sent++;
      nowNs = clock.nowNs();
      if (nowNs >= endNs && nowNs < times.limitNs && !await context.hasMeasured()) {
        endNs = nowNs + MARGIN_NS;
      }
    } while (nowNs < endNs && sent < maxOperations);
  } catch (error) {
    throw new UnfinishedWork(error, sent, nowNs - startNs);
  }
  return { sent, elapsedNs: nowNs - startNs };
}

/** The serve half over a socket that is open. */
export async function serveDatagrams(
  channel: DatagramChannel,
  context: ServeContext,
): Promise<ServeResult | undefined> {
  const window = await receiveDatagrams(channel, context);
  return window === undefined ? undefined : { window };
}

async function receiveDatagrams(
  channel: DatagramChannel,
  context: ServeContext,
): Promise<ReceiverWindow | undefined> {
  const expected = numberParam(context.params, "bytes");
  const buffer = new Uint8Array(expected + 1);
  const sequence = expected >= SEQUENCE_BYTES ? new DataView(buffer.buffer) : null;
  const check = new SequenceCheck();
  const { clock, tally } = context;
  let received = 0;
  let openNs = Infinity;
  let openedNs = 0;
  let opened = 0;
  let lastNs = 0;
  let closeNs = Infinity;
  let closed: { readonly received: number; readonly atNs: number } | undefined;
  try {
    for (;;) {
      let bytes = channel.receive(buffer);
      if (typeof bytes !== "number") bytes = await bytes;
      if (bytes !== expected) {
        throw new Error(`a datagram of ${bytes} bytes came instead of ${expected}`);
      }
      lastNs = clock.nowNs();
      tally.receivedMessages = ++received;
      if (sequence !== null) check.take(sequence.getUint32(0));
      if (received === 1) openNs = lastNs + openAfterNs(context.budget);
      if (opened === 0 && lastNs >= openNs) {
        openedNs = lastNs;
        opened = received;
        closeNs = openedNs + windowNs(context.budget);
      }
      if (lastNs >= closeNs && closed === undefined) {
        closed = { received, atNs: lastNs };
        context.measured();
      }
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  tally.receivedMessages = received;
  if (sequence !== null) {
    tally.reorderedMessages = check.reordered;
    tally.duplicatedMessages = check.duplicated;
  }
  const end = closed ?? { received, atNs: lastNs };
  const messages = end.received - opened;
  const window = windowOf(messages * expected, messages, end.atNs - openedNs);
  return opened === 0 || window === undefined ? undefined : { ...window, messages };
}
