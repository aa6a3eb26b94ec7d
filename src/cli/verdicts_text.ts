/**
 * Verdicts as plain text for a terminal: the summary, what needs a reader, and a line for every cell.
 *
 * @module
 */

import type { Verdict } from "../compare/gate_result.ts";
import { sayEstimate } from "../compare/verdict_reason.ts";
import {
  bySameReason,
  bySeverity,
  decidingFigures,
  type GateReport,
  type SameReason,
  saySide,
  statedOf,
} from "../report/gate_text.ts";
import { clip, printable } from "../text/printable.ts";
import { wrapWords } from "../text/wrap_words.ts";

/** Longer lines are hard to follow. */
const MAX_COLUMNS = 100;
/** Cells shown; the Markdown has them all. */
const SHOWN_CELLS = 60;
/** Reasons shown. */
const SHOWN_REASONS = 12;

/** The result in plain text, wrapped to `columns` but for the lines of cells. */
export function renderVerdicts({ result, base, head }: GateReport, width: number): string {
  const columns = Math.min(width, MAX_COLUMNS);
  const cells = bySeverity(result.cells);
  const explained = bySameReason(cells.filter(needsReason));
  const lines = [
    ...wrapWords(printable(clip(result.summary, 500)), columns),
    "",
    ...(cells.length === 0 ? [] : [...cellLines(cells), ""]),
    ...explained.slice(0, SHOWN_REASONS).flatMap((same) => reasonLines(same, columns)),
    ...restLine(explained.length - SHOWN_REASONS, "more of these in the Markdown summary"),
    ...result.environmentDifferences.map((text) => `The environments differ: ${printable(text)}.`),
    ...result.notes.map((text) => `Note: ${printable(text)}.`),
    ...wrapWords(
      `Base ${printable(clip(base))}, head ${printable(clip(head))}, ${
        result.paired ? "measured in pairs" : "records of different moments"
      }. In brackets the 95 % interval of the median.`,
      columns,
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** What ends a job, or cannot be seen from the figures alone. */
function needsReason({ verdict, unresolvable, rule, confirmation }: Verdict): boolean {
  return ["regressed", "missing", "incomparable"].includes(verdict) || unresolvable ||
    confirmation !== undefined || rule === "failures" || (rule === "limit" && verdict !== "pass");
}

function cellLines(cells: readonly Verdict[]): readonly string[] {
  const shown = cells.slice(0, SHOWN_CELLS).map((cell) => [
    cell.verdict,
    `${printable(clip(cell.case, 60))} ${printable(clip(cell.metric, 30))}`,
    saySide(cell, "base"),
    saySide(cell, "head"),
    change(cell),
  ]);
  const rows = [["verdict", "cell", "base", "head", "change"], ...shown];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return [
    ...rows.map((row) =>
      row.map((text, column) => text.padEnd(widths[column]!)).join("  ").trimEnd()
    ),
    ...restLine(cells.length - SHOWN_CELLS, "more cells in the Markdown summary"),
  ];
}

function change(cell: Verdict): string {
  if (cell.limit !== undefined) {
    return `limit ${cell.limit.bound === "max" ? "at most" : "at least"} ${cell.limit.text}`;
  }
  const { ratio } = decidingFigures(cell);
  const stated = statedOf(cell);
  return ratio === undefined || stated === undefined ? "" : sayEstimate(ratio, stated);
}

function reasonLines(
  { verdict, reason, cells: [first, ...rest] }: SameReason,
  columns: number,
): readonly string[] {
  const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
  const text = `${verdict}: ${first.case} ${first.metric}${more}: ${reason}`;
  return [...wrapWords(printable(clip(text, 1000)), columns), ""];
}

function restLine(count: number, what: string): readonly string[] {
  return count > 0 ? [`… and ${count} ${what}`, ""] : [];
}
