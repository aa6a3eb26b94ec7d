import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { formatDuration } from "../../src/cli/terminal/duration.ts";
import { plural } from "../../src/text/plural.ts";
import { writeOutput } from "../../src/cli/output.ts";
import { writeFileAtomically } from "../../src/cli/output.ts";
import { createProgress } from "../../src/cli/terminal/progress.ts";
import { quoteForShell } from "../../src/cli/run_arguments.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { createSettings } from "../../src/plan/settings.ts";
import { createCatalog } from "../../src/catalog.ts";
import { Screen } from "../support/screen.ts";
import { assertRefused, names, sockbench, temporaryDirectory, TINY_RUN } from "./sockbench.ts";
import { mayMount, needs } from "../support/needs.ts";

const MOUNT = await mayMount();

/** A file system of `bytes` that is gone with its scope. */
async function smallDisk(bytes: number): Promise<{ path: string } & AsyncDisposable> {
  const directory = await temporaryDirectory();
  const { success } = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory.path],
  }).output();
  assert(success, "mount failed");
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await new Deno.Command("umount", { args: [directory.path] }).output();
      await directory[Symbol.asyncDispose]();
    },
  };
}

Deno.test("writeFileAtomically() replaces the file and leaves nothing beside it", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/file`;
  for (const text of ["old", "new, ünïcödé", ""]) {
    await writeFileAtomically(path, text);
    assertEquals(await Deno.readTextFile(path), text);
    assertEquals(names(directory.path), ["file"]);
  }
});

Deno.test("writeFileAtomically() leaves no temporary file where it cannot replace", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/taken`);
  await assertRejects(() => writeFileAtomically(`${directory.path}/taken`, "text"));
  await assertRejects(() => writeFileAtomically(`${directory.path}/no/where`, "text"));
  assertEquals(names(directory.path), ["taken"]);
});

Deno.test("writeOutput() rescues what its directory does not take, and names the place", async () => {
  await using directory = await temporaryDirectory();
  const file = { name: "latest.json", text: "data" };
  const { written, problems } = await writeOutput(`${directory.path}/gone`, file, true);
  assertMatch(problems[0]!, /^cannot write .*gone\/latest\.json: .*; it is in .* instead$/);
  assertEquals(await Deno.readTextFile(written[0]!), "data");
  await Deno.remove(written[0]!.replace(/\/[^/]*$/, ""), { recursive: true });
  assertEquals((await writeOutput(`${directory.path}/gone`, file, false)).written, []);
});

Deno.test("writeOutput() leaves no empty directory where a rescue fails", async () => {
  await using directory = await temporaryDirectory();
  const module = new URL("../../src/cli/output.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    // Without --allow-read a temporary directory can be made, and no file renamed within it.
    args: ["run", "--quiet", "--no-prompt", "--allow-write", "-"],
    env: { TMPDIR: directory.path },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`import { writeOutput } from "${module}";
    console.log((await writeOutput("/nowhere", { name: "a", text: "a" }, true)).written.length);`));
  await writer.close();
  assertEquals(new TextDecoder().decode((await child.output()).stdout), "0\n");
  assertEquals(names(directory.path), []);
});

Deno.test("sockbench run without --allow-read is refused before it measures what it could not write", async () => {
  await using directory = await temporaryDirectory();
  assertRefused(
    await sockbench([...TINY_RUN, "--out", directory.path], {
      permissions: ["--allow-net", "--allow-write"],
    }),
    /cannot read the code of this command: permission missing \(--allow-read\)/,
  );
  assertEquals(names(directory.path), []);
});

