// buildHeadsDocument: several heads against one base as a Document: a column for each head, then what decides and all cells head by head.

import { cellKey } from "../../compare/comparison.ts";
import type { BestSubject } from "../../gate/best_subject.ts";
import type { GateResult, Verdict } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import { plural } from "../../text/plural.ts";
import type { Block, Document, Notice } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import { type Inline, name, sentence, text } from "../document/inline.ts";
import type { Cell, RatioCell, Row, Table } from "../document/table.ts";
import { column, heading, keyColumns, list, paragraph, table } from "./blocks.ts";
import { countChanges, isChanged } from "./comparison_document.ts";
import {
  casesOf,
  noteBlocks,
  noticeOfDifferences,
  reasonsOf,
  reasonTable,
  verdictTable,
  wiredSides,
} from "./gate_document.ts";
import type { GateFormat, GateReport, GateView } from "./judgement.ts";
import { buildJudgement, bySeverity, changeOf, gateData, sideFigure } from "./judgement.ts";
import { hoistPlacement, placeKey } from "./keys.ts";
import { wireBlocks, wireDifferences } from "./wires.ts";

/** A HeadsReport is what was found of several heads, and the best subject of each cell. `heads`: at least two, all of one base; `isComparison`: the subjects are runtimes, of which none is judged. */
export interface HeadsReport {
  readonly heads: readonly GateReport[];
  readonly best: readonly BestSubject<string>[];
  readonly exitCode: GateResult["exitCode"];
  readonly isComparison: boolean;
}

export interface HeadsFormat extends Pick<GateFormat, "id" | "extension" | "title"> {
  /** True where it is for jobs that are judged, not for comparisons. */
  readonly isOfGate?: true;
  readonly render: (report: HeadsReport, view?: GateView) => string;
}

/** What it may be built with. `all`: every head's cells with their figures, too; absent: they are shown. */
type HeadsDocumentOptions = Readonly<{ figures?: readonly Figure[]; all?: boolean }>;

/** Version of the JSON; a field removed or of another meaning is a new one. */
const HEADS_JSON_VERSION = 1;

export function buildHeadsDocument(
  report: HeadsReport,
  { figures = [], all = true }: HeadsDocumentOptions = {},
): Document {
  const { heads, best, exitCode, isComparison } = report;
  const base = heads[0]!.base;
  const summary = summarizeHeads(report);
  const named: readonly Inline[] = [
    { kind: "names", names: heads.map(({ head }) => head) },
    text(" against "),
    name(base),
  ];
  return {
    kind: "ab",
    title: isComparison ? named : [sentence(summary)],
    facts: [...isComparison ? [] : [named], [text("all measured in one round, side by side")]],
    ...noticeOf(report),
    ...(isComparison && { answer: [sentence(summary)] }),
    blocks: [
      heading("cells", "Head by head", "heads"),
      ...headLines(report, all),
      ...(isComparison ? [] : [paragraph(describeBest(report))]),
      heading("cells", "Cell by cell", "cells"),
      ...cellBlocks(report, all),
      ...(figures.length === 0 ? [] : [heading("cells", "How much", "sizes"), ...figures]),
      ...heads.flatMap((head) => decidingBlocks(head, isComparison)),
      ...(all ? wireBlocks(wiredSides(heads)) : []),
      ...(all ? heads.flatMap(allCells) : []),
      ...heads.map(buildJudgement),
    ],
    data: {
      kind: "sockbench-ab",
      version: HEADS_JSON_VERSION,
      exitCode,
      summary,
      base,
      best,
      heads: heads.map((head) =>
        gateData(isComparison ? "sockbench-comparison" : "sockbench-gate", head)
      ),
    },
  };
}

