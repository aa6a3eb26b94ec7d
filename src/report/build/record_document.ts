/**
 * buildRecordDocument: from a record to the Document of a run.
 *
 * @module
 */

import { findMetric, metricsOf } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { Skip } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { describePlacement, namePlacement, placementKey } from "../document/format_placement.ts";
import type { Block, Document, Heading, ListItem } from "../document/document.ts";
import { name, sentence, text } from "../document/inline.ts";
import type { Figure } from "../document/figure.ts";
import type { Table } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { findAlarms } from "./alarms.ts";
import { answerQuestions, type AnswerSource, answerTable } from "./answers.ts";
import { buildComparisonsTable } from "./comparisons_table.ts";
import { evaluate, type Evaluation } from "./evaluation.ts";
import { evidenceOf } from "./evidence.ts";
import { buildEvidence } from "./evidence_table.ts";
import { buildFindings, findingItem } from "./findings.ts";
import { buildEnvironment, buildGuide, buildMethod, count } from "./method.ts";
import { buildSearch } from "./search.ts";
import { describeSearch } from "./search_sentences.ts";
import { buildSocketSettings } from "./socket_settings.ts";
import { buildSplit } from "./split.ts";
import { buildComparativeTable, buildMetricsTable } from "./tables.ts";
import { buildWarnings, warningItem } from "./warnings.ts";

/** One scenario under one placement, with all that is shown of it. */
interface Section extends AnswerSource {
  readonly spec: ScenarioSpec;
  readonly further: readonly Table[];
  readonly metrics: Table | undefined;
  readonly evidence: Block | undefined;
}

/**
 * Builds the Document of a record. Measures nothing; the same record gives the same Document.
 *
 * @param record The record; the order of its trials does not matter.
 * @param figures Its charts; absent: none.
 * @returns The Document.
 */
