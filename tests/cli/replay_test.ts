import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { sockbench, sockbenchEach, temporaryDirectory } from "./sockbench.ts";

const GOOD = "\uFEFFrequest bytes,reply bytes,gap µs\r\n# mine\r\n300,2000,50\r\n80,400,0\r\n";

Deno.test("sockbench refuses a replay that is none in one sentence, before anything is measured", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/bad.csv`, "300,2000,50\n# next\n300,2000,1,5\n");
  await Deno.writeTextFile(`${path}/good.csv`, GOOD);
  await Deno.writeTextFile(`${path}/still.csv`, "300,2000,0\n");
  const wide = new Uint8Array([
    0xff,
    0xfe,
    ...new Uint8Array(new Uint16Array([51, 48, 10]).buffer),
  ]);
  await Deno.writeFile(`${path}/wide.csv`, wide);
  const run = ["run", "--scenario=round-trip", "--peer=loop"];
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [
      [...run, `--replay=${path}/bad.csv`],
      "bad.csv, line 3, must be request bytes,reply bytes,gap",
    ],
    [["load", `--replay=${path}/bad.csv`], "decimals have a point, not a comma"],
    [[...run, `--replay=${path}/wide.csv`], "it is UTF-16: save it as UTF-8"],
    [[...run, `--replay=${path}/none.csv`], "there is no such file"],
    [["run", `--replay=${path}/good.csv`], "a replay needs --scenario round-trip or load"],
    [[...run, "--scenario=nagle", `--replay=${path}/good.csv`], "or load: nagle cannot"],
    [[...run, "--param=bytes=64", `--replay=${path}/good.csv`], "parameter bytes contradicts the"],
    [
      ["load", "--rate=5", `--replay=${path}/good.csv`],
      "--rate and --replay contradict each other",
    ],
    [["load", "--reply=5", `--replay=${path}/good.csv`], "--replay and --reply contradict each"],
    [["ab", "--base=self", `--replay=${path}/bad.csv`], "bad.csv, line 3, must be request bytes"],
    [["ab", "--base=self", `--replay=${path}/good.csv`], "a replay needs --scenario round-trip"],
    [["load", `--replay=${path}/still.csv`], "the gaps of still.csv add up to 0"],
  ];
  const outcomes = await sockbenchEach(refusals.map(([args]) => [...args, `--out=${path}/out`]));
  for (const [at, [args, sentence]] of refusals.entries()) {
    const { code, err } = outcomes[at]!;
    assertEquals(code, 2, args.join(" "));
    assertStringIncludes(err.replace(/\s+/g, " "), sentence);
    assert(!/\n\s+at /.test(err), err);
  }
  await assertRejects(() => Deno.stat(`${path}/out`), Deno.errors.NotFound);
});

Deno.test("sockbench replays a file in round trips and in a load, and compares no two different files", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  const measure = async (text: string, out: string, ...args: readonly string[]) => {
    await Deno.writeTextFile(`${path}/sizes.csv`, text);
    const options = [`--replay=${path}/sizes.csv`, `--out=${path}/${out}`, "--transport=tcp,udp"];
    const { code, out: said, err } = await sockbench([...args, ...options]);
    assertEquals([code, err], [0, err], said);
    const file = `${path}/${out}/latest.json`;
    return { file, said, record: decodeRecord(await Deno.readTextFile(file), file) };
  };
  const run = ["run", "--scenario=round-trip", "--peer=loop", "--profile=quick", "--rounds=1"];
  const one = await measure(GOOD, "one", ...run);
  assertEquals(one.record.cases.map(({ id }) => id), [
    "round-trip/tcp/replay=sizes.csv",
    "round-trip/udp/replay=sizes.csv",
  ]);
  const { replayHash, largestRequest, largestReply } = one.record.cases[0]!.fixed;
  assertMatch(String(replayHash), /^[0-9a-f]{16}$/);
  assertEquals([largestRequest, largestReply], [300, 2_000]);
  for (const { error, operations, tally } of one.record.trials) {
    assertEquals(error, undefined);
    // Whole passes, and the first line once more where they are odd in number.
    const expected = Math.floor(operations / 2) * 380 + operations % 2 * 300;
    assertEquals(tally.sentBytes, expected);
  }
  assertStringIncludes(one.record.settings.command, "--replay");

  const other = await measure(GOOD.replace("80,400,0", "80,401,0"), "other", ...run);
  const { out } = await sockbench(["compare", one.file, other.file]);
  assertStringIncludes(out.replace(/\s+/g, " "), "Replayed file, by its hash, of the case differs");
  const gated = await sockbench(["gate", `--baseline=${one.file}`, `--candidate=${other.file}`]);
  assert(gated.code !== 0, gated.out);

  const load = await measure(GOOD, "load", "load", "--rounds=1", "--connections=2", "--quiet");
  assertEquals(load.record.cases.map(({ id }) => id), [
    "load/tcp/connections=2,replay=sizes.csv",
    "load/udp/connections=2,replay=sizes.csv",
  ]);
  assertMatch(load.said, /sizes\.csv over 2 connections: /);
  const hashes = load.record.trials.map(({ values }) => values!.arrivalHash);
  assertEquals(hashes[0], hashes[1]);
});

Deno.test("sockbench ab replays the same file in both subjects", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/sizes.csv`, GOOD);
  const args = ["ab", "--base=self", "--scenario=round-trip", "--transport=tcp", "--pairs=2"];
  const { err } = await sockbench([
    ...args,
    `--replay=${path}/sizes.csv`,
    `--out=${path}/out`,
    "--budget=5s",
  ]);
  for (const side of ["base", "head"]) {
    const file = `${path}/out/ab-${side}.json`;
    const record = decodeRecord(await Deno.readTextFile(file), file);
    assertEquals(record.cases.map(({ id }) => id), ["round-trip/tcp/replay=sizes.csv"], err);
    assertStringIncludes(record.settings.command, "--replay");
    for (const { error, operations, tally } of record.trials) {
      assertEquals(error, undefined);
      assertEquals(tally.sentBytes, Math.floor(operations / 2) * 380 + operations % 2 * 300);
    }
  }
});