/** The outcome in a sentence that names the heads it is about. */
function summarizeHeads(report: HeadsReport): string {
  const { heads, exitCode, isComparison } = report;
  const those = (code: GateResult["exitCode"]) =>
    heads.filter(({ result }) => result.exitCode === code).map(({ head }) => head);
  if (isComparison) {
    return exitCode === 0
      ? describeBest(report)
      : `Nothing is decided of ${plural(heads.length, "head")}.`;
  }
  if (exitCode === 0) return `Passed: none of ${plural(heads.length, "head")} regressed.`;
  const [word, other] = exitCode === 1 ? ["Regressed", those(3)] : ["Cannot judge", []];
  const also = other.length === 0 ? "" : `; cannot judge ${other.join(", ")}`;
  return `${word}: ${those(exitCode).join(", ")} (${those(exitCode).length} ` +
    `of ${plural(heads.length, "head")})${also}.`;
}

/** As in `Best of 3 subjects in 4 headlines: bun:1.4 in 3, none shown in 1.` */
function describeBest({ best, heads }: HeadsReport): string {
  const headlines = best.filter(({ headline }) => headline);
  if (headlines.length === 0) return "No headline was compared.";
  const groups = Map.groupBy(headlines, (one) => one.best);
  const won = [...groups].flatMap(([subject, { length }]) =>
    subject === undefined ? [] : [`${subject} in ${length}`]
  );
  const open = groups.get(undefined)?.length ?? 0;
  const rest = open === 0 ? [] : [`none shown in ${open}`];
  return `Best of ${1 + heads.length} subjects in ${plural(headlines.length, "headline")}: ` +
    `${[...won, ...rest].join(", ")}.`;
}

function headLines({ heads, isComparison }: HeadsReport, all: boolean): readonly Block[] {
  const counted = ({ cells }: GateResult) =>
    cells.filter(({ headline, ratio }) => all || headline || ratio === undefined);
  return list(
    "notes",
    heads.map(({ head, result }) => ({
      text: [
        name(head),
        text(": "),
        sentence(
          isComparison ? countChanges(counted(result), result.policy.threshold) : result.summary,
        ),
      ],
    })),
  );
}

function noticeOf({ heads }: HeadsReport): { readonly notice?: Notice } {
  const sentences = heads.flatMap(({ head, result }) =>
    result.environmentDifferences.map((words) => [name(head), text(": "), sentence(words)])
  );
  const [base, ...others] = wiredSides(heads);
  return noticeOfDifferences(sentences, base === undefined ? [] : wireDifferences(base, others));
}

/** The cells that base shares with some head, those of headlines first. */
function cellBlocks(report: HeadsReport, all: boolean): readonly Block[] {
  const { best } = report;
  const headlines = best.filter(({ headline }) => headline);
  const shown = all || headlines.length === 0
    ? [...headlines, ...best.filter(({ headline }) => !headline)]
    : headlines;
  if (shown.length === 0) return [paragraph("No cell could be compared")];
  const hidden = best.length - shown.length;
  const byHead = report.heads.map(({ result }) => cellsOf(result));
  const changed = best.filter((one) =>
    !shown.includes(one) &&
    byHead.some((cells) => {
      const cell = cells.get(cellKey(one.case, one.metric));
      return cell !== undefined && isChanged(cell);
    })
  );
  return [
    headsTable(report, shown, byHead),
    ...(hidden === 0 ? [] : [paragraph(
      `${plural(hidden, "cell")} ` +
        `of other metrics, ${changed.length} of them changed: the Markdown has them`,
    )]),
  ];
}

type Cells = ReadonlyMap<string, Verdict>;

/** The cells of a head that were compared with base. */
function cellsOf({ cells }: GateResult): Cells {
  const compared = cells.filter(({ rule }) => rule === "slowdown");
  return new Map(compared.map((cell) => [cellKey(cell.case, cell.metric), cell]));
}

