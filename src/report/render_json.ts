/**
 * renderJson: the report document with the summaries and comparisons it rests on, for programs.
 *
 * @module
 */

import type { Contrasted } from "../compare/contrast.ts";
import type { Summary } from "../compare/summarize.ts";
import type { RunRecord } from "../model/run_record.ts";
import { evaluate } from "./build_report.ts";
import { type Report, REPORT_VERSION } from "./document.ts";

/** What `report --format json` writes. Not a record: it holds no trials, and no command reads it. */
export interface ReportFile {
  /** Tells it from a record. */
  readonly kind: "sockbench-report";
  /** Version of this format. */
  readonly reportVersion: typeof REPORT_VERSION;
  /** Start of the run, ISO 8601, UTC. */
  readonly startedAt: string;
  /** Each case × metric across its trials, unscaled. */
  readonly summaries: readonly Summary[];
  /** Each declared comparison, paired by round. */
  readonly comparisons: readonly Contrasted[];
  /** The document that the other formats render. */
  readonly report: Report;
}

/**
 * Renders a record as a report in JSON.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns JSON of a {@linkcode ReportFile}, indented, ending in a line break.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../model/run_record.ts";
 * import { renderJson, type ReportFile } from "./render_json.ts";
 *
 * declare const record: RunRecord;
 * const { summaries } = JSON.parse(renderJson(record)) as ReportFile;
 * console.log(summaries.length);
 * ```
 */
export function renderJson(record: RunRecord): string {
  const { report, summaries, comparisons } = evaluate(record);
  const file: ReportFile = {
    kind: "sockbench-report",
    reportVersion: REPORT_VERSION,
    startedAt: record.startedAt,
    summaries,
    comparisons,
    report,
  };
  return JSON.stringify(file, writeNumber, 2) + "\n";
}

/** JSON has no infinity (the separation of two speeds without any noise): the largest number stands for it. */
function writeNumber(_key: string, value: unknown): unknown {
  if (value === Infinity) return Number.MAX_VALUE;
  return typeof value === "string" ? value.toWellFormed() : value;
}