export function buildRecordDocument(
  record: RunRecord,
  figures: readonly Figure[] = [],
): Document {
  const evaluation = evaluate(record);
  const sections = record.scenarios.flatMap((spec) => buildSections(evaluation, spec));
  return {
    kind: "record",
    title: [text("Sockets compared by sockbench")],
    facts: describeRun(record).map((fact) => [text(fact)]),
    ...noticeOf(evaluation),
    blocks: [
      ...findingBlocks(evaluation, sections),
      heading("guide", "How to read this", "guide", { folded: true }),
      { kind: "facts", facts: buildGuide(), explains: true },
      ...sections.flatMap((section) => sectionBlocks(section, sections, figures)),
      ...runBlocks(figures),
      ...warningBlocks(evaluation),
      ...skipBlocks(
        heading("skips", "Left out", "skips", { folded: true }),
        record.skipped,
      ),
      heading("method", "Method", "method", { folded: true }),
      { kind: "facts", facts: buildMethod(record) },
      ...present(buildSocketSettings(record)),
      heading("environment", "Environment", "environment", { folded: true }),
      { kind: "facts", facts: buildEnvironment(record.environment) },
      ...skipBlocks(
        {
          ...heading("environment", "Not known about this machine", "unknown"),
          level: 3,
        },
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

function heading(
  role: Heading["role"],
  title: string,
  anchor: string,
  rest: Partial<Heading> = {},
): Heading {
  return { kind: "heading", level: 2, text: [text(title)], role, anchor, ...rest };
}

function paragraph(words: string): Block {
  return { kind: "paragraph", text: [sentence(words)] };
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function findingBlocks(
  evaluation: Evaluation,
  sections: readonly Section[],
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
  const list = (items: readonly ListItem[]): readonly Block[] =>
    items.length === 0 ? [] : [{ kind: "list", role: "findings", items }];
  const table = buildComparisonsTable(record.scenarios, comparisons);
  return [
    heading("findings", "Findings", "findings"),
    ...present(answerTable(answerQuestions(sections, values))),
    ...(findings.length === 0
      ? [paragraph(
        "No comparison could be made: no two cases that belong side by side have figures.",
      )]
      : list(findings.map(findingItem))),
    ...(table === undefined ? [] : [{
      kind: "details" as const,
      summary: "All comparisons",
      count: { n: table.rows.length, noun: "comparison" },
      blocks: [...list(further.map(findingItem)), table],
    }]),
  ];
}

function buildSections(
  { record, values, summaryOf }: Evaluation,
  spec: ScenarioSpec,
): readonly Section[] {
  const metrics = metricsOf(record, spec);
  const [headline] = metrics;
  const groups = groupBy(record.cases.filter((one) => one.scenario === spec.id), placementKey);
  return [...groups.values()].map((cases): Section => {
    // A case that was measured for other metrics only has no place among those of this one.
    const havingMetric = (all: readonly Case[], metric: string) =>
      all.filter(({ id }) =>
        summaryOf(id, metric) !== undefined || values.succeeded(id).length === 0
      );
    const table = headline === undefined
      ? undefined
      : buildComparativeTable(spec, havingMetric(cases, headline.id), headline, {
        summaryOf,
        values,
      });
    return {
      spec,
      scenario: spec.id,
      placement: cases[0].placement,
      ...(table === undefined ? {} : { headline: table }),
      further: buildFurtherTables({ record, values, summaryOf }, spec, cases),
      metrics: buildMetricsTable(spec, cases, metrics, summaryOf),
      search: headline === undefined
        ? []
        : buildSearch(spec, cases, headline, { summaryOf, values }),
      evidence: buildEvidence(spec, cases, values),
    };
  });
}

/** The split of a metric, and the tables of metrics that are no headline: of the cases that have them. */
function buildFurtherTables(
  { record, values, summaryOf }: Pick<Evaluation, "record" | "values" | "summaryOf">,
  spec: ScenarioSpec,
  cases: readonly Case[],
): readonly Table[] {
  const metricOf = (id: string | undefined) =>
    id === undefined ? undefined : findMetric(record, id);
  const split = buildSplit(spec, cases, metricOf(spec.split?.metric), values);
  const others = (spec.tables ?? []).map((id) => {
    const metric = metricOf(id);
    const own = cases.filter((one) => summaryOf(one.id, id) !== undefined);
    return metric && buildComparativeTable(spec, own, metric, { summaryOf, values }, "further");
  });
  return [split, ...others].filter((table) => table !== undefined);
}

function sectionBlocks(
  section: Section,
  sections: readonly Section[],
  figures: readonly Figure[],
): readonly Block[] {
  const { spec, placement, headline, further, metrics, search, evidence } = section;
  const isPlaced = placement.pin !== "none" ||
    sections.some((other) => other !== section && other.scenario === spec.id);
  const title = isPlaced ? `${spec.id} (${namePlacement(placement)})` : spec.id;
  const own = figures.filter((figure) =>
    figure.scenario === spec.id &&
    (figure.placement === null ||
      placementKey({ placement: figure.placement }) === placementKey({ placement }))
  );
  const blocks: Block[] = [
    heading("scenario", title, spec.id, { placement }),
    { kind: "paragraph", role: "question", text: [sentence(spec.question)] },
    ...(spec.notes.length === 0 ? [] : [{
      kind: "list" as const,
      role: "notes" as const,
      items: spec.notes.map((note) => ({ text: [sentence(note)] })),
    }]),
    {
      kind: "paragraph",
      role: "placement",
      text: [text(`Placement: ${describePlacement(placement)}.`)],
    },
  ];
  if (headline === undefined && metrics === undefined) {
    return [...blocks, paragraph("No trial of this scenario has figures.")];
  }
  return [
    ...blocks,
    ...present(headline),
    ...further,
    ...own,
    ...(search.length === 0 ? [] : [{
      kind: "list" as const,
      role: "answers" as const,
      items: search.map((result): ListItem => ({
        text: describeSearch(result),
        figure: {
          within: result.group,
          at: result.at,
          metric: result.metric,
          cell: result.figure,
          of: result.cells,
        },
      })),
    }]),
    ...present(metrics),
    ...present(evidence),
  ];
}

/** Charts of the run as a whole. */
function runBlocks(figures: readonly Figure[]): readonly Block[] {
  const own = figures.filter(({ scenario }) => scenario === null);
  return own.length === 0 ? [] : [heading("run", "The run", "run"), ...own];
}

function warningBlocks({ record, summaries, values }: Evaluation): readonly Block[] {
  const warnings = buildWarnings(record, summaries, values);
  if (warnings.length === 0) return [];
  return [
    heading("warnings", "Warnings", "warnings"),
    { kind: "list", role: "warnings", items: warnings.map(warningItem) },
  ];
}

function skipBlocks(title: Heading, skips: readonly Skip[]): readonly Block[] {
  if (skips.length === 0) return [];
  return [title, {
    kind: "list",
    role: "skips",
    items: skips.map(({ what, reason }) => ({ text: [name(what), text(": "), sentence(reason)] })),
  }];
}

function describePartial({ trials, settings }: RunRecord): string {
  const finished = new Set(trials.map(({ round }) => round)).size;
  return `The run ended early: ${finished} of ${count(settings.rounds, "round")} were begun`;
}

function describeRun(
  { environment, startedAt, trials, cases }: RunRecord,
): readonly string[] {
  const { cpu, cores, platform, kernel, versions } = environment;
  return [
    `${cpu === null ? "unknown CPU" : cpu}, ${count(cores, "core")}`,
    kernel === null ? platform : `${platform} ${kernel}`,
    ...(versions.deno === undefined ? [] : [`Deno ${versions.deno}`]),
    ...(versions.sockbench === undefined ? [] : [`sockbench ${versions.sockbench}`]),
    startedAt.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC"),
    `${count(trials.length, "trial")} of ${count(cases.length, "case")}`,
  ];
}
