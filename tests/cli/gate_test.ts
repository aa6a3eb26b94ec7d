import { alter } from "../support/environments.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";
import {
  assertRefused,
  command,
  names,
  type Outcome,
  sockbench,
  sockbenchHere,
  temporaryDirectory,
} from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const around = (value: number) =>
  Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3));
const p50 = (value: number): CaseValues => ({ p50: around(value), p99: around(2 * value) });

async function write(directory: string, name: string, record: RunRecord): Promise<string> {
  const path = `${directory}/${name}`;
  await Deno.writeTextFile(path, encodeRecord(record));
  return path;
}

/** Judges two synthetic records; in this process, or as a user does. */
async function judge(
  base: RunRecord,
  head: RunRecord,
  more: readonly string[] = [],
  run: typeof sockbench = (args) => sockbenchHere(args),
): Promise<Outcome & { readonly files: readonly string[] }> {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/out`;
  const outcome = await run([
    "gate",
    `--baseline=${await write(directory.path, "base.json", base)}`,
    `--candidate=${await write(directory.path, "head.json", head)}`,
    `--out=${out}`,
    ...more,
  ]);
  return { ...outcome, files: names(out) };
}

Deno.test("sockbench gate passes, fails and abstains by its exit code", async () => {
  const base = syntheticRecord({ [CASE]: p50(100) });
  const later = await judge(base, syntheticRecord({ [CASE]: p50(100.1) }), [], sockbench);
  assertEquals(later.code, 0, later.err);
  assertMatch(later.out, /^Passed: none of 1 cell regressed/);
  assertEquals(later.files, ["gate.md"]);
  const slower = syntheticRecord({ [CASE]: p50(150) });
  const red = await judge(base, slower, ["--format=junit,md"], sockbench);
  assertEquals(red.code, 1);
  assertMatch(
    red.out.replaceAll("\n", " "),
    /Regressed: round-trip\/tcp\/bytes=64 p50: 50\.0 % slower/,
  );
  assertEquals(red.files, ["gate.md", "gate.xml"]);
  const elsewhere = await judge(
    base,
    {
      ...slower,
      environment: alter(base.environment, { cpu: "Another CPU" }),
    },
    [],
    sockbench,
  );
  assertEquals(elsewhere.code, 3);
  assertStringIncludes(elsewhere.out, "CPU differs");
});

Deno.test("sockbench gate applies threshold, metrics, strictness and the budget file", async () => {
  const [base, slower] = [
    syntheticRecord({ [CASE]: p50(100) }),
    syntheticRecord({ [CASE]: p50(150) }),
  ];
  assertEquals((await judge(base, slower, ["--threshold=60%"])).code, 0);
  assertEquals((await judge(base, slower, ["--metric=stallShare"])).code, 3);
  assertEquals((await judge(base, slower, ["--metric=p99"])).code, 1);
  await using directory = await temporaryDirectory();
  const budget = `${directory.path}/gate.toml`;
  await Deno.writeTextFile(budget, 'threshold = "60%"\n');
  assertEquals((await judge(base, slower, [`--budget-file=${budget}`])).code, 0);
  // What the command line says counts over the file.
  assertEquals((await judge(base, slower, [`--budget-file=${budget}`, "--threshold=5%"])).code, 1);
  await Deno.writeTextFile(
    budget,
    '[[limits]]\ncase = "*"\nmetric = "p50"\nmax = "0.09 µs"\n',
  );
  const same = syntheticRecord({ [CASE]: p50(100.1) });
  const limited = await judge(base, same, [`--budget-file=${budget}`]);
  assertEquals(limited.code, 1);
  assertStringIncludes(limited.out, "limit at most 0.09 µs");
});

Deno.test("sockbench gate --strict demands a verdict of all cells, or of those that are named", async () => {
  const unix = "round-trip/unix/bytes=64";
  const wide = Array.from({ length: 20 }, (_, round) => round % 2 === 0 ? 80 : 120);
  const two = (values: readonly number[]) =>
    syntheticRecord({ [CASE]: p50(100), [unix]: { p50: around(100), p99: values } });
  const code = async (...more: string[]) => {
    const worse = wide.map((value) => value * 1.01);
    return (await judge(two(wide), two(worse), ["--metric=p50,p99", ...more])).code;
  };
  assertEquals(await code(), 0);
  assertEquals(await code("--strict"), 3);
  assertEquals(await code("--strict", "round-trip/unix/*", "--quiet"), 3);
  assertEquals(await code("--strict=round-trip/tcp/*"), 0);
  assertEquals(await code("--strict=round-trip/tcp/*", "--strict", unix), 3);
});

Deno.test("sockbench gate never passes a baseline that is missing, damaged, empty or of other cases", async () => {
  await using directory = await temporaryDirectory();
  const base = syntheticRecord({ [CASE]: p50(100) });
  const text = encodeRecord(base);
  const candidate = await write(directory.path, "head.json", base);
  const path = `${directory.path}/base.json`;
  const words = ["gate", `--baseline=${path}`, `--out=${directory.path}/out`];
  const run = (...more: string[]) => sockbenchHere([...words, ...more]);
  const absent = /cannot judge: there is no baseline .*base\.json/;
  assertRefused(await sockbench(words), absent, 3);
  assertRefused(await run(), absent, 3);
  const damaged: readonly (readonly [string, RegExp])[] = [
    ["", /it is empty/],
    [text.slice(0, text.length / 2), /it is cut off/],
    [text.replace('"schemaVersion": 2', '"schemaVersion": 3'), /written by a newer sockbench/],
    [text.replace('"schemaVersion": 2', '"schemaVersion": 0'), /written by an older sockbench/],
    [text.replace('"cores","value":2', '"cores","value":-2'), /facts\[3\]\.value must be/],
    [text.replace('"partial"', '"extra": 1, "partial"'), /extra is not a field/],
    ["[1, 2]", /must hold a JSON object/],
    ["hello", /it is not JSON/],
  ];
  for (const [content, sentence] of damaged) {
    await Deno.writeTextFile(path, content);
    assertRefused(await run(), sentence);
    assertRefused(await run(`--candidate=${candidate}`), sentence);
  }
  const unjudged: readonly RunRecord[] = [
    { ...base, trials: [] },
    { ...base, trials: [], cases: [] },
    syntheticRecord({ "round-trip/unix/bytes=64": p50(100) }),
    syntheticRecord({ [CASE]: { p50: [100, 101], p99: [200, 201] } }),
  ];
  for (const record of unjudged) {
    await write(directory.path, "base.json", record);
    assertEquals((await run(`--candidate=${candidate}`)).code, 3);
  }
  await Deno.writeTextFile(path, text);
  assertRefused(await run("--candidate=/nosuch"), /cannot read \/nosuch: there is no such file/);
});

Deno.test("sockbench gate refuses wrong arguments in one sentence", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await write(directory.path, "base.json", syntheticRecord({ [CASE]: p50(100) }));
  const refuse = async (args: readonly string[], sentence: RegExp) =>
    assertRefused(
      await sockbenchHere(["gate", ...args], directory.path),
      sentence,
    );
  const base = `--baseline=${baseline}`;
  await refuse([], /gate needs --baseline <path>/);
  await refuse([base, "--threshold=5"], /--threshold must be/);
  await refuse(
    [base, "--strict", "round-trip/tpc/*"],
    /--strict round-trip\/tpc\/\* matches no case .*; did you mean round-trip\/tcp\/bytes=64\?/,
  );
  await refuse([base, "--pause=soon"], /--pause must be from 0s to 168h, .* "soon" is not/);
  await refuse([base, "--metric=p98"], /no case has a metric "p98"/);
  await refuse([base, "--format=pdf"], /no format "pdf" \(there is md, text, json/);
  await refuse([base, "--budget-file=/nosuch"], /cannot read \/nosuch/);
  await refuse([base, "--module=./nosuch.ts"], /--module \.\/nosuch\.ts is no file/);
});

/** Measured once for all tests. */
let measured: string | undefined;

/** A baseline of this machine: one case, few rounds. */
async function measureBaseline(directory: string): Promise<string> {
  const path = `${directory}/latest.json`;
  if (measured !== undefined) {
    await Deno.writeTextFile(path, measured);
    return path;
  }
  const { code, err } = await sockbench([
    "run",
    "--profile=quick",
    "--rounds=6",
    `--case=${CASE}`,
    "--peer=loop",
    "--quiet",
    `--out=${directory}`,
  ]);
  assertEquals(code, 0, err);
  measured = await Deno.readTextFile(path);
  return path;
}

Deno.test("sockbench gate without a candidate measures the baseline's cells as the baseline did", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await measureBaseline(directory.path);
  const out = `${directory.path}/out`;
  const { code, err, out: printed } = await sockbench([
    "gate",
    `--baseline=${baseline}`,
    "--threshold=1000%",
    `--out=${out}`,
  ]);
  assertEquals(code, 0, err);
  assertMatch(err, /^1 case × 6 rounds, .*; peer loop; seed \d+\n/);
  assertStringIncludes(printed, "this machine, now against");
  assertEquals(names(out), ["gate-head.json", "gate.md"]);
  const [one, other] = await Promise.all(
    [baseline, `${out}/gate-head.json`].map(async (path) =>
      decodeRecord(await Deno.readTextFile(path), path)
    ),
  );
  assertEquals(other!.cases, one!.cases);
  assertEquals(other!.trials.length, one!.trials.length);
});

Deno.test("sockbench gate measures nothing for a baseline of another machine, and says so in every format", async () => {
  await using directory = await temporaryDirectory();
  const path = await measureBaseline(directory.path);
  const record = decodeRecord(await Deno.readTextFile(path), path);
  const foreign = { ...record, environment: alter(record.environment, { cpu: "Another CPU" }) };
  const baseline = await write(directory.path, "foreign.json", foreign);
  const out = `${directory.path}/out`;
  const { code, out: printed, err } = await sockbench([
    "gate",
    `--baseline=${baseline}`,
    `--out=${out}`,
    "--format=junit",
  ]);
  assertEquals({ code, err }, { code: 3, err: "" });
  assertStringIncludes(
    printed.replaceAll(/\n */g, " "),
    "Not measured, as the environments do not match: CPU",
  );
  assertEquals(names(out), ["gate.md", "gate.xml"]);
});

Deno.test("sockbench gate takes from a baseline only what it names, not what it would have run", async () => {
  await using directory = await temporaryDirectory();
  const path = await measureBaseline(directory.path);
  const record = decodeRecord(await Deno.readTextFile(path), path);
  const run = async (cases: RunRecord["cases"]) => {
    const trials = record.trials.map((trial) => ({ ...trial, case: cases[0]!.id }));
    const baseline = await write(directory.path, "edited.json", { ...record, cases, trials });
    return await sockbench(["gate", `--baseline=${baseline}`, `--out=${directory.path}/out`]);
  };
  const [own] = record.cases;
  // An hour a trial: planned anew as 20 ms, and then not the same measurement.
  const long = await run([{ ...own!, budget: { warmupNs: 3600e9, measureNs: 3600e9 } }]);
  assertEquals(long.code, 3, long.err);
  assertStringIncludes(long.out.replaceAll("\n", " "), "Warm-up in ns of the case differs");
  const unknown = await run([{
    ...own!,
    id: "round-trip/carrier-pigeon/bytes=64",
    transport: "carrier-pigeon",
  }]);
  assertRefused(unknown, /nothing to measure: .*carrier-pigeon.* no such case.*--module/, 3);
  assertRefused(
    await run([{ ...own!, id: "round-trip/tcp/bytes=9e15", params: { bytes: 9e15 } }]),
    /parameter bytes must be from 1 to/,
  );
});

Deno.test("sockbench gate keeps what it measured when it is interrupted, judges nothing, and exits 130", async () => {
  await using directory = await temporaryDirectory();
  const path = await measureBaseline(directory.path);
  const record = decodeRecord(await Deno.readTextFile(path), path);
  const settings = { ...record.settings, rounds: 10_000 };
  // One that was ended early: a whole one that lacks rounds could never be judged by.
  const long = { ...record, settings, partial: true };
  const baseline = await write(directory.path, "long.json", long);
  const child = command(["gate", `--baseline=${baseline}`, `--out=${directory.path}/out`]).spawn();
  const printed = new Response(child.stdout).text();
  let isTold = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    if (isTold || !text.includes("round 1/")) continue;
    isTold = true;
    child.kill("SIGINT");
  }
  assertEquals((await child.status).code, 130);
  assertEquals(await printed, "");
  assertEquals(names(`${directory.path}/out`), ["gate-head.json"]);
  const head = `${directory.path}/out/gate-head.json`;
  assert(decodeRecord(await Deno.readTextFile(head), head).partial);
});
