// Where reports go: formats by name, texts to a file or standard output, charts beside them, and what a run leaves.

import type { RenderOptions, ReportFormat } from "../report/registry.ts";
import { UsageError } from "./failure.ts";
import { pathToFileURL } from "node:url";
import { type ParsedArguments, valueOf } from "./parse.ts";
import { disarmJson } from "../text/disarm.ts";
import { ClosedOutputError, lookOf, paint, type Terminal } from "./terminal/terminal.ts";
import {
  DANGLING,
  isDangling,
  isSpecialFile,
  writeFileAtomically,
  writeObstacle,
  type WriteOutcome,
  writeOutput,
} from "./output.ts";
import { basename, dirname, extname, join } from "node:path";
import type { RunRecord } from "../model/run_record.ts";
import { CHART_START } from "../report/chart/build_charts.ts";
import { encodeRecord } from "../record/codec.ts";
import { buildRecordDocument } from "../report/build/record_document.ts";
import type { Document } from "../report/document/document.ts";
import { writeAnswer, writeTerminal } from "../report/write/terminal.ts";
import { formatNamed, quoteForShell } from "./run_arguments.ts";

export { encodeRecord } from "../record/codec.ts";
export { importRecord } from "../record/import/import_record.ts";
export { readText } from "./read_record.ts";
export { refuseOverwriting } from "./job_files.ts";
export { readRecord } from "./read_record.ts";

/** A format by its name, the reports loaded only now; throws UsageError when there is none. */
export async function findFormat(name: string): Promise<ReportFormat> {
  const { reportFormats } = await import("../report/registry.ts");
  return formatNamed(reportFormats, name);
}

/** Delivers to `--out`, and tells its path or link on standard error; or to standard output. Throws UsageError. */
export async function deliverText(
  text: string,
  args: ParsedArguments,
  terminal: Terminal,
): Promise<void> {
  const out = valueOf(args, "out") ?? "-";
  if (out === "-") {
    return terminal.out(valueOf(args, "format") === "json" ? disarmJson(text) : text);
  }
  if (await isDangling(out)) throw new UsageError(`cannot write ${out}: ${DANGLING}`);
  try {
    await writeFileAtomically(out, text);
  } catch (error) {
    throw new UsageError(`cannot write ${out}: ${writeObstacle(error)}`);
  }
  // Terminals make a link of it, and a shell's path is the user's own to open.
  const isPage = valueOf(args, "format") === "html" && !(await isSpecialFile(out));
  terminal.err(`${isPage ? pathToFileURL(out).href : out}\n`);
}

/** A report about to be written to a file. `text`: refers to no chart that is not there; `problem`: why charts could not be written. */
export type ReportForFile = Readonly<{ text: string; charts?: string; problem?: string }>;

/** A record's report without its file, which comes last, as its charts go to `<name>-charts/` first. */
export async function renderForFile(
  record: RunRecord,
  format: ReportFormat,
  path: string,
  options: RenderOptions = {},
): Promise<ReportForFile> {
  // A pipe or a device has nothing beside it.
  if (format.renderWithFiles === undefined || await isSpecialFile(path)) {
    return { text: format.render(record, options) };
  }
  const name = `${basename(path, extname(path))}-charts`;
  const charts: string = join(dirname(path), name);
  const { text, files } = format.renderWithFiles(record, name, options);
  if (files.size === 0) return { text };
  try {
    await writeAll(charts, files);
    return { text, charts };
  } catch (error) {
    const problem = `cannot write the charts of ${path} to ${charts}: ${writeObstacle(error)}`;
    return { text: format.render(record, options), problem };
  }
}

async function writeAll(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const isNew = await makeDirectory(directory);
  try {
    for (const [name, text] of files) await writeFileAtomically(join(directory, name), text);
    if (!isNew) await removeStale(directory, files);
  } catch (error) {
    if (isNew) await Deno.remove(directory, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** Removes charts of an earlier report of that name; anything that does not begin as ours is somebody's. */
async function removeStale(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      const path: string = join(directory, name);
      if (!isFile || !name.endsWith(".svg") || files.has(name)) continue;
      if ((await Deno.readTextFile(path)).startsWith(CHART_START)) await Deno.remove(path);
    }
  } catch {
    // They are in nobody's way.
  }
}

/** Not recursive: a report whose own directory does not exist is refused. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Findings shown; the report has them all. */
const MAX_FINDINGS = 3;
/** Bars shown, roughly: with what stands around them, what a large screen holds. */
const MAX_BARS = 18;

/** Where and in which formats results go. `formats`: beside the record; `margin`: as a share, absent: 5 %; `quiet`: problems and the answer alone. */
export type ResultOptions = Readonly<
  { out: string; formats: readonly ReportFormat[]; margin?: number; quiet: boolean }
>;

/** Writes the record first, as all else can be made from it; whether every file is where it was wanted. */
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
    const { text, charts, problem } = await renderForFile(record, format, join(out, name), options);
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
function formatHowToRender(outcome: WriteOutcome, record: string | undefined, format: string) {
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
