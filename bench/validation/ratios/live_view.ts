/**
 * Whether showing the live view changes what is measured.
 *
 * @module
 */

import { YOUNG_GENERATION_FLAG } from "../../../src/peer/line_process.ts";
import { LIVE_VIEW_CASE, type LiveViewPairs } from "./live_view_main.ts";
import { type Finding, ratioFinding, type Target } from "../verdict.ts";

/** A trial after a painting may read this much longer. */
const UNCHANGED: Target = { must: "be at most", value: 1.01 };

/**
 * Trials with the view painted before each, against trials without, interleaved; on a pseudo-terminal that script(1) reads, else
 * with /dev/null in its place.
 *
 * @param count pairs for each peer
 */
export async function liveViewFindings(count: number): Promise<Finding[]> {
  const file = await Deno.makeTempFile({ prefix: "sockbench-bench-" });
  try {
    const isTerminal = await start(file, count);
    const place = isTerminal ? "a pseudo-terminal" : "/dev/null";
    const found: LiveViewPairs[] = JSON.parse(await Deno.readTextFile(file));
    return found.flatMap(({ peer, painted, control }) => [
      ratioFinding(
        `p50 of ${LIVE_VIEW_CASE}, peer ${peer}, after painting the live view on ${place}, to without`,
        painted,
        UNCHANGED,
      ),
      ratioFinding(`control: the same without painting, peer ${peer}, to its own`, control),
    ]);
  } finally {
    await Deno.remove(file);
  }
}

/** A program that is not there fails at once, without a promise. */
async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Starts the measuring process, on a pseudo-terminal where there is script(1); says whether there was. */
async function start(file: string, count: number): Promise<boolean> {
  const main = new URL("./live_view_main.ts", import.meta.url).pathname;
  const args = ["run", "--no-prompt", "-A", YOUNG_GENERATION_FLAG, main, file, `${count}`];
  const quoted = [Deno.execPath(), ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  if (await succeeds("script", ["-qec", quoted.join(" "), "/dev/null"])) return true;
  const { success } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
  if (!success) throw new Error("the process of the live view's trials failed");
  return false;
}
