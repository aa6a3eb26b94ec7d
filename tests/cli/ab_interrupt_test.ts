import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { makeRepository } from "./repository.ts";
import { command, names } from "./sockbench.ts";
import { LINUX, needs } from "../support/needs.ts";

Deno.test({
  ...needs(
    "sockbench ab keeps whole pairs when it is interrupted, exits 130, and leaves nothing",
    LINUX,
  ),
  fn: () => interrupted(1),
});
Deno.test({
  ...needs("sockbench ab ends at once on a second Ctrl-C, worktrees and agents with it", LINUX),
  fn: () => interrupted(2),
});

async function interrupted(times: 1 | 2): Promise<void> {
  await using repository = await makeRepository();
  const child = command(
    ["ab", "--base=git:HEAD", "--head=dir:.", "--module=./bench.ts", "--pairs=10000"],
    { cwd: repository.path, env: { TMPDIR: repository.temporary } },
  ).spawn();
  const out = new Response(child.stdout).text();
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += text;
    if (!/pair 1\//.test(text)) continue;
    assertEquals(names(repository.temporary).length, 2);
    assert(processesOf(repository.temporary).length >= 2);
    // A stopped agent never finishes its pair: what a second Ctrl-C is for.
    if (times === 2) processesOf(repository.temporary).forEach((pid) => Deno.kill(pid, "SIGSTOP"));
    child.kill("SIGINT");
    if (times === 2) setTimeout(() => child.kill("SIGINT"), 1_500);
  }
  assertEquals((await child.status).code, 130, err);
  assertEquals(await out, "");
  assertStringIncludes(err, "interrupted");
  assertEquals(names(repository.temporary), []);
  assertEquals(await repository.worktrees(), [repository.path]);
  assertEquals(processesOf(repository.temporary), []);
  const written = names(`${repository.path}/reports`);
  assertEquals(written, times === 1 ? ["ab-base.json", "ab-head.json"] : []);
  for (const name of written) {
    const path = `${repository.path}/reports/${name}`;
    const record = decodeRecord(await Deno.readTextFile(path), path);
    assert(record.partial);
    assert(record.trials.length >= 1);
  }
}

/** Agents that work in a folder, by what they were started with. */
function processesOf(folder: string): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      return /^\d+$/.test(name) && line.includes("agent_main") && line.includes(folder)
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}
