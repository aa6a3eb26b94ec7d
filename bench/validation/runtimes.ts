// Deno, Node and Bun by the same program, and releases of Deno against each other: `deno task runtimes`.
//
// Each pair of runtimes is one job of `ab` over the transports of driver `node`, in which both measure side by side. The exchange written by
// hand (runtimes/plain_exchange.mjs), which uses nothing of the suite, stands beside. Runtimes come from npm.
//
// `--node version` · `--bun version` · `--denos a,b,…` releases to compare with this one · `--budget time` of each job · `--plain n` runs by hand ·
// `--out file`. Exits with 3 where no runtime can be had.

import { compareRecords } from "../../src/compare/compare_records.ts";
import type { Comparison } from "../../src/compare/comparison.ts";
import { factOf } from "../../src/model/environment.ts";
import { describeMachine } from "../../src/model/format_fact.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { haveRuntime } from "../../src/ab/runtime.ts";
import { parseSubject } from "../../src/ab/subject.ts";
import { median } from "../../src/stats/mod.ts";
import { type MarkdownColumn, markdownTable } from "../../src/text/markdown_table.ts";
import { formatEstimate } from "../../src/units/format_change.ts";
import { formatAmount } from "../../src/units/format_quantity.ts";
import { readOptions } from "./read_options.ts";

const args = readOptions({
  node: "26",
  bun: "1.4",
  denos: "2.8.3",
  budget: "60s",
  plain: "7",
  out: "reports/runtimes.md",
});
const runs = Number(args.plain);
if (!(Number.isInteger(runs) && runs > 0)) {
  refuse(`--plain must be a whole number above 0: it is ${args.plain}`);
}
try {
  (await Deno.open(args.out, { append: true, create: true })).close();
} catch (error) {
  refuse(`--out ${args.out} cannot be written: ${(error as Error).message.split(" (os")[0]}`);
}
const ROOT = new URL("../../", import.meta.url);
const HAND = new URL("./runtimes/plain_exchange.mjs", import.meta.url).pathname;
const KINDS = ["tcp", "unix", "udp"] as const;
const NODE_TRANSPORTS = KINDS.map((kind) => `${kind}@node`).join(",");
const ALL_TRANSPORTS = `${KINDS.join(",")},${NODE_TRANSPORTS}`;

const folder = await Deno.makeTempDir({ prefix: "runtimes-" });
try {
  const runtimes = [`node:${args.node}`, `bun:${args.bun}`];
  const jobs = [
    ...runtimes.map((base) => ({ base, head: "self", transports: NODE_TRANSPORTS })),
    { base: runtimes[0]!, head: runtimes[1]!, transports: NODE_TRANSPORTS },
    ...args.denos.split(",").filter((one) => one !== "").map((version) => (
      { base: `deno:${version}`, head: "self", transports: ALL_TRANSPORTS }
    )),
  ];
  const parts: string[] = [];
  let first: RunRecord | undefined;
  for (const job of jobs) {
    const records = await compare(job, `${folder}/${parts.length}`);
    if (records === undefined) continue;
    first ??= records.base;
    parts.push(describeJob(records));
  }
  if (first === undefined) {
    say("no runtime could be had");
    Deno.exit(3);
  }
  const facts = [
    ...describeMachine(first.environment).filter((part) => !part.startsWith("Deno")),
    `${first.startedAt.slice(0, 16).replace("T", " ")} UTC`,
  ];
  const text = [
    "# Deno, Node and Bun, and releases of Deno",
    `${facts.join(" · ")}. Repeat it: \`deno task runtimes\``,
    "Medians of trials and the change of head against base with its 95 % interval, paired by generation of processes; both ends on one event loop, not " +
    "pinned. Transports `@node` are node:net and node:dgram in each runtime; the others are Deno's own. What an interval around 0 says is that no " +
    "difference was found.",
    ...parts,
    await describeHand(runtimes),
  ].join("\n\n");
  await Deno.writeTextFile(args.out, `${text}\n`);
  say(`written to ${args.out}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

interface Job {
  readonly base: string;
  readonly head: string;
  readonly transports: string;
}

interface Pair {
  readonly base: RunRecord;
  readonly head: RunRecord;
}

/** One job of `ab`; undefined where it found nothing, which is said. */
async function compare({ base, head, transports }: Job, out: string): Promise<Pair | undefined> {
  say(`${head} against ${base}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "sockbench", "ab", "--base", base, "--head", head]
      .concat("--scenario", "round-trip,connect", "-t", transports, "--metric", "headline")
      .concat("--budget", args.budget, "--quiet", "--out", out),
    cwd: ROOT,
    stdout: "null",
  }).output();
  try {
    const read = async (side: string) =>
      decodeRecord(await Deno.readTextFile(`${out}/ab-${side}.json`), side);
    return { base: await read("base"), head: await read("head") };
  } catch {
    say(`  nothing was measured (exit code ${code})`);
    return undefined;
  }
}

