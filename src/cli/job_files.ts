// The files that a job leaves, and what becomes of those of an earlier job: a verdict that was not reached must not be found.

import { join } from "node:path";
import { loadLate } from "./late.ts";
import { UsageError } from "./failure.ts";
import { writeObstacle } from "./output.ts";

/** A command whose files must be of its own job. */
export type Job = "run" | "gate" | "ab";

/** The first part of a job's file names. */
const STEMS: Readonly<Record<Job, string>> = { run: "latest", gate: "gate", ab: "ab" };

const RECORDS: Readonly<Record<Job, readonly string[]>> = {
  run: ["latest.json"],
  gate: ["gate-head.json", "gate-head-2.json", "gate-head-3.json", "gate-head-4.json"],
  ab: ["base", "head", 2, 3, 4, 5, 6, 7, 8].flatMap((side) => {
    const stem = typeof side === "number" ? `ab-head-${side}` : `ab-${side}`;
    return [`${stem}.json`, `${stem}-confirmation.json`];
  }),
};

/** `ab.md`, `ab.json`; a second format of the same extension has its id in the name: `ab-bencher.json`. */
export function verdictFileName(
  job: "gate" | "ab",
  { id, extension }: { readonly id: string; readonly extension: string },
): string {
  const isPlain = ["md", "json", "junit"].includes(id);
  return `${isPlain ? job : `${job}-${id}`}.${extension}`;
}

/** What is read from these files is what a job has found: reports of a run, verdicts of a gate. */
async function reportNames(job: Job): Promise<readonly string[]> {
  if (job !== "run") {
    const { gateFormats, headsFormats } = await loadLate<typeof import("../report/registry.ts")>(
      "formats",
    );
    const formats = [...gateFormats.values(), ...job === "ab" ? headsFormats.values() : []];
    return [...new Set(formats.map((format) => verdictFileName(job, format)))];
  }
  const { reportFormats } = await loadLate<typeof import("../report/registry.ts")>(
    "formats",
  );
  return [...reportFormats.values()].filter(({ id }) => id !== "json")
    .map(({ extension }) => `${STEMS.run}.${extension}`);
}

/** Removes an earlier job's files before anything is measured. Throws UsageError where one is an input, or stays. */
export async function clearEarlierJob(
  job: Job,
  out: string,
  inputs: readonly InputFile[],
): Promise<void> {
  const names = [...RECORDS[job], ...await reportNames(job)];
  const paths: readonly string[] = names.map((name) => join(out, name));
  for (const path of paths) await refuseOverwriting(path, inputs);
  for (const path of paths) await remove(path);
}

/** Removes verdicts of a job that was lost before it sent one, and all of an earlier job; what it has measured stays. */
export async function clearLostJob(job: Job, out: string, startedMs: number): Promise<void> {
  for (const name of await reportNames(job)) {
    if (job !== "run") await remove(join(out, name));
  }
  for (const name of [...RECORDS[job], ...await reportNames(job)]) {
    const path: string = join(out, name);
    if (await changedMs(path) < startedMs) await remove(path);
  }
}

async function changedMs(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? Infinity;
  } catch {
    return Infinity;
  }
}

async function remove(path: string): Promise<void> {
  try {
    // An empty directory would be removed too; it is nobody's result.
    if (!(await Deno.lstat(path)).isDirectory) await Deno.remove(path);
  } catch (error) {
    // Without the permission to write there, preparing the directory says so.
    const isNone = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    if (isNone || (error as { code?: string }).code === "ENOTDIR") return;
    throw new UsageError(`cannot remove ${path} of an earlier job: ${writeObstacle(error)}`);
  }
}

/** A file that a command reads. `name`: as in `--baseline`; `path`: - for standard input. */
export type InputFile = Readonly<{ name: string; path: string }>;

/** Throws UsageError where a file to be written is an input, whatever its name: a link, a relative path, standard input. */
export async function refuseOverwriting(
  output: string,
  inputs: readonly InputFile[],
): Promise<void> {
  const target = await identify(output);
  if (target === undefined) return;
  for (const { name, path } of inputs) {
    if (await identify(path) !== target) continue;
    const what = path === "-" ? "comes in on standard input" : `is read as ${name} ${path}`;
    throw new UsageError(`cannot write ${output}, as it ${what}: name another --out`);
  }
}

/** Device and inode, or the whole path where the system has none; `undefined` for what is not there or may not be looked at. */
async function identify(path: string): Promise<string | undefined> {
  try {
    if (path === "-") {
      const { fstatSync } = await import("node:fs");
      const { dev, ino } = fstatSync(0);
      return `${dev} ${ino}`;
    }
    const { dev, ino } = await Deno.stat(path);
    return ino === null ? await Deno.realPath(path) : `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
