// deno-lint-ignore-file no-console
/**
 * The gate tried against known answers on the machine at hand, by the command as users write it, with default cells: how often it is red
 * when nothing changed, and how often it finds a slowdown of known size. Can be killed and started again at any time.
 *
 * ```sh
 * deno task gate:self-test                        # 60 jobs of the same code, hours
 * deno task gate:self-test --jobs 2 --slowed 0 --out /tmp/try
 * deno task gate:self-test --jobs 0 --slowed 3 --slowdown 5% --threshold 2%
 * ```
 *
 * Writes a file a job to `<out>/gate-self-test/` (seed, exit code, every cell with its raw p-value) and `<out>/gate-self-test.md` of all of
 * them. Jobs of other code are never mixed in: exit code 2.
 *
 * @module
 */

import {
  type JobPlan,
  type JobResult,
  MixedCodeError,
  runSeries,
} from "./gate_self_test/job_series.ts";
import { renderSelfTest } from "./gate_self_test/self_test_report.ts";
import { readOptions } from "./read_options.ts";

const given = readOptions({
  jobs: "60",
  slowed: "3",
  slowdown: "5%",
  threshold: "2%",
  case: "",
  seed: "1",
  out: "reports",
});

const ROOT = new URL("../../", import.meta.url).pathname;

function whole(name: "jobs" | "slowed" | "seed"): number {
  const value = Number(given[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} must be a whole number from 0 on: "${given[name]}" is not`);
  Deno.exit(2);
}

const cases = given.case === "" ? [] : [`--case=${given.case}`];
const seedOf = (index: number) => `--seed=${whole("seed") * 10_000 + index}`;
const plans: readonly JobPlan[] = [
  ...Array.from({ length: whole("jobs") }, (_, index): JobPlan => ({
    name: `same-${String(index + 1).padStart(4, "0")}`,
    kind: "same",
    args: ["ab", "--base=self", "--head=self", ...cases, seedOf(index + 1)],
  })),
  ...Array.from({ length: whole("slowed") }, (_, index): JobPlan => ({
    name: `slowed-${given.slowdown.replace(/\W/g, "")}-${given.threshold.replace(/\W/g, "")}-${
      index + 1
    }`,
    kind: "slowed",
    args: [
      ...["ab", "--base=self", "--head=self", ...cases, `--inject-slowdown=${given.slowdown}`],
      ...[`--threshold=${given.threshold}`, seedOf(5_000 + index)],
    ],
  })),
];

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: [...args], cwd: ROOT }).output();
  return new TextDecoder().decode(stdout);
}

/** What a job covers: the sources, committed or not, and how they are run. */
async function readCode(): Promise<string> {
  const covered = ["src", "deno.json", "deno.lock"];
  const text = await git("ls-files", "-s", ...covered) +
    await git("diff", "HEAD", "--", ...covered) +
    Deno.version.deno;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, 12);
}

async function run({ args }: JobPlan): Promise<Omit<JobResult, keyof JobPlan | "code">> {
  const out = await Deno.makeTempDir({ prefix: "sockbench-self-test-" });
  const startedAt = new Date();
  const load = Deno.loadavg()[0] ?? NaN;
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "sockbench", ...args, "--quiet", "--format=json", `--out=${out}`],
      cwd: ROOT,
      env: { GITHUB_STEP_SUMMARY: "", GITHUB_ACTIONS: "", NO_COLOR: "1" },
      stdin: "null",
    }).output();
    if (code === 130) throw new Error("the job was interrupted");
    const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const result = await readResult(`${out}/ab.json`);
    return {
      startedAt: startedAt.toISOString(),
      tookS: Math.round((Date.now() - startedAt.getTime()) / 1e3),
      load,
      exitCode: code,
      summary: result?.summary ?? (printed || said || "").trim().slice(0, 500),
      cells: result?.cells ?? [],
      ...(result?.control !== undefined && { control: result.control }),
    };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

/** A job that could not judge at all has no result. */
async function readResult(
  path: string,
): Promise<Pick<JobResult, "summary" | "cells" | "control"> | undefined> {
  try {
    const { summary, cells, control } = JSON.parse(await Deno.readTextFile(path));
    return { summary, control, cells: cells.map(slim) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What the report is made of, and whoever doubts it asks for. */
function slim(cell: JobResult["cells"][number]): JobResult["cells"][number] {
  const { case: id, metric, rule, headline, verdict, pValue, adjustedP, threshold, ratio } = cell;
  const { detectable, confirmation } = cell;
  return JSON.parse(JSON.stringify({
    ...{
      case: id,
      metric,
      rule,
      headline,
      verdict,
      pValue,
      adjustedP,
      threshold,
      ratio,
      detectable,
    },
    ...(confirmation !== undefined && {
      confirmation: {
        pValue: confirmation.pValue,
        adjustedP: confirmation.adjustedP,
        n: confirmation.n,
      },
    }),
  }));
}

const code = await readCode();
try {
  const jobs = await runSeries(plans, {
    directory: `${given.out}/gate-self-test`,
    code,
    run,
    onJob: ({ name, exitCode, tookS, summary }) =>
      console.error(`${name}: exit ${exitCode}, ${tookS} s: ${summary}`),
  });
  const text = renderSelfTest(jobs, {
    command: `deno task gate:self-test${Deno.args.map((arg) => ` ${arg}`).join("")}`,
    code,
    machine: `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}`,
  });
  await Deno.writeTextFile(`${given.out}/gate-self-test.md`, text);
  console.log(text);
} catch (error) {
  if (!(error instanceof MixedCodeError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}
