/**
 * All tests, in one process more than there are cores (at most four), as a test waits for its peers a good part of its time: a process runs
 * one test at a time, as tests share its descriptors and its environment. `deno test --parallel` would run them in threads of one process.
 * Each process loads its files as one module: the runner would start an isolate for each, which loads what they have in common again, and
 * that took a third of the whole time. Prints what each batch of files printed, when it ends, and one summary in the runner's words. Types are
 * checked by the task `check`.
 *
 * @module
 */

const ROOT_URL = new URL("..", import.meta.url);
const ROOT = ROOT_URL.pathname;
/** Where examples are run as tests. */
const DOCUMENTED = [
  ...["mod.ts", "src/extend/mod.ts", "src/report/mod.ts", "src/kernel/mod.ts"],
  ...["docs/", "CONTRIBUTING.md"],
];
/** The smallest batch, in files. */
const MIN_FILES = 4;
const MAX_PROCESSES = 4;
/** So many of the slowest files are named at the end. */
const SLOWEST = 12;

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

/**
 * Deals files out, so that neighbours, which take alike long, come into different batches: large ones first, as a batch loads what its files
 * have in common, and small ones last, so that all processes end at about the same time.
 */
export function deal<T>(files: readonly T[], processes: number): T[][] {
  // By the golden ratio: neighbours are 0.38 of all files apart.
  const placeOf = (index: number) => (index * (Math.sqrt(5) - 1) / 2) % 1;
  const left = files.map((file, index) => ({ file, place: placeOf(index) }))
    .sort((a, b) => a.place - b.place).map(({ file }) => file);
  const batches: T[][] = [];
  while (left.length > 0) {
    batches.push(left.splice(0, Math.max(MIN_FILES, Math.ceil(left.length / (3 * processes)))));
  }
  return batches;
}

/** What a batch's report in JUnit's format says of a file. */
export interface FileReport {
  readonly file: string;
  readonly seconds: number;
  /** Whether tests of it were ignored, those aside that a filter left out, which have no time. */
  readonly hasIgnored: boolean;
}

/** Reads the runner's own report, of which the names of files and the times are known: nothing else of it is. */
export function readReport(xml: string): FileReport[] {
  return xml.split("<testsuite ").slice(1).map((suite) => {
    const cases = suite.split("<testcase ").slice(1);
    const times = cases.map((one) => Number(/^[^>]* time="([\d.]+)"/.exec(one)?.[1] ?? NaN));
    return {
      file: /^name="([^"]*)"/.exec(suite)?.[1] ?? "",
      seconds: times.reduce((sum, time) => sum + (time || 0), 0),
      hasIgnored: cases.some((one, at) => !isNaN(times[at]!) && one.includes("<skipped/>")),
    };
  });
}

/** The test files in a folder, or the file itself. */
async function testFiles(folder: string): Promise<string[]> {
  if ((await Deno.stat(new URL(folder, ROOT_URL))).isFile) return [folder];
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
  readonly files: readonly FileReport[];
}

/** What a process is to run: examples of the documentation, or test files. */
interface Batch {
  readonly documented?: readonly string[];
  readonly files?: readonly string[];
}

async function runBatch(
  { documented = [], files = [] }: Batch,
  options: readonly string[],
): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "sockbench-tests-" });
  try {
    const [module, report] = [`${folder}/tests.ts`, `${folder}/report.xml`];
    // One after another, as the runner would load them.
    const loads = files.map((file) => `await import("${new URL(file, ROOT_URL).href}");\n`);
    await Deno.writeTextFile(module, loads.join(""));
    const own = files.length > 0
      ? ["--no-check", `--junit-path=${report}`, module]
      : ["--doc", ...documented];
    const { code, stdout } = await new Deno.Command("sh", {
      // Both streams in the order in which they were written.
      args: [
        ...["-c", 'exec "$@" 2>&1', "sh", Deno.execPath(), "task", "--quiet", "test:files"],
        ...[...options, ...own],
      ],
      cwd: ROOT,
      stdin: "null",
      stderr: "inherit",
    }).output();
    await writeAll(stdout);
    // A runner that died has left none.
    const reported = readReport(await Deno.readTextFile(report).catch(() => ""));
    for (const { file } of reported.filter(({ hasIgnored }) => hasIgnored)) {
      for (const one of registering(file, files)) await write(`ignored in ${one}\n`);
    }
    // deno-lint-ignore no-control-regex
    const printed = new TextDecoder().decode(stdout).replaceAll(/\x1b\[[\d;]*m/g, "");
    return { counts: readCounts(printed, code), failures: readFailures(printed), files: reported };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The files of a batch whose tests stand in a file: itself, or those that have another register tests, as that of a contract; else all. */
export function registering(file: string, files: readonly string[]): readonly string[] {
  const path = (one: string) => new URL(one, ROOT_URL).pathname;
  const own = files.filter((one) => path(one) === path(file));
  if (own.length > 0) return own;
  const end = `/${file.replace(/^.*\//, "")}";`;
  const imports = (text: string) =>
    text.split("\n").some((line) => line.includes(" from ") && line.endsWith(end));
  const found = files.filter((one) => imports(Deno.readTextFileSync(path(one))));
  return found.length > 0 ? found : files;
}

const write = (text: string) => writeAll(new TextEncoder().encode(text));

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** Runs all tests, or those of the files among `args`; its words that begin with a hyphen are options of the test runner. */
async function runAll(args: readonly string[]): Promise<boolean> {
  const start = performance.now();
  const options = args.filter((word) => word.startsWith("-"));
  const some = args.filter((word) => !word.startsWith("-"));
  const processes = Math.min(MAX_PROCESSES, navigator.hardwareConcurrency + 1);
  const files = (await Promise.all((some.length > 0 ? some : ["tests"]).map(testFiles))).flat();
  const batches = [
    ...(some.length > 0 ? [] : [{ documented: DOCUMENTED }]),
    ...deal(files, processes).map((files) => ({ files })),
  ].values();
  const all: Outcome[] = [];
  const work = async () => {
    for (const batch of batches) all.push(await runBatch(batch, options));
  };
  await Promise.all(Array.from({ length: processes }, work));
  const seconds = Math.round((performance.now() - start) / 1e3);
  const failures = all.flatMap((batch) => batch.failures);
  const counts = all.map((batch) => batch.counts);
  const named = failures.length > 0 ? ` FAILURES\n\n${failures.join("\n")}\n\n` : "";
  const slowest = all.flatMap((batch) => batch.files).sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST).map((one) =>
      `${Math.round(one.seconds).toString().padStart(5)} s  ${one.file}\n`
    );
  await write(`\nThe slowest files:\n${slowest.join("")}\n${named}${summarize(counts, seconds)}\n`);
  return counts.every(({ failed }) => failed === 0);
}

if (import.meta.main && !await runAll(Deno.args)) Deno.exit(1);
