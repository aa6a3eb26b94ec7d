/**
 * Does `gate --normalize yardstick` bring records of differently loaded runs nearer to each other? Runs quick records of a few cells alone,
 * beside a busy loop on one core and beside one on every core, in turns, and writes reports/yardstick.md.
 *
 * `--repeats n` records of each load and peer (default 8; about 20 s each) · `--rounds n` of each (default 12) · `--peer loop,process` ·
 * `--out file`. To be run on a machine that is otherwise quiet.
 *
 * @module
 */

import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { createSettings } from "../../src/plan/settings.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import { Yardstick, type YardstickSource } from "../../src/run/yardstick.ts";
import { createPrng } from "../../src/stats/mod.ts";
import { probeTransports } from "../../src/transport/probe_transports.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { keepRunning, killTools, onCore } from "../peers/tool_process.ts";
import { cellSpreads, countGates, type LoadedRecord } from "./yardstick_analysis.ts";
import { renderYardstick, type YardstickFindings } from "./yardstick_report.ts";
import { readOptions } from "../read_options.ts";

const CASES = [
  "round-trip/tcp/bytes=64",
  "round-trip/unix/bytes=64",
  "throughput/tcp/bytes=65536",
  "connect/tcp",
];
const BUSY = "for (let i = 0;; i++);";

/** What else runs, as cores that a busy loop is pinned to. */
const LOADS: Readonly<Record<string, (cores: number) => readonly number[]>> = {
  "alone": () => [],
  "one core busy": (cores) => [cores - 1],
  "every core busy": (cores) => Array.from({ length: cores }, (_, core) => core),
};

const args = readOptions({
  repeats: "8",
  rounds: "12",
  peer: "loop,process",
  out: "reports/yardstick.md",
});
const repeats = wholeNumber("repeats");
const rounds = wholeNumber("rounds");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    killTools();
    Deno.exit(130);
  });
}
globalThis.addEventListener("unload", killTools);

const environment = await readEnvironment();
const found: YardstickFindings[] = [];
for (const peer of args.peer.split(",")) found.push(await measure(peer as PeerKind));
const { cpu, cores, platform, kernel, versions } = environment;
const facts = [
  `${cpu ?? "CPU unknown"}, ${cores} cores`,
  `${platform} ${kernel ?? ""}`.trim(),
  `Deno ${versions.deno}`,
  `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
];
await Deno.writeTextFile(args.out, renderYardstick(facts, found));
say(`written to ${args.out}`);

async function measure(peer: PeerKind): Promise<YardstickFindings> {
  using yardstick = new Yardstick(systemClock);
  const records: LoadedRecord[] = [];
  const prng = createPrng(peer);
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const load of prng.shuffle(Object.keys(LOADS))) {
      await using _busy = keepBusy(LOADS[load]!(environment.cores));
      records.push({ load, record: await record(peer, yardstick) });
      say(`peer ${peer}, ${repeat}/${repeats}: ${load}`);
    }
  }
  return {
    peer,
    loads: Object.keys(LOADS),
    repeats,
    spreads: cellSpreads(records),
    alike: countGates(records, (base, head) => base === head),
    unlike: countGates(records, (base, head) => base !== head),
  };
}

function keepBusy(cores: readonly number[]): AsyncDisposable {
  const loops = cores.map((core) => keepRunning(onCore(core, [Deno.execPath(), "eval", BUSY])));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

async function record(peer: PeerKind, yardstick: YardstickSource): Promise<RunRecord> {
  const catalog = createCatalog();
  const settings = createSettings(
    { profile: "quick", peer, rounds, cases: CASES, seed: 1 },
    catalog,
  );
  await using directory = await createSocketDirectory();
  const availability = await probeTransports(catalog.transports, directory.path);
  return await runPlan(planCases(settings, catalog, availability), {
    catalog,
    clock: systemClock,
    environment,
    command: "bench/gate/yardstick_spread.ts",
    startedAt: new Date().toISOString(),
    directory: directory.path,
    yardstick,
  });
}

function wholeNumber(name: "repeats" | "rounds"): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0: it is ${args[name]}`);
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
