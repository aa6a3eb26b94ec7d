// buildRecordDocument: from a record to the Document of a run.

import type { Skip } from "../../model/case.ts";
import { describeMachine } from "../../model/format_fact.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { fewestOperations } from "../../units/metric.ts";
import type { Block, Document, Heading } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import { name, sentence, text } from "../document/inline.ts";
import { findAlarms } from "./alarms.ts";
import { answerTable, buildAnswerLine } from "./answer_line.ts";
import { type Answer, answerQuestions } from "./answers.ts";
import { column, heading, keyColumns, list, paragraph, present, table } from "./blocks.ts";
import { evaluate, type Evaluation, oncePer } from "./evaluation.ts";
import { evidenceOf } from "./evidence.ts";
import { buildLoadAnswer } from "./load.ts";
import { buildFindings, findingItem } from "./findings.ts";
import { buildEnvironment, buildGuide, buildMethod, count, type GuideNeeds } from "./method.ts";
import { DEFAULT_MARGIN } from "./search.ts";
import { buildSections, type Section, sectionBlocks } from "./sections.ts";
import { buildSocketSettings } from "./socket_settings.ts";
import { buildWarnings, stallWarnings, warningItem } from "./warnings.ts";
import type { Contrasted } from "../../compare/contrast.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { FactorKey, Key, Row, Table } from "../document/table.ts";
import { factorKey, hoistPlacement, paramKeys, placeKey } from "./keys.ts";
import { ownParams, reading } from "./phrases.ts";

const KEYS = keyColumns(["scenario", "case", "against", "at", "placement", "metric"]);

/** Every comparison as a row, with where the case in question ran, in their order; `undefined` where there are none. */
function buildComparisonsTable(
  scenarios: readonly ScenarioSpec[],
  contrasts: readonly Contrasted[],
): Table | undefined {
  const specs = new Map(scenarios.map((spec) => [spec.id, spec]));
  const rows = contrasts.flatMap((item): readonly Row[] => {
    const spec = specs.get(item.scenario);
    return spec === undefined ? [] : [comparisonRow(item, spec)];
  });
  if (rows.length === 0) return undefined;
  return hoistPlacement(table({
    role: "comparisons",
    caption: [
      text(
        "Every comparison, whatever its outcome. Ratio with its 95 % interval; above 1 is better.",
      ),
    ],
    noun: "comparison",
    intervals: "shown",
    keys: KEYS,
    columns: [
      column("ratio", "ratio, above 1 is better"),
      column("pairs", "pairs"),
      column("difference", "difference", "words"),
    ],
    rows,
  }));
}

function comparisonRow(item: Contrasted, spec: ScenarioSpec): Row {
  const { factor, ratio, low, high, n, confidence, metric } = item;
  const side = (value: number | string): FactorKey => {
    const { named: _, ...key } = factorKey(spec, factor, value);
    return key;
  };
  const keys: readonly Key[] = [
    { factor: "scenario", value: item.scenario },
    side(item.value),
    side(item.baseValue),
    { factor: "at", keys: paramKeys(spec, ownParams(spec, item)) },
    placeKey(item.placement),
    { factor: "metric", value: metric.title },
  ];
  return {
    keys,
    cells: [
      { kind: "ratio", effect: "ratio", value: ratio, low, high, n, confidence },
      { kind: "count", value: n },
      { kind: "words", text: [text(reading(item))] },
    ],
  };
}

/** What a Document may hold besides what every report does. `margin`: how much less than the best is as good; absent: 5 %. */
type RecordDocumentOptions = Readonly<{ figures?: readonly Figure[]; margin?: number }>;

/** Builds the Document of a record. Measures nothing; the same record gives the same Document. */
export function buildRecordDocument(
  record: RunRecord,
  { figures = [], margin = DEFAULT_MARGIN }: RecordDocumentOptions = {},
): Document {
  const evaluation = evaluate(record);
  const { sections, before, after, ...front } = prepare(evaluation, margin);
  return {
    ...front,
    blocks: [
      ...before,
      ...sections.flatMap((section) => sectionBlocks(section, sections, figures)),
      ...runBlocks(figures),
      ...after,
    ],
    data: {
      startedAt: record.startedAt,
      summaries: evaluation.summaries,
      comparisons: evaluation.comparisons,
    },
  };
}

/** How far a partial run came, and what may explain all figures. */
function noticeOf({ record, values }: Evaluation): Pick<Document, "notice"> {
  const alarms = findAlarms(record, values);
  const said = record.partial ? [describePartial(record), ...alarms] : alarms;
  if (said.length === 0) return {};
  return {
    notice: {
      lead: record.partial ? "Partial run" : "Warning",
      sentences: said.map((words) => [sentence(words)]),
    },
  };
}

function guideNeeds(sections: readonly Section[], { comparisons }: Evaluation): GuideNeeds {
  const tables = sections.flatMap(({ headline, further, metrics }) =>
    [headline, ...further, metrics].filter((table) => table !== undefined)
  );
  const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => row.cells))
    .filter((cell) => cell?.kind === "figure");
  const ids = tables.flatMap(({ columns }) => columns.map(({ metric }) => metric?.id ?? ""));
  return {
    hasModes: cells.some(({ modes }) => modes !== undefined),
    hasBest: cells.some(({ mark }) => mark === "best"),
    hasComparisons: comparisons.length > 0,
    hasPercentiles: ids.some((id) => fewestOperations(id) !== undefined || id === "p50"),
  };
}

/** A Document but for its charts: the same in every format. */
interface Prepared extends Omit<Document, "blocks" | "data"> {
  readonly sections: readonly Section[];
  readonly before: readonly Block[];
  readonly after: readonly Block[];
}