function describeJob({ base, head }: Pair): string {
  const { comparisons } = compareRecords(base, head, { paired: true });
  const rows = comparisons.filter(({ headline }) => headline).map(describeCell);
  const [from, to] = [base, head].map(subjectOf);
  return [
    `## ${to} against ${from}`,
    markdownTable(columns("case", `${from}`, `${to}`, "change", "generations"), rows).join("\n"),
  ].join("\n\n");
}

function describeCell(cell: Comparison): string[] {
  const { unit, base, head, ratio } = cell;
  return [
    `\`${cell.case}\``,
    formatAmount(base.median, unit),
    formatAmount(head.median, unit),
    formatEstimate(ratio, { ...cell, effect: cell.kind }),
    String(ratio.n),
  ];
}

/** As in `node:26 (26.12.1)`; this suite's own Deno by its version. */
function subjectOf({ environment }: RunRecord): string {
  const subject = String(factOf(environment, "subject"));
  return subject === "self" ? `Deno ${factOf(environment, "deno")}` : subject;
}

/** The exchange by hand in each runtime, in turn. */
async function describeHand(subjects: readonly string[]): Promise<string> {
  const removes: (() => void)[] = [];
  const programs: [string, string, readonly string[]][] = [[
    `Deno ${Deno.version.deno}`,
    Deno.execPath(),
    ["run", "-A", "--quiet"],
  ]];
  for (const text of subjects) {
    const subject = parseSubject(text) as Parameters<typeof haveRuntime>[0];
    const { label, path } = await haveRuntime(subject, text, (remove) => removes.push(remove));
    programs.push([label, path, []]);
  }
  const found = new Map<string, number[]>();
  for (let run = 0; run < runs; run++) {
    for (const kind of KINDS) {
      for (const [label, path, start] of programs) {
        const { stdout } = await new Deno.Command(path, { args: [...start, HAND, kind] }).output();
        const us = Number(new TextDecoder().decode(stdout));
        const key = `${label} ${kind}`;
        found.set(key, [...found.get(key) ?? [], us * 1e3]);
      }
    }
  }
  removes.forEach((remove) => remove());
  const rows = KINDS.map((kind) => [
    kind,
    ...programs.map(([label]) => spread(found.get(`${label} ${kind}`)!)),
  ]);
  return [
    "## The same exchange by hand",
    "`bench/validation/runtimes/plain_exchange.mjs` uses nothing of the suite: callbacks, 64 B, both ends on one loop, the median of 20,000 exchanges " +
    `after as many. Median of ${args.plain} runs in turn [lowest, highest]. The suite's transports hand promises through, which callbacks do not ` +
    "take, and its trials are 10 ms of a fresh connection each, so that figures are not equal; which runtime is ahead must be.",
    markdownTable(columns("64 B over", ...programs.map(([label]) => label)), rows).join("\n"),
  ].join("\n\n");
}

/** The first names rows, the others hold figures. */
function columns(...headings: readonly string[]): MarkdownColumn[] {
  return headings.map((heading, index) => ({ heading, align: index === 0 ? "left" : "right" }));
}

function spread(ns: readonly number[]): string {
  const [value, low, high] = [median(ns), Math.min(...ns), Math.max(...ns)]
    .map((one) => formatAmount(one, "ns"));
  return `${value} [${low}, ${high}]`;
}

/** Ends with one sentence and exit code 2. */
function refuse(sentence: string): never {
  say(sentence);
  Deno.exit(2);
}

function say(text: string): void {
  // deno-lint-ignore no-console
  console.error(text);
}
