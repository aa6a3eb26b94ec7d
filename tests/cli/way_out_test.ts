/** Nothing that a record, a module or an agent says drives the terminal or the CI job that shows it. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import {
  type Outcome,
  sockbench,
  sockbenchEach,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

/** What would drive a terminal: escape sequences, C1, bells, the direction of text, line separators. */
// deno-lint-ignore no-control-regex
const DRIVING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066\u2067]/;
/** What a job of GitHub, Azure or TeamCity would obey. */
const COMMANDS = /^\s*::[a-z-]+(?: [^:]*)?::|##(?:vso|teamcity)?\[/gim;

const HOSTILE = [
  `${"x".repeat(72)} ::stop-commands::tok`,
  "y\n::add-mask::secret",
  "z\r::error::w",
  "%0A::set-output name=a::b",
  "##[add-mask]q ##vso[task.setvariable variable=x]y ##teamcity[testFailed]",
  "\x1b[2J\x9b2J\x07\u202egnp.\u2028::warning::v",
];

function assertHarmless(text: string, what: string): void {
  assertEquals(text.match(DRIVING), null, `${what}: ${JSON.stringify(text)}`);
  assertEquals(text.match(COMMANDS), null, `${what}: ${text}`);
}

/** Without the suite's own annotations, whose data is escaped. */
function withoutAnnotations({ out }: Outcome): string {
  return out.replace(/^::(?:error|warning|notice) title=[^:\n]*::[^\n]*$/gm, "");
}

/** A record in which these texts are whatever may be a text. */
function hostileRecord(texts: readonly string[], p50: number): RunRecord {
  const around = Array.from({ length: 20 }, (_, round) => p50 * (1 + round / 1e3));
  const values = { p50: around, p99: around };
  const cases = texts.map((text) => [`round-trip/tcp/note=${text}`, values] as const);
  const record = syntheticRecord(Object.fromEntries(cases));
  return { ...record, skipped: texts.map((text) => ({ what: text, reason: text })) };
}

/** Runs commands over records with all hostile texts, or with one in an argument. */
async function assertHarmlessCalls(calls: readonly (readonly string[])[]): Promise<void> {
  await using directory = await temporaryDirectory();
  for (const [name, p50] of [["base.json", 100], ["head.json", 150]] as const) {
    await Deno.writeTextFile(
      `${directory.path}/${name}`,
      encodeRecord(hostileRecord(HOSTILE, p50)),
    );
  }
  const outcomes = await sockbenchEach(calls, { cwd: directory.path });
  for (const [at, args] of calls.entries()) {
    const outcome = outcomes[at]!;
    assertHarmless(outcome.err, `standard error of ${args}`);
    // The white space of a CSV's lines is its own.
    const out = withoutAnnotations(outcome).replaceAll("\r\n", "\n");
    assertHarmless(out, `standard output of ${args}`);
  }
}

Deno.test("no command prints what a job or a terminal obeys in a record", async () => {
  const records = ["base.json", "head.json"];
  await assertHarmlessCalls([
    ...["md", "text", "csv", "tsv", "json", "html"].map((
      format,
    ) => ["report", "base.json", `--format=${format}`]),
    ...["md", "json", "html"].map((format) => ["compare", ...records, `--format=${format}`]),
    ["gate", "--baseline=base.json", "--candidate=head.json", "--annotations"],
  ]);
});

for (const [index, text] of HOSTILE.entries()) {
  Deno.test(`no command prints what a job or a terminal obeys in an argument: text ${index + 1}`, async () => {
    await assertHarmlessCalls([
      ["gate", `--baseline=${text.replaceAll("\0", "")}`],
      ["run", `--case=${text}`],
      [text],
    ]);
  });
}

Deno.test("gate annotates for GitHub all the same, with data that ends no line", async () => {
  await using directory = await temporaryDirectory();
  for (const [name, p50] of [["base.json", 100], ["head.json", 150]] as const) {
    const record = hostileRecord([HOSTILE[1]!], p50);
    await Deno.writeTextFile(`${directory.path}/${name}`, encodeRecord(record));
  }
  const { out, code } = await sockbench(
    ["gate", "--baseline=base.json", "--candidate=head.json"],
    { cwd: directory.path, env: { GITHUB_ACTIONS: "true" } },
  );
  assertEquals(code, 1);
  assertMatch(out, /^::error title=sockbench gate::Regressed/m);
  assertEquals(out.match(/^::add-mask/m), null);
});

Deno.test("a job that comes to nothing is annotated, and neither the name in it nor the summary is obeyed", async () => {
  await using directory = await temporaryDirectory();
  const summary = `${directory.path}/summary.md`;
  const { err, code } = await sockbench(
    ["gate", `--baseline=none\n::add-mask::x%0A ##[error]y<b>*z*`],
    { cwd: directory.path, env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary } },
  );
  assertEquals(code, 3);
  const commands = err.split("\n").filter((line) => /^\s*::/.test(line));
  assertEquals(commands.length, 1, err);
  assertMatch(commands[0]!, /^::error title=sockbench::cannot judge: /);
  assertEquals(commands[0]!.match(/%(?!25)/), null);
  const written = await Deno.readTextFile(summary);
  assertEquals(written.match(/<b>|\*z\*|^::/m), null, written);
});

Deno.test("report prints JSON whose values are those of the file that it writes", async () => {
  await using directory = await temporaryDirectory();
  const record = hostileRecord([HOSTILE.join(" ")], 100);
  await Deno.writeTextFile(`${directory.path}/r.json`, encodeRecord(record));
  const args = ["report", "r.json", "--format=json"];
  const { out } = await sockbench(args, { cwd: directory.path });
  await sockbench([...args, "--out=written.json"], { cwd: directory.path });
  const written = await Deno.readTextFile(`${directory.path}/written.json`);
  assertEquals(JSON.parse(out), JSON.parse(written));
});

Deno.test("run prints what a module's transport says as one harmless line", async () => {
  await using directory = await temporaryDirectory();
  const text = `${"x".repeat(72)} ::stop-commands::tok\n::add-mask::y\x1b[2J ##[error]z`;
  await Deno.writeTextFile(
    `${directory.path}/says.ts`,
    `import { tcp } from "@sockbench/sockbench";
     const text = ${JSON.stringify(text)};
     export default { transports: [
       { ...tcp, name: "says", probe: async () => ({ available: true }), listen() { throw new Error(text); } },
       { ...tcp, name: "refuses", probe: async () => ({ available: false, reason: text }) },
     ] };`,
  );
  const outcome = await sockbench(
    [
      ...TINY_RUN.filter((arg) => !arg.startsWith("--case")),
      "--scenario=round-trip",
      "--transport=tcp,says,refuses",
      "--module=says.ts",
    ],
    { cwd: directory.path },
  );
  assertStringIncludes(outcome.err, "stop-commands");
  assertHarmless(outcome.err, "standard error");
  assertHarmless(outcome.out, "standard output");
  const path = `${directory.path}/reports/latest.json`;
  assert(decodeRecord(await Deno.readTextFile(path), path).trials.length > 0);
});
