// `sockbench compare`.

import { compareRecords } from "../../compare/compare_records.ts";
import { COMPARE_POLICY } from "../../gate/gate_policy.ts";
import { judge } from "../../gate/judge.ts";
import { factOf } from "../../model/environment.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { comparisonFormats } from "../../report/registry.ts";
import { deliverText } from "../deliver_text.ts";
import { EXIT } from "../exit.ts";
import type { ParsedArguments } from "../command.ts";
import { marginOf } from "../margin.ts";
import { valueOf } from "../parse_arguments.ts";
import { readRecord } from "../read_record.ts";
import { refuseOverwriting } from "../same_file.ts";
import { lookOf, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

/** Sets two records side by side. */
export async function compare(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [baseFile, headFile] = args.positionals as [string, string];
  if (baseFile === "-" && headFile === "-") {
    throw new UsageError("only one of the two records can come from standard input");
  }
  const threshold = marginOf(args) ?? COMPARE_POLICY.threshold;
  const policy = { ...COMPARE_POLICY, threshold };
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
