// Closing: what becomes of bytes under way when one end closes, in one direction or in both.

import type { StreamChannel } from "../transport/channel.ts";
import { numberParam, readRest, serveEach, writeRest } from "./exchange_loop.ts";
import { UnfinishedWork } from "./unfinished_work.ts";
import type { DriveContext, ServeContext, Workload } from "./workload.ts";
import type { Params } from "../model/params.ts";

/** `unsent`: right after writing; `unread`: with bytes of the peer's unread; `half`: its sending direction only, then it reads. */
export const CLOSINGS = ["unsent", "unread", "half"] as const;

/** How long the peer of an `unsent` closing waits before it reads, in nanoseconds: the close is long done then. */
const PAUSE_NS = 3e6;

/** One operation is one connection. Parameters: `close`, `bytes`. */
export const closing: Workload = {
  name: "closing",
  modes: ["stream"],
  async drive(context) {
    const { clock, budget } = context;
    const { maxOperations = Infinity, minOperations = 1 } = budget;
    const received = { bytes: 0 };
    await context.begin();
    let operations = 0;
    const startNs = clock.nowNs();
    const endNs = startNs + budget.measureNs;
    let doneNs = startNs;
    try {
      do {
        await closeOne(context, received);
        doneNs = clock.nowNs();
        operations++;
      } while ((doneNs < endNs && operations < maxOperations) || operations < minOperations);
    } catch (error) {
      throw new UnfinishedWork(error, operations, doneNs - startNs);
    }
    if (context.params.close === "unsent") await waitUntilAccepted(context);
    await context.end();
    const bytes = operations * numberParam(context.params, "bytes");
    return {
      operations,
      elapsedNs: doneNs - startNs,
      histograms: {},
      ...(context.params.close === "half" && {
        values: { deliveredShare: received.bytes / bytes },
      }),
      tally: { receivedBytes: received.bytes },
    };
  },
  async serve(context) {
    const { close } = context.params;
    const all: Seen[] = [];
    await serveEach(context, (channel) => {
      const seen = { bytes: 0, isReset: false, endedFirst: false };
      all.push(seen);
      return serveOne(channel, context, seen);
    });
    // Connections are accepted in the order in which they were opened: the last is the one that only waited for the others.
    if (close === "unsent") all.pop();
    if (all.length === 0) return {};
    const share = (what: (seen: Seen) => boolean) => all.filter(what).length / all.length;
    const bytes = all.reduce((sum, seen) => sum + seen.bytes, 0);
    const writtenBytes = all.length * numberParam(context.params, "bytes");
    return {
      values: {
        resetShare: share(({ isReset }) => isReset),
        ...(close === "unread" && { endedFirstShare: share(({ endedFirst }) => endedFirst) }),
        ...(close === "unsent" && { deliveredShare: bytes / writtenBytes }),
      },
    };
  },
};

async function closeOne(
  { open, params }: DriveContext,
  received: { bytes: number },
): Promise<void> {
  const channel = await open();
  if (channel.mode !== "stream") throw new TypeError("closing works over streams only");
  const bytes = numberParam(params, "bytes");
  switch (params.close) {
    case "unsent":
      await writeRest(channel, new Uint8Array(bytes), 0);
      break;
    case "unread":
      // One byte is read, so that the rest is known to be under way; it is then in this end's buffer, unread.
      await channel.write(new Uint8Array(1));
      await readRest(channel, new Uint8Array(1), 0);
      break;
    case "half": {
      await channel.closeWrite();
      await readToEnd(channel, received, bytes);
      break;
    }
    default:
      throw unknownClosing(params);
  }
  channel.close();
}

/** One more connection, which waits for the peer's end: those still in the queue when the listener closes would never be seen. */
async function waitUntilAccepted({ open }: DriveContext): Promise<void> {
  const channel = await open();
  if (channel.mode !== "stream") throw new TypeError("closing works over streams only");
  await channel.closeWrite();
  await readToEnd(channel, { bytes: 0 }, 1);
  channel.close();
}

/** What the peer saw of one connection. */
interface Seen {
  /** Bytes read, those before a reset included. */
  bytes: number;
  isReset: boolean;
  endedFirst: boolean;
}

async function serveOne(
  channel: StreamChannel,
  { clock, params }: ServeContext,
  seen: Seen,
): Promise<void> {
  const bytes = numberParam(params, "bytes");
  try {
    switch (params.close) {
      case "unsent":
        await clock.sleepUntilNs(clock.nowNs() + PAUSE_NS);
        await readToEnd(channel, seen, bytes);
        break;
      case "unread": {
        await readRest(channel, new Uint8Array(1), 0);
        await writeRest(channel, new Uint8Array(bytes), 0);
        await readToEnd(channel, seen, bytes);
        // The end of the stream came first: a runtime may shut its sending direction down before it closes the socket, as Deno
        // does. A reset that followed fails the next write; a peer that is merely closed takes it, and refuses only a second one.
        seen.endedFirst = true;
        await clock.sleepUntilNs(clock.nowNs() + PAUSE_NS);
        await channel.write(new Uint8Array(1));
        break;
      }
      case "half": {
        await readToEnd(channel, seen, bytes);
        if (seen.bytes > 0) {
          throw new Error(`${seen.bytes} bytes came before the half-close, of none sent`);
        }
        await writeRest(channel, new Uint8Array(bytes), 0);
        break;
      }
      default:
        throw unknownClosing(params);
    }
  } catch (error) {
    if (!isReset(error)) throw error;
    seen.isReset = true;
  } finally {
    channel.close();
  }
}

/** Reads until the end of the stream or an error; counts as it goes, so that what came before a reset counts. */
async function readToEnd(
  channel: StreamChannel,
  count: { bytes: number },
  largest: number,
): Promise<void> {
  // A message is read whole where there are any.
  const buffer = new Uint8Array(Math.max(64 * 1_024, largest));
  for (;;) {
    const read = await channel.read(buffer);
    if (read === null) return;
    count.bytes += read;
  }
}

/** A reset has the runtime's name for it, or libc's. */
function isReset(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return ["ConnectionReset", "BrokenPipe"].includes(error.name) ||
    ["ECONNRESET", "EPIPE"].includes(String(code));
}

function unknownClosing({ close }: Params): TypeError {
  return new TypeError(`Cannot run closing with close "${close}"`);
}
