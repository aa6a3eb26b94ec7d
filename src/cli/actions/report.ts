/**
 * `sockbench report`.
 *
 * @module
 */

import { EXIT } from "../exit.ts";
import { type ParsedArguments, valueOf } from "../parse_arguments.ts";
import { readRecord } from "../read_record.ts";
import { findFormat } from "../report_format.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import { writeFileAtomically, writeObstacle } from "../write_file_atomically.ts";

/** Renders a record again. */
export async function report(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const format = await findFormat(valueOf(args, "format") ?? "md");
  const source = args.positionals[0]!;
  const text = format.render(await readRecord(source));
  const out = valueOf(args, "out") ?? "-";
  if (out === "-") {
    terminal.out(text);
    return EXIT.ok;
  }
  try {
    await writeFileAtomically(out, text);
  } catch (error) {
    throw new UsageError(`cannot write ${out}: ${writeObstacle(error)}`);
  }
  terminal.err(`${out}\n`);
  return EXIT.ok;
}
