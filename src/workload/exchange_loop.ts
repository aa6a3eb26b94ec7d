// Pieces shared by the workloads that exchange messages. None of them is called inside a measured interval except where an
// operation did not complete at the first try.

import type { DatagramChannel, MaybePromise, StreamChannel } from "../transport/channel.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { ServeContext } from "./workload.ts";

/** A numeric parameter; a planner's bug, not a user's, when it is absent. */
export function numberParam(params: Params, name: string): number {
  const value = params[name];
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot run the workload: parameter "${name}" must be a number, it is ${value}`,
    );
  }
  return value;
}

/** What a request and its reply hold, in bytes. */
export interface Sizes {
  readonly requestBytes: number;
  readonly replyBytes: number;
}

/** Parameters `request` and `reply`, or `bytes` in the place of either. */
export function sizesOf(params: Params): Sizes {
  const { bytes, request = bytes, reply = bytes } = params;
  return {
    requestBytes: numberParam({ request: request! }, "request"),
    replyBytes: numberParam({ reply: reply! }, "reply"),
  };
}

/** A budget that lasts as long as the warm-up of `budget` does; what it measures is thrown away. */
export function warmupOf({ warmupNs, maxOperations }: Budget): Budget {
  return {
    warmupNs: 0,
    measureNs: warmupNs,
    ...(maxOperations !== undefined && { maxOperations }),
  };
}

/** Throws: the stream ended where a reply was due. */
export function endedEarly(): never {
  throw new Error("the peer closed the connection before it replied");
}

/** Reads into `buffer` from `filled` on until it is full. Throws at an early end of the stream. */
export async function readRest(
  channel: StreamChannel,
  buffer: Uint8Array,
  filled: number,
): Promise<void> {
  while (filled < buffer.length) {
    const bytes = await channel.read(buffer.subarray(filled));
    if (bytes === null) {
      throw new Error(`the peer closed the connection after ${filled} of ${buffer.length} bytes`);
    }
    filled += bytes;
  }
}

/** Writes what is left of `data` from `written` on. */
export async function writeRest(
  channel: StreamChannel,
  data: Uint8Array,
  written: number,
): Promise<void> {
  while (written < data.length) {
    written += await channel.write(data.subarray(written));
  }
}

/** Writes all of `data`: a promise only where a write had to wait or took less. */
export function writeAll(channel: StreamChannel, data: Uint8Array): MaybePromise<unknown> {
  const written = channel.write(data);
  if (typeof written !== "number") {
    return written.then((bytes) => writeRest(channel, data, bytes));
  }
  return written < data.length ? writeRest(channel, data, written) : undefined;
}

/** Answers requests of a fixed size on one connection until the client ends it. */
export async function answerStream(
  channel: StreamChannel,
  requestBytes: number,
  reply: Uint8Array,
  afterRead?: () => void,
): Promise<void> {
  const request = new Uint8Array(requestBytes);
  try {
    for (;;) {
      let filled = 0;
      do {
        let bytes = channel.read(filled === 0 ? request : request.subarray(filled));
        if (typeof bytes !== "number") bytes = await bytes;
        if (bytes === null) return;
        if (afterRead !== undefined) afterRead();
        filled += bytes;
      } while (filled < requestBytes);
      let written = channel.write(reply);
      if (typeof written !== "number") written = await written;
      if (written < reply.length) await writeRest(channel, reply, written);
    }
  } finally {
    channel.close();
  }
}

/** Answers datagrams until the trial is over: with a reply of its own, or, where there is none, by sending back what came. */
export async function answerDatagrams(
  channel: DatagramChannel,
  context: ServeContext,
  largestBytes: number,
  reply?: Uint8Array,
): Promise<void> {
  // One byte more than expected: a longer message shows instead of being cut without a word.
  const buffer = new Uint8Array(largestBytes + 1);
  const whole = buffer.subarray(0, largestBytes);
  let answered = 0;
  try {
    for (;;) {
      let bytes = channel.receive(buffer);
      if (typeof bytes !== "number") bytes = await bytes;
      context.tally.receivedMessages = ++answered;
      const replied = channel.reply(
        reply ?? (bytes === largestBytes ? whole : buffer.subarray(0, bytes)),
      );
      if (typeof replied !== "number") await replied;
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
}

/** Accepts connections until the trial is over and serves each at once, beside the others. */
export async function serveEach(
  context: ServeContext,
  serve: (channel: StreamChannel) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: unknown;
  for (;;) {
    const channel = await context.accept();
    if (channel === null) break;
    if (channel.mode !== "stream") throw new TypeError("serveEach works over streams only");
    const work: Promise<void> = serve(channel)
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => {
        running.delete(work);
        context.served();
      });
    running.add(work);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure;
}
