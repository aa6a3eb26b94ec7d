/**
 * buildReport: from a record to the Report document.
 *
 * @module
 */

import { contrast, type Contrasted } from "../compare/contrast.ts";
import { summarize, type Summary } from "../compare/summarize.ts";
import { findMetric, metricsOf, type TrialValues, trialValues } from "../compare/trial_values.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Case } from "../model/case.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import { buildComparisonRows } from "./comparison_rows.ts";
import type { Report, Section, Table } from "./document.ts";
import { buildEvidence, evidenceOf } from "./evidence.ts";
import { buildFindings } from "./findings.ts";
import { buildEnvironment, buildGuide, buildMethod, count } from "./method.ts";
import { groupBy } from "./group_by.ts";
import { placementKey } from "./describe_case.ts";
import { buildSearch } from "./search.ts";
import { buildSocketSettings } from "./socket_settings.ts";
import { buildSplit } from "./split.ts";
import { buildComparativeTable, buildDetailTable, type SummaryOf } from "./tables.ts";
import { buildWarnings } from "./warnings.ts";

/** Everything computed from a record that reports and their JSON form need. */
export interface Evaluation {
  /** The document. */
  readonly report: Report;
  /** Each case × metric across its trials. */
  readonly summaries: readonly Summary[];
  /** Each comparison that the scenarios declare. */
  readonly comparisons: readonly Contrasted[];
}

/**
 * Builds the Report document of a record. Measures nothing; the same record gives the same document.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns The document.
 */
export function buildReport(record: RunRecord): Report {
  return evaluate(record).report;
}

/**
 * Summarizes and compares a record and builds its document, reading every trial once.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns Document, summaries, comparisons.
 */
export function evaluate(record: RunRecord): Evaluation {
  const known = evaluations.get(record);
  if (known !== undefined) return known;
  const evaluation = evaluateAnew(record);
  evaluations.set(record, evaluation);
  return evaluation;
}

/** A run renders one record in several formats. A record never changes, so that its evaluation does not either. */
const evaluations = new WeakMap<RunRecord, Evaluation>();

function evaluateAnew(record: RunRecord): Evaluation {
  const values = trialValues(record);
  const summaries = summarize(record, values);
  const comparisons = contrast(record, values);
  const index = new Map<string, Map<string, Summary>>();
  for (const summary of summaries) {
    const byMetric = index.get(summary.case) ?? new Map<string, Summary>();
    index.set(summary.case, byMetric.set(summary.metric, summary));
  }
  const summaryOf: SummaryOf = (caseId, metricId) => index.get(caseId)?.get(metricId);
  const sections = record.scenarios.flatMap((spec) =>
    buildSections(record, spec, summaryOf, values)
  );
  const searches = sections.flatMap(({ scenario, search }) =>
    search.map((result) => ({ scenario, result }))
  );
  const { findings, further } = buildFindings({
    scenarios: record.scenarios,
    contrasts: comparisons,
    searches,
    summaryOf,
    evidenceOf: evidenceOf(record.cases, values),
  });
  const socketSettings = buildSocketSettings(record);
  const finished = new Set(record.trials.map(({ round }) => round)).size;
  const report: Report = {
    title: "Sockets compared by sockbench",
    subtitle: buildSubtitle(record),
    partial: record.partial,
    ...(record.partial
      ? {
        partialRemark: `The run ended early: ${finished} of ${
          count(record.settings.rounds, "round")
        } were begun`,
      }
      : {}),
    findings,
    furtherFindings: further,
    comparisons: buildComparisonRows(record.scenarios, comparisons),
    guide: buildGuide(),
    sections,
    warnings: buildWarnings(record, summaries, values),
    skips: record.skipped,
    method: buildMethod(record),
    ...(socketSettings === undefined ? {} : { socketSettings }),
    environment: buildEnvironment(record.environment),
    missing: record.environment.missing,
    reproduce: record.settings.command,
  };
  return { report, summaries, comparisons };
}

function buildSections(
  record: RunRecord,
  spec: ScenarioSpec,
  summaryOf: SummaryOf,
  values: TrialValues,
): readonly Section[] {
  const metrics = metricsOf(record, spec);
  const headline = metrics[0];
  const groups = groupBy(record.cases.filter((one) => one.scenario === spec.id), placementKey);
  return [...groups.values()].map((cases): Section => {
    // A case that was measured for other metrics only has no place among those of this one.
    const havingMetric = (all: readonly Case[], metric: string) =>
      all.filter(({ id }) =>
        summaryOf(id, metric) !== undefined || values.succeeded(id).length === 0
      );
    const comparative = headline === undefined
      ? undefined
      : buildComparativeTable(spec, havingMetric(cases, headline.id), headline, summaryOf);
    const further = buildFurtherTables(record, spec, cases, summaryOf, values);
    const detail = buildDetailTable(spec, cases, metrics, summaryOf);
    const evidence = buildEvidence(spec, cases, values);
    return {
      scenario: spec.id,
      question: spec.question,
      placement: cases[0].placement,
      notes: spec.notes,
      ...(comparative === undefined ? {} : { comparative }),
      ...(further.length === 0 ? {} : { further }),
      ...(detail === undefined ? {} : { detail }),
      search: headline === undefined ? [] : buildSearch(spec, cases, headline, summaryOf, values),
      ...(evidence === undefined ? {} : { evidence }),
    };
  });
}

/** The split of a metric, and the tables of metrics that are no headline: of the cases that have them. */
function buildFurtherTables(
  record: RunRecord,
  spec: ScenarioSpec,
  cases: readonly Case[],
  summaryOf: SummaryOf,
  values: TrialValues,
): readonly Table[] {
  const metricOf = (id: string | undefined) =>
    id === undefined ? undefined : findMetric(record, id);
  const split = buildSplit(spec, cases, metricOf(spec.split?.metric), values);
  const others = (spec.tables ?? []).map((id) => {
    const metric = metricOf(id);
    const own = cases.filter((one) => summaryOf(one.id, id) !== undefined);
    return metric && buildComparativeTable(spec, own, metric, summaryOf);
  });
  return [split, ...others].filter((table) => table !== undefined);
}

function buildSubtitle({ environment, startedAt, trials, cases }: RunRecord): readonly string[] {
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
