// Checked bulk: numbered blocks whose every word follows from their number, so that a lost, reordered or damaged byte cannot pass.

import type { StreamChannel } from "../transport/channel.ts";
import { numberParam, writeRest } from "./exchange_loop.ts";
import { SequenceCheck } from "./sequence_check.ts";
import type { DriveContext, ServeContext, ServeResult, Workload } from "./workload.ts";

/** Bytes of a block: large enough that numbering costs nothing, small enough to stay in the processor's cache. */
const BLOCK_BYTES = 65_536;
const WORDS = BLOCK_BYTES / 4;
/** Odd, so that blocks of different numbers differ in every word (Fibonacci hashing, Knuth, TAOCP 6.4). */
const SPREAD = 0x9e3779b1;

/** One direction, `mib` MiB in all. One operation is a block. */
export const checkedBulk: Workload = {
  name: "checked-bulk",
  modes: ["stream"],
  async drive(context) {
    const channel = await context.open();
    if (channel.mode !== "stream") throw new TypeError("checked-bulk works over streams only");
    const blocks = numberParam(context.params, "mib") * 2 ** 20 / BLOCK_BYTES;
    await context.begin();
    const elapsedNs = await writeBlocks(channel, blocks, context);
    await context.end();
    channel.close();
    return {
      operations: blocks,
      elapsedNs,
      histograms: {},
      tally: { sentMessages: blocks, sentBytes: blocks * BLOCK_BYTES },
    };
  },
  serve: checkBlocks,
};

async function writeBlocks(
  channel: StreamChannel,
  blocks: number,
  { clock }: DriveContext,
): Promise<number> {
  const words = new Uint32Array(WORDS);
  const bytes = new Uint8Array(words.buffer);
  const startNs = clock.nowNs();
  for (let number = 0; number < blocks; number++) {
    fill(words, number);
    await writeRest(channel, bytes, 0);
  }
  await channel.closeWrite();
  // The peer closes once it has read and checked everything.
  await channel.read(new Uint8Array(1));
  return clock.nowNs() - startNs;
}

/** The first word is the block's number, the others follow from it and their place. */
function fill(words: Uint32Array, number: number): void {
  words[0] = number;
  const base = Math.imul(number + 1, SPREAD);
  for (let place = 1; place < WORDS; place++) words[place] = base + place;
}

function isWhole(words: Uint32Array): boolean {
  const base = Math.imul(words[0]! + 1, SPREAD);
  for (let place = 1; place < WORDS; place++) {
    if (words[place] !== (base + place) >>> 0) return false;
  }
  return true;
}

async function checkBlocks(context: ServeContext): Promise<ServeResult | void> {
  const channel = await context.accept();
  if (channel === null || channel.mode !== "stream") return;
  const { clock, tally } = context;
  const words = new Uint32Array(WORDS);
  const bytes = new Uint8Array(words.buffer);
  const check = new SequenceCheck();
  let blocks = 0;
  let reads = 0;
  let corrupt = 0;
  let filled = 0;
  let opening = 0;
  let openedNs = 0;
  try {
    for (;;) {
      let read = channel.read(filled === 0 ? bytes : bytes.subarray(filled));
      if (typeof read !== "number") read = await read;
      if (read === null) break;
      if (reads++ === 0) {
        opening = read;
        openedNs = clock.nowNs();
      }
      filled += read;
      if (filled < BLOCK_BYTES) continue;
      filled = 0;
      blocks++;
      if (isWhole(words)) check.take(words[0]!);
      else corrupt++;
    }
  } finally {
    channel.close();
  }
  tally.receivedMessages = blocks;
  tally.reorderedMessages = check.reordered;
  tally.duplicatedMessages = check.duplicated;
  tally.receivedBytes = blocks * BLOCK_BYTES + filled;
  const elapsedNs = clock.nowNs() - openedNs;
  return {
    values: { corruptBlocks: corrupt + (filled > 0 ? 1 : 0) },
    // From the first read on, whose bytes had come before: the wait for it is the driver's getting ready.
    ...(reads > 1 && elapsedNs > 0 && {
      window: { bytes: tally.receivedBytes - opening, reads: reads - 1, elapsedNs },
    }),
  };
}
