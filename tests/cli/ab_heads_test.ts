/** `sockbench ab` with several heads, as a user meets it: table, files, names, exit codes, refusals. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { readAbJob } from "../../src/cli/ab_job.ts";
import { abCommand } from "../../src/cli/commands/ab.ts";
import { UsageError } from "../../src/cli/failure.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { factOf } from "../../src/model/environment.ts";
import { refusalOf, writeSimulated } from "../ab/subjects.ts";
import { needs, unless } from "../support/needs.ts";
import { parseJunit } from "../support/schemas/junit.ts";
import { assertRefused, names, sockbench, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const TINY = ["ab", "--base=self", "--metric=headline", "--pairs=1", "--alpha=0.04"]
  .concat("--precision=50%", "--budget=1s");
const heads = (...named: readonly string[]) => named.map((name) => `--head=${name}`);
const job = (...args: readonly string[]) => readAbJob(parseArguments(abCommand, args));

Deno.test("several heads are numbered, and compared where one is another runtime", async () => {
  const denos = await job("--base=deno:2.8.3", ...heads("deno:2.9.5", "deno:2.9.6", "self"));
  assertEquals(denos.subjects, {
    base: "deno:2.8.3",
    head: "deno:2.9.5",
    "head 2": "deno:2.9.6",
    "head 3": "self",
  });
  assertEquals(denos.isComparison, false);
  const runtimes = await job("--base=self", ...heads("self", "bun:1.4"));
  assertEquals(runtimes.isComparison, true);
  assertEquals(runtimes.input.transports, ["tcp@node", "unix@node", "udp@node"]);
  assertEquals(
    (await job("--base=self", "--gate", ...heads("self", "bun:1.4"))).isComparison,
    false,
  );
  assertEquals(runtimes.headsFormats.map(({ id }) => id), ["md", "html", "json"]);
  assertEquals((await job("--base=self", "--head=self")).headsFormats, []);
});

Deno.test("more than eight heads, a head that is none, and a format of one head are refused in a sentence", async () => {
  const refused = async (words: string, ...args: readonly string[]) =>
    assertStringIncludes((await assertRejects(() => job(...args), UsageError)).message, words);
  const nine = heads(...new Array(9).fill("self"));
  await refused("ab takes at most 8 heads: 9 were given", "--base=self", ...nine);
  await refused('--head "nonsense" is no subject', "--base=self", ...heads("self", "nonsense"));
  const two = heads("self", "self");
  await refused(
    "the format bencher is of one --head only",
    "--base=self",
    ...two,
    "--format=bencher",
  );
  await refused('no format "junit"', "--base=self", ...heads("self", "bun:1.4"), "--format=junit");
  assertRefused(await sockbench([...TINY, ...nine]), /at most 8 heads/, 2);
});

Deno.test("sockbench ab of the same code three times is green, tells the heads apart, and calls none faster", async () => {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/out`;
  await Deno.mkdir(out);
  // Of an earlier job, which had more heads.
  await Deno.writeTextFile(`${out}/ab-head-3-confirmation.json`, "{}");
  await Deno.writeTextFile(`${out}/ab-html.html`, "");
  const outcome = await sockbench(
    [...TINY, `--case=${CASE}`, ...heads("self", "self"), "--threshold=1000%", "--seed=7"]
      .concat("--format=json,junit,html,agent,annotations", `--out=${out}`),
  );
  assertEquals(outcome.code, 0, outcome.err);
  assertMatch(outcome.err, /; base self, heads self #1, self #2; peer loop; seed 7\n/);
  assertMatch(outcome.out, /^Passed: none of 2 heads regressed\.\nself #1, self #2 against self/);
  assertMatch(outcome.out, /^- self #2: Passed: none of 1 cell regressed\.$/m);
  assert(!/faster|slower/.test(outcome.out), outcome.out);
  assertEquals(names(out), [
    ...["ab-agent.txt", "ab-annotations.txt", "ab-base.json", "ab-head-2.json", "ab-head.json"],
    ...["ab-html.html", "ab.json", "ab.md", "ab.xml"],
  ]);
  const read = async (name: string) => await Deno.readTextFile(`${out}/${name}`);
  const second = decodeRecord(await read("ab-head-2.json"), "head 2");
  assertEquals(factOf(second.environment, "subject"), "self #2");
  // Two cells share alpha: six pairs, as 2 · 2^-6 is at most 0.04.
  assertEquals(second.trials.length, 6);
  assertEquals(decodeRecord(await read("ab-base.json"), "base").trials.length, 6);
  assertStringIncludes(second.settings.command, "--base self --head self --head self --case");
  const suites = parseJunit(await read("ab.xml")).children;
  assertEquals(
    suites.map(({ attributes }) => [attributes["name"], attributes["failures"]]),
    [["sockbench gate: self #1", "0"], ["sockbench gate: self #2", "0"]],
  );
  const json = JSON.parse(await read("ab.json"));
  assertEquals([json.kind, json.version, json.exitCode, json.base], ["sockbench-ab", 1, 0, "self"]);
  assertEquals(json.heads.map((one: { head: string }) => one.head), ["self #1", "self #2"]);
  assertEquals(json.best.length, 1);
  assertEquals((await read("ab-html.html")).match(/<figure class="chart forest"/g)?.length, 2);
});

Deno.test("sockbench ab of several heads ends with the worst code, and says which head", async () => {
  await using directory = await temporaryDirectory();
  const cwd = directory.path;
  await writeSimulated(`${cwd}/one`, 1e4);
  const { code, out, err } = await sockbench(
    ["ab", "--base=dir:one", ...TINY.slice(2), `--case=${CASE}`, ...heads("dir:one", "dir:one")]
      .concat("--threshold=300%", "--inject-slowdown=900%", "--out=out"),
    { cwd, env: { GITHUB_ACTIONS: "true" } },
  );
  assertEquals(code, 1, err + out);
  assertMatch(out, /^Regressed: dir:one #1 \(1 of 2 heads\)\.$/m);
  assertMatch(out, /^- dir:one #2: Passed: /m);
  assertMatch(out, /^dir:one #1: what decides$/m);
  assertMatch(out, /^::error title=sockbench gate::Regressed: .*\(dir:one #1 against dir:one\)$/m);
  assertMatch(out, /^::notice title=sockbench gate::Passed: .*\(dir:one #2 against dir:one\)$/m);
  assertEquals(names(`${cwd}/out`), [
    ...["ab-base-confirmation.json", "ab-base.json", "ab-head-2.json"],
    ...["ab-head-confirmation.json", "ab-head.json", "ab.md"],
  ]);
});

/** A user's module with a scenario of each id, over TCP. */
const moduleOf = (ids: readonly string[]) =>
  `import { pingPong } from "${import.meta.resolve("../../src/workload/ping_pong.ts")}";
const grid = [{ transports: ["tcp"], params: { bytes: [64] } }];
export default {
  workloads: ${JSON.stringify(ids)}.map((name) => ({ ...pingPong, name })),
  scenarios: ${JSON.stringify(ids)}.map((id) => ({
    id, workload: id, question: "How long?", operation: "exchange", metrics: ["p50"], columns: ["transport"],
    contrasts: [], notes: [], fixed: { nagle: "off" }, grid: { quick: grid, standard: grid, thorough: grid },
    parameters: [{ name: "bytes", kind: "size", description: "size of the request" }],
    budget: () => ({ warmupNs: 0, measureNs: 1e7, maxOperations: 20 }), expectedNs: () => 1e7,
  })),
};\n`;

