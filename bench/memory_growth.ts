/**
 * Whether memory stays flat in the number of exchanges: one long trial over a Unix-domain socket, watched from outside.
 *
 * @module
 */

import { SuiteTrials } from "./suite_trials.ts";

const CASE = "round-trip/unix/bytes=64";
/** Exchanges after which the heap has found its size. */
const WARMUP_EXCHANGES = 300_000;
/** How often memory is looked at during the trial, in milliseconds. */
const SAMPLE_MS = 200;
/** Longer than any trial here: the count ends it. */
const NO_END_NS = 3600e9;

/** What a long trial did to the process. */
export interface MemoryGrowth {
  /** Measured exchanges. */
  readonly exchanges: number;
  /** The largest resident set seen during the trial, less that before it, in bytes. */
  readonly growthBytes: number;
  /** Resident set before the trial, in bytes. */
  readonly beforeBytes: number;
}

/** Runs one trial of so many exchanges and watches the process's resident set. */
export async function measureMemoryGrowth(exchanges: number): Promise<MemoryGrowth> {
  await using trials = await SuiteTrials.open("loop");
  await exchange(trials, WARMUP_EXCHANGES);
  const beforeBytes = Deno.memoryUsage().rss;
  let peakBytes = beforeBytes;
  const look = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  const timer = setInterval(look, SAMPLE_MS);
  try {
    const done = await exchange(trials, exchanges);
    look();
    return { exchanges: done, growthBytes: peakBytes - beforeBytes, beforeBytes };
  } finally {
    clearInterval(timer);
  }
}

async function exchange(trials: SuiteTrials, count: number): Promise<number> {
  const { operations } = await trials.run(CASE, {
    warmupNs: 0,
    measureNs: NO_END_NS,
    maxOperations: count,
  });
  return operations;
}
