/** Ctrl-C and its relatives: 130 at the first one, at every moment, and an end at the second one, whatever is under way. */

import { assert, assertEquals } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { LINUX, needs, program } from "../support/needs.ts";
import { command, MAIN, names, PERMISSIONS, temporaryDirectory } from "./sockbench.ts";

/** A process that does not end is killed after this time, and the test fails by its exit code. */
const HUNG_MS = 30_000;
/** What comes within 400 ms is one keypress; a busy machine may hand over the first a second late. */
const NEXT_KEYPRESS_MS = 1_500;

const CASE = "--case=round-trip/tcp/bytes=64";

/** A module whose serve half never starts in a peer process, and says so. */
const HUNG_PEER = `
if (Deno.mainModule.includes("process_main")) {
  console.error("a peer starts");
  await new Promise(() => setInterval(() => {}, 1e6));
}
export default {};`;

/** Transports that say that they are asked for and then keep whoever asks: a probe that hangs, a loop that is blocked. */
const KEEPING = `
import { tcp } from "@sockbench/sockbench";
const hang = () => new Promise(() => setInterval(() => {}, 1e6));
const block = () => { for (;;); };
const say = (what) => console.error(what);
export default {
  transports: [
    { ...tcp, name: "hangs", probe() { say("under way"); return hang(); } },
    { ...tcp, name: "blocks", connect() { say("under way"); return block(); } },
    { ...tcp, name: "blocks-its-probe", probe() { say("under way"); return block(); } },
  ],
  scenarios: [],
};`;

async function writeModule(directory: string, text: string): Promise<string> {
  const path = `${directory}/module.ts`;
  await Deno.writeTextFile(path, text);
  return path;
}

/** Sends signals once a text is on standard error, the second as the next keypress. */
async function pressOn(
  text: string,
  args: readonly string[],
  cwd: string,
  signals: readonly Deno.Signal[],
): Promise<{ readonly code: number; readonly err: string }> {
  const temporary = `${cwd}/tmp`;
  await Deno.mkdir(temporary);
  const child = command(args, { cwd, env: { TMPDIR: temporary } }).spawn();
  const out = new Response(child.stdout).text();
  const timers = [setTimeout(() => child.kill("SIGKILL"), HUNG_MS)];
  let err = "";
  for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
    const isNew = !err.includes(text);
    err += part;
    if (!isNew || !err.includes(text)) continue;
    for (const [index, signal] of signals.entries()) {
      if (index === 0) child.kill(signal);
      else timers.push(setTimeout(() => child.kill(signal), index * NEXT_KEYPRESS_MS));
    }
  }
  await out;
  const { code } = await child.status;
  timers.forEach(clearTimeout);
  assertEquals(names(temporary), [], err);
  return { code, err };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) {
  Deno.test({
    ...needs(`run keeps its finished trials and exits 130 on ${signal}`, LINUX),
    async fn() {
      await using directory = await temporaryDirectory();
      const args = ["run", CASE, "--peer=loop", "--rounds=10000", "--format=json"];
      const { code, err } = await pressOn("round 2/", args, directory.path, [signal]);
      assertEquals(code, 130, err);
      const path = `${directory.path}/reports/latest.json`;
      const record = decodeRecord(await Deno.readTextFile(path), path);
      assert(record.partial);
      assert(record.trials.length >= 1);
    },
  });
}

for (
  const [what, args] of [["run", ["run", CASE]], ["gate", ["gate", "--baseline=b.json"]]] as const
) {
  Deno.test({
    ...needs(`${what} exits 130 at the first signal while its first peer starts`, LINUX),
    async fn() {
      await using directory = await temporaryDirectory();
      if (what === "gate") await writeBaseline(directory.path);
      const module = await writeModule(directory.path, HUNG_PEER);
      const { code, err } = await pressOn(
        "a peer starts",
        [...args, `--module=${module}`],
        directory.path,
        ["SIGINT"],
      );
      assertEquals(code, 130, err);
      assert(!err.includes("nothing could be measured"), err);
    },
  });
}

/** A record of one case with peer process. */
async function writeBaseline(directory: string): Promise<void> {
  const { code, stderr } = await command(
    ["run", CASE, "--rounds=6", "--profile=quick", "--format=json"],
    { cwd: directory },
  ).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  await Deno.rename(`${directory}/reports/latest.json`, `${directory}/b.json`);
}

Deno.test({
  ...needs("run exits 130 when a terminal's Ctrl-C reaches its first peer too", program("script")),
  async fn() {
    await using directory = await temporaryDirectory();
    const module = await writeModule(directory.path, HUNG_PEER);
    const words = [Deno.execPath(), "run", "--no-prompt", ...PERMISSIONS, MAIN, "run", CASE];
    const out = ["--out", directory.path, "--module", module];
    const child = new Deno.Command("script", {
      args: ["-qec", [...words, ...out].join(" "), "/dev/null"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const keyboard = child.stdin.getWriter();
    const timer = setTimeout(() => child.kill("SIGKILL"), HUNG_MS);
    let seen = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const isNew = !seen.includes("a peer starts");
      seen += text;
      if (isNew && seen.includes("a peer starts")) {
        await keyboard.write(new TextEncoder().encode("\x03"));
      }
    }
    clearTimeout(timer);
    await keyboard.close().catch(() => {});
    assertEquals((await child.status).code, 130, seen);
  },
});

Deno.test({
  ...needs("run exits 130 at the first signal while a probe is under way", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const module = await writeModule(directory.path, KEEPING);
    const args = ["run", "--transport=hangs,tcp", "--scenario=round-trip", `--module=${module}`];
    const { code, err } = await pressOn("under way", args, directory.path, ["SIGINT"]);
    assertEquals(code, 130, err);
    assert(!err.includes("cases ×"), err);
    assertEquals(names(directory.path), ["module.ts", "tmp"]);
  },
});

for (const transport of ["blocks", "blocks-its-probe"]) {
  for (const signals of [["SIGINT", "SIGINT"], ["SIGTERM", "SIGQUIT"]] as const) {
    Deno.test({
      ...needs(`run whose transport ${transport} ends at the second of ${signals}`, LINUX),
      async fn() {
        await using directory = await temporaryDirectory();
        const module = await writeModule(directory.path, KEEPING);
        const args = ["run", "--peer=loop", `--transport=${transport}`, "--scenario=round-trip"];
        const { code, err } = await pressOn(
          "under way",
          [...args, `--module=${module}`],
          directory.path,
          signals,
        );
        assertEquals(code, 130, err);
      },
    });
  }
}
