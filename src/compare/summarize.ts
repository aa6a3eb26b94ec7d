// Summaries: what a case's trials say about each of its metrics.

import type { MetricDefinition } from "../units/metric.ts";
import { type MetricUnit, UNITS } from "../units/unit.ts";
import type { RunRecord } from "../model/run_record.ts";
import { medianInterval } from "../stats/median_interval.ts";
import { robustSpread } from "../stats/robust_spread.ts";
import { type Bimodality, findBimodality } from "../stats/bimodality.ts";
import { metricsOf, type TrialValues, trialValues } from "./trial_values.ts";

/** A Summary is a case's metric across its trials. The trial is the statistical unit, never the packet. */
export interface Summary {
  /** The case's id. */
  readonly case: string;
  /** The metric's id. */
  readonly metric: string;
  /** Unit of `median`, `low`, `high`. */
  readonly unit: MetricUnit;
  /** Trials that yielded a value; at least 1. */
  readonly n: number;
  /** Median across the trials. */
  readonly median: number;
  /** Lower bound of the median's interval. */
  readonly low: number;
  /** Upper bound of the median's interval. */
  readonly high: number;
  /** Confidence that the interval reaches, 0 to 1; below 0.95 only where the trials are too few, which `warnings` say. */
  readonly confidence: number;
  /** Scaled median absolute deviation relative to the median, a ratio; absent when the median is 0 or there is one trial. */
  readonly spread?: number;
  /** Trials of the case that ended with an error; their figures are not used. */
  readonly failed: number;
  /** Why the figures say less than they seem to, one sentence each. */
  readonly warnings: readonly string[];
  /** Present when the trials of a latency or rate are bimodal: to be shown instead of the median. */
  readonly bimodality?: Bimodality;
}

/** The confidence of every interval in a report. */
export const CONFIDENCE = 0.95;

/**
 * Summarizes every case of a record: median and order-statistic interval of each metric across trials.
 *
 * A case × metric of which no trial yields a value has no summary: loss on a stream, and everything of a case whose
 * trials all failed.
 *
 * @param record The record; the order of its trials does not matter.
 * @param values The record's values where the caller has them already.
 * @param more Completes the metrics of a scenario; absent: they are its own.
 * @returns Summaries in the order of the cases, and of the metrics within a case.
 *
 * @example
 * ```ts
 * import { summarize } from "./summarize.ts";
 * import type { RunRecord } from "../model/run_record.ts";
 *
 * declare const record: RunRecord;
 * for (const { case: id, metric, median, unit } of summarize(record)) {
 *   console.log(`${id} ${metric}: ${median} ${unit}`);
 * }
 * ```
 */
export function summarize(
  record: RunRecord,
  values: TrialValues = trialValues(record),
  more: <T extends MetricDefinition>(own: readonly T[]) => readonly MetricDefinition[] = (own) =>
    own,
): readonly Summary[] {
  return record.scenarios.flatMap((spec) => {
    const metrics = more(metricsOf(record, spec));
    const cases = record.cases.filter((one) => one.scenario === spec.id);
    return cases.flatMap((one) =>
      metrics.flatMap((metric) => summarizeOne(one.id, metric, values) ?? [])
    );
  });
}

function summarizeOne(caseId: string, metric: MetricDefinition, values: TrialValues) {
  const numbers = values.of(caseId, metric.id).map(({ value }) => value);
  if (numbers.length === 0) return undefined;
  const failed = values.failed(caseId).length;
  const { estimate, low, high, confidence, n, warning } = medianInterval(numbers, {
    confidence: CONFIDENCE,
  });
  const { relative } = robustSpread(numbers);
  const speeds = findSpeeds(numbers, metric.unit);
  return {
    case: caseId,
    metric: metric.id,
    unit: metric.unit,
    n,
    median: estimate,
    low,
    high,
    confidence,
    ...(relative === undefined || n === 1 ? {} : { spread: relative }),
    failed,
    warnings: [
      ...(warning === undefined ? [] : [warning]),
      ...(failed === 0 ? [] : [failedWarning(failed, values.succeeded(caseId).length)]),
    ],
    ...(speeds === undefined ? {} : { bimodality: speeds }),
  };
}

/** The two modes in the metric's own unit: of a rate, `fast` is the higher value. */
function findSpeeds(numbers: readonly number[], unit: MetricUnit): Bimodality | undefined {
  const { speed } = UNITS[unit];
  if (speed === undefined || numbers.some((value) => value <= 0)) return undefined;
  if (speed === "time") return findBimodality(numbers);
  const durations = numbers.map((value) => 1 / value);
  // The reciprocal of a subnormal rate is infinite: damaged data, and no second speed.
  if (!durations.every(Number.isFinite)) return undefined;
  const times = findBimodality(durations);
  if (times === undefined) return undefined;
  const { fast, slow } = times;
  return {
    ...times,
    fast: { ...fast, median: 1 / fast.median },
    slow: { ...slow, median: 1 / slow.median },
  };
}

function failedWarning(failed: number, succeeded: number): string {
  return `${failed} of ${failed + succeeded} trials failed`;
}