function headsTable(
  { heads, isComparison }: HeadsReport,
  rows: HeadsReport["best"],
  byHead: readonly Cells[],
): Table {
  const { base, result: { policy, paired } } = heads[0]!;
  const cases = new Map(heads.flatMap((head) => [...casesOf(head)]));
  const cellOf = (cells: Cells, row: BestSubject<string>) =>
    cells.get(cellKey(row.case, row.metric));
  return hoistPlacement(table({
    role: "comparisons",
    caption: [text(
      `Ratio of each head to base with its 95 % interval; above 1 is better; of shares, memory and calls the difference${
        isComparison ? "" : "; cells that look worse are measured again, head by head"
      }. Verdicts and the best are those of alpha ${policy.alpha} over all cells of all heads.`,
    )],
    noun: "cell",
    intervals: "shown",
    keys: keyColumns(["case", "metric", ...(cases.size > 0 ? ["placement"] : [])]),
    names: "cell",
    columns: [
      column("base", base),
      ...heads.map(({ head }, index) => column(`head-${index + 1}`, head)),
      column("best", "best", "words"),
    ],
    rows: rows.map((row): Row => {
      const first = byHead.map((cells) => cellOf(cells, row)).find((cell) => cell?.base);
      return {
        keys: keysOf(row, cases),
        name: `${row.case} ${row.metric}`,
        cells: [
          (first && sideFigure(first, "base")) ?? null,
          ...byHead.map((cells) => headCell(cellOf(cells, row), paired)),
          bestCell(row),
        ],
      };
    }),
  }));
}

function keysOf(row: BestSubject<string>, cases: ReadonlyMap<string, Case>): Row["keys"] {
  const placement = cases.get(row.case)?.placement;
  return [
    { factor: "case", value: row.case },
    { factor: "metric", value: row.metric },
    ...(cases.size === 0
      ? []
      : [placement === undefined ? { factor: "placement" } : placeKey(placement)]),
  ];
}

/** A head's ratio with its verdict; the verdict alone where there is no ratio. */
function headCell(cell: Verdict | undefined, paired: boolean): Cell | null {
  if (cell === undefined) return null;
  const change = changeOf(cell, paired);
  if (change === undefined) return { kind: "words", text: [text(cell.verdict)] };
  const { stated: _, ...ratio }: RatioCell = change;
  // A number: a word such as faster is for what a verdict has shown. A difference is none without its unit.
  return { ...(ratio.effect === "ratio" ? ratio : change), verdict: cell.verdict };
}

/** The best, or those of which each may be. */
function bestCell({ best, candidates }: BestSubject<string>): Cell {
  const names = best === undefined ? candidates : [best];
  return { kind: "words", text: [{ kind: "alternatives", names, strong: best !== undefined }] };
}

/** What decides the exit code of a head, and what could not be compared. */
function decidingBlocks(report: GateReport, isComparison: boolean): readonly Block[] {
  const { result: { cells, paired }, head } = report;
  const red = isComparison
    ? []
    : cells.filter((cell) =>
      cell.verdict === "regressed" || (cell.verdict === "inconclusive" && cell.unresolvable)
    );
  const gaps = cells.filter(({ verdict }) => verdict === "missing" || verdict === "incomparable");
  if (red.length + gaps.length === 0) return [];
  return [
    heading(
      red.length > 0 ? "regressed" : "unjudged",
      `${head}: ${red.length > 0 ? "what decides" : "without a comparison"}`,
      "decides",
    ),
    ...(red.length === 0
      ? []
      : [verdictTable(bySeverity(red), { cases: casesOf(report), paired }), ...reasonsOf(red)]),
    ...(gaps.length === 0 ? [] : [reasonTable(gaps)]),
  ];
}

/** Every cell of a head with the figures of both sides, folded, and its notes. */
function allCells(report: GateReport): readonly Block[] {
  const { result: { cells, paired, ignored }, head, base } = report;
  const compared = bySeverity(cells.filter(({ ratio }) => ratio !== undefined));
  return [
    heading("notes", `${head} against ${base}`, "head"),
    ...(compared.length === 0 ? [] : [{
      kind: "details" as const,
      summary: "Cells",
      count: { n: compared.length, noun: "cell" },
      blocks: [verdictTable(compared, { cases: casesOf(report), paired })],
    }]),
    ...(ignored.length === 0 ? [] : [reasonTable(ignored)]),
    ...noteBlocks(report),
  ];
}
