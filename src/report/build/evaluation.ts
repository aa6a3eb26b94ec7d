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

/** `summaries`: percentiles only where the operations suffice. */
export interface Evaluation {
  readonly record: RunRecord;
  readonly values: TrialValues;
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

/** Makes something of a record a single time: a run renders one record in several formats, and a record never changes. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, value = make(key));
    return value;
  };
}

/** Summarizes and compares a record, reading every trial once. */
export const evaluate = oncePer((record: RunRecord): Evaluation => {
  const values = trialValues(record);
  const summaries = summarize(record, values).filter((summary) => suffices(summary, values));
  // The id of a metric holds no space.
  const index = new Map(summaries.map((one) => [`${one.metric} ${one.case}`, one]));
  const comparisons = contrast(record, values);
  const pairOf = (one: string, other: string, metricId: string) =>
    JSON.stringify([metricId, ...[one, other].sort()]);
  const chance = new Set(
    comparisons.filter(mayBeChance).map(({ case: one, base, metric }) =>
      pairOf(one, base, metric.id)
    ),
  );
  return {
    record,
    values,
    summaries,
    comparisons,
    summaryOf: (caseId, metricId) => index.get(`${metricId} ${caseId}`),
    isChance: (one, other, metricId) => chance.has(pairOf(one, other, metricId)),
  };
});
