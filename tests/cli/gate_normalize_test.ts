import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";
import { assertRefused, names, PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";
import { LIBC, needs } from "../support/needs.ts";

const CASE = "round-trip/tcp/bytes=64";
const NORMALIZE = "--normalize=yardstick";
const kernel = openKernel();
const withoutKernel = kernel.available ? "" : ` (skipped: ${kernel.reason})`;

const around = (value: number) =>
  Array.from({ length: 20 }, (_, round) => value * (1 + (round * 7 % 20) / 2000));

/** A machine on which everything takes `slow` times as long, and a program that takes `worse` times as long. */
function recordOf(slow: number, worse: number, cpu: string): RunRecord {
  const values: CaseValues = { p50: around(10_000 * slow * worse) };
  const record = syntheticRecord({ [CASE]: values });
  return {
    ...record,
    environment: { ...record.environment, cpu },
    yardstick: {
      readings: around(3000 * slow).map((socketpairNs, index) => ({
        startedNs: index * 1e6,
        socketpairNs,
      })),
      missing: [],
    },
  };
}

const SLOW = recordOf(1.5, 1, "Slow CPU");
const FAST = recordOf(1, 1, "Fast CPU");

async function gate(base: RunRecord, head: RunRecord, more: readonly string[] = []) {
  await using directory = await temporaryDirectory();
  const write = async (name: string, record: RunRecord) => {
    const path = `${directory.path}/${name}`;
    await Deno.writeTextFile(path, encodeRecord(record));
    return path;
  };
  const outcome = await sockbench([
    "gate",
    `--baseline=${await write("base.json", base)}`,
    `--candidate=${await write("head.json", head)}`,
    `--out=${directory.path}/out`,
    ...more,
  ]);
  return { ...outcome, out: outcome.out.replaceAll("\n", " ") };
}

Deno.test("sockbench gate --normalize yardstick judges a baseline of a slower CPU by its exit code, and warns", async () => {
  assertEquals((await gate(SLOW, FAST)).code, 3);
  const passed = await gate(SLOW, FAST, [NORMALIZE]);
  assertEquals([passed.code, passed.err], [0, ""]);
  assertMatch(passed.out, /^Passed: none of 1 cell regressed; normalized by a yardstick ratio of/);
  assertStringIncludes(passed.out, "The environments differ: cpu differs");
  assertStringIncludes(passed.out, "what normalizing cannot do: it cannot see the network stack");
  const red = await gate(SLOW, recordOf(1, 1.1, "Fast CPU"), [NORMALIZE]);
  assertEquals(red.code, 1);
  assertMatch(red.out, /regressed: round-trip\/tcp\/bytes=64 p50: Slowdown \+10\.0 %/);
});

Deno.test("sockbench gate --normalize yardstick guards everything but the CPU and the kernel's patch", async () => {
  const cores = { ...FAST, environment: { ...FAST.environment, cores: 64 } };
  const refused = await gate(SLOW, cores, [NORMALIZE]);
  assertEquals(refused.code, 3);
  assertStringIncludes(refused.out, "The environments do not match: number of cores differs");
});

Deno.test("sockbench gate --normalize yardstick cannot judge a record without a yardstick, and says so in one sentence", async () => {
  const { yardstick: _, ...bare } = FAST;
  assertRefused(await gate(bare, FAST, [NORMALIZE]), /cannot judge: base has no yardstick/, 3);
  assertRefused(await gate(FAST, bare, [NORMALIZE]), /cannot judge: head has no yardstick/, 3);
  // The yardstick is only asked for where figures are normalized: the two are one run, said by another sentence.
  assertRefused(await gate(FAST, bare), /baseline and candidate are the same run/, 3);
  assertRefused(await gate(FAST, FAST, ["--normalize=clock"]), /--normalize must be one of/);
});

Deno.test({
  ...needs(
    `sockbench run keeps readings of the yardstick, and gate --normalize measures with them${withoutKernel}`,
    LIBC,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const permissions = [...new Set([...PERMISSIONS, "--allow-ffi"])];
    const run = await sockbench([
      "run",
      "--profile=quick",
      "--rounds=12",
      `--case=${CASE}`,
      "--peer=loop",
      "--quiet",
      `--out=${directory.path}`,
    ], { permissions });
    assertEquals(run.code, 0, run.err);
    const baseline = `${directory.path}/latest.json`;
    const { yardstick } = JSON.parse(await Deno.readTextFile(baseline)) as RunRecord;
    assert(yardstick!.readings.length >= 10);
    assert(yardstick!.readings.every(({ socketpairNs = 0 }) => socketpairNs > 0));
    const out = `${directory.path}/out`;
    const args = [
      "gate",
      `--baseline=${baseline}`,
      NORMALIZE,
      "--threshold=1000%",
      `--out=${out}`,
    ];
    const judged = await sockbench(args, { permissions });
    assertEquals(judged.code, 0, judged.err);
    assertStringIncludes(judged.out.replaceAll("\n", " "), "normalized by a yardstick ratio of");
    assertEquals(names(out), ["gate-head.json", "gate.md"]);
    const without = PERMISSIONS.filter((flag) => flag !== "--allow-ffi");
    assertRefused(
      await sockbench(args, { permissions: without }),
      /cannot judge: this machine's yardstick would lack the round trip over a socket pair, as it needs --allow-ffi/,
      3,
    );
  },
});
