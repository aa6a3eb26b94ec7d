import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { Screen } from "../support/screen.ts";
import {
  command,
  MAIN,
  names,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";
import { needs, program } from "../support/needs.ts";

async function readRecord(directory: string): Promise<RunRecord> {
  const path = `${directory}/latest.json`;
  return decodeRecord(await Deno.readTextFile(path), path);
}

Deno.test("sockbench run writes record and report, prints the plan to stderr and the paths to stdout", async () => {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/deep/reports`;
  const { code, out: printed, err } = await sockbench([...TINY_RUN, "--seed=7", "--out", out]);
  assertEquals(code, 0);
  assertEquals(names(out), ["latest-charts", "latest.html", "latest.json", "latest.md"]);
  assertMatch(err, /^1 case × 1 round, .*; peer loop; seed 7\n/);
  assertMatch(err, /^round 1\/1, /m);
  for (const name of names(out)) assertStringIncludes(printed, `${out}/${name}\n`);
  const record = await readRecord(out);
  assertEquals(record.partial, false);
  assertEquals(record.trials.map((trial) => trial.case), ["round-trip/tcp/bytes=64"]);
  assertEquals(
    record.settings.command,
    "deno task sockbench run --profile quick --case round-trip/tcp/bytes=64 --rounds 1 --peer loop --seed 7",
  );
});

Deno.test("sockbench run repeats the order of cases from the recorded command", async () => {
  await using directory = await temporaryDirectory();
  const [first, second] = [`${directory.path}/1`, `${directory.path}/2`];
  const wide = [
    "run",
    "--profile=quick",
    "--rounds=1",
    "--case=round-trip/*/bytes=64",
    "--peer=loop",
  ];
  assertEquals((await sockbench([...wide, "--quiet", `--out=${first}`])).code, 0);
  const record = await readRecord(first);
  const words = record.settings.command.replaceAll("'", "").split(" ").slice(3);
  assertEquals((await sockbench([...words, "--quiet", "--out", second])).code, 0);
  const order = ({ trials }: RunRecord) => trials.map((trial) => trial.case);
  assertEquals(order(await readRecord(second)), order(record));
});

Deno.test("sockbench run writes the formats asked for, and the record in any case", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  assertEquals((await sockbench([...TINY_RUN, `--out=${out}`, "--format=csv"])).code, 0);
  assertEquals(names(out), ["latest.csv", "latest.json"]);
});

Deno.test("sockbench run --quiet prints nothing, --verbose a line per trial", async () => {
  await using directory = await temporaryDirectory();
  const args = [...TINY_RUN, "--out", directory.path];
  assertEquals(await sockbench([...args, "--quiet"]), { code: 0, out: "", err: "" });
  const { err } = await sockbench([...args, "--verbose"]);
  assertMatch(err, /^round 1\/1 case 1\/1 round-trip\/tcp\/bytes=64, /m);
});

Deno.test("sockbench run prints no escape codes where there is no terminal", async () => {
  await using directory = await temporaryDirectory();
  const { out, err } = await sockbench([...TINY_RUN, "--out", directory.path]);
  assert(!(out + err).includes("\x1b"));
});

Deno.test("sockbench run with a few permissions measures what it can and lists what it skips", async () => {
  await using directory = await temporaryDirectory();
  const source = new URL("../../src", import.meta.url).pathname;
  const { code, err } = await sockbench(
    ["run", "--profile=quick", "--rounds=1", "--scenario=round-trip", `--out=${directory.path}`],
    {
      permissions: [
        "--allow-net=127.0.0.1,[::1]",
        `--allow-read=${source},${directory.path}`,
        `--allow-write=${directory.path}`,
      ],
    },
  );
  assertEquals(code, 0, err);
  assertMatch(err, /skipped peer process: permission missing: --allow-run.*; worker is used/);
  assertMatch(err, /skipped transport unix: permission missing/);
  const { skipped, settings, trials, environment } = await readRecord(directory.path);
  assertEquals(settings.peer, "worker");
  assert(skipped.some(({ what }) => what === "transport unix"));
  assert(trials.some((trial) => trial.case.startsWith("round-trip/tcp/")));
  assert(environment.missing.length > 0);
});

Deno.test("sockbench run keeps the finished trials when it is interrupted, marks them partial and exits 130", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await using directory = await temporaryDirectory();
    const { code, err } = await interrupt(
      ["run", "--profile=quick", "--rounds=10000", "--case=round-trip/unix/bytes=64"],
      directory.path,
      (child) => child.kill(signal),
    );
    assertEquals(code, 130, err);
    assertStringIncludes(err, "interrupted");
    const record = await readRecord(`${directory.path}/reports`);
    assert(record.partial);
    assert(record.trials.length >= 1);
    assertEquals(record.trials.filter((trial) => trial.error !== undefined), []);
    assertEquals(names(`${directory.path}/reports`), [
      "latest-charts",
      "latest.html",
      "latest.json",
      "latest.md",
    ]);
    assertEquals(names(`${directory.path}/tmp`), []);
  }
});

Deno.test("sockbench run takes a signal that arrives twice at once, as through deno task, for one Ctrl-C", async () => {
  await using directory = await temporaryDirectory();
  const { code, err } = await interrupt(
    ["run", "--profile=quick", "--rounds=10000", "--case=round-trip/unix/bytes=64"],
    directory.path,
    (child) => {
      child.kill("SIGINT");
      child.kill("SIGTERM");
    },
  );
  assertEquals(code, 130, err);
  assert((await readRecord(`${directory.path}/reports`)).partial);
});

Deno.test("listenForInterrupts() ends the process on a second Ctrl-C, after cleaning up", async () => {
  await using directory = await temporaryDirectory();
  const script = `${directory.path}/listen.ts`;
  const interrupts = new URL("../../src/cli/interrupts.ts", import.meta.url).href;
  await Deno.writeTextFile(
    script,
    `import { listenForInterrupts } from ${JSON.stringify(interrupts)};
     const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
     const clean = () => {
       print("cleaned");
       throw new Error("not all of it");
     };
     using _ = listenForInterrupts(() => print("first "), clean);
     print("ready ");
     await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", script],
    stdout: "piped",
  }).spawn();
  let out = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (text.includes("ready")) child.kill("SIGINT");
    if (text.includes("first")) {
      child.kill("SIGHUP");
      setTimeout(() => child.kill("SIGINT"), 600);
    }
  }
  assertEquals((await child.status).code, 130);
  assertEquals(out, "ready first cleaned");
});