const preparedOf = oncePer((_: Evaluation) => new Map<number, Prepared>());

function prepare(evaluation: Evaluation, margin: number): Prepared {
  const byMargin = preparedOf(evaluation);
  const found = byMargin.get(margin);
  if (found !== undefined) return found;
  const { record } = evaluation;
  const sections = record.scenarios.flatMap((spec) => buildSections(evaluation, spec, margin));
  const answers = answerQuestions(sections, evaluation);
  const answer = buildLoadAnswer(evaluation) ?? buildAnswerLine(answers, record.settings.rounds);
  const prepared: Prepared = {
    kind: "record",
    title: [text("Sockets compared by sockbench")],
    facts: describeRun(record).map((fact) => [text(fact)]),
    ...noticeOf(evaluation),
    ...(answer === undefined ? {} : { answer }),
    sections,
    before: [
      ...findingBlocks(evaluation, sections, answers),
      heading("guide", "How to read this", "guide", { folded: true }),
      { kind: "facts", facts: buildGuide(guideNeeds(sections, evaluation)), explains: true },
    ],
    after: lookedUp(evaluation),
  };
  byMargin.set(margin, prepared);
  return prepared;
}

/** Warnings, and what is looked up: how it was measured, and where. */
function lookedUp(evaluation: Evaluation): readonly Block[] {
  const { record } = evaluation;
  const settings = buildSocketSettings(record);
  return [
    ...warningBlocks(evaluation),
    ...skipBlocks(heading("skips", "Left out", "skips", { folded: true }), record.skipped),
    heading("method", "Method", "method", { folded: true }),
    { kind: "facts", facts: buildMethod(record, settings) },
    ...present(settings),
    heading("environment", "Environment", "environment", { folded: true }),
    { kind: "facts", facts: buildEnvironment(record.environment) },
    ...skipBlocks(
      { ...heading("environment", "Not known about this machine", "unknown"), level: 3 },
      record.environment.missing,
    ),
    heading("reproduce", "Run it again", "reproduce"),
    record.settings.command === ""
      ? paragraph("The record does not hold the command.")
      : { kind: "code", language: "sh", label: "Command", text: record.settings.command },
    {
      kind: "paragraph",
      text: [
        text("The record holds every trial; "),
        name("sockbench report"),
        text(" renders it in other formats, and nothing is measured again."),
      ],
    },
  ];
}

function findingBlocks(
  evaluation: Evaluation,
  sections: readonly Section[],
  answers: readonly Answer[],
): readonly Block[] {
  const { record, comparisons, values, summaryOf } = evaluation;
  const { findings, further } = buildFindings({
    scenarios: record.scenarios,
    contrasts: comparisons,
    searches: sections.flatMap(({ scenario, search }) =>
      search.map((result) => ({ scenario, result }))
    ),
    summaryOf,
    values,
    evidenceOf: evidenceOf(record.cases, values),
  });
  const table = buildComparisonsTable(record.scenarios, comparisons);
  return [
    heading("findings", "Findings", "findings"),
    ...present(answerTable(answers)),
    ...(findings.length === 0
      ? [paragraph(
        "No comparison could be made: no two cases that belong side by side have figures.",
      )]
      : list("findings", findings.map(findingItem))),
    ...byChance(comparisons),
    ...(table === undefined ? [] : [{
      kind: "details" as const,
      summary: "All comparisons",
      count: { n: table.rows.length, noun: "comparison" },
      blocks: [...list("findings", further.map(findingItem)), table],
    }]),
  ];
}

/** How many of so many comparisons would look different although nothing is; of few no word is lost. */
function byChance(comparisons: Evaluation["comparisons"]): readonly Block[] {
  // The next interval that so many pairs have covers more than 95 %.
  const excluded = comparisons.map(({ warnings, confidence }) =>
    warnings.length > 0 ? 0 : 1 - confidence
  );
  const expected = Math.round(excluded.reduce((sum, one) => sum + one, 0));
  return expected === 0 ? [] : [paragraph(
    `${count(comparisons.length, "comparison")}: ` +
      `where nothing differed, about ${expected} of their intervals would ` +
      "exclude 1 by chance. Who is called faster or slower is so by a test of all together",
  )];
}

function runBlocks(figures: readonly Figure[]): readonly Block[] {
  const own = figures.filter(({ scenario }) => scenario === null);
  return own.length === 0 ? [] : [heading("run", "The run", "run"), ...own];
}

function warningBlocks({ record, summaries, values }: Evaluation): readonly Block[] {
  const items = [
    ...buildWarnings(record, summaries, values).map(warningItem),
    ...stallWarnings(record, values),
  ];
  const title = heading("warnings", "Warnings", "warnings");
  return items.length === 0 ? [] : [title, ...list("warnings", items)];
}

function skipBlocks(title: Heading, skips: readonly Skip[]): readonly Block[] {
  if (skips.length === 0) return [];
  const items = skips.map(({ what, reason }) => ({
    text: [name(what), text(": "), sentence(reason)],
  }));
  return [title, ...list("skips", items)];
}

function describePartial({ trials, settings }: RunRecord): string {
  const finished = new Set(trials.map(({ round }) => round)).size;
  return `The run ended early: ${finished} of ${count(settings.rounds, "round")} were begun`;
}

function describeRun({ environment, startedAt, trials, cases }: RunRecord): readonly string[] {
  return [
    ...describeMachine(environment),
    startedAt.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC"),
    `${count(trials.length, "trial")} of ${count(cases.length, "case")}`,
  ];
}
