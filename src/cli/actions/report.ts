/**
 * `sockbench report`.
 *
 * @module
 */

import { deliverText } from "../deliver_text.ts";
import { EXIT } from "../exit.ts";
import { openedPath, openReport } from "../open_report.ts";
import { type ParsedArguments, valueOf } from "../parse_arguments.ts";
import { readRecord } from "../read_record.ts";
import { findFormat } from "../report_format.ts";
import { lookOf, type Terminal } from "../terminal.ts";

/** Renders a record again. */
export async function report(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const isOpened = args.flags.has("open");
  const format = await findFormat(valueOf(args, "format") ?? (isOpened ? "html" : "md"));
  const source = args.positionals[0]!;
  if (isOpened) {
    const path = openedPath(args, format);
    await openReport(await readRecord(source), format, path, terminal);
    return EXIT.ok;
  }
  const isShown = (valueOf(args, "out") ?? "-") === "-" && terminal.outIsTerminal;
  const text = format.render(await readRecord(source), isShown ? lookOf(terminal) : undefined);
  await deliverText(text, args, terminal);
  return EXIT.ok;
}
