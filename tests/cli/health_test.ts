import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { SLICE_NS } from "../../src/run/run_block.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import { LIBC, needs, unless } from "../support/needs.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { limitedGroup } from "../support/surroundings.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

const permissions = [...PERMISSIONS, "--allow-ffi"];
const CASE = "round-trip/tcp/bytes=64";
const KEPT_OFF = /the processes were kept off the CPU for \d+ % of the measured time/i;

/** Counters of a trial whose ends waited for this share of the time while neither ran. */
function starved(share: number): NonNullable<Trial["counters"]> {
  const [spanNs, runNs] = [1e8, 1e8 * (1 - share) / 2];
  const own = { spanNs, runNs, waitNs: 1e8 * share / 2 + runNs };
  return Object.fromEntries(
    ["drive", "serve"].flatMap((end) =>
      Object.entries(own).map(([name, value]) => [`${end}.${name}`, value])
    ),
  );
}

const withCounters = (record: RunRecord, counters: Trial["counters"]): RunRecord => ({
  ...record,
  trials: record.trials.map((trial) => counters === undefined ? trial : { ...trial, counters }),
});

async function write(directory: string, name: string, record: RunRecord): Promise<string> {
  const path = `${directory}/${name}`;
  await Deno.writeTextFile(path, encodeRecord(record));
  return path;
}

Deno.test({
  ...needs("each trial counts how long both of its ends waited for a CPU", LIBC),
  async fn() {
    await using directory = await temporaryDirectory();
    for (const peer of ["loop", "worker", "process"]) {
      const args = ["run", "--profile=quick", "--rounds=2", `--case=${CASE}`, `--peer=${peer}`];
      const { code, err } = await sockbench([...args, "--quiet", `--out=${directory.path}`], {
        permissions,
      });
      assertEquals({ code, err }, { code: 0, err: "" });
      const { trials }: RunRecord = JSON.parse(
        await Deno.readTextFile(`${directory.path}/latest.json`),
      );
      for (const { counters = {}, elapsedNs, slices } of trials) {
        // Of a trial in slices evidence is read around a turn of its own, twice as long as a slice.
        const readNs = slices === undefined ? elapsedNs : 2 * SLICE_NS;
        for (const end of peer === "loop" ? ["drive"] : ["drive", "serve"]) {
          assert(counters[`${end}.waitNs`]! >= 0, `${peer}: ${end}.waitNs`);
          assert(counters[`${end}.runNs`]! > 0, `${peer}: ${end}.runNs`);
          // The marks are outside of the measured interval.
          assert(counters[`${end}.spanNs`]! >= readNs, `${peer}: ${end}.spanNs`);
        }
        assert(counters["machine.runnable"]! >= 1 && counters["machine.stealNs"]! >= 0);
      }
    }
  },
});

Deno.test("report says before any figure that the processes were kept off the CPU, in every format for readers", async () => {
  await using directory = await temporaryDirectory();
  const sick = await write(
    directory.path,
    "sick.json",
    withCounters(sampleRecord({ rounds: 8 }), starved(0.34)),
  );
  const well = await write(
    directory.path,
    "well.json",
    withCounters(sampleRecord({ rounds: 8 }), starved(0)),
  );
  for (const [format, before] of [["md", "## Findings"], ["text", "round-trip"], ["html", "<h2"]]) {
    const { code, out } = await sockbench(["report", sick, `--format=${format}`]);
    assertEquals(code, 0);
    const first = out.slice(0, out.indexOf(before!)).replaceAll(/\s+/g, " ");
    assertMatch(first, /kept off the CPU for 34 % of the measured time/);
    const healthy = await sockbench(["report", well, `--format=${format}`]);
    assertEquals(/Warning\. The processes were kept off/.test(healthy.out), false);
  }
});

Deno.test("report says in words that the machine drifted, and by how much", async () => {
  const record = sampleRecord({ rounds: 9 });
  const slow = (trial: Trial, factor: number): Trial => ({
    ...trial,
    histograms: {},
    values: Object.fromEntries(
      Object.entries(trial.values ?? {}).map(([id, value]) => [
        id,
        /PerSecond$/.test(id) ? value / factor : value * factor,
      ]),
    ),
  });
  await using directory = await temporaryDirectory();
  const drifting = await write(directory.path, "drifting.json", {
    ...record,
    trials: record.trials.map((trial) =>
      trial.round > 6 && trial.error === undefined ? slow(trial, 3.5) : trial
    ),
  });
  const { out } = await sockbench(["report", drifting, "--format=md"]);
  assertMatch(
    out.slice(0, out.indexOf("## Findings")),
    /The machine drifted: all cases together were 2\d\d % slower in the last third of the rounds/,
  );
  const steady = await write(directory.path, "steady.json", record);
  const { out: calm } = await sockbench(["report", steady, "--format=md"]);
  assertEquals(/machine drifted/.test(calm), false);
});

