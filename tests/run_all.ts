/**
 * All tests, in one process more than there are cores (at most four), as a test waits for its peers a good part of its time: a process runs
 * one test at a time, as tests share its descriptors and its environment. `deno test --parallel` would run them in threads of one process. Prints what each batch of files printed, when it ends, and one
 * summary in the runner's words. Types are checked by the task `check`.
 *
 * @module
 */

const ROOT = new URL("..", import.meta.url).pathname;
/** Where examples are run as tests. */
const DOCUMENTED = [
  ...["mod.ts", "src/extend/mod.ts", "src/report/mod.ts", "src/kernel/mod.ts"],
  ...["docs/", "CONTRIBUTING.md"],
];
/** Files in a batch: few enough that the batches of all processes end at about the same time. */
const BATCH_FILES = 10;
const MAX_PROCESSES = 4;

/** What the runner counted: its own summary, `ok | 3 passed (2 steps) | 0 failed | 1 ignored (5ms)`. */
export interface Counts {
  readonly passed: number;
  readonly steps: number;
  readonly failed: number;
  readonly ignored: number;
}

/**
 * Reads the last summary of what a runner printed.
 *
 * @returns one failure where there is none, or where the runner failed without counting one: it died
 */
export function readCounts(printed: string, code: number): Counts {
  const summary = printed.split("\n").findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line));
  const count = (what: string) =>
    Number(new RegExp(`(\\d+) ${what}`).exec(summary ?? "")?.[1] ?? 0);
  const failed = count("failed");
  const isDead = failed === 0 && (code !== 0 || summary === undefined);
  return {
    passed: count("passed"),
    steps: count("steps?"),
    failed: isDead ? 1 : failed,
    ignored: count("ignored"),
  };
}

/** The lines in which the runner names what failed, as in `sums => ./tests/a_test.ts:3:6`. */
export function readFailures(printed: string): string[] {
  const lines = printed.split("\n");
  const from = lines.findLastIndex((line) => line.trim() === "FAILURES");
  return from < 0 ? [] : lines.slice(from + 1).filter((line) => / => \.\/.+:\d+:\d+$/.test(line));
}

/** One summary of many. */
export function summarize(all: readonly Counts[], seconds: number): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  const steps = sum("steps") > 0 ? ` (${sum("steps")} steps)` : "";
  const ignored = sum("ignored") > 0 ? ` | ${sum("ignored")} ignored` : "";
  const word = sum("failed") > 0 ? "FAILED" : "ok";
  return `${word} | ${sum("passed")} passed${steps} | ${
    sum("failed")
  } failed${ignored} (${seconds}s)`;
}

/** Deals files out, so that neighbours, which take alike long, come into different batches. */
export function deal<T>(files: readonly T[], size: number): T[][] {
  const batches = Math.ceil(files.length / size);
  return Array.from({ length: batches }, (_, k) => files.filter((_, i) => i % batches === k));
}

async function testFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await testFiles(path));
    else if (name.endsWith("_test.ts")) found.push(path);
  }
  return found.sort();
}

interface Outcome {
  readonly counts: Counts;
  readonly failures: readonly string[];
}

async function runBatch(args: readonly string[]): Promise<Outcome> {
  const { code, stdout } = await new Deno.Command("sh", {
    // Both streams in the order in which they were written.
    args: ["-c", 'exec "$@" 2>&1', "sh", Deno.execPath(), "task", "--quiet", "test:files", ...args],
    cwd: ROOT,
    stdin: "null",
    stderr: "inherit",
  }).output();
  await writeAll(stdout);
  // deno-lint-ignore no-control-regex
  const printed = new TextDecoder().decode(stdout).replaceAll(/\x1b\[[\d;]*m/g, "");
  return { counts: readCounts(printed, code), failures: readFailures(printed) };
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** Runs all tests, or those of the files among `args`; its words that begin with a hyphen are options of the test runner. */
async function runAll(args: readonly string[]): Promise<boolean> {
  const start = performance.now();
  const options = args.filter((word) => word.startsWith("-"));
  const some = args.filter((word) => !word.startsWith("-"));
  const files = some.length > 0 ? some : await testFiles("tests");
  const batches = [
    ...(some.length > 0 ? [] : [["--doc", ...DOCUMENTED]]),
    ...deal(files, BATCH_FILES).map((batch) => ["--no-check", ...batch]),
  ].values();
  const all: Outcome[] = [];
  const work = async () => {
    for (const batch of batches) all.push(await runBatch([...options, ...batch]));
  };
  const processes = Math.min(MAX_PROCESSES, navigator.hardwareConcurrency + 1);
  await Promise.all(Array.from({ length: processes }, work));
  const seconds = Math.round((performance.now() - start) / 1e3);
  const failures = all.flatMap((batch) => batch.failures);
  const counts = all.map((batch) => batch.counts);
  const named = failures.length > 0 ? ` FAILURES\n\n${failures.join("\n")}\n\n` : "";
  await writeAll(new TextEncoder().encode(`\n${named}${summarize(counts, seconds)}\n`));
  return counts.every(({ failed }) => failed === 0);
}

if (import.meta.main && !await runAll(Deno.args)) Deno.exit(1);
