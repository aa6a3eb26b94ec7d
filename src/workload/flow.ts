// Flow: numbered datagrams in one direction at an offered rate; the receiver counts what is lost, late and doubled.

import type { Clock } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import { numberParam } from "./exchange_loop.ts";
import { SequenceCheck } from "./sequence_check.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { ServeContext, ServeResult, Workload } from "./workload.ts";

/** Bytes of a datagram's number. */
const SEQUENCE_BYTES = 4;
/** Below this a timer would be late: what is left of a wait is spun. */
const TIMER_NS = 2e6;
/** A send that takes longer was held back by the receiver's full queue: copying takes a fraction of it. */
const HELD_NS = 100e3;

/** Numbered datagrams. Parameters: `bytes` each, at least 4, and `rate` per second (0: as fast as they go). */
export const flow: Workload = {
  name: "flow",
  modes: ["datagram"],
  oneWay: true,
  async drive(context) {
    const channel = await context.open();
    if (channel.mode !== "datagram") throw new TypeError("flow works over datagrams only");
    const { clock, params, budget } = context;
    const rate = numberParam(params, "rate");
    const message = new Uint8Array(numberParam(params, "bytes"));
    if (message.length < SEQUENCE_BYTES) {
      throw new RangeError(`Cannot run flow with ${message.length} B: a number takes 4`);
    }
    const number = new DataView(message.buffer);
    const gapNs = rate === 0 ? 0 : 1e9 / rate;
    const { maxOperations = Infinity, minOperations = 1 } = budget;
    const sends = new Histogram();
    await context.begin();
    let sent = 0;
    let held = 0;
    const startNs = clock.nowNs();
    const endNs = startNs + budget.measureNs;
    let nowNs = startNs;
    let calledNs = startNs;
    try {
      do {
        // From the intended time on: a sender that was held up catches up, so that the offered rate is kept on average.
        if (gapNs > 0) await waitUntil(clock, startNs + sent * gapNs);
        number.setUint32(0, sent);
        calledNs = clock.nowNs();
        const taken = channel.send(message);
        if (typeof taken !== "number") await taken;
        nowNs = clock.nowNs();
        sends.record(nowNs - calledNs);
        if (nowNs - calledNs > HELD_NS) held++;
        sent++;
      } while ((nowNs < endNs && sent < maxOperations) || sent < minOperations);
    } catch (error) {
      throw new UnfinishedWork(error, sent, nowNs - startNs, { send: sends });
    }
    await context.end();
    return {
      operations: sent,
      elapsedNs: nowNs - startNs,
      histograms: { send: sends },
      values: {
        heldShare: held / sent,
        ...(rate > 0 && { askedPerSecond: rate }),
        // Between the first and the last of n messages lie n − 1 gaps; at full speed each send is its own gap.
        offeredPerSecond: gapNs > 0 && sent > 1
          ? (sent - 1) / ((calledNs - startNs) / 1e9)
          : sent / ((nowNs - startNs) / 1e9),
      },
      tally: { sentMessages: sent, sentBytes: sent * message.length, writes: sent },
    };
  },
  serve: receive,
};

async function waitUntil(clock: Clock, timeNs: number): Promise<void> {
  if (timeNs - clock.nowNs() > TIMER_NS) await clock.sleepUntilNs(timeNs - TIMER_NS);
  while (clock.nowNs() < timeNs);
}

async function receive(context: ServeContext): Promise<ServeResult | void> {
  const channel = await context.accept();
  if (channel === null || channel.mode !== "datagram") return;
  const { clock, params, tally } = context;
  const expected = numberParam(params, "bytes");
  const buffer = new Uint8Array(expected + 1);
  const number = new DataView(buffer.buffer);
  const check = new SequenceCheck();
  let received = 0;
  let openedNs = 0;
  let lastNs = 0;
  try {
    for (;;) {
      let bytes = channel.receive(buffer);
      if (typeof bytes !== "number") bytes = await bytes;
      if (bytes !== expected) {
        throw new Error(`a datagram of ${bytes} bytes came instead of ${expected}`);
      }
      lastNs = clock.nowNs();
      if (received === 0) openedNs = lastNs;
      tally.receivedMessages = ++received;
      check.take(number.getUint32(0));
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  tally.receivedMessages = received;
  tally.reorderedMessages = check.reordered;
  tally.duplicatedMessages = check.duplicated;
  const messages = received - 1;
  const elapsedNs = lastNs - openedNs;
  if (messages < 1 || elapsedNs <= 0) return;
  return { window: { bytes: messages * expected, messages, reads: messages, elapsedNs } };
}
