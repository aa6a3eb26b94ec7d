/**
 * What a run leaves: its record, reports beside it, and the first findings on standard output.
 *
 * @module
 */

import { encodeRecord } from "../record/codec.ts";
import type { RunRecord } from "../record/trial.ts";
import { buildReport } from "../report/build_report.ts";
import type { ReportFormat } from "../report/registry.ts";
import { renderFindings } from "./findings_text.ts";
import { writeOutput } from "./output_directory.ts";
import { ClosedOutputError, paint, type Terminal } from "./terminal.ts";

/** Where and in which formats results go. */
export interface ResultOptions {
  /** The directory. */
  readonly out: string;
  /** Formats beside the record. */
  readonly formats: readonly ReportFormat[];
  /** Problems only. */
  readonly quiet: boolean;
}

/**
 * Writes the record first, as everything else can be made from it, then the reports.
 *
 * @returns whether every file is where it was wanted.
 */
export async function writeResults(
  record: RunRecord,
  { out, formats, quiet }: ResultOptions,
  terminal: Terminal,
): Promise<boolean> {
  const outcomes = [
    await writeOutput(out, { name: "latest.json", text: encodeRecord(record) }, true),
  ];
  for (const format of formats) {
    const file = { name: `latest.${format.extension}`, text: format.render(record) };
    outcomes.push(await writeOutput(out, file, false));
  }
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const problem of problems) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  if (!quiet) {
    const written = outcomes.flatMap((outcome) => outcome.written);
    printSummary(record, written, terminal);
  }
  return problems.length === 0;
}

function printSummary(record: RunRecord, written: readonly string[], terminal: Terminal): void {
  const { findings } = buildReport(record);
  const paths = written.map((path) => `${path}\n`).join("");
  try {
    terminal.out(renderFindings(findings, terminal.columns()));
    terminal.out(
      record.partial ? `\nPartial record, written to\n${paths}` : `\nWritten to\n${paths}`,
    );
  } catch (error) {
    // The files are written; that nobody reads the summary is no failure.
    if (!(error instanceof ClosedOutputError)) throw error;
  }
}
