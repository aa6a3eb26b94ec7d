// buildComparisonDocument: two records side by side as a Document, what changed first.

import type { Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { plural } from "../../text/plural.ts";
import { changeWord, formatThreshold } from "../../units/format_change.ts";
import type { Block, Document, NamedFact } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import { name, sentence, text } from "../document/inline.ts";
import type { Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { column, heading, named, paragraph, table } from "./blocks.ts";
import {
  casesOf,
  factsOf,
  noteBlocks,
  noticeOf,
  reasonTable,
  verdictTable,
  wiredSides,
} from "./gate_document.ts";
import { buildJudgement, bySeverity, gateData, type GateReport, statedOf } from "./judgement.ts";
import { buildEnvironment, buildMethod } from "./method.ts";
import { wireBlocks } from "./wires.ts";

/** What changed comes first, what did not last. */
const ORDER: readonly VerdictWord[] = [
  "regressed",
  "improved",
  "inconclusive",
  "incomparable",
  "missing",
  "pass",
  "new",
];
const COUNTED: readonly VerdictWord[] = [
  "regressed",
  "improved",
  "pass",
  "inconclusive",
  "incomparable",
  "missing",
  "new",
];
const CHANGED: readonly VerdictWord[] = ["regressed", "improved"];

const GUIDE = named({
  change:
    "how much better or worse head is than base, with its 95 % interval. Of a share, such as loss, the difference in " +
    "percentage points",
  "regressed, improved": "shown by the test and by the size of the change",
  pass: "what is beyond the threshold is excluded",
  inconclusive: "neither is shown: the interval allows both",
  "missing, new": "only base has it; only head has it",
  incomparable: "both have it and cannot be set against each other",
  "adjusted p":
    "if head were no worse, the chance of a result this bad, adjusted for the number of cells; of an improvement the " +
    "other way round",
});

/** What a comparison may be built with. `all`: also metrics that are no headline and did not change; absent: they are shown. */
type ComparisonDocumentOptions = Readonly<{ figures?: readonly Figure[]; all?: boolean }>;

export function buildComparisonDocument(
  report: GateReport,
  { figures = [], all = true }: ComparisonDocumentOptions = {},
): Document {
  const { result, records, base, head } = report;
  const cells = bySeverity(result.cells, ORDER);
  const options = { cases: casesOf(report), paired: result.paired };
  const compared = cells.filter(({ ratio }) => ratio !== undefined);
  const headlines = compared.filter(({ headline }) => headline);
  const shown = all || headlines.length === 0 ? compared : headlines;
  const hidden = compared.length - shown.length;
  const changed = shown.filter(isChanged);
  const rest = shown.filter((cell) => !isChanged(cell));
  const gaps = cells.filter(({ ratio }) => ratio === undefined);
  const reasons = cells.filter(({ ratio, verdict }) =>
    ratio === undefined || verdict === "incomparable"
  );
  return {
    kind: "comparison",
    title: [name(head), text(" against "), name(base)],
    facts: factsOf(report).slice(1),
    ...noticeOf(report),
    answer: [sentence(countChanges([...shown, ...gaps], result.policy.threshold))],
    blocks: [
      heading("regressed", "What changed", "changed"),
      changed.length === 0 ? paragraph(describeUnchanged(shown)) : verdictTable(changed, options),
      ...(figures.length === 0 ? [] : [heading("cells", "How much", "sizes"), ...figures]),
      ...(rest.length === 0 ? [] : [
        heading("cells", changed.length === 0 ? "All cells" : "The other cells", "cells"),
        verdictTable(rest, options),
      ]),
      ...(hidden === 0 ? [] : [paragraph(
        `${plural(hidden, "cell")} of other metrics, ${
          compared.filter(isChanged).length - changed.length
        } of them changed: --all shows them`,
      )]),
      ...(reasons.length === 0
        ? []
        : [heading("unjudged", "Without a comparison", "gaps"), reasonTable(reasons)]),
      ...wireBlocks(wiredSides([report])),
      ...(records === undefined ? [] : recordSidesBlocks(records)),
      heading("guide", "How to read this", "guide", { folded: true }),
      { kind: "facts", facts: GUIDE, explains: true },
      heading("notes", "Notes", "notes", { folded: true }),
      ...noteBlocks(report),
      buildJudgement(report),
    ],
    data: gateData("sockbench-comparison", report),
  };
}

export function isChanged({ verdict }: Verdict): boolean {
  return CHANGED.includes(verdict);
}

/** As in `1 slower, 2 faster, 12 no difference of 5 %, 4 not slower, 3 not decided`. */
export function countChanges(cells: readonly Verdict[], threshold: number): string {
  const words = groupBy(bySeverity(cells, COUNTED), (cell) => wordOf(cell, threshold));
  const said = [...words].map(([word, { length }]) => `${length} ${word}`).join(", ");
  return said === "" ? "Nothing can be compared" : said;
}

function wordOf(cell: Verdict, threshold: number): string {
  const { verdict, ratio } = cell;
  const stated = statedOf(cell);
  if (isChanged(cell)) {
    return ratio === undefined || stated === undefined
      ? verdict
      : changeWord(ratio.estimate, stated);
  }
  const none = `no difference of ${formatThreshold(threshold, "ratio")}`;
  // What is worse is excluded; what is better may be, so that it is not "no difference".
  const isOpen = ratio !== undefined && stated !== undefined && ratio.high > 1 + threshold;
  const pass = isOpen ? `not ${changeWord(0.5, stated)}` : none;
  return { pass, incomparable: "not comparable", inconclusive: "not decided" }[
    verdict as string
  ] ?? verdict;
}

function describeUnchanged(cells: readonly Verdict[]): string {
  return cells.some(({ verdict, ratio }) => verdict === "incomparable" && ratio !== undefined)
    ? "The two records are not of one kind, so that no change is judged. The figures below are as they were measured"
    : "No cell regressed or improved: where there is a change, these trials do not show it";
}

type RecordSides = { readonly base: RunRecord; readonly head: RunRecord };

type SidedFact = { readonly name: string; readonly base: string; readonly head: string };

/** The facts of both records: those that differ side by side, the others folded. */
function recordSidesBlocks({ base, head }: RecordSides): readonly Block[] {
  const facts = [
    ...pairFacts(runFacts(base), runFacts(head)),
    ...pairFacts(buildMethod(base), buildMethod(head)),
    ...pairFacts(buildEnvironment(base.environment), buildEnvironment(head.environment)),
  ];
  const differing = facts.filter((fact) => fact.base !== fact.head);
  const same = facts.filter((fact) => fact.base === fact.head)
    .map((fact): NamedFact => ({ name: fact.name, value: fact.base }));
  return [
    heading("records", "The two records", "records", { folded: true }),
    differing.length === 0
      ? paragraph("Nothing that the records say of settings and machine differs")
      : differenceTable(differing),
    ...(same.length === 0 ? [] : [{
      kind: "details" as const,
      summary: "The same in both",
      count: { n: same.length, noun: "fact" },
      blocks: [{ kind: "facts" as const, facts: same }],
    }]),
  ];
}

function differenceTable(facts: readonly SidedFact[]): Table {
  return table({
    role: "words",
    caption: [text("What differs in what was run, and where.")],
    noun: "fact",
    keys: [{ factor: "fact", title: "fact" }],
    columns: ["base", "head"].map((id) => column(id, id, "words")),
    rows: facts.map((fact) => ({
      keys: [{ factor: "fact", value: fact.name }],
      cells: [fact.base, fact.head].map((value) => ({
        kind: "words" as const,
        text: [sentence(value)],
      })),
    })),
  });
}

function runFacts(record: RunRecord): readonly NamedFact[] {
  const { trials, cases, partial, startedAt, settings } = record;
  return named({
    started: startedAt,
    trials: `${plural(trials.length, "trial")} of ${plural(cases.length, "case")}`,
    "ended early": partial ? "yes" : "no",
    command: settings.command,
  });
}

function pairFacts(base: readonly NamedFact[], head: readonly NamedFact[]): readonly SidedFact[] {
  const [ofBase, ofHead] = [base, head].map((facts) =>
    new Map(facts.map(({ name, value }) => [name, value]))
  );
  const names = new Set([...base, ...head].map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    base: ofBase?.get(name) ?? "–",
    head: ofHead?.get(name) ?? "–",
  }));
}
