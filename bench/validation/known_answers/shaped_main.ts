/**
 * The driving end of trials over links of known rate: runs in the driver's namespace, prints what it and the queues measured as one line of JSON.
 *
 * Argument: rounds. Ends with its standard input, so that it never outlives who started it.
 *
 * @module
 */

import type { PeerLink } from "../../../src/peer/peer_link.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { bulk } from "../../../src/workload/bulk.ts";
import { udpFrame } from "./frame.ts";
import { openNamespaceLink } from "./namespace_link.ts";
import { type KnownCase, knownCase, runRounds } from "./rounds.ts";
import { countQueue, PEER, type QueueCount } from "./namespaces.ts";
import shaped, { LINKS, MTU_BYTES } from "./shaped_module.ts";
import { type Throughput, throughputOf } from "./trial_figures.ts";

/** What the driving end prints. */
export interface Driven {
  /** Throughput of each trial, by transport. */
  readonly measured: Record<string, Throughput[]>;
  /** Whether TCP puts timestamps into every segment. */
  readonly timestamps: boolean;
  /** What the links' queues counted, link by link. */
  readonly counts: readonly QueueCount[];
}

const KIB = 1_024;
/** Within the warm-up the bucket empties and the queue fills: from then on the link never rests. */
const BUDGET = { warmupNs: 150e6, measureNs: 300e6 };
/** What waits in the buffers of the slowest link takes this long to arrive, in nanoseconds. */
const DRAIN_NS = 1e9;

const [rounds] = Deno.args;
// Ctrl-C reaches the whole process group; who started this decides what it means and then closes standard input.
Deno.addSignalListener("SIGINT", () => {});
const end = new AbortController();
Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {}).finally(() => end.abort());

try {
  const measured = await measure(PEER, Number(rounds));
  const timestamps = (await Deno.readTextFile("/proc/sys/net/ipv4/tcp_timestamps")).trim() !== "0";
  const counts = await Promise.all(LINKS.map((_, index) => countQueue(index)));
  const driven: Driven = { measured, timestamps, counts };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(driven) + "\n"));
} catch (error) {
  if (!end.signal.aborted) throw error;
  Deno.exit(1);
}
// Standard input is still being read.
Deno.exit(0);

/** Throughput of each trial, by transport. */
async function measure(namespace: string, rounds: number): Promise<Record<string, Throughput[]>> {
  const measured: Record<string, Throughput[]> = {};
  await using directory = await createSocketDirectory();
  const link = await openNamespaceLink(namespace, import.meta.resolve("./shaped_module.ts"));
  try {
    const cases = (shaped.transports ?? []).map((transport) => caseOf(transport, link));
    const setup = { cases, link, directory: directory.path, rounds, signal: end.signal };
    await runRounds(setup, (round, { transport: { name } }, outcome) => {
      if (round > 0) (measured[name] ??= []).push(throughputOf(outcome));
    });
  } finally {
    await link.close();
  }
  return measured;
}

function caseOf(transport: Transport, link: PeerLink): KnownCase {
  const bytes = transport.mode === "stream" ? 16 * KIB : udpFrame(MTU_BYTES).payloadBytes;
  const params = { bytes, read: 64 * KIB };
  const expectedNs = BUDGET.warmupNs + BUDGET.measureNs + DRAIN_NS;
  const spec = { transport: transport.name, workload: bulk, params, budget: BUDGET, expectedNs };
  return { case: knownCase(spec, link), transport, workload: bulk };
}