/** Runs with temporary files below `path`, and calls `act` when the first round is done. */
async function interrupt(
  args: readonly string[],
  path: string,
  act: (child: Deno.ChildProcess) => void,
): Promise<{ code: number; err: string }> {
  await Deno.mkdir(`${path}/tmp`);
  const env = { TMPDIR: `${path}/tmp` };
  const child = command([...args, "--out", `${path}/reports`], { env }).spawn();
  const drained = child.stdout.cancel();
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const isFirst = !err.includes("round 1/");
    err += text;
    if (isFirst && err.includes("round 1/")) act(child);
  }
  await drained;
  return { code: (await child.status).code, err };
}

Deno.test("sockbench ends quietly when its reader has seen enough", async () => {
  await using directory = await temporaryDirectory();
  const sockbench = `"${Deno.execPath()}" run --quiet --no-prompt ${PERMISSIONS.join(" ")} ${MAIN}`;
  for (const args of ["--help", "list --json", `${TINY_RUN.join(" ")} --quiet --out .`]) {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `${sockbench} ${args} | true; echo \${PIPESTATUS[0]}`],
      cwd: directory.path,
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals({ code, out, err }, { code: 0, out: "0\n", err: "" }, args);
  }
});

Deno.test({
  ...needs(
    "sockbench run paints a view on a terminal and leaves only its results there, in colour unless NO_COLOR is set, in ASCII where the locale has no more",
    program("script"),
  ),
  fn: paintsOnTerminal,
});

async function paintsOnTerminal(): Promise<void> {
  await using directory = await temporaryDirectory();
  const start = [Deno.execPath(), "run", "--no-prompt", ...PERMISSIONS, MAIN, ...TINY_RUN].join(
    " ",
  );
  const onTerminal = async (env: Record<string, string>) => {
    const { success, stdout } = await new Deno.Command("script", {
      args: ["-qec", `${start} --out ${directory.path}`, "/dev/null"],
      env: { ...Deno.env.toObject(), LC_ALL: "C.UTF-8", ...env },
      clearEnv: true,
    }).output();
    assert(success, "script failed");
    return new TextDecoder().decode(stdout);
  };
  const coloured = await onTerminal({ NO_COLOR: "" });
  assertStringIncludes(coloured, "\x1b[1m1 case × 1 round");
  assertStringIncludes(coloured, "round 1/1  ");
  assertStringIncludes(coloured, "best so far, median");
  const { lines } = new Screen(80).write(coloured);
  assert(lines[0]!.startsWith("1 case × 1 round"));
  assertEquals(lines.filter((line) => /^round \d|best so far|getting ready/.test(line)), []);
  const isOf = (end: string) => (line: string) =>
    line.startsWith(directory.path) && line.endsWith(end);
  assert(lines.some(isOf("/latest.json")) && lines.some(isOf("/latest.md")));
  const plain = await onTerminal({ NO_COLOR: "1" });
  assertStringIncludes(plain, "1 case × 1 round");
  // deno-lint-ignore no-control-regex
  assertEquals(plain.match(/\x1b\[[0-9;]*m/), null);
  const ascii = await onTerminal({ NO_COLOR: "1", LC_ALL: "C" });
  assertStringIncludes(ascii, "1 case x 1 round");
  // deno-lint-ignore no-control-regex
  assertEquals(ascii.match(/[^\x00-\x7f]/), null);
}
