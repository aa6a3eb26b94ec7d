import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { alter } from "../support/environments.ts";
import {
  assertRefused,
  command,
  names,
  PERMISSIONS,
  sockbench,
  sockbenchHere,
  temporaryDirectory,
} from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
/** The smallest baseline: one case, few rounds, no waiting. */
const TINY = [
  "baseline",
  "--profile=quick",
  "--rounds=6",
  `--case=${CASE}`,
  "--peer=loop",
  "--over=0s",
  "--runs=2",
];

async function read(path: string): Promise<RunRecord> {
  return decodeRecord(await Deno.readTextFile(path), path);
}

/** A baseline of this machine in `directory`, of which every trial is then changed. */
async function baselineIn(
  directory: string,
  change?: (run: RunRecord, index: number) => RunRecord,
): Promise<string> {
  const out = `${directory}/baseline`;
  const { code, err } = await sockbench([...TINY, "--quiet", `--out=${out}`]);
  assertEquals(code, 0, err);
  for (const [index, name] of change === undefined ? [] : names(out).entries()) {
    const changed = change!(await read(`${out}/${name}`), index);
    await Deno.writeTextFile(`${out}/${name}`, encodeRecord(changed));
  }
  return out;
}

/** The same median in every trial of a run, runs a little apart. */
function withMedian(ns: number) {
  return (run: RunRecord, index: number): RunRecord => ({
    ...run,
    trials: run.trials.map((trial) => ({
      ...trial,
      values: { ...trial.values, p50: ns * (1 + index / 100) },
    })),
  });
}

Deno.test("sockbench baseline measures runs, each a record in a process of its own, and gate takes the run as the unit", async () => {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/baseline`;
  const { code, out: printed, err } = await sockbench([...TINY, `--out=${out}`]);
  assertEquals(code, 0, err);
  assertEquals(names(out), ["run-1.json", "run-2.json"]);
  assertMatch(printed, /^Baseline of 2 runs of 1 case, from the first start to the last /);
  assertMatch(
    err,
    /of 2 runs gate finds what is 9\.\d times as large as runs differ, of 5 what is/,
  );
  assertMatch(err, /do not show what changes over half an hour/);
  const runs = [await read(`${out}/run-1.json`), await read(`${out}/run-2.json`)];
  assertEquals(runs.map(({ trials }) => trials.length), [6, 6]);
  assertEquals(runs.map(({ partial }) => partial), [false, false]);
  assert(runs[0]!.settings.seed !== runs[1]!.settings.seed);
  assertStringIncludes(runs[0]!.settings.command, "sockbench baseline --profile quick");
  const more = await sockbench([...TINY.with(-1, "--runs=4"), "--quiet", `--out=${out}`]);
  assertEquals(more.code, 0, more.err);
  assertEquals(names(out), ["run-1.json", "run-2.json", "run-3.json", "run-4.json"]);
  assertEquals(await read(`${out}/run-2.json`), runs[1]);
  const gate = ["gate", `--baseline=${out}`, "--threshold=1000%", `--out=${directory.path}/gate`];
  const judged = await sockbench(gate);
  assertEquals(judged.code, 0, judged.err + judged.out);
  assertMatch(judged.out, /^Passed: none of 1 cell regressed/);
});

Deno.test("sockbench baseline keeps finished runs when it is interrupted, and goes on when it is started again", async () => {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/baseline`;
  const words = TINY.filter((word) => word !== "--over=0s");
  const child = command([...words, `--out=${out}`]).spawn();
  const printed = new Response(child.stdout).text();
  let isTold = false;
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += text;
    if (isTold || !err.includes("run 2 of 2 starts in ")) continue;
    isTold = true;
    child.kill("SIGINT");
  }
  assertEquals((await child.status).code, 130, err);
  assertEquals(await printed, "");
  assertStringIncludes(err, `interrupted; finished runs are kept in ${out}`);
  assertEquals(names(out), ["run-1.json"]);
  const kept = await read(`${out}/run-1.json`);
  const again = await sockbench([...TINY, "--quiet", `--out=${out}`]);
  assertEquals(again.code, 0, again.err);
  assertEquals(names(out), ["run-1.json", "run-2.json"]);
  assertEquals(await read(`${out}/run-1.json`), kept);
});

