import { withFacts } from "../../src/model/environment.ts";
import { makeFact } from "../../src/model/fact_rows.ts";
import { alter } from "../support/environments.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";
import { assertRefused, names, sockbench, sockbenchEach, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const THIRD = "round-trip/unixpacket/bytes=64";
const OTHER = "round-trip/unix/bytes=64";
/** Round after round a little more, so that no two trials are alike. */
const around = (value: number) =>
  Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3));
const p50 = (value: number): CaseValues => ({ p50: around(value), p99: around(2 * value) });

async function write(directory: string, name: string, record: RunRecord): Promise<string> {
  const path = `${directory}/${name}`;
  await Deno.writeTextFile(path, encodeRecord(record));
  return path;
}

Deno.test("sockbench compare shows all cells, those that matter first, and exits 0 whatever is slower", async () => {
  await using directory = await temporaryDirectory();
  const base = syntheticRecord({ [OTHER]: p50(50), [CASE]: p50(100) });
  const head = syntheticRecord({ [OTHER]: p50(50), [CASE]: p50(150) });
  const paths = [
    await write(directory.path, "base.json", base),
    await write(directory.path, "head.json", head),
  ];
  const { code, out, err } = await sockbench(["compare", ...paths, "--format=md"]);
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(out, /^# .*head\.json.* against .*base\.json.*\n/);
  const rows = out.split("\n").filter((line) => line.startsWith("| round-trip"));
  assertMatch(rows[0]!, /tcp.* regressed .*50\.0 % slower \[.*\]/);
  assertEquals(rows.length, 4);
  assert(rows.findIndex((row) => row.includes("unix")) >= 2);
});

Deno.test("sockbench compare says first how many cells changed, and shows headline metrics unless --all", async () => {
  await using directory = await temporaryDirectory();
  const paths = [
    await write(
      directory.path,
      "base.json",
      syntheticRecord({ [OTHER]: p50(50), [CASE]: p50(100), [THIRD]: p50(100) }),
    ),
    await write(
      directory.path,
      "head.json",
      syntheticRecord({ [OTHER]: p50(50), [CASE]: p50(150), [THIRD]: p50(80) }),
    ),
  ];
  const [headlines, all] = await sockbenchEach([
    ["compare", ...paths],
    ["compare", ...paths, "--all"],
  ]);
  const { code, out, err } = headlines!;
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(out, /^1 slower, 1 faster, 1 no difference of 5 %\.\n.*head\.json against\s/);
  const cells = (text: string) =>
    text.split("\n").filter((line) => /^(regressed|improved|pass) +round-trip/.test(line));
  assertEquals(cells(out).length, 3);
  assertMatch(cells(out)[0]!, /^regressed +round-trip\/tcp\/bytes=64 p50 .* 50\.0 % slower \[/);
  assertMatch(out, /\n3 cells of other metrics, 2 of them changed: --all shows them\.\n/);
  assertMatch(all!.out, /^2 slower, 2 faster, 2 no difference of 5 %\.\n/);
  assertEquals(cells(all!.out).length, 6);
  assert(!all!.out.includes("--all shows them"));
});

Deno.test("sockbench compare --margin says what counts as no difference, and --format agent what is worse", async () => {
  await using directory = await temporaryDirectory();
  const paths = [
    await write(directory.path, "base.json", syntheticRecord({ [CASE]: p50(100) })),
    await write(directory.path, "head.json", syntheticRecord({ [CASE]: p50(108) })),
  ];
  const agent = ["compare", ...paths, "--format=agent"];
  const [strict, loose] = await sockbenchEach([agent, [...agent, "--margin", "10%"]]);
  const lines = strict!.out.trimEnd().split("\n");
  assertEquals(lines[0], "2 slower.");
  assertMatch(lines[1]!, /^regressed round-trip\/tcp\/bytes=64 p50 and 1 more: 8\.0 % slower /);
  assertEquals(loose!.out, "2 no difference of 10 %.\n");
});

Deno.test("sockbench compare writes JSON to a file", async () => {
  await using directory = await temporaryDirectory();
  const path = await write(directory.path, "base.json", syntheticRecord({ [CASE]: p50(100) }));
  const to = `${directory.path}/cells.json`;
  const outcome = await sockbench(["compare", path, path, "--format=json", "--out", to]);
  assertEquals(outcome, { code: 0, out: "", err: `${to}\n` });
  const written = JSON.parse(await Deno.readTextFile(to));
  assertEquals(written.cells.length, 2);
  assertEquals(names(directory.path), ["base.json", "cells.json"]);
});

Deno.test("sockbench compare says in what the environments differ", async () => {
  await using directory = await temporaryDirectory();
  const base = syntheticRecord({ [CASE]: p50(100) });
  const head = { ...base, environment: alter(base.environment, { cpu: "Another CPU" }) };
  const { code, out } = await sockbench([
    "compare",
    await write(directory.path, "base.json", base),
    await write(directory.path, "head.json", head),
  ]);
  assertEquals(code, 0);
  const differs = 'CPU differs: "Some CPU @ 2 GHz" in base, "Another CPU" in head';
  assertMatch(out, /^1 not comparable\.\n/);
  const said = out.replaceAll(/\s+/g, " ");
  assertStringIncludes(said, differs);
  assertMatch(said, / incomparable round-trip\/tcp\/bytes=64 p50, round-trip\/tcp\/bytes=64 p99: /);
});

Deno.test("sockbench compare pairs the records of one ab job, and no others", async () => {
  await using directory = await temporaryDirectory();
  const plain = syntheticRecord({ [CASE]: p50(100) });
  const of = (subject: string, startedAt: string): RunRecord => ({
    ...plain,
    startedAt,
    environment: withFacts(plain.environment, [
      makeFact("deno", subject),
      makeFact("subject", subject),
    ]),
  });
  const [base, head, later] = [
    await write(directory.path, "base.json", of("deno:1", "2026-01-31T12:00:00.000Z")),
    await write(directory.path, "head.json", of("deno:2", "2026-01-31T12:00:00.000Z")),
    await write(directory.path, "later.json", of("deno:2", "2026-01-31T13:00:00.000Z")),
  ];
  const lines = [head!, later!].map((other) => ["compare", base!, other, "--format=json"]);
  const [paired, apart] = (await sockbenchEach(lines))
    .map(({ out }) => JSON.parse(out) as { paired: boolean; base: string });
  assertEquals(paired!.paired, true);
  assertEquals(paired!.base, `deno:1 (${base})`);
  assertEquals(apart!.paired, false);
});

Deno.test("sockbench compare refuses what is no record, or no two of them", async () => {
  await using directory = await temporaryDirectory();
  const path = await write(directory.path, "base.json", syntheticRecord({ [CASE]: p50(100) }));
  const empty = `${directory.path}/empty.json`;
  await Deno.writeTextFile(empty, "");
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [[path], /compare needs <head\.json>/],
    [[path, "/nosuch"], /cannot read \/nosuch: there is no/],
    [[path, empty], /Cannot read .*empty\.json.* it is empty/],
    [["-", "-"], /only one of the two records/],
    [[path, path, "--format=junit"], /one of text, md, html, json/],
    [[path, path, "--out", `${directory.path}/no/such`], /cannot write .*no\/such/],
  ];
  const outcomes = await sockbenchEach(refusals.map(([args]) => ["compare", ...args]));
  for (const [index, [, sentence]] of refusals.entries()) {
    assertRefused(outcomes[index]!, sentence);
  }
});