Deno.test("a head without a case of base cannot pass, one with a case of its own can, and the others are judged", async () => {
  await using directory = await temporaryDirectory();
  const scenarios = { base: ["a", "b"], same: ["a", "b"], fewer: ["a"], more: ["a", "b", "c"] };
  for (const [name, ids] of Object.entries(scenarios)) {
    await Deno.mkdir(`${directory.path}/${name}`);
    await Deno.copyFile(
      new URL("../../deno.json", import.meta.url),
      `${directory.path}/${name}/deno.json`,
    );
    await Deno.writeTextFile(`${directory.path}/${name}/bench.ts`, moduleOf(ids));
  }
  const { code, out, err } = await sockbench(
    ["ab", "--base=dir:base", ...heads("dir:same", "dir:fewer", "dir:more"), "--module=bench.ts"]
      .concat("--metric=headline", "--pairs=1", "--alpha=0.1", "--precision=50%", "--budget=1s")
      .concat("--threshold=1000%", "--out=out", "--format=json"),
    { cwd: directory.path },
  );
  assertEquals(code, 3, err);
  assertMatch(out, /^Cannot judge: dir:fewer \(1 of 3 heads\)\.$/m);
  const { heads: found, best } = JSON.parse(
    await Deno.readTextFile(`${directory.path}/out/ab.json`),
  );
  const words = found.map(({ cells }: { cells: { case: string; verdict: string }[] }) =>
    cells.map((cell) => `${cell.case.split("/")[0]} ${cell.verdict}`)
  );
  assertEquals(words, [
    ["a pass", "b pass"],
    ["a pass", "b missing"],
    ["a pass", "b pass", "c new"],
  ]);
  const rivals = best.map((one: { candidates: string[] }) => one.candidates.toSorted());
  assertEquals(rivals, [
    ["dir:base", "dir:fewer", "dir:more", "dir:same"],
    ["dir:base", "dir:more", "dir:same"],
  ]);
});

Deno.test({
  // The runtimes are fetched from npm, which a machine without a network cannot do.
  ...needs(
    "sockbench ab compares Deno, Node and Bun in one round, and writes a page and JSON",
    unless(await refusalOf("node:26")),
    unless(await refusalOf("bun:1.4")),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = `${directory.path}/out`;
    const { code, out: text, err } = await sockbench(
      [...TINY, ...heads("node:26", "bun:1.4"), "--case=round-trip/unix@node/bytes=64"]
        .concat("--threshold=1000%", `--out=${out}`),
      { env: { TMPDIR: directory.path } },
    );
    assertEquals(code, 0, err);
    assertMatch(text, /^Best of 3 subjects in 1 headline: none shown in 1\.$/m);
    assertMatch(text, /^node:26 \(26\.\d+\.\d+\), bun:1\.4 \(1\.4\.\d+\) against self$/m);
    assertEquals(names(out), [
      ...["ab-base.json", "ab-head-2.json", "ab-head.json", "ab-html.html", "ab.json", "ab.md"],
    ]);
    assertEquals(names(directory.path), ["out"]);
  },
});
