// Deno, Node and Bun by the same program: `deno task runtimes`. Releases of Deno against each other: `deno task deno-versions`.
//
// All subjects are measured in one job of `ab`, in the same rounds, each against the first: runtimes over the transports of driver `node`, releases
// of Deno over its own as well. The exchange written by hand (runtimes/plain_exchange.mjs), which uses nothing of the suite, stands beside the
// runtimes. They come from npm.
//
// `--node version` · `--bun version` · `--denos a,b,…` in their place, releases to compare with this one, the oldest first · `--budget time` of the
// job · `--pairs n` of each case · `--plain n` runs by hand · `--out file`, its chart beside it. Exits with 3 where nothing could be measured.

import { haveRuntime } from "../../src/ab/runtime.ts";
import { parseSubject } from "../../src/ab/subject.ts";
import { writeFileAtomically } from "../../src/cli/output.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { median } from "../../src/stats/mod.ts";
import { markdownTable } from "../../src/text/markdown_table.ts";
import { formatAmount } from "../../src/units/format_quantity.ts";
import { readOptions } from "./read_options.ts";
import {
  bestTable,
  columns,
  describeAbsent,
  describeJob,
  drawJob,
  figureTable,
  type Job,
  readJob,
} from "./runtimes/runtimes_report.ts";

const args = readOptions({
  node: "26",
  bun: "1.4",
  denos: "",
  budget: "120s",
  pairs: "",
  plain: "7",
  out: "reports/runtimes.md",
});
const runs = Number(args.plain);
if (!(Number.isInteger(runs) && runs > 0)) {
  refuse(`--plain must be a whole number above 0: it is ${args.plain}`);
}
if (!args.out.endsWith(".md")) refuse(`--out must end in .md: it is ${args.out}`);
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
  const denos = args.denos.split(",").filter((one) => one !== "").map((one) => `deno:${one}`);
  const runtimes = [`node:${args.node}`, `bun:${args.bun}`];
  const areReleases = denos.length > 0;
  const job = areReleases
    ? await measure([...denos, "self"], ALL_TRANSPORTS)
    : await measure(["self", ...runtimes], NODE_TRANSPORTS);
  const [base] = job.subjects;
  const svg = drawJob(job);
  const chart = args.out.replace(/\.md$/, ".svg");
  if (svg !== undefined) await writeFileAtomically(chart, `${svg}\n`);
  const text = [
    areReleases ? "# Releases of Deno" : "# Deno, Node and Bun",
    `${describeJob(job)}. Repeat it: \`deno task ${areReleases ? "deno-versions" : "runtimes"}\``,
    `## Which ${areReleases ? "release" : "runtime"} for which job`,
    "Best: shown to be better than each of the others, by the test and the threshold of `ab`. Transports `@node` are node:net and node:dgram in each " +
    "runtime; the others are Deno's own.",
    bestTable(job),
    ...(svg === undefined
      ? []
      : [`![Ratio of each head to ${base!.name} with its interval](${chart.split("/").at(-1)})`]),
    "## All figures",
    `Medians of trials, and against ${
      base!.name
    } the change with its 95 % interval, paired by generation of processes; all subjects in one job, both ` +
    "ends on one event loop, not pinned. An interval around 0 says that no difference was found.",
    figureTable(job),
    ...[describeAbsent(job, (areReleases ? ALL_TRANSPORTS : NODE_TRANSPORTS).split(","))]
      .filter((sentence) => sentence !== undefined),
    ...(areReleases ? [] : [await describeHand(runtimes)]),
  ].join("\n\n");
  await writeFileAtomically(args.out, `${text}\n`);
  say(`written to ${args.out}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** One job of `ab`, the first subject its base. Ends with 3 where it found nothing. */
async function measure(
  [base = "", ...heads]: readonly string[],
  transports: string,
): Promise<Job> {
  say(`${heads.join(", ")} against ${base}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "sockbench", "ab", "--base", base]
      .concat(heads.flatMap((head) => ["--head", head]))
      .concat("--scenario", "round-trip,connect", "-t", transports, "--metric", "headline")
      .concat(args.pairs === "" ? [] : ["--pairs", args.pairs])
      .concat("--budget", args.budget, "--quiet", "--format", "json", "--out", folder),
    cwd: ROOT,
    stdout: "null",
  }).output();
  const sides = ["base", ...heads.map((_, index) => index === 0 ? "head" : `head-${index + 1}`)];
  try {
    const records = await Promise.all(
      sides.map(async (side) =>
        decodeRecord(await Deno.readTextFile(`${folder}/ab-${side}.json`), side)
      ),
    );
    return readJob(await Deno.readTextFile(`${folder}/ab.json`), records);
  } catch {
    say(`nothing was measured (exit code ${code})`);
    Deno.exit(3);
  }
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