/** Judges p50 of 100 against another, each side starved as told. */
async function gate(
  sides: { readonly base?: number; readonly head?: number },
  headNs: number,
): Promise<{ readonly code: number; readonly out: string }> {
  const around = (value: number) =>
    Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3));
  const record = (value: number, share: number | undefined) =>
    withCounters(
      syntheticRecord({ [CASE]: { p50: around(value) } }),
      share === undefined ? undefined : starved(share),
    );
  await using directory = await temporaryDirectory();
  const base = await write(directory.path, "base.json", record(100, sides.base));
  const head = await write(directory.path, "head.json", record(headNs, sides.head));
  const { code, out } = await sockbench([
    "gate",
    `--baseline=${base}`,
    `--candidate=${head}`,
    `--out=${directory.path}/out`,
  ]);
  return { code, out: out.replaceAll(/\s+/g, " ") };
}

Deno.test("gate calls no head slower that was kept off the CPU, and says so first", async () => {
  for (const sides of [{ base: 0.02, head: 0.62 }, { head: 0.3 }, { base: 0.7, head: 0.72 }]) {
    const { code, out } = await gate(sides, 160);
    const words = out.replaceAll(/\n */g, " ");
    assertMatch(
      words,
      /^Cannot judge: 1 cell is measured while the processes were kept off the CPU/,
    );
    assertMatch(words, /Inconclusive: .*, but the processes were kept off the CPU for/);
    assertEquals(code, 3);
  }
});

Deno.test("gate passes no head beside a base that was kept off the CPU, which would hide what became slower", async () => {
  const { code, out } = await gate({ base: 0.6, head: 0.02 }, 100.1);
  assertMatch(
    out.replaceAll(/\n */g, " "),
    /kept off the CPU for 60 % of the measured time in base and 2 %/,
  );
  assertEquals(code, 3);
});

Deno.test("gate judges as ever where both sides had the CPU, or it is not known", async () => {
  assertEquals((await gate({ base: 0.01, head: 0.02 }, 160)).code, 1);
  assertEquals((await gate({}, 160)).code, 1);
  assertEquals((await gate({ base: 0.03, head: 0.01 }, 100.1)).code, 0);
  // A starved base makes a slower head no faster.
  assertEquals((await gate({ base: 0.3, head: 0.02 }, 160)).code, 1);
});

const probe = limitedGroup(1);
if ("got" in probe) probe.got[Symbol.dispose]();

Deno.test({
  ...needs(
    "run, report and doctor name a CPU quota that stops the processes, and doctor advises",
    LIBC,
    unless("obstacle" in probe ? probe.obstacle : undefined),
  ),
  async fn() {
    const group = limitedGroup(0.2);
    if ("obstacle" in group) throw new Error(group.obstacle);
    using limited = group.got;
    const { via } = limited;
    await using directory = await temporaryDirectory();
    const args = ["run", "--profile=quick", "--rounds=6", `--case=${CASE}`, "--peer=process"];
    const run = await sockbench([...args, `--out=${directory.path}`], { permissions, via });
    assertEquals(run.code, 0);
    assertMatch(run.out.replaceAll(/\s+/g, " "), KEPT_OFF);
    const report = await Deno.readTextFile(`${directory.path}/latest.md`);
    assertMatch(report.slice(0, report.indexOf("## Findings")), KEPT_OFF);
    assertMatch(report, /their CPU quota was used up in \d+ of \d+ periods/);
    const { out } = await sockbench(["doctor", "--peer=loop"], { permissions, via });
    assertMatch(
      out,
      /peer loop .*: poor[;,] .*the processes were kept off the CPU for \d+ %/,
    );
    // Of a few idle round trips none may meet the end of the quota, where others keep them off the CPU: the quota itself has its advice.
    assertMatch(
      out,
      /CPU quota in cores +0\.2: both ends .*; measure without it, or with at least/,
    );
  },
});

Deno.test("doctor sets the load beside the cores, and calls no machine good whose health it cannot see", async () => {
  const { out } = await sockbench(["doctor", "--peer=loop"]);
  assertMatch(
    out,
    /load average at start +[\d.]+ on \d+ cores?: (idle|something else is running|every core is busy)/,
  );
  assertMatch(out, /waiting for a CPU\) +it needs --allow-ffi/);
  assertEquals(/peer loop .*: good/.test(out), false);
  const { out: json } = await sockbench(["doctor", "--peer=loop", "--json"], { permissions });
  const { noise } = JSON.parse(json);
  assert(noise[0].health.waitShare >= 0 && noise[0].health.waitShare <= 1);
});
