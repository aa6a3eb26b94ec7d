// Files of other tools as a record, so that reports, comparisons and gates serve them. They compare with files of the same tool alone.

import { ZodError } from "zod";
import { type Case, caseId } from "../../model/case.ts";
import { KERNEL_READINGS } from "../../model/environment.ts";
import { makeFact } from "../../model/fact_rows.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { findInconsistency } from "../consistency.ts";
import { describe, formatPath, RecordError } from "../record_error.ts";
import type { ForeignCase, ForeignFile, ForeignTool } from "./foreign_tools.ts";
import { FOREIGN_TOOLS } from "./foreign_tools.ts";

/** `source`: a file's name; `writtenAtMs`: the start of what does not say when it was. */
export type ForeignText = Readonly<{ source: string; text: string; writtenAtMs: number }>;

/** Files of one tool as one record, cases of one id joined. Throws RecordError where they are not all of one known tool. */
export function importRecord(texts: readonly ForeignText[], command: string): RunRecord {
  const read = texts.map(readForeign);
  const { tool } = read[0]!;
  const other = read.findIndex((one) => one.tool !== tool);
  if (other !== -1) {
    throw new RecordError(
      texts[other]!.source,
      `it is of ${read[other]!.tool.name}, ` +
        `and ${texts[0]!.source} of ${tool.name}: import each tool by itself`,
    );
  }
  const copy = texts.findIndex(({ text }, k) => texts.findIndex((one) => one.text === text) < k);
  if (copy !== -1) {
    throw new RecordError(texts[copy]!.source, "it is there twice: each measurement counts once");
  }
  const record = assemble(tool, read.map(({ file }) => file), texts, command);
  const fault = record.trials.length === 0 ? "it holds no measurement" : findInconsistency(record);
  if (fault !== undefined) throw new RecordError(texts[0]!.source, fault);
  return record;
}

/** A number with a comma, as a locale writes it into what should be JSON. */
const DECIMAL_COMMA = /[:[]\s*-?\d+,\d+\s*(?:,\s*["\d-]|[}\]])/;

function readForeign({ source, text }: ForeignText): { tool: ForeignTool; file: ForeignFile } {
  const value = parse(source, text);
  const tool = FOREIGN_TOOLS.find((one) =>
    typeof value === "object" && value !== null && one.isOwn(value)
  );
  if (tool === undefined) {
    throw new RecordError(
      source,
      "it is none of hyperfine (--export-json), deno bench (--json) or iperf3 (-J)",
    );
  }
  const { error } = value as { error?: unknown };
  if (typeof error === "string") {
    throw new RecordError(source, `${tool.name} measured nothing: ${describe(error)}`);
  }
  try {
    return { tool, file: tool.read(value) };
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const { path = [], message = "" } = error.issues[0] ?? {};
    throw new RecordError(
      source,
      `as a file of ${tool.name}, ${formatPath(path)} must be ${message}`,
    );
  }
}

function parse(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordError(
      source,
      DECIMAL_COMMA.test(text)
        ? "it writes numbers with a decimal comma, which JSON does not have: export it again with LC_ALL=C"
        : text.trim() === ""
        ? "it is empty"
        : "it is not JSON: export it as hyperfine --export-json, deno bench --json or iperf3 -J do",
    );
  }
}

function assemble(
  tool: ForeignTool,
  files: readonly ForeignFile[],
  texts: readonly ForeignText[],
  command: string,
): RunRecord {
  const trials: Trial[] = [];
  const cases = new Map<string, Case>();
  const notes = new Map<string, string>();
  let startedNs = 0;
  for (const one of files.flatMap((file) => file.cases)) {
    const own = caseOf(tool, one);
    cases.set(own.id, own);
    if (one.title !== undefined) notes.set(own.transport, one.title);
    for (const { elapsedNs, values, error } of one.trials) {
      trials.push({
        case: own.id,
        // These tools measure one after another: nothing here is a pair, so that no two trials share a round.
        round: trials.length + 1,
        order: 0,
        startedNs,
        elapsedNs,
        operations: 1,
        histograms: {},
        values,
        tally: {},
        peer: "imported",
        settings: {},
        ...(error !== undefined && { error: { kind: "imported", message: error } }),
      });
      startedNs += Math.max(1, elapsedNs);
    }
  }
  const startedAtMs = Math.min(
    ...files.map(({ startedAtMs }, k) => startedAtMs ?? texts[k]!.writtenAtMs),
  );
  const version = files[0]!.version;
  const facts = Object.assign({}, ...files.map((file) => file.facts)) as ForeignFile["facts"];
  return {
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    origin: { tool: tool.name, ...(version !== undefined && { version }) },
    startedAt: new Date(startedAtMs).toISOString(),
    durationNs: startedNs,
    estimateNs: startedNs,
    partial: false,
    environment: {
      facts: Object.entries(facts).map(([id, value]) => makeFact(id, value)),
      missing: [{ what: KERNEL_READINGS, reason: `imported from ${tool.name}` }],
    },
    settings: { profile: "imported", rounds: trials.length, seed: 0, peer: tool.peer, command },
    scenarios: [{
      id: tool.name,
      question: tool.question,
      operation: tool.operation,
      parameters: tool.parameters.map((one) => ({ ...one, description: `as ${tool.name} has it` })),
      metrics: tool.metrics.map(({ id }) => id),
      columns: [],
      contrasts: [],
      notes: [
        `Measured by ${tool.name}, one after another, and imported: nothing was interleaved.`,
        ...[...notes].map(([subject, title]) => `${subject}: ${title}`),
      ],
    }],
    metrics: tool.metrics,
    cases: [...cases.values()],
    skipped: [],
    trials,
  };
}

function caseOf(tool: ForeignTool, { subject, params }: ForeignCase): Case {
  const transport = slugOf(subject);
  return {
    id: caseId(tool.name, transport, params),
    scenario: tool.name,
    transport,
    params,
    fixed: {},
    workload: "imported",
    // Nobody set one: the same in every file, so that nothing keeps two of them apart.
    budget: { warmupNs: 0, measureNs: 1 },
    expectedNs: 1,
    placement: { peer: tool.peer, pin: "none" },
  };
}

/** A command or a benchmark's name as part of a case id: two that differ in signs alone keep apart by a number made of their text. */
function slugOf(text: string): string {
  const slug = text.toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  if (slug === text) return slug;
  let hash = 5381;
  for (const char of text) hash = (hash * 33 + char.codePointAt(0)!) % 0xfff_ff1;
  return `${slug === "" ? "case" : slug}-${hash.toString(36).slice(0, 4)}`;
}
