/** Every format of several heads against its golden file: `… -- --update-golden` writes them anew; read the difference. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { findBestSubjects } from "../../src/gate/best_subject.ts";
import { COMPARE_POLICY, createPolicy } from "../../src/gate/gate_policy.ts";
import { judgeHeads } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { buildHeadsDocument, type HeadsReport } from "../../src/report/build/heads_document.ts";
import { gateFormats, headsFormats } from "../../src/report/registry.ts";
import { parseJunit } from "../support/schemas/junit.ts";
import { parseWorkflowCommands } from "../support/schemas/workflow_command.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";

const GOLDEN = new URL("../golden/gate/", import.meta.url);
const update = Deno.args.includes("--update-golden");

function assertGolden(name: string, text: string): void {
  const file = new URL(name, GOLDEN);
  if (update) Deno.writeTextFileSync(file, text);
  assertEquals(text, Deno.readTextFileSync(file), `${name} differs from its golden file`);
}

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";

/** Twenty values around 10 µs times `factor`; the sides of a pair differ by up to 2 % besides. */
const around = (factor: number, step: number) =>
  Array.from({ length: 20 }, (_, k) => 10_000 * factor * (1 + ((k * step) % 20) / 1000));

/** Factors of tcp and unix by subject; a subject without the second has no such case. */
type Factors = Readonly<Record<string, readonly [tcp: number, unix?: number]>>;

function recordOf([tcp, unix]: readonly [number, number?], step: number): RunRecord {
  const values = (factor: number) => ({
    p50: around(factor, step),
    p99: around(3 * factor, step),
    stallShare: around(1e-6 * factor, step),
  });
  return syntheticRecord({
    [TCP]: values(tcp),
    ...(unix !== undefined && { [UNIX]: values(unix) }),
  });
}

function sample(factors: Factors, isComparison: boolean): HeadsReport {
  const records = new Map(
    Object.entries(factors).map(([name, own], index) => [name, recordOf(own, 3 + 4 * index)]),
  );
  const [base = "", ...heads] = [...records.keys()];
  const compare = (one: string, other: string) =>
    compareRecords(records.get(one)!, records.get(other)!, { paired: true });
  const policy = isComparison
    ? COMPARE_POLICY
    : createPolicy({ metrics: ["headline"], ignore: [{ case: UNIX, reason: "Not this one." }] });
  const results = judgeHeads(heads.map((head) => ({ compared: compare(base, head) })), policy);
  const sided = new Map(heads.map((head, index) => [head, results[index]!]));
  const codes = results.map(({ exitCode }) => exitCode);
  return {
    heads: heads.map((head, index) => ({ base, head, result: results[index]! })),
    best: findBestSubjects(base, sided, compare),
    exitCode: isComparison || !codes.includes(1) ? codes.includes(3) && !isComparison ? 3 : 0 : 1,
    isComparison,
  };
}

/** Runtimes: one is best at tcp, none at unix, which the last does not have. */
const COMPARED = sample({ self: [1, 1], "node:26": [1.3, 1.01], "bun:1.4": [0.8] }, true);
/** Denos: the first is slower, the second is not. */
const JUDGED = sample({ "deno:2.8.3": [1], "deno:2.9.5": [1.2], "deno:2.9.6": [1.001] }, false);

Deno.test("each format of several heads writes its golden file", () => {
  for (const { id, extension, isOfGate, render } of headsFormats.values()) {
    const name = id === extension ? `heads.${id}` : `heads.${id}.${extension}`;
    assertGolden(name, render(isOfGate ? JUDGED : COMPARED));
  }
  assertGolden("heads_judged.text.txt", headsFormats.get("text")!.render(JUDGED));
});

Deno.test("a document of several heads has a column for each, and its best where one is shown", () => {
  const { blocks } = buildHeadsDocument(COMPARED);
  const table = blocks.find((block) => block.kind === "table")!;
  assertEquals(table.columns.map(({ title }) => title), ["self", "node:26", "bun:1.4", "best"]);
  const cellsOf = (id: string) => table.rows.find(({ name }) => name === `${id} p50`)!.cells;
  const wordsOf = (id: string) => {
    const best = cellsOf(id).at(-1)!;
    return best.kind === "words" ? best.text : [];
  };
  assertEquals(wordsOf(TCP), [{ kind: "alternatives", names: ["bun:1.4"], strong: true }]);
  assertEquals(wordsOf(UNIX), [
    { kind: "alternatives", names: ["self", "node:26"], strong: false },
  ]);
  const ratios = cellsOf(TCP).flatMap((cell) =>
    cell?.kind === "ratio" ? [[cell.verdict, cell.value < 1]] : []
  );
  assertEquals(ratios, [["regressed", true], ["improved", false]]);
  // What bun lacks has a word in the place of a ratio.
  assertEquals(cellsOf(UNIX).map((cell) => cell?.kind), ["figure", "ratio", "words", "words"]);
  assertEquals(cellsOf(UNIX)[2], { kind: "words", text: [{ kind: "text", text: "missing" }] });
});

Deno.test("JUnit has a suite for each head, annotations a line, and the agent's lines name theirs", () => {
  const { attributes, children } = parseJunit(headsFormats.get("junit")!.render(JUDGED));
  assertEquals(children.map((suite) => suite.attributes["failures"]), ["1", "0"]);
  assertEquals([attributes["failures"], attributes["errors"]], ["1", "0"]);
  const commands = parseWorkflowCommands(headsFormats.get("annotations")!.render(JUDGED));
  assertEquals(commands.map(({ command }) => command), ["error", "error", "notice"]);
  assertStringIncludes(commands[2]!.data, "(deno:2.9.6 against deno:2.8.3)");
  const agent = headsFormats.get("agent")!.render(JUDGED).split("\n");
  assert(agent[0]!.startsWith("Regressed: deno:2.9.5 (1 of 2 heads)"), agent[0]);
  assert(agent.slice(1, -1).every((line) => line.startsWith("deno:2.9.")), agent.join("\n"));
});

Deno.test("formats of one head and of several have the same names for the same thing", () => {
  for (const id of headsFormats.keys()) {
    if (id !== "html") assert(gateFormats.has(id), id);
  }
});
