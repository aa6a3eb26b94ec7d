/**
 * Known rates: one-way transfer between two network namespaces, over links that a token bucket (`tc tbf`) limits.
 *
 * A token bucket counts whole frames: the payload's share of a full frame, which the MTU and the headers fix, makes the known answer.
 *
 * @module
 */

import { YOUNG_GENERATION_FLAG } from "../../src/peer/line_process.ts";
import { type Answer, answerOf } from "./answer.ts";
import { goodput, tcpFrame, udpFrame } from "./frame.ts";
import { Namespaces, type QueueCount } from "./namespaces.ts";
import { median } from "../../src/stats/mod.ts";
import { LINKS, MTU_BYTES, shapedName } from "./shaped_module.ts";
import type { Throughput } from "./trial_figures.ts";

/** What was measured over links of known rate. */
export interface ShapedAnswers {
  /** One for each link and transport. */
  readonly answers: readonly Answer[];
  /** What the links' queues counted meanwhile, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes the links, measures and removes them, whatever happens.
 *
 * @param rounds how often
 * @param signal ends it
 */
export async function measureShaped(rounds: number, signal: AbortSignal): Promise<ShapedAnswers> {
  await using network = await Namespaces.open();
  const timestamps = await network.hasTimestamps();
  const measured = await drive(network, rounds, signal);
  const counts = await Promise.all(LINKS.map((_, index) => network.count(index)));
  const frames = { tcp: tcpFrame(MTU_BYTES, timestamps), udp: udpFrame(MTU_BYTES) };
  const answers = LINKS.flatMap((link) =>
    (["tcp", "udp"] as const).map((transport) => {
      const known = goodput(link.mbit * 1e6, frames[transport]) / 1e6;
      const { payloadBytes, frameBytes } = frames[transport];
      const trials = measured[shapedName(transport, link)]!;
      return answerOf(
        `a link of ${link.mbit} Mbit/s, ${transport} (${payloadBytes} of each ${frameBytes} bytes)`,
        " MB/s",
        trials.map(({ bytesPerSecond }) => ({ true: known, measured: bytesPerSecond / 1e6 })),
        median(trials.map(({ resolution }) => resolution)),
      );
    })
  );
  return { answers, notes: LINKS.map(({ mbit }, index) => noteOf(mbit, counts[index]!)) };
}

/** Runs the driving end in its namespace; it ends with its standard input, and so with this process. */
async function drive(
  { driver, peer }: Namespaces,
  rounds: number,
  signal: AbortSignal,
): Promise<Record<string, Throughput[]>> {
  const flags = ["--quiet", "--no-prompt", "--unstable-net", YOUNG_GENERATION_FLAG, "-A"];
  const main = import.meta.resolve("./shaped_main.ts");
  const command = [Deno.execPath(), "run", ...flags, main, peer, String(rounds)];
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", driver, ...command],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stop = () => void child.stdin.close().catch(() => {});
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const [printed, { success }] = await Promise.all([
      new Response(child.stdout).text(),
      child.status,
    ]);
    signal.throwIfAborted();
    if (!success) throw new Error("the driving end failed; it says above of what");
    return JSON.parse(printed);
  } finally {
    signal.removeEventListener("abort", stop);
    await child.stdin.close().catch(() => {});
  }
}

function noteOf(mbit: number, { bytes, packets, drops }: QueueCount): string {
  const mean = (bytes / packets).toFixed(1);
  return `The queue of the ${mbit} Mbit/s link counted ${
    packets.toLocaleString("en")
  } frames of ${mean} bytes in the mean ` +
    `(a full one has ${MTU_BYTES + 14}) and dropped ${drops}.`;
}
