/** Whatever a file, a pipe or an agent holds, it is refused in one sentence, and takes neither all memory nor all time. */

import { assertEquals, assertMatch } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import { LINUX, needs } from "../support/needs.ts";
import {
  assertRefused,
  command,
  MAIN,
  type Outcome,
  PERMISSIONS,
  sockbenchEach,
  temporaryDirectory,
} from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const around = Array.from({ length: 20 }, (_, round) => 100 + round / 10);
const RECORD = encodeRecord(syntheticRecord({ [CASE]: { p50: around, p99: around } }));

/** Runs command lines that must not wait: one that does is killed with all that come after it. */
const bounded = (lines: readonly (readonly string[])[], cwd: string): Promise<Outcome[]> =>
  sockbenchEach(lines, { cwd });

Deno.test({
  ...needs("a pipe, a device or a directory that is named as a file is refused", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const at = (name: string) => `${directory.path}/${name}`;
    const { success } = await new Deno.Command("mkfifo", { args: [at("pipe")] }).output();
    assertEquals(success, true);
    await Deno.writeTextFile(at("r.json"), RECORD);
    await Deno.symlink(at("pipe"), at("link"));
    const refusals = ([
      ["pipe", /it is a pipe, not a file/],
      ["link", /it is a pipe, not a file/],
      ["/dev/zero", /it is a device, not a file/],
      ["/dev/null", /it is a device, not a file/],
      [directory.path, /it is a directory/],
    ] as const).flatMap(([path, what]) =>
      [
        ["report", path],
        ["compare", "r.json", path],
        // A baseline may be a directory, of runs, and so may what is compared with it: below.
        ...(path === directory.path ? [] : [
          ["gate", `--baseline=${path}`],
          ["gate", "--baseline=r.json", `--candidate=${path}`],
        ]),
        ["gate", "--baseline=r.json", `--budget-file=${path}`],
      ].map((args) => ({ args, what }))
    );
    const all = await bounded(refusals.map(({ args }) => args), directory.path);
    for (const [at, { what }] of refusals.entries()) assertRefused(all[at]!, what);
    const directories = await bounded([
      ["gate", `--baseline=${directory.path}`],
      ["gate", "--baseline=r.json", `--candidate=${directory.path}`],
    ], directory.path);
    for (const outcome of directories) {
      assertRefused(outcome, /holds no run \(run-1\.json, …\)/, 3);
    }
  },
});

Deno.test("a file that is larger than any record is refused before it is read", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/large.json`;
  await Deno.writeTextFile(path, "[".repeat(2 ** 20));
  const report = async () => (await bounded([["report", path]], directory.path))[0]!;
  assertRefused(await report(), /it nests deeper than any record/);
  await Deno.truncate(path, 450 * 2 ** 20);
  assertRefused(await report(), /cannot read .*large\.json: it has more than 128 MiB/);
});

Deno.test("standard input without end is refused", async () => {
  await using directory = await temporaryDirectory();
  const child = command(["report", "-"], { cwd: directory.path, input: "" }).spawn();
  const writer = child.stdin.getWriter();
  const megabyte = new TextEncoder().encode(" ".repeat(2 ** 20));
  let written = 0;
  try {
    for (; written < 1_000; written++) await writer.write(megabyte);
  } catch { /* nobody reads it any more */ }
  await writer.close().catch(() => {});
  const { code, stderr } = await child.output();
  assertMatch(new TextDecoder().decode(stderr), /cannot read -: it has more than 128 MiB/);
  assertEquals(code, 2);
});

Deno.test("a record with texts of ten megabytes, or a key twice, is refused in one short sentence", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/r.json`;
  const long = `${CASE}${"x".repeat(1e7)}`;
  const startedAt = RECORD.slice(RECORD.indexOf('"startedAt"'), RECORD.indexOf('"durationNs"'));
  const twice = /an object has the key "(?:\w+)" twice/;
  for (
    const [text, what] of [
      [RECORD.replace(CASE, long), /a text of at most 100000 characters/],
      [RECORD.replace('"startedAt"', `${startedAt}"startedAt"`), twice],
      [RECORD.replace('"startedAt"', `${startedAt.replace("At", "\\u0041t")}"startedAt"`), twice],
      [RECORD.replaceAll('"p50":', '"p50":1,"p50":'), twice],
    ] as const
  ) {
    await Deno.writeTextFile(path, text);
    const lines = [["report", path], ["compare", path, path], ["gate", `--baseline=${path}`]];
    for (const outcome of await bounded(lines, directory.path)) {
      assertRefused(outcome, what);
      assertEquals(outcome.err.length < 400, true, outcome.err.slice(0, 400));
    }
  }
});

Deno.test({
  ...needs(
    "a file whose name is not UTF-8 cannot be read, which is not to say that it is missing",
    LINUX,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    await Deno.writeTextFile(`${directory.path}/r.json`, RECORD);
    const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...PERMISSIONS, MAIN];
    for (const [name, option] of [["gate", "--baseline="], ["report", ""]] as const) {
      const { code, stderr } = await new Deno.Command("bash", {
        args: [
          "-c",
          `name=$(printf 'b\\377.json'); cp r.json "$name"; exec "$@" "${option}$name"`,
          "bash",
          ...words,
          name,
        ],
        cwd: directory.path,
      }).output();
      assertMatch(new TextDecoder().decode(stderr), /cannot read .*: its name is not UTF-8/);
      assertEquals(code, 2);
    }
  },
});

Deno.test("an agent that writes a line without end is given up, and the line with it", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(
    `${directory.path}/endless.ts`,
    `if (Deno.mainModule.includes("agent_main")) {
       const megabyte = new TextEncoder().encode("x".repeat(2 ** 20));
       for (let written = 0; written < 900; written++) Deno.stdout.writeSync(megabyte);
     }
     export default {};`,
  );
  const [outcome] = await bounded(
    [["ab", "--base=self", "--module=endless.ts", "--pairs=2"]],
    directory.path,
  );
  const { code, err } = outcome!;
  assertMatch(err, /wrote a line of more than \d+ characters/);
  assertEquals(code, 3, err);
});
