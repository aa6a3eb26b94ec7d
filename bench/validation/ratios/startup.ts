/**
 * How long the command line takes to start, against `deno run` on an empty file.
 *
 * @module
 */

import { type Pair } from "../../../src/stats/mod.ts";
import { pairSlices } from "./paired_slices.ts";

/** Starts that are thrown away: the first ones compile the sources into Deno's cache. */
const WARMUP_STARTS = 3;

/**
 * Starts `sockbench` and an empty program in turn.
 *
 * @param args what `sockbench` is started with, as in `["--help"]`
 * @param count pairs
 * @returns wall times in milliseconds, `sockbench` against the empty file
 */
export async function startupPairs(args: readonly string[], count: number): Promise<Pair[]> {
  const directory = await Deno.makeTempDir({ prefix: "sockbench-bench-" });
  try {
    const empty = `${directory}/empty.ts`;
    await Deno.writeTextFile(empty, "");
    const main = new URL("../../../src/cli/main.ts", import.meta.url).pathname;
    const suite = () => startMs([main, ...args]);
    const bare = () => startMs([empty]);
    await pairSlices(suite, bare, WARMUP_STARTS);
    return await pairSlices(suite, bare, count);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function startMs(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...args],
    stdout: "null",
    stderr: "null",
  });
  const startedMs = performance.now();
  const { success } = await command.output();
  if (!success) throw new Error(`deno run ${args.join(" ")} failed`);
  return performance.now() - startedMs;
}
