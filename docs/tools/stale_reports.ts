// `deno task reports:stale`: which committed reports are of other code than what is checked out. A report names the commit that measured it; each
// stays true of that commit, so that this warns and fails nothing.

import { ROOT } from "./pages.ts";

/** What every figure rests on. */
const MEASURING: readonly string[] = [
  "src/clock.ts",
  ...["kernel", "transport", "workload", "scenario", "peer", "run"].map((room) => `src/${room}`),
];
const PAIRS: readonly string[] = [...MEASURING, "src/ab", "src/compare", "src/stats"];
const proof = (name: string) => [`bench/validation/${name}`, `bench/validation/${name}.ts`];

/** The committed reports, and the paths whose change may change their figures. A new report is one row. */
export const COVERS: Readonly<Record<string, readonly string[]>> = {
  "sample.md": MEASURING,
  "claims.md": [...MEASURING, "src/claim", "src/compare", "src/stats"],
  "overhead.md": MEASURING,
  "floor.md": [...MEASURING, ...proof("floor")],
  "reference-tools.md": [...MEASURING, ...proof("reference_tools")],
  "known-answers.md": [...MEASURING, ...proof("known_answers")],
  "ratios.md": [...MEASURING, "src/report", ...proof("ratios")],
  "slices.md": [...MEASURING, "src/stats", ...proof("slices")],
  "null-study.md": [...MEASURING, "src/compare", "src/report", "src/stats", ...proof("null_study")],
  "runtimes.md": [...PAIRS, ...proof("runtimes")],
  "deno-versions.md": [...PAIRS, ...proof("runtimes")],
  "gate-self-test.md": [...PAIRS, "src/gate", ...proof("gate_self_test")],
};

/** The commit that a report names in its first lines; `undefined` where it names none. */
export function commitOf(report: string): string | undefined {
  const head = report.split("\n").slice(0, 12).join("\n");
  return /(?:sockbench \S+ \(|, commit )([0-9a-f]{7})\b/.exec(head)?.[1];
}

/**
 * What has changed since a report was measured, in one sentence.
 *
 * @param changedSince lists the files under some paths that differ from those of a commit; `undefined`: the commit is not known here
 * @returns `undefined` where nothing has
 */
export async function describeStale(
  name: string,
  report: string,
  changedSince: (commit: string, paths: readonly string[]) => Promise<string[] | undefined>,
): Promise<string | undefined> {
  const commit = commitOf(report);
  if (commit === undefined) return `reports/${name} names no commit: it is of an older version`;
  const changed = await changedSince(commit, COVERS[name] ?? []);
  if (changed === undefined) {
    return `reports/${name} is of ${commit}, which this checkout does not have: a shallow clone, or it was rewritten`;
  }
  if (changed.length === 0) return undefined;
  const [first, ...others] = changed;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `reports/${name} is of ${commit}; since then ${first}${more} changed`;
}

/** A report's text; `undefined` where nobody has measured it yet. */
export async function readReport(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As git tells it. */
export async function gitChangedSince(
  commit: string,
  paths: readonly string[],
  cwd: string | URL = ROOT,
): Promise<string[] | undefined> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["diff", "--name-only", commit, "--", ...paths],
    cwd,
    stderr: "null",
  }).output();
  return success ? new TextDecoder().decode(stdout).split("\n").filter(Boolean) : undefined;
}

if (import.meta.main) {
  const sentences = [];
  for (const name of Object.keys(COVERS)) {
    const report = await readReport(new URL(`reports/${name}`, ROOT));
    if (report === undefined) continue;
    sentences.push(await describeStale(name, report, (...of) => gitChangedSince(...of)) ?? []);
  }
  const stale = sentences.flat();
  const lines = [
    ...stale.map((sentence) => `warning: ${sentence}`),
    `${stale.length} of ${sentences.length} reports are not of this code`,
  ];
  await Deno.stdout.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
}
