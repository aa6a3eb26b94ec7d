// buildGateDocument: the verdicts of a gate or an A/B job as a Document, red first.

import type { Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { Block, Document, PartRole } from "../document/document.ts";
import { namePlacement } from "../document/format_placement.ts";
import { type Inline, name, sentence, text } from "../document/inline.ts";
import type { Case } from "../../model/case.ts";
import { formatThreshold } from "../../units/format_change.ts";
import { heading, list, paragraph } from "./blocks.ts";
import { bySeverity, type GateReport } from "./gate_report.ts";
import { buildJudgement, gateData } from "./judgement.ts";
import { reasonTable, verdictTable } from "./verdict_table.ts";

/** Builds the Document of a gate. */
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
      heading("notes", "Notes", "notes"),
      ...noteBlocks(report),
      buildJudgement(report),
    ],
    data: gateData("sockbench-gate", report),
  };
}

/** Why, of cells whose figures do not say it. */
function reasonsOf(cells: readonly Verdict[]): readonly Block[] {
  const explained = cells.filter(({ verdict, rule, unresolvable }) =>
    verdict === "regressed" || verdict === "inconclusive" || unresolvable ||
    rule === "failures" || (rule === "limit" && verdict !== "pass")
  );
  return list(
    "notes",
    explained.map((cell) => ({
      text: [
        text(`${cell.verdict}: `),
        name(`${cell.case} ${cell.metric}`),
        text(": "),
        sentence(cell.reason),
      ],
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
    [name(head), text(" against "), name(base)],
    [text(result.paired ? "pairs measured side by side" : "two records of different moments")],
    ...(places.size === 1 ? [[text([...places][0] ?? "")]] : []),
  ];
}

/** In what the environments differ. */
export function noticeOf({ result }: GateReport): Pick<Document, "notice"> {
  const { environmentDifferences } = result;
  if (environmentDifferences.length === 0) return {};
  return {
    notice: {
      lead: "The environments differ",
      sentences: environmentDifferences.map((words) => [sentence(words)]),
    },
  };
}

/** The policy that was applied, and what the figures say less than they seem to. */
export function noteBlocks({ result }: GateReport): readonly Block[] {
  const { policy, notes, cells } = result;
  const metrics = policy.metrics.includes("*")
    ? "all metrics"
    : `metrics ${policy.metrics.join(", ")}`;
  const applied = `Policy: alpha ${policy.alpha} over all cells, threshold ` +
    `${formatThreshold(policy.threshold, "ratio")}, ${metrics}${
      policy.strict ? ", strict" : ""
    }. ` +
    "In brackets the 95 % interval of the median";
  const owners = new Map<string, Set<string>>();
  for (const { warnings, case: id, metric } of cells) {
    for (const warning of warnings) {
      owners.set(warning, (owners.get(warning) ?? new Set()).add(`${id} ${metric}`));
    }
  }
  return list("notes", [
    ...[applied, ...notes].map((words) => ({ text: [sentence(words)] })),
    ...[...owners].map(([warning, names]) => ({
      text: [sentence(warning), text(" "), { kind: "names" as const, names: [...names] }],
    })),
  ]);
}