Deno.test("sockbench run that cannot write its report says how to render it again", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/latest.md`);
  const { code, err } = await sockbench([...TINY_RUN, "--quiet", "--out", directory.path]);
  const command = /"sockbench (report \S+\/latest\.json --format md)" renders it again$/m.exec(err)
    ?.[1];
  if (command === undefined) throw new Error(err);
  assertEquals(code, 2);
  const again = await sockbench(command.split(" "));
  assertMatch(again.out, /^# /);
});

Deno.test({
  ...needs(
    "sockbench run on a disk that fills up leaves no old report, and rescues the record",
    MOUNT,
  ),
  fn: fillsTheDisk,
});

async function fillsTheDisk(): Promise<void> {
  await using disk = await smallDisk(16_384);
  await using rescue = await temporaryDirectory();
  await Deno.writeTextFile(`${disk.path}/latest.json`, "old");
  // One block is left without the old report: enough for the probe before the run, not for the record after it.
  await Deno.writeFile(`${disk.path}/filler`, new Uint8Array(12_288));
  const args = TINY_RUN.map((arg) => arg.replace("--rounds=1", "--rounds=20"));
  const { code, err } = await sockbench([...args, "--quiet", "--out", disk.path], {
    env: { TMPDIR: rescue.path },
  });
  assertEquals(code, 2, err);
  assertEquals(names(disk.path), ["filler"]);
  const saved = /latest\.json: No space left on device; it is in (\S+) instead$/m.exec(err)?.[1];
  if (saved === undefined) throw new Error(err);
  assertEquals(decodeRecord(await Deno.readTextFile(saved), saved).trials.length, 20);
}

Deno.test({
  ...needs("sockbench run on a full disk is refused before it measures", MOUNT),
  fn: refusesTheFullDisk,
});

async function refusesTheFullDisk(): Promise<void> {
  await using disk = await smallDisk(8_192);
  await Deno.writeFile(`${disk.path}/filler`, new Uint8Array(8_192)).catch(() => {});
  assertRefused(
    await sockbench([...TINY_RUN, "--out", disk.path]),
    /cannot write to --out .*: No space left on device/,
  );
  assertEquals(names(disk.path), ["filler"]);
}

function fakeTerminal(errIsTerminal: boolean) {
  const written: string[] = [];
  return {
    written,
    terminal: {
      out: () => {},
      err: (text: string) => void written.push(text),
      draw: (...texts: string[]) => void written.push(texts.join("")),
      annotate: () => {},
      outIsTerminal: false,
      errIsTerminal,
      columns: () => 60,
      rows: () => 24,
      colour: false,
      outColour: false,
      unicode: true,
    },
  };
}

const PLAN: Plan = {
  settings: createSettings({ peer: "loop", seed: 1 }, createCatalog()),
  rounds: 2,
  estimateNs: 0,
  cases: [],
  scenarios: [],
  metrics: [],
  skipped: [],
};

const TRIAL = {
  kind: "trial",
  round: 1,
  rounds: 2,
  index: 0,
  cases: 3,
  caseId: "round-trip/tcp/bytes=64",
  elapsedNs: 1e9,
  remainingNs: 112e9,
} as const;
const ROUND = {
  kind: "round",
  round: 1,
  rounds: 2,
  failed: 2,
  elapsedNs: 2e9,
  remainingNs: 1e9,
} as const;

Deno.test("createProgress() paints a view on a terminal at most four times a second, and removes it", () => {
  const { written, terminal } = fakeTerminal(true);
  const progress = createProgress(terminal, "normal");
  progress.start(PLAN);
  const before = written.length;
  progress.take(TRIAL);
  progress.take({ ...TRIAL, index: 1, elapsedNs: 1.2e9 });
  progress.take({ ...TRIAL, index: 2, elapsedNs: 1.3e9 });
  progress.take(ROUND);
  assertEquals(written.length - before, 2);
  const screen = new Screen(60).write(written.join("").replaceAll("\n", "\r\n"));
  assertEquals(screen.lines.slice(0, 3), [
    "0 cases × 2 rounds, under 1 s; peer loop; seed 1",
    "round 1/2  ░░░░░░░░░░░░░░░░░░░░░░░░  1 %  1 min 52 s left",
    "case 3/3  round-trip/tcp/bytes=64",
  ]);
  progress.say("a line of its own");
  progress.end();
  assertEquals(
    new Screen(60).write(written.join("").replaceAll("\n", "\r\n")).lines,
    ["0 cases × 2 rounds, under 1 s; peer loop; seed 1", "a line of its own"],
  );
});

Deno.test("createProgress() says each trial when verbose, and paints no view", () => {
  const { written, terminal } = fakeTerminal(true);
  const progress = createProgress(terminal, "verbose");
  progress.take(TRIAL);
  assertEquals(written, ["round 1/2 case 1/3 round-trip/tcp/bytes=64, 1 min 52 s left\n"]);
});

Deno.test("createProgress() prints a line per round elsewhere, and each warning once", () => {
  const { written, terminal } = fakeTerminal(false);
  const progress = createProgress(terminal, "normal");
  progress.take({ ...TRIAL, error: "it broke" });
  progress.take({ ...TRIAL, error: "it broke" });
  progress.take({ kind: "peer", message: "process 7 died" });
  progress.take(ROUND);
  assertEquals(written, [
    "warning: round-trip/tcp/bytes=64: it broke\n",
    "warning: process 7 died\n",
    "round 1/2, 1 s left, 2 trials failed\n",
  ]);
});

Deno.test("createProgress() says only warnings when quiet", () => {
  const { written, terminal } = fakeTerminal(true);
  const progress = createProgress(terminal, "quiet");
  progress.take(TRIAL);
  progress.take(ROUND);
  progress.take({ ...TRIAL, error: "it broke" });
  assertEquals(written, ["warning: round-trip/tcp/bytes=64: it broke\n"]);
});

Deno.test("formatDuration() says durations as people do", () => {
  const durations = [0.2, 1, 59.4, 60, 112, 3_600, 3_661, 7_380].map((s) =>
    formatDuration(s * 1e9)
  );
  assertEquals(durations, [
    "under 1 s",
    "1 s",
    "59 s",
    "1 min",
    "1 min 52 s",
    "1 h",
    "1 h 1 min",
    "2 h 3 min",
  ]);
  assertEquals([plural(1, "case"), plural(0, "case")], ["1 case", "0 cases"]);
});

Deno.test("quoteForShell() leaves plain words and quotes the rest so that a shell gives them back", async () => {
  for (
    const word of ["plain", "a/b=c,d.e", "round-trip/*/x", "it's", '$HOME `id` "q"', "a\nb", ""]
  ) {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `printf %s ${quoteForShell(word)}`],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), word);
  }
  assertEquals(quoteForShell("round-trip/tcp/bytes=64"), "round-trip/tcp/bytes=64");
});
