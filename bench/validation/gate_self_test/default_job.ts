// deno-lint-ignore-file no-console
/**
 * The job of the README as a user runs it, on this machine: the same code on both sides exits 0, and an injected slowdown exits 1.
 *
 * ```sh
 * deno task gate:default-job                       # one job of each kind, about five minutes
 * deno task gate:default-job --jobs 10 --slowdown 10%
 * ```
 *
 * @module
 */

import { readOptions } from "../read_options.ts";

const given = readOptions({ jobs: "1", slowdown: "10%", out: "" });

const MAIN = new URL("../../../src/cli/main.ts", import.meta.url).pathname;
const jobs = Number(given.jobs);
if (!Number.isInteger(jobs) || jobs < 1) {
  console.error(`--jobs must be a whole number of at least 1: "${given.jobs}" is not`);
  Deno.exit(2);
}

/** A kind of job, the exit code that it should have, and what it is called. */
interface Kind {
  readonly name: string;
  readonly wanted: number;
  readonly more: readonly string[];
}

const KINDS: readonly Kind[] = [
  { name: "A/A", wanted: 0, more: [] },
  {
    name: `head ${given.slowdown} slower`,
    wanted: 1,
    more: [`--inject-slowdown=${given.slowdown}`],
  },
];

/** Runs one job; its summary is the first line that it prints. */
async function runJob({ more }: Kind, out: string): Promise<{ code: number; summary: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "-A",
      "--v8-flags=--min-semi-space-size=16,--max-semi-space-size=16",
      MAIN,
      "ab",
      "--base=self",
      "--head=self",
      "--quiet",
      `--out=${out}`,
      ...more,
    ],
    env: { GITHUB_STEP_SUMMARY: "", GITHUB_ACTIONS: "", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const summary = (printed!.split("\n\n")[0] || said!).replaceAll(/\s+/g, " ").trim();
  return { code, summary };
}

const directory = given.out === "" ? await Deno.makeTempDir({ prefix: "sockbench-job-" }) : null;
let wrong = 0;
try {
  for (let job = 1; job <= jobs; job++) {
    for (const kind of KINDS) {
      const startedMs = performance.now();
      const { code, summary } = await runJob(kind, directory ?? given.out);
      const isRight = code === kind.wanted;
      if (!isRight) wrong++;
      const seconds = Math.round((performance.now() - startedMs) / 1e3);
      console.log(
        `${isRight ? "as it should be" : `WRONG, ${kind.wanted} was due`}: ${kind.name}, ` +
          `exit code ${code}, ${seconds} s: ${summary}`,
      );
    }
  }
} finally {
  if (directory !== null) await Deno.remove(directory, { recursive: true });
}
console.log(`${2 * jobs - wrong} of ${2 * jobs} jobs ended as they should`);
Deno.exit(wrong === 0 ? 0 : 1);