Deno.test("sockbench baseline refuses to mix machines, settings and code in one sentence, before anything is measured", async () => {
  await using directory = await temporaryDirectory();
  const out = await baselineIn(directory.path);
  const settings = TINY.filter((word) => !/rounds|runs/.test(word));
  assertRefused(
    await sockbench([...settings, "--rounds=7", "--runs=3", `--out=${out}`]),
    /cannot go on with the baseline in .*, as its runs are those of "deno task sockbench baseline .*--rounds 6.*": name another --out/,
  );
  const second = await read(`${out}/run-2.json`);
  const moved = { ...second, environment: alter(second.environment, { cpu: "Another CPU" }) };
  await Deno.writeTextFile(`${out}/run-2.json`, encodeRecord(moved));
  const mixed = /as run 2 \(head\) is not like the first \(base\): CPU differs/;
  const words = TINY.filter((word) => word !== "--runs=2");
  assertRefused(await sockbench([...words, "--runs=3", `--out=${out}`]), mixed);
  assertRefused(
    await sockbench(["gate", `--baseline=${out}`, `--out=${directory.path}/gate`]),
    mixed,
  );
  assertEquals(names(out), ["run-1.json", "run-2.json"]);
});

Deno.test("sockbench baseline says so where no run can have a process of its own", async () => {
  await using directory = await temporaryDirectory();
  const permissions = PERMISSIONS.filter((flag) => flag !== "--allow-run");
  const out = `${directory.path}/baseline`;
  const { code, err } = await sockbench([...TINY, `--out=${out}`], { permissions });
  assertEquals(code, 0, err);
  assertEquals(err.match(/this run shares a process with others/g)?.length, 2, err);
  assertEquals(names(out), ["run-1.json", "run-2.json"]);
});

Deno.test("sockbench baseline refuses wrong arguments in one sentence", async () => {
  await using directory = await temporaryDirectory();
  const refuse = async (args: readonly string[], sentence: RegExp) =>
    assertRefused(await sockbenchHere(["baseline", ...args], directory.path), sentence);
  await refuse(["--runs=1"], /--runs must be a whole number from 2 to 100: "1" is not/);
  await refuse(["--over=half"], /--over must be from 0s to 168h, as in 30m or 2h: "half" is not/);
  await refuse(["--scenario=rond-trip"], /no scenario "rond-trip" .*; did you mean round-trip\?/);
  await refuse(["--rounds=0"], /rounds must be/);
  await refuse(["--module=./nosuch.ts"], /--module \.\/nosuch\.ts is no file/);
  assertEquals(names(directory.path), []);
});

Deno.test("sockbench gate measures what looks slower again in three processes, and is red by all runs", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await baselineIn(directory.path, withMedian(100));
  const out = `${directory.path}/gate`;
  const { code, out: printed, err } = await sockbench([
    "gate",
    `--baseline=${baseline}`,
    "--pause=0s",
    `--out=${out}`,
  ]);
  assertEquals(code, 1, err + printed);
  assertMatch(err, /run 1 of 3 again of 1 case/);
  assertMatch(
    printed.replaceAll(/\s+/g, " "),
    /worse by the t test of runs \(.*4 runs against 2 of base\)/,
  );
  assertEquals(names(out), [
    "gate-head-2.json",
    "gate-head-3.json",
    "gate-head-4.json",
    "gate-head.json",
    "gate.md",
  ]);
});

Deno.test("sockbench gate measures nothing for a baseline that no head could be shown to pass, and for one without runs", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await baselineIn(
    directory.path,
    (run, index) => withMedian(1e4 * 2 ** index)(run, 0),
  );
  const gate = (path: string) =>
    sockbench(["gate", `--baseline=${path}`, `--out=${directory.path}/gate`]);
  const sentence =
    /cannot judge: nothing is measured, as this baseline can never be judged by: .*could not have shown 4 times the threshold; measure a baseline of more runs/;
  assertRefused(await gate(baseline), sentence, 3);
  await Deno.mkdir(`${directory.path}/empty`);
  assertRefused(await gate(`${directory.path}/empty`), /holds no run \(run-1\.json, …\)/, 3);
});

Deno.test("sockbench gate judges the runs of one directory against those of another", async () => {
  await using directory = await temporaryDirectory();
  const baseline = await baselineIn(directory.path, withMedian(1e4));
  await using other = await temporaryDirectory();
  const slower = await baselineIn(other.path, withMedian(3e4));
  const gate = (candidate: string) =>
    sockbench([
      "gate",
      `--baseline=${baseline}`,
      `--candidate=${candidate}`,
      `--out=${directory.path}/gate`,
    ]);
  const red = await gate(slower);
  assertEquals(red.code, 1, red.err + red.out);
  assertMatch(red.out.replaceAll(/\s+/g, " "), /2 runs against 2 of base/);
  assertRefused(await gate(baseline), /baseline and candidate are the same run/, 3);
});
