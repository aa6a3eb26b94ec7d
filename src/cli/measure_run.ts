// One run in a process of its own, for commands that need several: what a process brings with it must differ from run to run.

import { join } from "node:path";
import type { RunRecord } from "../model/run_record.ts";
import { runCommand } from "./commands/run.ts";
import { EXIT, UsageError } from "./failure.ts";
import { encodeRecord } from "../record/codec.ts";
import { moduleUrls } from "./measuring.ts";
import { writeFileAtomically } from "./output.ts";
import { parseArguments } from "./parse.ts";
import { readRecord } from "./read_record.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Where a run's record goes, and what it measures. `args`: of `run`, without where files go; `out`: exists and can be written to; `name`: the record's there. */
export interface OneRun {
  readonly args: readonly string[];
  readonly modules: readonly string[];
  readonly out: string;
  readonly name: string;
  readonly finish?: (record: RunRecord) => RunRecord;
}

/** Measures one run. Only one that came to its end leaves a file; else the exit code of `run`, which has said what went wrong. */
export async function measureRun(
  { args, modules, out, name, finish = (record) => record }: OneRun,
  terminal: Terminal,
): Promise<RunRecord | number> {
  const folder = await Deno.makeTempDir({ dir: out, prefix: ".sockbench-run-" });
  try {
    const words = ["run", ...args, "--format=json", `--out=${folder}`];
    const { runInChild } = await import("./parent.ts");
    const end = await runInChild("run", words, terminal, moduleUrls(modules), Deno.args);
    const code = end?.code ?? await runHere(words, terminal);
    if (code !== EXIT.ok) return code;
    const record = finish(await readRecord(join(folder, "latest.json")));
    await writeFileAtomically(join(out, name), encodeRecord(record));
    return record;
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** Ends early where the signal comes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, min: 60e3, h: 3_600e3 };
const MAX_MS = 168 * 3_600e3;

/** Milliseconds of an option; throws UsageError when it is no time. */
export function readTime(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,5}(?:\.\d{1,3})?) ?(s|m|min|h)$/.exec(text) ?? [];
  const ms = Number(digits) * UNITS_MS[unit ?? "s"]!;
  if (ms <= MAX_MS) return ms;
  throw new UsageError(`--${option} must be from 0s to 168h, as in 30m or 2h: "${text}" is not`);
}

/** Where no child can be had, all runs share this process. */
async function runHere([, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  terminal.err(
    "sockbench: this run shares a process with others, and what differs between processes is not in it: it needs --allow-run, and Linux\n",
  );
  return await runCommand.action(parseArguments(runCommand, args), { ...terminal, out() {} }, []);
}

/** Arguments of `run` that measure some cases of a baseline as it did. */
export function argumentsOf(baseline: RunRecord, cases: RunRecord["cases"]): readonly string[] {
  const { profile, rounds, peer } = baseline.settings;
  const pins = [...new Set(cases.map(({ placement }) => placement.pin))];
  const cores = cases.find(({ placement }) => placement.pin === "cross")?.placement.cores ??
    cases.find(({ placement }) => placement.pin !== "none")?.placement.cores;
  return [
    `--profile=${profile}`,
    `--rounds=${rounds}`,
    `--peer=${peer}`,
    ...cases.map(({ id }) => `--case=${id}`),
    ...(pins.some((pin) => pin !== "none") ? [`--pin=${pins.join(",")}`] : []),
    ...(cores === undefined
      ? []
      : [`--cores=${[...new Set([cores.drive, cores.serve])].join(",")}`]),
  ];
}
