/**
 * renderCsv: every value of every trial, one row each, for R, pandas and spreadsheets.
 *
 * @module
 */

import type { RunRecord } from "../model/run_record.ts";
import { renderDelimited } from "./delimited_text.ts";

/**
 * Renders a record as tidy CSV (RFC 4180): one row per case, metric and trial, with a header. {@linkcode renderDelimited} has the columns.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns CSV with CRLF line ends, sorted by case, metric, round.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../model/run_record.ts";
 * import { renderCsv } from "./render_csv.ts";
 *
 * declare const record: RunRecord;
 * console.log(renderCsv(record)); // in R: read.csv("latest.csv"); in Python: pandas.read_csv("latest.csv")
 * ```
 */
export function renderCsv(record: RunRecord): string {
  return renderDelimited(record, { separator: ",", flat: false, lineEnd: "\r\n" });
}
