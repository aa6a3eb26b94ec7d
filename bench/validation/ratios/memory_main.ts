/**
 * Main module of the memory trial's process: `memory_main.ts suite|bare <exchanges>`. Prints a MemoryGrowth as JSON.
 *
 * @module
 */

import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import { bareUnixRoundTrips } from "./bare_loops.ts";
import type { MemoryGrowth } from "./memory_growth.ts";
import { SuiteTrials } from "./suite_trials.ts";

const CASE = "round-trip/unix/bytes=64";
/** Exchanges after which all code is compiled. */
const WARMUP_EXCHANGES = 300_000;
/** How often memory is looked at during the trial, in milliseconds. */
const SAMPLE_MS = 200;
/** Longer than any trial here: the count ends it. */
const NO_END_NS = 3600e9;

const [subject, count] = Deno.args;
const growth = subject === "bare"
  ? await growthOfBare(Number(count))
  : await growthOfSuite(Number(count));
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(growth)));

async function growthOfSuite(exchanges: number): Promise<MemoryGrowth> {
  await using trials = await SuiteTrials.open("loop");
  return await watch(exchanges, async (maxOperations) => {
    const budget = { warmupNs: 0, measureNs: NO_END_NS, maxOperations };
    return (await trials.run(CASE, budget)).operations;
  });
}

async function growthOfBare(exchanges: number): Promise<MemoryGrowth> {
  await using directory = await createSocketDirectory();
  return await watch(exchanges, async (wanted) => {
    await bareUnixRoundTrips(`${directory.path}/${wanted}`, 64, wanted);
    return wanted;
  });
}

async function watch(
  exchanges: number,
  exchange: (count: number) => Promise<number>,
): Promise<MemoryGrowth> {
  await exchange(WARMUP_EXCHANGES);
  const beforeBytes = Deno.memoryUsage().rss;
  let peakBytes = beforeBytes;
  const look = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  const timer = setInterval(look, SAMPLE_MS);
  try {
    const done = await exchange(exchanges);
    look();
    return { exchanges: done, beforeBytes, growthBytes: peakBytes - beforeBytes };
  } finally {
    clearInterval(timer);
  }
}
