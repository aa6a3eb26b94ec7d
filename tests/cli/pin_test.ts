import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { getAffinity } from "../../src/kernel/affinity.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import {
  assertRefused,
  PERMISSIONS,
  sockbench,
  sockbenchEach,
  temporaryDirectory,
} from "./sockbench.ts";
import { LIBC, needs, program, TWO_CORES } from "../support/needs.ts";

const kernel = openKernel();
const cores = kernel.available ? getAffinity() : [];

const WITH_FFI = { permissions: [...new Set([...PERMISSIONS, "--allow-ffi"])] };
const WITHOUT_FFI = { permissions: PERMISSIONS.filter((flag) => flag !== "--allow-ffi") };
const CASE = "round-trip/tcp/bytes=64";
const RUN = ["run", "--profile=quick", "--rounds=1", `--case=${CASE}*`];
const SIX_ROUNDS = RUN.map((arg) => arg === "--rounds=1" ? "--rounds=6" : arg);

async function readRecord(path: string): Promise<RunRecord> {
  return decodeRecord(await Deno.readTextFile(path), path);
}

Deno.test("sockbench run refuses what cannot be pinned in one sentence", async () => {
  const refusals: readonly [args: readonly string[], sentence: RegExp][] = [
    [["--pin=sam"], /--pin must be one of none, same, cross: "sam" is not; did you mean same\?/],
    [["--cores=0,1"], /cores are of use to pinned ends only/],
    [["--pin=cross", "--cores=0"], /pin cross needs two cores/],
    [["--pin=cross", "--cores=1,1"], /cores must be two different ones/],
    [["--pin=same", "--cores=first"], /a core must be a whole number/],
    [["--param=pin=same"], /pin is no parameter of a scenario: ask for it with --pin/],
  ];
  const outcomes = await sockbenchEach(refusals.map(([args]) => [...RUN, ...args]), WITHOUT_FFI);
  for (const [index, [, sentence]] of refusals.entries()) {
    assertRefused(outcomes[index]!, sentence);
  }
});

Deno.test({
  ...needs("sockbench run refuses a core that this machine does not have", LIBC),
  async fn() {
    const outcome = await sockbench([...RUN, "--pin=same", "--cores=4099"], WITH_FFI);
    assertRefused(outcome, /Cannot pin to core 4099: this process may use cores? [0-9]/);
  },
});

Deno.test("sockbench run without --allow-ffi says that it cannot pin, and measures nothing when only that was asked for", async () => {
  const outcome = await sockbench([...RUN, "--pin=same"], WITHOUT_FFI);
  assertRefused(outcome, /nothing to measure: pinned cases is skipped: .*--allow-ffi/, 3);
});

Deno.test("sockbench list without --allow-ffi skips the pinned headline cases in one line", async () => {
  const { out } = await sockbench(["list", "--profile=standard"], WITHOUT_FFI);
  assert(!out.includes("pin="));
  assertEquals(out.split("\n").filter((line) => line.includes("pinned cases")).length, 1);
});

Deno.test({
  ...needs(
    "sockbench run measures a case under each pinning side by side, and its report compares them",
    TWO_CORES,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = directory.path;
    const args = [...SIX_ROUNDS, "--pin=same,cross", "--seed=7", "--quiet", `--out=${out}`];
    const outcome = await sockbench(args, WITH_FFI);
    assertEquals(outcome.code, 0, outcome.err);
    const record = await readRecord(`${out}/latest.json`);
    assertEquals(record.cases.map(({ id }) => id).sort(), [
      `${CASE},pin=cross`,
      `${CASE},pin=same`,
    ]);
    assertStringIncludes(record.settings.command, "--pin same,cross");
    for (const { case: id, settings } of record.trials) {
      const other = id.endsWith("cross") ? cores[1] : cores[0];
      assertEquals([settings.driveCore, settings.serveCore], [`${cores[0]}`, `${other}`]);
    }
    const report = await Deno.readTextFile(`${out}/latest.md`);
    assertMatch(report, /^## round-trip \(peer process, same core\)$/m);
    assertMatch(report, /^## round-trip \(peer process, two cores\)$/m);
    assertMatch(report, /\| same +\| cross +\|/);
  },
});

Deno.test({
  ...needs(
    "sockbench gate measures a pinned baseline pinned again, and one without FFI is missing with the reason",
    TWO_CORES,
    program("grep"),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = directory.path;
    const made = await sockbench(
      [...SIX_ROUNDS, "--pin=cross", `--cores=${cores[1]},${cores[0]}`, "--quiet", `--out=${out}`],
      WITH_FFI,
    );
    assertEquals(made.code, 0, made.err);
    const gate = ["gate", `--baseline=${out}/latest.json`, "--quiet"];
    const again = await sockbench([...gate, `--out=${out}/1`], WITH_FFI);
    assertStringIncludes(again.out, `${CASE},pin=cross`, again.err);
    const head = await readRecord(`${out}/1/gate-head.json`);
    assertEquals(head.cases.map(({ placement }) => placement), [
      { peer: "process", pin: "cross", cores: { drive: cores[1]!, serve: cores[0]! } },
    ]);
    const without = await sockbench([...gate, `--out=${out}/2`], WITHOUT_FFI);
    assertEquals(without.code, 3);
    assertMatch(without.out + without.err, /--allow-ffi/);
  },
});

Deno.test({
  ...needs("sockbench ab measures both sides pinned alike", LIBC),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = directory.path;
    // As few generations of agents as there can be: a busy machine, on which the gate would judge nothing, pins both sides alike, too.
    const outcome = await sockbench([
      "ab",
      `--case=${CASE},pin=same`,
      "--pin=same",
      "--metric=headline",
      "--pairs=1",
      "--alpha=0.5",
      "--precision=50%",
      "--budget=1s",
      "--base=self",
      "--head=self",
      `--out=${out}`,
      "--quiet",
    ], WITH_FFI);
    for (const side of ["base", "head"]) {
      const { cases, trials } = await readRecord(`${out}/ab-${side}.json`);
      assertEquals(cases.map(({ id }) => id), [`${CASE},pin=same`], outcome.err);
      assert(trials.length > 0);
      assertEquals(trials.flatMap(({ error }) => error ?? []), []);
      assert(trials.every(({ settings }) => settings.driveCore === `${cores[0]}`));
    }
  },
});
