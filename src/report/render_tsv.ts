/**
 * renderTsv: every value of every trial, one row each, separated by tabs.
 *
 * @module
 */

import type { RunRecord } from "../model/run_record.ts";
import { renderDelimited } from "./delimited_text.ts";

/**
 * Renders a record as tidy TSV: the columns of {@linkcode renderDelimited} with tabs between them. No field holds a tab or a line break,
 * so `cut`, `awk` and `sort` read it as well; fields with quotes are quoted as in CSV, which R and pandas expect.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns TSV with LF line ends, sorted by case, metric, round.
 *
 * @example
 * ```ts
 * import type { RunRecord } from "../model/run_record.ts";
 * import { renderTsv } from "./render_tsv.ts";
 *
 * declare const record: RunRecord;
 * console.log(renderTsv(record)); // in R: read.delim("latest.tsv"); in Python: pandas.read_csv("latest.tsv", sep="\t")
 * ```
 */
export function renderTsv(record: RunRecord): string {
  return renderDelimited(record, { separator: "\t", flat: true, lineEnd: "\n" });
}
