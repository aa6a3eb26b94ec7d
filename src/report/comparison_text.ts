// Two records side by side as text for a terminal: one sentence that counts, what changed, and the headline metrics of the rest.

import type { Verdict, VerdictWord } from "../gate/gate_result.ts";
import { changeWord, formatEstimate, formatThreshold } from "../units/format_change.ts";
import { displayWidth } from "../text/display_width.ts";
import { clip, printable } from "../text/printable.ts";
import { wrapWords } from "../text/wrap_words.ts";
import {
  bySameReason,
  bySeverity,
  formatSide,
  type GateFormat,
  type GateReport,
  statedOf,
} from "./build/gate_report.ts";

/** Longer lines are hard to follow. */
const MAX_COLUMNS = 100;

/** In which order cells are counted. */
const SAID: readonly VerdictWord[] = [
  "regressed",
  "improved",
  "pass",
  "inconclusive",
  "incomparable",
];

/** Text for a terminal. */
export const comparisonText: GateFormat = {
  id: "text",
  extension: "txt",
  title: "Text for a terminal",
  render: renderComparisonText,
};

function renderComparisonText(
  { result, base, head }: GateReport,
  { columns = MAX_COLUMNS, all = false }: { columns?: number; all?: boolean } = {},
): string {
  const wrapped = (text: string) =>
    wrapWords(printable(clip(text, 1000)), Math.min(columns, MAX_COLUMNS));
  const compared = bySeverity(result.cells.filter(({ ratio }) => ratio !== undefined));
  const headlines = compared.filter(({ headline }) => headline);
  const shown = all || headlines.length === 0 ? compared : headlines;
  const hidden = compared.filter((cell) => !shown.includes(cell));
  const others = bySameReason(
    result.cells.filter(({ ratio, verdict }) => ratio === undefined || verdict === "incomparable"),
  );
  const { threshold } = result.policy;
  const none = `no difference of ${formatThreshold(threshold, "ratio")}`;
  const of = (...words: readonly VerdictWord[]) =>
    shown.filter(({ verdict }) => words.includes(verdict));
  const lines = [
    ...wrapped(`${formatCounts(shown, none)}.`),
    ...wrapped(`${head} against ${base}.`),
    ...result.environmentDifferences.flatMap((text) =>
      wrapped(`The environments differ: ${text}.`)
    ),
    ...part("Changed", of("regressed", "improved")),
    ...part("Not decided", of("inconclusive")),
    ...part(`N${none.slice(1)}`, of("pass")),
    ...part("Not comparable", of("incomparable")),
    ...(others.length === 0 ? [] : ["", "What cannot be compared, and why"]),
    ...others.flatMap(({ verdict, reason, cells: [first, ...rest] }) => {
      const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
      return wrapped(`${verdict}: ${first.case} ${first.metric}${more}: ${reason}`);
    }),
    "",
    ...(hidden.length === 0 ? [] : wrapped(formatHidden(hidden))),
    ...result.notes.flatMap((text) => wrapped(`Note: ${text}.`)),
    ...wrapped(
      `${
        result.paired ? "Measured in pairs." : "Records of different moments."
      } In brackets the 95 % interval of the median.`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** As in `1 slower, 2 faster, 12 no difference of 5 %, 3 not decided`. */
function formatCounts(cells: readonly Verdict[], none: string): string {
  const counts = new Map<string, number>();
  for (const cell of bySeverity(cells, SAID)) {
    const word = wordOf(cell, none);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const said = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
  return said === "" ? "Nothing can be compared" : said;
}

function wordOf(cell: Verdict, none: string): string {
  const stated = statedOf(cell);
  switch (cell.verdict) {
    case "regressed":
    case "improved":
      return cell.ratio === undefined || stated === undefined
        ? cell.verdict
        : changeWord(cell.ratio.estimate, stated);
    case "pass":
      return none;
    case "incomparable":
      return "not comparable";
    default:
      return "not decided";
  }
}

function formatHidden(hidden: readonly Verdict[]): string {
  const changed =
    hidden.filter(({ verdict }) => verdict === "regressed" || verdict === "improved").length;
  const cells = hidden.length === 1 ? "1 cell" : `${hidden.length} cells`;
  return `Not shown: ${cells} of other metrics, ${changed} of them changed; --all shows them.`;
}

function part(title: string, cells: readonly Verdict[]): readonly string[] {
  if (cells.length === 0) return [];
  const rows = cells.map((cell) => {
    const stated = statedOf(cell);
    return [
      `  ${printable(clip(cell.case, 60))} ${printable(clip(cell.metric, 30))}`,
      formatSide(cell, "base"),
      formatSide(cell, "head"),
      cell.ratio === undefined || stated === undefined ? "" : formatEstimate(cell.ratio, stated),
    ];
  });
  return ["", title, ...alignColumns(rows)];
}

/** Columns below each other, of which the last may be of any width. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? "")))
  );
  return rows.map((row) =>
    row.map((text, column) => text + " ".repeat((widths[column] ?? 0) - displayWidth(text)))
      .join("  ").trimEnd()
  );
}
