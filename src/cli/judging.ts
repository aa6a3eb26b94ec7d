// What `gate`, `ab` and `compare` share: from arguments to a policy and formats, and from a result to its files.

import type { Policy, PolicyInput } from "../gate/gate_policy.ts";
import { createPolicy, DEFAULT_POLICY, HEADLINE, PolicyError } from "../gate/gate_policy.ts";
import { FAILURES } from "../gate/judge_failures.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { MetricDefinition } from "../units/metric.ts";
import { matchesGlob } from "../plan/glob.ts";
import type { HeadsFormat, HeadsReport } from "../report/build/heads_document.ts";
import type { GateFormat, GateReport, GateView } from "../report/build/judgement.ts";
import type { Document } from "../report/document/document.ts";
import { type ParsedArguments, valueOf, valuesOf } from "./parse.ts";
import { readText } from "./read_record.ts";
import { formatNamed, repeatWords } from "./run_arguments.ts";
import { UsageError } from "./failure.ts";
import { environmentValue } from "./announce_failure.ts";
import { verdictFileName } from "./job_files.ts";
import { type OutputFile, writeObstacle, writeOutput } from "./output.ts";
import { ClosedOutputError, lookOf, paint, type Terminal } from "./terminal/terminal.ts";

export { compareRecords } from "../compare/compare_records.ts";
export { isSameRun } from "../compare/same_run.ts";
export { COMPARE_POLICY } from "../gate/gate_policy.ts";
export { judge } from "../gate/judge.ts";
export { comparisonFormats } from "../report/registry.ts";
export { BASELINE_POLICY } from "../gate/gate_policy.ts";
export * from "./baseline_runs.ts";
export * from "./measure_head.ts";
export * from "./measure_run.ts";
export { readRecord } from "./read_record.ts";

/** The budget file where one is named, and over it the arguments. Throws UsageError where either cannot be used. */
export async function readPolicy(
  args: ParsedArguments,
  standard: Policy = DEFAULT_POLICY,
): Promise<Policy> {
  const file = valueOf(args, "budget-file");
  const from = file === undefined ? standard : await readBudget(file, standard);
  const metrics = valuesOf(args, "metric");
  const strict = valuesOf(args, "strict");
  const input: PolicyInput = {
    threshold: valueOf(args, "threshold"),
    alpha: valueOf(args, "alpha"),
    ...(metrics.length > 0 && { metrics }),
    ...(strict.length > 0 && { strict }),
    ...(args.flags.has("strict") && { strict: true }),
  };
  try {
    return createPolicy(input, from);
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(`--${error.message}`);
    throw error;
  }
}

async function readBudget(file: string, from: Policy): Promise<Policy> {
  const text = await readText(file);
  const { BudgetFileError, readBudgetFile } = await import("../gate/budget_file.ts");
  try {
    return readBudgetFile(text, file, from);
  } catch (error) {
    if (error instanceof BudgetFileError) throw new UsageError(error.message);
    throw error;
  }
}

/** A metric that no scenario measures would gate nothing, and be noticed after minutes. Throws UsageError when the policy names one. */
export function refuseIdleMetrics(
  { metrics }: Policy,
  measured: readonly Pick<MetricDefinition, "id" | "better">[],
): void {
  if (metrics === DEFAULT_POLICY.metrics) return;
  const judged = measured.filter(({ better }) => better !== "neither");
  const known = [...new Set(judged.map(({ id }) => id))];
  const idle = metrics.find((name) =>
    name !== HEADLINE && !known.some((id) => matchesGlob(name, id))
  );
  if (idle === undefined || known.length === 0) return;
  throw new UsageError(
    `no case has a metric "${idle}" that could gate (there is headline, ${known.join(", ")})`,
    { given: idle, candidates: [HEADLINE, ...known] },
  );
}

/** A misspelt case would have to be decided nowhere. Throws UsageError when the policy is strict about one that is not measured. */
export function refuseIdleStrictness(
  { strictCases = [] }: Policy,
  cases: readonly { readonly id: string }[],
): void {
  const ids = [...new Set(cases.map(({ id }) => id))];
  const idle = strictCases.find((glob) => !ids.some((id) => matchesGlob(glob, id)));
  if (idle === undefined) return;
  const hint = { given: idle, candidates: ids };
  throw new UsageError(`--strict ${idle} matches no case that is judged`, hint);
}

/** What a gate has to do with: cases, their metrics, and what could not be measured. */
type Judgeable = Pick<RunRecord, "cases" | "metrics"> & Partial<Pick<RunRecord, "skipped">>;

/** A misspelt rule would leave its cells to looser limits. Throws UsageError when one is about no case or metric that there is. */
export function refuseIdleRules(
  { thresholds, ignore }: Policy,
  sides: readonly Judgeable[],
): void {
  const ids = [...new Set(sides.flatMap(({ cases }) => cases.map(({ id }) => id)))];
  const metrics = [FAILURES, ...sides.flatMap((side) => side.metrics.map(({ id }) => id))];
  // What this machine cannot measure is spelt right all the same.
  const skipped = sides.flatMap(({ skipped = [] }) => skipped.map(({ what }) => what))
    .map((what) => what.replace(/^transport /, ""));
  for (const [list, rules] of Object.entries({ thresholds, ignore })) {
    for (const [index, { case: glob, metric }] of rules.entries()) {
      const isKnown = ids.some((id) => matchesGlob(glob, id)) ||
        skipped.some((what) => matchesGlob(glob, what) || glob.includes(what));
      const [key, given, candidates] = isKnown ? ["metric", metric, metrics] : ["case", glob, ids];
      if (given === undefined || (isKnown && metrics.includes(given))) continue;
      throw new UsageError(
        `${list}[${index}].${key} of the policy matches no ${key} that is judged: it is "${given}"`,
        { given, candidates },
      );
    }
  }
}

