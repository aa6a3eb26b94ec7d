// The runs of a baseline: a directory of records, run-1.json, run-2.json and so on, each as `run` writes it.

import { join } from "node:path";
import { caseDifference } from "../compare/case_difference.ts";
import { environmentObstacles } from "../compare/fingerprint.ts";
import { isSameRun } from "../compare/same_run.ts";
import { factOf, withFacts } from "../model/environment.ts";
import { makeFact } from "../model/fact_rows.ts";
import type { RunRecord } from "../model/run_record.ts";
import { readRecord } from "./read_record.ts";

export { compareRuns } from "../compare/compare_runs.ts";
export { spreadsToBeFound } from "../gate/detectable.ts";
export { findHopeless, HEAD_RUNS } from "../gate/judge_runs.ts";
export { formatShare } from "../units/format_quantity.ts";
export { formatDuration } from "./terminal/duration.ts";

/** The fact that says which code of users was measured. */
const CODE_FACT = "modules";

function nameOfRun(index: number): string {
  return `run-${index}.json`;
}

/** The name of the run that comes after those that a directory has. */
export async function nextRunName(path: string): Promise<string> {
  return nameOfRun(1 + Math.max(0, ...await runsIn(path)));
}

/** A run with what says which code of users it measured; null: none. */
export function withCode(run: RunRecord, digest: string | null): RunRecord {
  if (digest === null) return run;
  return { ...run, environment: withFacts(run.environment, [makeFact(CODE_FACT, digest)]) };
}

/** A digest of some files' contents; what they import is not in it. */
export async function digestFiles(urls: readonly string[]): Promise<string> {
  let text = "";
  for (const url of urls) text += `${await Deno.readTextFile(new URL(url))}\0`;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, 16);
}

/** A record, or every run of a directory. Throws UsageError or RecordError in one sentence. */
export async function readRuns(source: string): Promise<readonly RunRecord[]> {
  if (!await isDirectory(source)) return [await readRecord(source)];
  const runs: RunRecord[] = [];
  for (const index of await runsIn(source)) {
    runs.push(await readRecord(join(source, nameOfRun(index))));
  }
  return runs;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** In the order in which they were measured. */
async function runsIn(path: string): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir(path)) {
    const [, digits] = /^run-([1-9]\d{0,3})\.json$/.exec(name) ?? [];
    if (digits !== undefined) found.push(Number(digits));
  }
  return found.sort((a, b) => a - b);
}

/** In what runs differ that must be alike, or that one is there twice, in one clause; `undefined` where they are one baseline. */
export function findMixture(runs: readonly RunRecord[]): string | undefined {
  const [first, ...others] = runs;
  for (const [index, run] of others.entries()) {
    const found = findDifference(first!, run);
    if (found !== undefined) {
      return `run ${index + 2} (head) is not like the first (base): ${found}`;
    }
  }
  for (const [index, run] of runs.entries()) {
    const before = runs.slice(0, index).findIndex((one) => isSameRun(one, run));
    if (before >= 0) {
      return `run ${index + 1} is a copy of run ${
        before + 1
      }, which shows nothing of how runs differ`;
    }
  }
  return undefined;
}

function findDifference(first: RunRecord, run: RunRecord): string | undefined {
  const [elsewhere] = environmentObstacles(first, run);
  if (elsewhere !== undefined) return elsewhere;
  const differs = (id: string) => factOf(first.environment, id) !== factOf(run.environment, id);
  if (differs("machine")) return "they were measured on two machines, by their ids";
  if (differs(CODE_FACT)) return "the code of --module has changed";
  if (differs("commit")) return "they were measured by two commits of sockbench";
  for (const key of ["profile", "rounds", "precision", "peer"] as const) {
    if (first.settings[key] === run.settings[key]) continue;
    return `${key} differs: ${first.settings[key]} in base, ${run.settings[key]} in head`;
  }
  const known = new Map(first.cases.map((one) => [one.id, one]));
  const isElsewhere = run.cases.find(({ id }) => !known.has(id));
  if (isElsewhere !== undefined || run.cases.length !== first.cases.length) {
    return "they measured other cases";
  }
  return run.cases.map((one) => caseDifference(known.get(one.id)!, one))
    .find((found) => found !== undefined);
}
