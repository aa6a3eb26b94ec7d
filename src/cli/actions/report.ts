// `sockbench report`.

import { deliverText } from "../deliver_text.ts";
import { EXIT } from "../exit.ts";
import type { ParsedArguments } from "../command.ts";
import { marginOf } from "../margin.ts";
import { valueOf } from "../parse_arguments.ts";
import { readRecord } from "../read_record.ts";
import { findFormat } from "../report_format.ts";
import { refuseOverwriting } from "../same_file.ts";
import { lookOf, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import { renderForFile } from "../write_charts.ts";

/** Renders a record again. */
export async function report(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const format = await findFormat(valueOf(args, "format") ?? "md");
  const margin = marginOf(args);
  const options = margin === undefined ? {} : { margin };
  const source = args.positionals[0]!;
  const out = valueOf(args, "out") ?? "-";
  if (out !== "-") await refuseOverwriting(out, [{ name: "<record.json>", path: source }]);
  const record = await readRecord(source);
  if (out === "-") {
    const own = terminal.outIsTerminal ? { ...options, terminal: lookOf(terminal) } : options;
    await deliverText(format.render(record, own), args, terminal);
    return EXIT.ok;
  }
  const { text, problem } = await renderForFile(record, format, out, options);
  await deliverText(text, args, terminal);
  if (problem !== undefined) throw new UsageError(`${problem}; the report does without them`);
  return EXIT.ok;
}
