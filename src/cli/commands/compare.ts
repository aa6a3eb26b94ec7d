import { type Command, option, type ParsedArguments, valueOf } from "../parse.ts";
import { MARGIN_OPTION, marginOf } from "../options.ts";
import { factOf } from "../../model/environment.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { lookOf, type Terminal } from "../terminal/terminal.ts";

export const compareCommand: Command = {
  name: "compare",
  summary: "Set two records side by side, cell by cell",
  description: [
    "Shows how much slower or faster head is, with its interval: one sentence that counts, then what changed, then the rest. " +
    "Text shows the headline metric of each scenario, --all and the other formats every cell. In what the environments differ " +
    "is said before the figures. Records of one ab job are compared in pairs.",
    "It informs and does not judge: the exit code is 0 whatever is slower. To fail a CI job, use gate or ab.",
  ],
  positionals: [
    { name: "base.json", description: "the record compared against" },
    { name: "head.json", description: "the record in question" },
  ],
  options: [
    option(
      "format",
      "name",
      "Text for a terminal, Markdown or a page for readers, JSON for programs, agent for tools that read logs",
      { short: "f", choices: ["text", "md", "html", "json", "agent"], default: "text" },
    ),
    { name: "all", description: "Shows the cells of all metrics in text too" },
    { ...MARGIN_OPTION, description: "Changes up to this share are no difference, as in 2%" },
    option("out", "file", 'Where it goes; "-" is standard output', { short: "o", default: "-" }),
  ],
  examples: {
    "deno task sockbench compare before.json reports/latest.json":
      "What has changed since before.json",
    "deno task sockbench compare before.json reports/latest.json --format html --out changes.html":
      "The same as a page that opens from disk",
    "deno task sockbench compare reports/ab-base.json reports/ab-head.json --format json":
      "Every cell of the last A/B job, for a program",
  },
  action: compare,
};

async function compare(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [baseFile, headFile] = args.positionals as [string, string];
  if (baseFile === "-" && headFile === "-") {
    throw new UsageError("only one of the two records can come from standard input");
  }
  const { COMPARE_POLICY, compareRecords, comparisonFormats, judge, readRecord } = await loadLate<
    typeof import("../judging.ts")
  >("judging");
  const threshold = marginOf(args) ?? COMPARE_POLICY.threshold;
  const policy = { ...COMPARE_POLICY, threshold };
  const { deliverText, refuseOverwriting } = await loadLate<typeof import("../rendering.ts")>(
    "rendering",
  );
  const out = valueOf(args, "out") ?? "-";
  if (out !== "-") {
    await refuseOverwriting(out, [
      { name: "<base.json>", path: baseFile },
      { name: "<head.json>", path: headFile },
    ]);
  }
  const base = await readRecord(baseFile);
  const head = await readRecord(headFile);
  const compared = compareRecords(base, head, { paired: arePaired(base, head) });
  const format = comparisonFormats.get(valueOf(args, "format") ?? "text")!;
  const text = format.render({
    result: judge(compared, policy),
    base: nameOf(base, baseFile),
    head: nameOf(head, headFile),
    records: { base, head },
  }, { terminal: lookOf(terminal), ...(args.flags.has("all") && { all: true }) });
  await deliverText(text, args, terminal);
  return EXIT.ok;
}

/** The two records of one `ab` job: trials of one round were measured side by side. */
function arePaired(base: RunRecord, head: RunRecord): boolean {
  const isOfAb = ({ environment }: RunRecord) => factOf(environment, "subject") !== null;
  return isOfAb(base) && isOfAb(head) && base.startedAt === head.startedAt &&
    base.settings.seed === head.settings.seed && base.settings.command === head.settings.command;
}

/** `base.json`, or `deno:2.8.3 (ab-base.json)`. */
function nameOf({ environment }: RunRecord, file: string): string {
  const subject = factOf(environment, "subject");
  const name = file === "-" ? "standard input" : file;
  return subject === null ? name : `${subject} (${name})`;
}