/** The formats asked for, Markdown always among them. Throws UsageError when there is none of that name. */
export async function chooseGateFormats(asked: readonly string[]): Promise<readonly GateFormat[]> {
  const { gateFormats } = await import("../report/registry.ts");
  const ids = new Set(["md", ...asked]);
  return [...ids].map((id) => formatNamed(gateFormats, id));
}

/** Formats of a comparison: Markdown, a page and JSON always. Throws UsageError for one that is unknown, or of gates alone. */
export async function chooseComparisonFormats(
  asked: readonly string[],
): Promise<readonly GateFormat[]> {
  const { comparisonFormats } = await import("../report/registry.ts");
  const ids = new Set(["md", "html", "json", ...asked.filter((id) => id !== "text")]);
  return [...ids].map((id) => formatNamed(comparisonFormats, id));
}

/** Formats of several heads: Markdown always, of a comparison a page and JSON. Throws UsageError for one of a single head. */
export async function chooseHeadsFormats(
  asked: readonly string[],
  isComparison: boolean,
): Promise<readonly HeadsFormat[]> {
  const { gateFormats, headsFormats } = await import("../report/registry.ts");
  const ofOne = asked.find((id) => gateFormats.has(id) && !headsFormats.has(id));
  if (ofOne !== undefined) throw new UsageError(`the format ${ofOne} is of one --head only`);
  const known = new Map([...headsFormats].filter(([, one]) => !isComparison || !one.isOfGate));
  const ids = new Set(["md", ...(isComparison ? ["html", "json"] : []), ...asked]);
  return [...ids].map((id) => formatNamed(known, id));
}

/** Options that say where results go, not what is measured and judged; the seed is that which was used. */
const NOT_REPEATED = new Set(["out", "format", "seed"]);

/** The command that repeats a job. */
export function repeatJob(args: ParsedArguments, used: readonly string[] = []): string {
  const strict = args.flags.has("strict") ? ["--strict"] : [];
  return repeatWords(args.command.name, args, NOT_REPEATED, [...strict, ...used]);
}

/** `out`: exists; `stem`: of the files' names; `records`: must not be lost; `isComparison`: judges nothing. */
export interface GateOutput<Format = GateFormat> {
  readonly out: string;
  readonly stem: "gate" | "ab";
  readonly records: readonly OutputFile[];
  readonly formats: readonly Format[];
  readonly annotations: boolean;
  readonly isComparison?: boolean;
}

export async function writeGateReport(
  report: GateReport,
  output: GateOutput,
  terminal: Terminal,
): Promise<boolean> {
  const { comparisonFormats, gateFormats } = await import("../report/registry.ts");
  const shown = output.isComparison ? comparisonFormats : gateFormats;
  const { buildGateDocument } = await import("../report/build/gate_document.ts");
  return await writeResult(report, output, terminal, {
    text: shown.get("text")!,
    document: buildGateDocument,
  });
}

export async function writeHeadsReport(
  report: HeadsReport,
  output: GateOutput<HeadsFormat>,
  terminal: Terminal,
): Promise<boolean> {
  const { headsFormats } = await import("../report/registry.ts");
  const { buildHeadsDocument } = await import("../report/build/heads_document.ts");
  return await writeResult(report, output, terminal, {
    text: headsFormats.get("text")!,
    document: buildHeadsDocument,
  });
}

/** What writes a report as one format. */
type Rendered<Report> = Pick<GateFormat, "id" | "extension"> & {
  readonly render: (report: Report, view?: GateView) => string;
};

async function writeResult<Report>(
  report: Report,
  { out, stem, records, formats, annotations, isComparison = false }: GateOutput<Rendered<Report>>,
  terminal: Terminal,
  { text, document }: {
    readonly text: Rendered<Report>;
    readonly document: (report: Report) => Document;
  },
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
    terminal.out(text.render(report, { terminal: lookOf(terminal) }));
    terminal.out(`\nWritten to\n${written.map((path) => `${path}\n`).join("")}`);
    if (!isComparison && (annotations || environmentValue("GITHUB_ACTIONS") === "true")) {
      terminal.out("\n");
      const { annotationsOf } = await import("../report/write/annotations.ts");
      terminal.annotate(annotationsOf(document(report)), "out");
    }
  } catch (error) {
    // The files are written; that nobody reads the summary is no failure, and must not change the exit code.
    if (!(error instanceof ClosedOutputError)) throw error;
  }
  return problems.length === 0;
}

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

function renderFiles<Report>(
  report: Report,
  stem: "gate" | "ab",
  formats: readonly Rendered<Report>[],
): readonly OutputFile[] {
  return formats.map((format) => (
    { name: verdictFileName(stem, format), text: format.render(report) }
  ));
}

/** Appended, as a job may have several steps that write there; returns what went wrong. */
async function appendStepSummary<Report>(report: Report, formats: readonly Rendered<Report>[]) {
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
