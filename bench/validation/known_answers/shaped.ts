/**
 * Known rates: one-way transfer between two network namespaces, over links that a token bucket (`tc tbf`) limits.
 *
 * A token bucket counts whole frames: the payload's share of a full frame, which the MTU and the headers fix, makes the known answer.
 *
 * @module
 */

import { YOUNG_GENERATION_FLAG } from "../../../src/peer/line_process.ts";
import { type Answer, answerOf } from "./answer.ts";
import { goodput, tcpFrame, udpFrame } from "./frame.ts";
import { findNamespaces, isolate } from "../../../src/kernel/namespace.ts";
import { NETWORK, type QueueCount } from "./namespaces.ts";
import type { Driven } from "./shaped_main.ts";
import { median } from "../../../src/stats/mod.ts";
import { LINKS, MTU_BYTES, shapedName } from "./shaped_module.ts";

/** What was measured over links of known rate. */
export interface ShapedAnswers {
  /** One for each link and transport. */
  readonly answers: readonly Answer[];
  /** What the links' queues counted meanwhile, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Measures over the links, which are gone afterwards, whatever happens.
 *
 * @param rounds how often
 * @param signal ends it
 */
export async function measureShaped(rounds: number, signal: AbortSignal): Promise<ShapedAnswers> {
  const { measured, timestamps, counts } = await drive(rounds, signal);
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

/** Runs the driving end in a network of its own; it ends with its standard input, and so with this process, and the network with it. */
async function drive(rounds: number, signal: AbortSignal): Promise<Driven> {
  const access = await findNamespaces();
  if (!access.available) throw new Error(access.reason);
  const flags = ["--quiet", "--no-prompt", "--unstable-net", YOUNG_GENERATION_FLAG, "-A"];
  const main = import.meta.resolve("./shaped_main.ts");
  const { program, args } = isolate({
    flags: access.flags,
    setup: NETWORK,
    command: [Deno.execPath(), "run", ...flags, main, String(rounds)],
  });
  const child = new Deno.Command(program, {
    args,
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
