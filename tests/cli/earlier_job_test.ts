/** Results of an earlier job are gone before a job can end without a verdict, and no job writes over what it reads. */

import { assertEquals, assertMatch } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import {
  assertRefused,
  command,
  MAIN,
  names,
  PERMISSIONS,
  sockbench,
  sockbenchEach,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const around = (value: number) =>
  Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3));
const record = (p50: number) =>
  encodeRecord(syntheticRecord({ [CASE]: { p50: around(p50), p99: around(2 * p50) } }));

/** What earlier jobs have left, and a file that is none of theirs. */
async function leaveResults(directory: string): Promise<void> {
  await Deno.mkdir(`${directory}/reports`, { recursive: true });
  const left = [
    "gate.json",
    "gate.md",
    "gate.xml",
    "gate-bencher.json",
    "gate-head.json",
    "ab.json",
    "ab.xml",
    "ab-base.json",
    "ab-head-confirmation.json",
    "latest.json",
    "latest.html",
    "latest.csv",
    "ab-notes.md",
  ];
  for (const name of left) {
    await Deno.writeTextFile(`${directory}/reports/${name}`, '{ "exitCode": 0 }\n');
  }
}

function left(directory: string, stem: string): string[] {
  return names(`${directory}/reports`).filter((name) => name.startsWith(stem));
}

Deno.test("gate leaves no result of an earlier job, however it ends", async () => {
  await using directory = await temporaryDirectory();
  const at = (name: string) => `${directory.path}/${name}`;
  await Deno.writeTextFile(at("base.json"), record(100));
  await Deno.writeTextFile(at("slow.json"), record(150));
  await Deno.writeTextFile(at("other.json"), record(101).replaceAll("Some CPU", "Another CPU"));
  await Deno.writeTextFile(at("broken.json"), "{");
  const gate = async (...args: string[]) => {
    await leaveResults(directory.path);
    const { code } = await sockbench(["gate", ...args], { cwd: directory.path });
    return { code, left: left(directory.path, "gate") };
  };
  assertEquals(await gate("--baseline=none.json"), { code: 3, left: [] });
  assertEquals(await gate("--baseline=broken.json"), { code: 2, left: [] });
  assertEquals(await gate("--baseline=base.json", "--candidate=none.json"), { code: 2, left: [] });
  assertEquals(await gate("--baseline=base.json", "--candidate=slow.json"), {
    code: 1,
    left: ["gate.md"],
  });
  const elsewhere = await gate("--baseline=base.json", "--candidate=other.json", "--format=junit");
  assertEquals(elsewhere, { code: 3, left: ["gate.md", "gate.xml"] });
  // Other commands' files, and a user's own, are nothing to it.
  assertEquals(left(directory.path, "ab-notes"), ["ab-notes.md"]);
  assertEquals(left(directory.path, "latest").length, 3);
});

Deno.test("ab leaves no result of an earlier job when a subject cannot be had", async () => {
  await using directory = await temporaryDirectory();
  await leaveResults(directory.path);
  const { code, err } = await sockbench(["ab", "--base=dir:nowhere"], { cwd: directory.path });
  assertEquals(code, 3, err);
  assertEquals(left(directory.path, "ab"), ["ab-notes.md"]);
});

Deno.test("run leaves no result of an earlier run when its process ends, and keeps them where a name is misspelt", async () => {
  await using directory = await temporaryDirectory();
  await leaveResults(directory.path);
  const misspelt = await sockbench(["run", "--case=round-trp/*"], { cwd: directory.path });
  assertEquals(misspelt.code, 2);
  assertEquals(left(directory.path, "latest"), ["latest.csv", "latest.html", "latest.json"]);
  await Deno.writeTextFile(
    `${directory.path}/ends.ts`,
    "setTimeout(() => Deno.exit(0));\nexport default {};\n",
  );
  await sockbench([...TINY_RUN, "--module=ends.ts"], { cwd: directory.path });
  assertEquals(left(directory.path, "latest"), []);
});

