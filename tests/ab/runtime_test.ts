/** Subjects on other runtimes: what is no Node and no Bun, and agents on real ones. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openAgent } from "../../src/ab/agent_link.ts";
import { prepareSubject } from "../../src/ab/prepare_subject.ts";
import { parseSubject, SubjectError } from "../../src/ab/subject.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { temporaryDirectory } from "../cli/sockbench.ts";
import { needs, unless } from "../support/needs.ts";
import { orderIn, refusalOf } from "./subjects.ts";

const prepare = (text: string, modules: readonly string[] = []) =>
  prepareSubject(parseSubject(text), text, modules);

/** A program that does as the lines of sh say. */
async function program(folder: string, lines: string): Promise<string> {
  const path = `${folder}/program`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return path;
}

for (
  const [what, lines] of [
    ["fails", "exit 1"],
    ["prints garbage", "echo hello"],
    ["is another runtime", "echo deno 2.9.6"],
    ["hangs, and leaves a child with its output", "sleep 15 & sleep 15"],
  ] as const
) {
  Deno.test(`prepareSubject() refuses a binary that ${what}, in one sentence`, async () => {
    await using directory = await temporaryDirectory();
    const path = await program(directory.path, lines);
    for (const [kind, name] of [["node", "Node"], ["bun", "Bun"]]) {
      const { message } = await assertRejects(() => prepare(`${kind}:${path}`), SubjectError);
      assertEquals(
        message,
        `${kind}:${path}: ${path} does not answer --version as ${name} does`,
      );
      // Once is enough of one that has to be waited for.
      if (lines.includes("sleep")) break;
    }
  });
}

Deno.test("prepareSubject() refuses a Node that cannot read the agent, by its version", async () => {
  await using directory = await temporaryDirectory();
  const path = await program(directory.path, "echo v20.20.2");
  const { message } = await assertRejects(() => prepare(`node:${path}`), SubjectError);
  assertEquals(
    message,
    `node:${path}: Node 20.20.2 is too old for the agent, which needs Node 24 or newer`,
  );
});

Deno.test("prepareSubject() refuses a runtime that is no file, and one with a module", async () => {
  const none = await assertRejects(() => prepare("bun:/none/bun"), SubjectError);
  assertEquals(none.message, "bun:/none/bun: there is no file /none/bun");
  const module = await assertRejects(() => prepare("node:26", ["./a.ts"]), SubjectError);
  assertMatch(module.message, /^node:26: a --module is for Deno/);
  assert(module.isUsage);
});

for (const text of ["node:26", "bun:1.4"]) {
  const reason = await refusalOf(text);
  Deno.test({
    ...needs(`an agent on ${text} plans and measures by node:net and node:dgram`, unless(reason)),
    async fn() {
      await using directory = await createSocketDirectory();
      await using subject = await prepare(text);
      await using agent = await openAgent("head", subject, orderIn(directory.path));
      const [kind, version] = text.split(":") as [string, string];
      assert(agent.versions[kind]!.startsWith(version), JSON.stringify(agent.versions));
      assertEquals(agent.versions.deno, undefined);
      const transports = ["tcp", "tcp@node", "unix@node", "udp@node"];
      const { cases, skipped } = await agent.plan({
        profile: "quick",
        scenarios: ["round-trip", "throughput", "connect"],
        transports,
        peer: "loop",
      });
      // Deno's own API is not there, and that is said.
      assertEquals([...new Set(cases.map(({ transport }) => transport))], transports.slice(1));
      assert(skipped.some(({ what, reason }) => what.includes("tcp") && reason.includes("Deno")));
      for (const c of cases) {
        const outcome = await agent.trial({
          ...c,
          budget: { ...c.budget, warmupNs: 1e6, measureNs: 2e6 },
        });
        assertEquals(outcome.error, undefined, c.id);
        assert(outcome.operations > 0, c.id);
      }
    },
  });
}
