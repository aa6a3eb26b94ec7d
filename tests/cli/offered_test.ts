import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { sockbench, temporaryDirectory } from "./sockbench.ts";

/** Runs datagrams at a rate; gives what is printed, the report and the record. */
async function run(rate: number, rounds: number) {
  await using directory = await temporaryDirectory();
  const { code, out, err } = await sockbench([
    "run",
    "--profile=quick",
    "--scenario=datagram-loss",
    `--param=rate=${rate}`,
    "--param=bytes=64",
    `--rounds=${rounds}`,
    "--quiet",
    `--out=${directory.path}`,
  ]);
  assertEquals({ code, err }, { code: 0, err: "" });
  const report = await Deno.readTextFile(`${directory.path}/latest.md`);
  const record: RunRecord = JSON.parse(await Deno.readTextFile(`${directory.path}/latest.json`));
  return { out: out.replaceAll(/\s+/g, " "), report, record };
}

const perSecond = ({ window }: Trial) => window!.messages! / (window!.elapsedNs / 1e9);

Deno.test("datagrams are delivered at no higher rate than they were offered at, in any trial", async () => {
  const { record } = await run(5_000, 12);
  const windows = record.trials.filter(({ window }) => window !== undefined);
  assert(windows.length >= 12, `${windows.length} trials have a window`);
  assertEquals(
    windows.filter((trial) => perSecond(trial) > trial.values!.offeredPerSecond! * (1 + 1e-9))
      .map((trial) => [trial.case, perSecond(trial), trial.values?.offeredPerSecond]),
    [],
  );
});

Deno.test("a rate that no sender can offer is shown beside what was offered, with a warning before any figure", async () => {
  const { report, record } = await run(10_000_000, 6);
  const first = report.slice(0, report.indexOf("## Findings"));
  assertMatch(
    first,
    /The sender offered less than 98 % of the rate that was asked for: \S+ [kM]?\/s of 10\.0 M\/s in datagram-loss\//,
  );
  assertMatch(report, /\| M asked\/s \| [kM] offered\/s \|/);
  assertMatch(
    report.slice(report.indexOf("## Warnings")),
    /rate that was asked for: `datagram-loss/,
  );
  for (const { values } of record.trials) assertEquals(values?.askedPerSecond, 10_000_000);
});

Deno.test("datagrams that go as fast as they can were asked for no rate", async () => {
  const { report, record } = await run(0, 6);
  assertEquals(/rate that was asked for:/.test(report), false);
  for (const { values } of record.trials) assertEquals("askedPerSecond" in values!, false);
});
