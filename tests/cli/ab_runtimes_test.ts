import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { readAbJob } from "../../src/cli/ab_job.ts";
import { abCommand } from "../../src/cli/commands/ab.ts";
import { UsageError } from "../../src/cli/failure.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { factOf } from "../../src/model/environment.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { refusalOf } from "../ab/subjects.ts";
import { needs, unless } from "../support/needs.ts";
import { names, sockbench, temporaryDirectory } from "./sockbench.ts";

const job = (...args: readonly string[]) => readAbJob(parseArguments(abCommand, args));

Deno.test("different runtimes are compared, and judged where --gate says so; two of a kind are judged", async () => {
  assertEquals((await job("--base=node:26")).isComparison, true);
  assertEquals((await job("--base=node:26", "--head=bun:1.4")).isComparison, true);
  assertEquals((await job("--base=node:26", "--gate")).isComparison, false);
  assertEquals((await job("--base=node:24", "--head=node:26")).isComparison, false);
  assertEquals((await job("--base=deno:2.8.3")).isComparison, false);
});

Deno.test("Node and Bun are measured over what they have, where nothing else is named", async () => {
  const node = ["tcp@node", "unix@node", "udp@node"];
  assertEquals((await job("--base=node:26")).input.transports, node);
  assertEquals((await job("--base=node:26", "-t", "tls@node")).input.transports, ["tls@node"]);
  assertEquals((await job("--base=node:26", "--case=*/tcp@node/*")).input.transports, []);
  assertEquals((await job("--base=self")).input.transports, []);
});

Deno.test("a comparison has no format of a gate, and Node no peer of its own", async () => {
  const formats = await assertRejects(() => job("--base=bun:1.4", "--format=junit"), UsageError);
  assertStringIncludes(formats.message, 'there is no format "junit"');
  const peer = await assertRejects(
    () => job("--base=self", "--head=bun:1.4", "--peer=worker"),
    UsageError,
  );
  assertStringIncludes(peer.message, "--peer worker is for Deno");
});

Deno.test({
  // The runtime is fetched from npm, which a machine without a network cannot do.
  ...needs(
    "sockbench ab compares Deno with Node, and names both by what they are",
    unless(await refusalOf("node:26")),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = `${directory.path}/out`;
    const { code, out: text, err } = await sockbench(
      ["ab", "--base=node:26", "--head=self", "--case=round-trip/unix@node/bytes=64"]
        .concat("--metric=headline", "--pairs=1", "--alpha=0.02", "--precision=50%", "--budget=1s")
        .concat("--threshold=1000%", `--out=${out}`),
      { env: { TMPDIR: directory.path } },
    );
    assertEquals(code, 0, err);
    assertMatch(text, /^1 no difference of 1000 %\.\nself against node:26 \(26\.\d+\.\d+\)$/m);
    assertEquals(names(out), ["ab-base.json", "ab-head.json", "ab-html.html", "ab.json", "ab.md"]);
    assertEquals(names(directory.path), ["out"]);
    const environmentOf = async (side: string) =>
      decodeRecord(await Deno.readTextFile(`${out}/ab-${side}.json`), side).environment;
    const base = await environmentOf("base");
    assertMatch(String(factOf(base, "node")), /^26\./);
    assertEquals(factOf(base, "deno"), null);
    assertEquals(factOf(await environmentOf("head"), "deno"), Deno.version.deno);
  },
});
