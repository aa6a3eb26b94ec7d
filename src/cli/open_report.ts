/**
 * `sockbench report --open`: writes a report to a file and shows it.
 *
 * @module
 */

import { extname } from "node:path";
import type { RunRecord } from "../model/run_record.ts";
import type { RenderOptions, ReportFormat } from "../report/registry.ts";
import { openFile } from "./open_file.ts";
import type { ParsedArguments } from "./command.ts";
import { valueOf } from "./parse_arguments.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";
import { writeFileAtomically, writeObstacle } from "./write_file_atomically.ts";

/**
 * Where `--open` writes: `--out`, or beside the record.
 *
 * @returns the path
 * @throws {UsageError} when it would be standard output, which cannot be opened.
 */
export function openedPath(args: ParsedArguments, format: ReportFormat): string {
  const out = valueOf(args, "out");
  const source = args.positionals[0]!;
  if (out === "-" || (out === undefined && source === "-")) {
    throw new UsageError("--open needs a file: name one with --out");
  }
  if (out !== undefined) return out;
  const path = `${source.slice(0, source.length - extname(source).length)}.${format.extension}`;
  if (path === source) {
    throw new UsageError(`--open would write over ${source}: name another file with --out`);
  }
  return path;
}

/**
 * Writes the report and opens it; where it cannot be opened, says so and where it is. That is no failure: the report is
 * there.
 *
 * @throws {UsageError} when the file cannot be written.
 */
export async function openReport(
  record: RunRecord,
  format: ReportFormat,
  path: string,
  terminal: Terminal,
  options: RenderOptions = {},
): Promise<void> {
  try {
    await writeFileAtomically(path, format.render(record, options));
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${writeObstacle(error)}`);
  }
  terminal.err(`${path}\n`);
  const obstacle = await openFile(path);
  if (obstacle !== undefined) {
    terminal.err(`sockbench: it is written and could not be opened: ${obstacle}\n`);
  }
}
