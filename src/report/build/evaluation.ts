// Evaluation: everything computed from a record that its reports need, once.

import { contrast, type Contrasted, mayBeChance } from "../../compare/contrast.ts";
import { summarize, type Summary } from "../../compare/summarize.ts";
import { type TrialValues, trialValues } from "../../compare/trial_values.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { median } from "../../stats/quantile.ts";
import { fewestOperations } from "../../units/metric.ts";

/** Finds the summary of a case and metric; `undefined` where no trial yielded a value. */
export type SummaryOf = (caseId: string, metricId: string) => Summary | undefined;

/** Whether the difference of two cases in a metric may be chance among all comparisons; false of two that are not compared. */
export type IsChance = (one: string, other: string, metricId: string) => boolean;

export interface Evaluation {
  readonly record: RunRecord;
  readonly values: TrialValues;
  /** Each case × metric across its trials; percentiles only where the operations suffice. */
  readonly summaries: readonly Summary[];
  readonly comparisons: readonly Contrasted[];
  readonly summaryOf: SummaryOf;
  readonly isChance: IsChance;
}

/** Whether a case's trials have operations enough for a percentile: with fewer it is the maximum by another name. */
function suffices({ case: id, metric }: Summary, values: TrialValues): boolean {
  const fewest = fewestOperations(metric);
  if (fewest === undefined) return true;
  return median(values.succeeded(id).map(({ operations }) => operations)) >= fewest;
}

/** A run renders one record in several formats. A record never changes, so that its evaluation does not either. */
const evaluations = new WeakMap<RunRecord, Evaluation>();

/** Summarizes and compares a record, reading every trial once. */
export function evaluate(record: RunRecord): Evaluation {
  const known = evaluations.get(record);
  if (known !== undefined) return known;
  const values = trialValues(record);
  const summaries = summarize(record, values).filter((summary) => suffices(summary, values));
  const index = new Map<string, Map<string, Summary>>();
  for (const summary of summaries) {
    const byMetric = index.get(summary.case) ?? new Map<string, Summary>();
    index.set(summary.case, byMetric.set(summary.metric, summary));
  }
  const comparisons = contrast(record, values);
  const pairOf = (one: string, other: string, metricId: string) =>
    JSON.stringify([metricId, ...[one, other].sort()]);
  const chance = new Set(
    comparisons.filter(mayBeChance).map(({ case: one, base, metric }) =>
      pairOf(one, base, metric.id)
    ),
  );
  const evaluation: Evaluation = {
    record,
    values,
    summaries,
    comparisons,
    summaryOf: (caseId, metricId) => index.get(caseId)?.get(metricId),
    isChance: (one, other, metricId) => chance.has(pairOf(one, other, metricId)),
  };
  evaluations.set(record, evaluation);
  return evaluation;
}
