// What a gate leaves: files in the formats asked for, the summary of a CI job, annotations, and the verdicts on standard output.

import { environmentValue } from "./announce_failure.ts";
import type { GateFormat, GateReport } from "../report/build/judgement.ts";
import { verdictFileName } from "./job_files.ts";
import type { WorkflowCommand } from "../text/workflow_command.ts";
import { type OutputFile, writeOutput } from "./output_directory.ts";
import { ClosedOutputError, lookOf, paint, type Terminal } from "./terminal.ts";
import { writeObstacle } from "./write_file_atomically.ts";

/** Where results go. */
export interface GateOutput {
  /** The directory, which exists. */
  readonly out: string;
  /** First part of the files' names: `ab`, `gate`. */
  readonly stem: "gate" | "ab";
  /** Records to write beside, which must not be lost. */
  readonly records: readonly OutputFile[];
  /** Formats to write. */
  readonly formats: readonly GateFormat[];
  /** Whether annotations are printed wherever the job runs. */
  readonly annotations: boolean;
}

/**
 * Writes and prints a result.
 *
 * @returns whether every file is where it was wanted.
 */
export async function writeGateReport(
  report: GateReport,
  { out, stem, records, formats, annotations }: GateOutput,
  terminal: Terminal,
): Promise<boolean> {
  const outcomes = [
    ...await writeFiles(out, records, true),
    ...await writeFiles(out, renderFiles(report, stem, formats), false),
  ];
  const problems = [
    ...outcomes.flatMap((outcome) => outcome.problems),
    ...await appendStepSummary(report, formats),
  ];
  for (const problem of problems) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  const written = outcomes.flatMap((outcome) => outcome.written);
  try {
    terminal.out(await verdictsOf(report, terminal));
    terminal.out(`\nWritten to\n${written.map((path) => `${path}\n`).join("")}`);
    if (annotations || environmentValue("GITHUB_ACTIONS") === "true") {
      terminal.out("\n");
      terminal.annotate(await commandsOf(report), "out");
    }
  } catch (error) {
    // The files are written; that nobody reads the summary is no failure, and must not change the exit code.
    if (!(error instanceof ClosedOutputError)) throw error;
  }
  return problems.length === 0;
}

/** Records alone, of a job that was interrupted. Returns the paths written. */
export async function writeRecords(
  out: string,
  records: readonly OutputFile[],
  terminal: Terminal,
): Promise<readonly string[]> {
  const outcomes = await writeFiles(out, records, true);
  for (const problem of outcomes.flatMap((outcome) => outcome.problems)) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  return outcomes.flatMap((outcome) => outcome.written);
}

async function writeFiles(out: string, files: readonly OutputFile[], rescue: boolean) {
  const outcomes = [];
  for (const file of files) outcomes.push(await writeOutput(out, file, rescue));
  return outcomes;
}

function renderFiles(
  report: GateReport,
  stem: "gate" | "ab",
  formats: readonly GateFormat[],
): readonly OutputFile[] {
  return formats.map((format) => (
    { name: verdictFileName(stem, format), text: format.render(report) }
  ));
}

/** Appended, as a job may have several steps that write there; returns what went wrong. */
async function appendStepSummary(
  report: GateReport,
  formats: readonly GateFormat[],
): Promise<readonly string[]> {
  const path = environmentValue("GITHUB_STEP_SUMMARY");
  const markdown = formats.find(({ id }) => id === "md");
  if (path === undefined || markdown === undefined) return [];
  try {
    await Deno.writeTextFile(path, `${markdown.render(report)}\n`, { append: true });
    return [];
  } catch (error) {
    return [`cannot append to GITHUB_STEP_SUMMARY ${path}: ${writeObstacle(error)}`];
  }
}

async function verdictsOf(report: GateReport, terminal: Terminal): Promise<string> {
  const { gateFormats } = await import("../report/registry.ts");
  return gateFormats.get("text")!.render(report, { terminal: lookOf(terminal) });
}

async function commandsOf(report: GateReport): Promise<readonly WorkflowCommand[]> {
  const { buildGateDocument } = await import("../report/build/gate_document.ts");
  const { annotationsOf } = await import("../report/write/annotations.ts");
  return annotationsOf(buildGateDocument(report));
}
