// buildGateDocument: the verdicts of a gate or an A/B job as a Document, red first; and the tables of verdicts.

import type { Policy } from "../../gate/gate_policy.ts";
import type { Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import { formatThreshold } from "../../units/format_change.ts";
import type { Block, Document, PartRole } from "../document/document.ts";
import { namePlacement } from "../document/format_key.ts";
import { type Inline, name, names, phrase, sentence, text } from "../document/inline.ts";
import type { Cell, Column, Row, Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { column, heading, list, paragraph, table, words } from "./blocks.ts";
import {
  buildJudgement,
  bySeverity,
  changeOf,
  decidingFigures,
  gateData,
  type GateReport,
  sideFigure,
} from "./judgement.ts";
import { hoistPlacement, placeKey } from "./keys.ts";
import { wireBlocks, wireDifferences, type WiredSide } from "./wires.ts";

export function buildGateDocument(report: GateReport): Document {
  const { result } = report;
  const cells = bySeverity(result.cells);
  const options = { cases: casesOf(report), paired: result.paired };
  const of = (...words: readonly VerdictWord[]) =>
    cells.filter(({ verdict }) => words.includes(verdict));
  const figures = (role: PartRole, title: string, rows: readonly Verdict[]): readonly Block[] =>
    rows.length === 0 ? [] : [
      heading(role, title, title.toLowerCase()),
      verdictTable(rows, options),
      ...reasonsOf(rows),
    ];
  const reasons = (role: PartRole, title: string, rows: readonly Verdict[]): readonly Block[] =>
    rows.length === 0 ? [] : [heading(role, title, title.toLowerCase()), reasonTable(rows)];
  const passed = of("pass");
  return {
    kind: "gate",
    title: [sentence(result.summary)],
    facts: factsOf(report),
    ...noticeOf(report),
    blocks: [
      ...figures("regressed", "Regressed", of("regressed")),
      ...(cells.some(({ confirmation }) => confirmation !== undefined)
        ? [paragraph(
          "Flagged cells were measured again; all their figures are those of the fresh pairs.",
        )]
        : []),
      ...reasons("unjudged", "Cannot be judged", of("missing", "incomparable")),
      ...figures("inconclusive", "Inconclusive", of("inconclusive")),
      ...figures("improved", "Improved", of("improved")),
      ...reasons("unchanged", "New", of("new")),
      ...(passed.length === 0 ? [] : [
        heading("unchanged", "Passed", "passed"),
        folded("cell", passed.length, verdictTable(passed, options)),
        ...reasonsOf(passed),
      ]),
      ...(result.ignored.length === 0 ? [] : [
        heading("unchanged", "Ignored", "ignored"),
        folded("cell", result.ignored.length, reasonTable(result.ignored)),
      ]),
      ...wireBlocks(wiredSides([report])),
      heading("notes", "Notes", "notes"),
      ...noteBlocks(report),
      buildJudgement(report),
    ],
    data: gateData("sockbench-gate", report),
  };
}

/** Why, of cells whose figures do not say it. */
export function reasonsOf(cells: readonly Verdict[]): readonly Block[] {
  const explained = cells.filter(({ verdict, rule, unresolvable }) =>
    verdict === "regressed" || verdict === "inconclusive" || unresolvable ||
    rule === "failures" || (rule === "limit" && verdict !== "pass")
  );
  return list(
    "notes",
    explained.map(({ verdict, case: id, metric, reason }) => ({
      text: phrase`${verdict}: ${name(`${id} ${metric}`)}: ${sentence(reason)}`,
    })),
  );
}

function folded(noun: string, n: number, table: Block): Block {
  return { kind: "details", summary: "Cells", count: { n, noun }, blocks: [table] };
}

/** The cases of both sides by id, where the records are at hand. Head's where both have one. */
export function casesOf({ records }: GateReport): ReadonlyMap<string, Case> {
  const all = [...records?.base.cases ?? [], ...records?.head.cases ?? []];
  return new Map(all.map((one) => [one.id, one]));
}

/** One line below the heading: who against whom, how they were measured, and where. */
export function factsOf(report: GateReport): readonly (readonly Inline[])[] {
  const { result, base, head } = report;
  const places = new Set(
    [...casesOf(report).values()].map(({ placement }) => namePlacement(placement)),
  );
  return [
    phrase`${name(head)} against ${name(base)}`,
    [text(result.paired ? "pairs measured side by side" : "two records of different moments")],
    ...(places.size === 1 ? [[text([...places][0] ?? "")]] : []),
  ];
}

export function noticeOf(report: GateReport): Pick<Document, "notice"> {
  const environments = report.result.environmentDifferences.map((words) => [sentence(words)]);
  const [base, ...heads] = wiredSides([report]);
  return noticeOfDifferences(environments, base === undefined ? [] : wireDifferences(base, heads));
}

/** What must be seen before figures: environments that differ, and wires. */
export function noticeOfDifferences(
  environments: readonly (readonly Inline[])[],
  wires: readonly (readonly Inline[])[],
): Pick<Document, "notice"> {
  const sentences = [...environments, ...wires];
  if (sentences.length === 0) return {};
  const what = wires.length === 0 ? "environments" : "wires";
  const lead = environments.length > 0 && wires.length > 0
    ? "The environments and the wires differ"
    : `The ${what} differ`;
  return { notice: { lead, sentences } };
}

/** Base and the heads of reports of one job with their records; empty where these are not at hand, or not of pairs. */
export function wiredSides(reports: readonly GateReport[]): readonly WiredSide[] {
  const [first] = reports;
  if (first?.records === undefined || !first.result.paired) return [];
  return [
    { label: first.base, record: first.records.base },
    ...reports.flatMap(({ head, records }) =>
      records === undefined ? [] : [{ label: head, record: records.head }]
    ),
  ];
}

function formatStrict({ strict, strictCases }: Policy): string {
  return strict ? ", strict" : strictCases ? `, strict for ${strictCases.join(", ")}` : "";
}

/** The policy that was applied, and what the figures say less than they seem to. */
export function noteBlocks({ result }: GateReport): readonly Block[] {
  const { policy, notes, cells } = result;
  const metrics = policy.metrics.includes("*")
    ? "all metrics"
    : `metrics ${policy.metrics.join(", ")}`;
  const applied = `Policy: alpha ${policy.alpha} over all cells, threshold ` +
    `${formatThreshold(policy.threshold, "ratio")}, ${metrics}${formatStrict(policy)}. ` +
    "In brackets the 95 % interval of the median";
  const warned = cells.flatMap(({ warnings, case: id, metric }) =>
    warnings.map((warning) => ({ warning, cell: `${id} ${metric}` }))
  );
  return list("notes", [
    ...[applied, ...notes].map((words) => ({ text: [sentence(words)] })),
    ...[...groupBy(warned, ({ warning }) => warning)].map(([warning, all]) => {
      const cells = names([...new Set(all.map(({ cell }) => cell))]);
      return { text: phrase`${sentence(warning)} ${cells}` };
    }),
  ]);
}

type VerdictTableOptions = Readonly<{ cases: ReadonlyMap<string, Case>; paired: boolean }>;

const COLUMNS: readonly Column[] = [
  column("verdict", "verdict", "words"),
  column("base", "base"),
  column("head", "head"),
  column("change", "change"),
  column("p", "adjusted p"),
  column("n", "n"),
];

export function verdictTable(
  cells: readonly Verdict[],
  { cases, paired }: VerdictTableOptions,
): Table {
  return hoistPlacement(table({
    role: "cells",
    noun: "cell",
    ...placed(cells, cases, (cell): Omit<Row, "keys"> => ({
      cells: [
        { kind: "verdict", verdict: cell.verdict, reason: cell.reason },
        sideCell(cell, "base"),
        sideCell(cell, "head"),
        changeOf(cell, paired) ?? words(describeLimit(cell)),
        probabilityCell(cell),
        { kind: "count", value: decidingFigures(cell).n },
      ],
    })),
    columns: COLUMNS,
  }));
}

/** Keys of cells: case, metric and, where it is known, placement. */
function placed(
  cells: readonly Verdict[],
  cases: ReadonlyMap<string, Case>,
  rowOf: (cell: Verdict) => Omit<Row, "keys">,
): Pick<Table, "keys" | "rows"> {
  const isPlaced = cells.some((cell) => cases.has(cell.case));
  return {
    keys: [
      { factor: "case", title: "case" },
      { factor: "metric", title: "metric" },
      ...(isPlaced ? [{ factor: "placement", title: "placement" }] : []),
    ],
    rows: cells.map((cell): Row => {
      const placement = cases.get(cell.case)?.placement;
      return {
        keys: [
          { factor: "case", value: cell.case },
          { factor: "metric", value: cell.metric },
          ...(!isPlaced ? [] : [placement ? placeKey(placement) : { factor: "placement" }]),
        ],
        ...rowOf(cell),
      };
    }),
  };
}

function sideCell(cell: Verdict, side: "base" | "head"): Cell {
  const { failures } = decidingFigures(cell);
  const failed = failures === undefined
    ? ""
    : `${failures[side].failed} of ${failures[side].trials} failed`;
  return sideFigure(cell, side) ?? words(failed);
}

function describeLimit(cell: Verdict): string {
  const { limit } = cell;
  const { head } = decidingFigures(cell);
  if (limit === undefined) return "";
  const bound = `limit ${limit.bound === "max" ? "at most" : "at least"} ${limit.text}`;
  if (head === undefined || limit.value <= 0) return bound;
  const share = head.median / limit.value - 1;
  return `${bound} (${(100 * Math.abs(share)).toFixed(1)} % ${share < 0 ? "below" : "above"} it)`;
}

function probabilityCell(cell: Verdict): Cell {
  const { adjustedP } = decidingFigures(cell);
  return adjustedP === undefined ? words("") : { kind: "probability", value: adjustedP };
}

/** Cells that have no figures to show, those of one verdict and one reason in one row. */
export function reasonTable(cells: readonly Pick<Verdict, "case" | "metric" | "reason">[]): Table {
  const groups = groupBy(cells, (cell) => JSON.stringify([wordOf(cell), cell.reason]));
  return table({
    role: "words",
    noun: "reason",
    columns: [
      column("cells", "cells", "words"),
      column("verdict", "verdict", "words"),
      column("why", "why", "words"),
    ],
    rows: [...groups.values()].map((group): Row => ({
      keys: [],
      cells: [
        words(names(group.map((cell) => `${cell.case} ${cell.metric}`))),
        words(wordOf(group[0])),
        words(sentence(group[0].reason)),
      ],
    })),
  });
}

/** Cells that the policy sets aside have no verdict. */
function wordOf(cell: Pick<Verdict, "case"> & Partial<Pick<Verdict, "verdict">>): string {
  return cell.verdict ?? "ignored";
}