Deno.test("run, gate and ab leave no result of an earlier job after an interrupt", async () => {
  await using directory = await temporaryDirectory();
  const tiny = await sockbench([...TINY_RUN, "--out=base"], { cwd: directory.path });
  assertEquals(tiny.code, 0, tiny.err);
  // More rounds than anybody waits for.
  const base = `${directory.path}/base/latest.json`;
  const text = await Deno.readTextFile(base);
  await Deno.writeTextFile(base, text.replace(/"rounds": 1\b/, '"rounds": 10000'));
  for (
    const [args, stem] of [
      [["run", `--case=${CASE}`, "--peer=loop", "--rounds=10000"], "latest"],
      [["gate", "--baseline=base/latest.json"], "gate"],
      [["ab", "--base=self", `--case=${CASE}`, "--pairs=10000"], "ab"],
    ] as const
  ) {
    await leaveResults(directory.path);
    const child = command(args, { cwd: directory.path }).spawn();
    const out = new Response(child.stdout).text();
    let err = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (err === "") child.kill("SIGINT");
      err += text;
    }
    await out;
    assertEquals((await child.status).code, 130, err);
    const stale = left(directory.path, stem)
      .filter((name) => name !== "ab-notes.md")
      .filter((name) => Deno.readTextFileSync(`${directory.path}/reports/${name}`).length < 30);
    assertEquals(stale, [], stem);
  }
});

Deno.test("report, compare and gate do not write over what they read, whatever its name there", async () => {
  await using directory = await temporaryDirectory();
  const at = (name: string) => `${directory.path}/${name}`;
  const raw = record(100);
  await Deno.writeTextFile(at("r.json"), raw);
  await Deno.writeTextFile(at("other.json"), record(150));
  await Deno.symlink(at("r.json"), at("link.json"));
  await Deno.link(at("r.json"), at("hard.json"));
  await Deno.mkdir(at("sub"));
  await Deno.mkdir(at("reports"));
  await Deno.link(at("r.json"), at("reports/gate.json"));
  await Deno.link(at("r.json"), at("reports/gate-head.json"));
  const lines = [
    ["report", "r.json", "--format=json", "--out=r.json"],
    ["report", "r.json", "--out", "./sub/../r.json"],
    ["report", "link.json", "--format=json", "--out=r.json"],
    ["report", "r.json", "--out=link.json"],
    ["report", "r.json", "--out=hard.json"],
    ["report", at("r.json"), "--out=r.json"],
    ["compare", "r.json", "other.json", "--out=r.json"],
    ["compare", "other.json", "r.json", "--format=json", "--out=hard.json"],
    ["gate", "--baseline=reports/gate.json", "--candidate=other.json"],
    ["gate", "--baseline=r.json", "--candidate=other.json"],
    ["gate", "--baseline=other.json", "--candidate=reports/gate-head.json"],
  ];
  const well = ["report", "r.json", "--out=new.md"];
  const outcomes = await sockbenchEach([...lines, well], { cwd: directory.path });
  for (const outcome of outcomes.slice(0, -1)) {
    assertRefused(outcome, /cannot write \S+, as it is read as .*: name another --out/);
  }
  // What one of them had written over, the next would not have put back.
  for (const name of ["r.json", "reports/gate.json", "reports/gate-head.json"]) {
    assertEquals(await Deno.readTextFile(at(name)), raw, name);
  }
  const { code, err } = outcomes.at(-1)!;
  assertEquals(code, 0, err);
});

Deno.test("report does not write over the file that its standard input is", async () => {
  await using directory = await temporaryDirectory();
  const raw = record(100);
  await Deno.writeTextFile(`${directory.path}/r.json`, raw);
  const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...PERMISSIONS, MAIN];
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'exec "$@" <r.json', "sh", ...words, "report", "-", "--out=r.json"],
    cwd: directory.path,
  }).output();
  assertMatch(new TextDecoder().decode(stderr), /comes in on standard input: name another --out/);
  assertEquals(code, 2);
  assertEquals(await Deno.readTextFile(`${directory.path}/r.json`), raw);
});
