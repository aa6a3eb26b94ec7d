// Trial values: one number per trial and metric, read from a record once and shared by every comparison.

import { isMetricId, type MetricDefinition, metricOf } from "../units/metric.ts";
import { metricValue, sliceValues } from "../model/metric_value.ts";
import { isPooled, poolByGeneration } from "./pooled_values.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";

/** A RoundValue is what one round says about one metric of one case. */
export interface RoundValue {
  /** Round, from 1. */
  readonly round: number;
  /** Which processes measured it; absent: not known. */
  readonly generation?: number;
  /** The value, in the metric's unit. */
  readonly value: number;
  /** The block of the trial; absent: it had its time for itself. */
  readonly block?: number;
  /** The value in each slice; absent: the trial has none that hold it. */
  readonly slices?: readonly number[];
  /** Rounds that it stands for; absent: 1. */
  readonly rounds?: number;
}

/** The trials of a record by case, and the values they yield; computed when asked for, and once. */
export interface TrialValues {
  /** Trials of a case that ended without an error, by round, then by order within the round. */
  succeeded(caseId: string): readonly Trial[];
  /** Trials of a case that ended with an error, in the same order. */
  failed(caseId: string): readonly Trial[];
  /** Values of a metric, one per succeeded trial that yields it, in the same order. */
  of(caseId: string, metricId: string): readonly RoundValue[];
}

/**
 * Sorts a record's trials by case and reads their metric values on demand.
 *
 * @param record The record; it is not changed. The order of its trials does not matter.
 * @param byGeneration Whether what is rare is read of a generation's trials together.
 * @returns The trials and their values by case.
 */
export function trialValues(record: RunRecord, byGeneration = false): TrialValues {
  const byCase = new Map<string, { succeeded: Trial[]; failed: Trial[] }>();
  for (const trial of [...record.trials].sort(compareTrials)) {
    let entry = byCase.get(trial.case);
    if (entry === undefined) byCase.set(trial.case, entry = { succeeded: [], failed: [] });
    (trial.error === undefined ? entry.succeeded : entry.failed).push(trial);
  }
  const cache = new Map<string, readonly RoundValue[]>();
  const succeeded = (caseId: string) => byCase.get(caseId)?.succeeded ?? [];
  return {
    succeeded,
    failed: (caseId) => byCase.get(caseId)?.failed ?? [],
    of(caseId, metricId) {
      // A metric id holds letters and digits only, so the key is unambiguous.
      const key = `${metricId} ${caseId}`;
      let values = cache.get(key);
      if (values === undefined) {
        const read = byGeneration && isPooled(metricId) ? poolByGeneration : readValues;
        cache.set(key, values = read(succeeded(caseId), metricId));
      }
      return values;
    },
  };
}

/** The metrics that a scenario names and the record or the suite defines, the headline first. */
export function metricsOf(record: RunRecord, spec: ScenarioSpec): readonly MetricDefinition[] {
  return spec.metrics.flatMap((id) => findMetric(record, id) ?? []);
}

/** The definition of a metric by the record or the suite. */
export function findMetric(record: RunRecord, id: string): MetricDefinition | undefined {
  return record.metrics.find((metric) => metric.id === id) ??
    (isMetricId(id) ? metricOf(id) : undefined);
}

function readValues(trials: readonly Trial[], metricId: string): readonly RoundValue[] {
  const values: RoundValue[] = [];
  for (const trial of trials) {
    const value = metricValue(trial, metricId);
    if (value === undefined || !Number.isFinite(value)) continue;
    const { round, generation, block } = trial;
    const slices = sliceValues(trial, metricId);
    values.push({
      round,
      value,
      ...(generation !== undefined && { generation }),
      ...(block !== undefined && { block }),
      ...(slices !== undefined && { slices }),
    });
  }
  return values;
}

function compareTrials(a: Trial, b: Trial): number {
  return a.round - b.round || a.order - b.order || a.startedNs - b.startedNs;
}
