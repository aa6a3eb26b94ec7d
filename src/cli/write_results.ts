// What a run leaves: its record, reports beside it, and on standard output the first findings and a comparison in bars.

import { join } from "node:path";
import { encodeRecord } from "../record/codec.ts";
import type { RunRecord } from "../model/run_record.ts";
import { buildRecordDocument } from "../report/build/record_document.ts";
import type { Document } from "../report/document/document.ts";
import type { ReportFormat } from "../report/registry.ts";
import { writeAnswer, writeTerminal } from "../report/write/terminal.ts";
import { type WriteOutcome, writeOutput } from "./output_directory.ts";
import { quoteForShell } from "./run_arguments.ts";
import { ClosedOutputError, lookOf, paint, type Terminal } from "./terminal.ts";
import { renderForFile } from "./write_charts.ts";

/** Findings shown; the report has them all. */
const MAX_FINDINGS = 3;
/** Bars shown, roughly: with what stands around them, what a large screen holds. */
const MAX_BARS = 18;

/** Where and in which formats results go. */
export interface ResultOptions {
  /** The directory. */
  readonly out: string;
  /** Formats beside the record. */
  readonly formats: readonly ReportFormat[];
  /** How much less than the best is as good, as a share; absent: 5 %. */
  readonly margin?: number;
  /** Problems, and the one line that answers. */
  readonly quiet: boolean;
}

/**
 * Writes the record first, as everything else can be made from it, then the reports.
 *
 * @returns whether every file is where it was wanted.
 */
export async function writeResults(
  record: RunRecord,
  { out, formats, quiet, margin }: ResultOptions,
  terminal: Terminal,
): Promise<boolean> {
  const options = margin === undefined ? {} : { margin };
  const kept = await writeOutput(out, { name: "latest.json", text: encodeRecord(record) }, true);
  const outcomes = [kept];
  for (const format of formats) {
    const name = `latest.${format.extension}`;
    const { text, charts, problem } = await renderForFile(
      record,
      format,
      join(out, name),
      options,
    );
    const outcome = await writeOutput(out, { name, text }, false);
    outcomes.push(formatHowToRender(outcome, kept.written[0], format.id), {
      written: charts === undefined ? [] : [charts],
      problems: problem === undefined ? [] : [problem],
    });
  }
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const problem of problems) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  const written = outcomes.flatMap((outcome) => outcome.written);
  printSummary(buildRecordDocument(record, options), record.partial, written, quiet, terminal);
  return problems.length === 0;
}

/** A report that could not be written can be had of the record, once there is room. */
function formatHowToRender(
  outcome: WriteOutcome,
  record: string | undefined,
  format: string,
): WriteOutcome {
  if (record === undefined) return outcome;
  const command = `sockbench report ${quoteForShell(record)} --format ${format}`;
  const problems = outcome.problems.map((problem) => `${problem}; "${command}" renders it again`);
  return { ...outcome, problems };
}

/** All of it, or of a quiet run the one line that answers: it is what the run was for. */
function printSummary(
  document: Document,
  isPartial: boolean,
  written: readonly string[],
  isQuiet: boolean,
  terminal: Terminal,
): void {
  const size = { ...lookOf(terminal), mostFindings: MAX_FINDINGS, mostBars: MAX_BARS };
  const paths = written.map((path) => `${path}\n`).join("");
  try {
    if (isQuiet) {
      const answer = writeAnswer(document, { terminal: size });
      if (answer !== "") terminal.out(answer);
      return;
    }
    terminal.out(writeTerminal(document, { terminal: size }));
    terminal.out(
      isPartial ? `\nPartial record, written to\n${paths}` : `\nWritten to\n${paths}`,
    );
  } catch (error) {
    // The files are written; that nobody reads the summary is no failure.
    if (!(error instanceof ClosedOutputError)) throw error;
  }
}
