// Metric values: the one number that a trial yields for a metric.

import { derivationOf } from "../units/metric.ts";
import { operationsPerSecond, perSecond, quotient } from "../units/derivation.ts";
import { sparseCountAbove, sparsePercentile } from "./sparse_histogram.ts";
import type { Trial } from "./trial.ts";

/**
 * The value of a metric in a trial: the one that the workload computed itself, else the one derived from its counts and
 * distributions.
 *
 * Percentiles are read off the sparse histogram, so that nothing is expanded or cached: about a microsecond each.
 *
 * @param trial The trial.
 * @param metricId The metric's id; one that the suite does not define has a value only where the workload gave it.
 * @returns The value in the metric's unit; `undefined` when the trial failed, lacks what the metric needs, or would
 * divide by zero.
 */
export function metricValue(trial: Trial, metricId: string): number | undefined {
  if (trial.error !== undefined) return undefined;
  const { values, histograms } = trial;
  if (values !== undefined && Object.hasOwn(values, metricId)) return values[metricId];
  const from = derivationOf(metricId);
  if (from === "given") return undefined;
  if (typeof from === "function") return from(trial);
  const histogram = Object.hasOwn(histograms, from.of) ? histograms[from.of] : undefined;
  if (histogram === undefined) return undefined;
  if ("percentile" in from) {
    const value = sparsePercentile(histogram, from.percentile);
    return from.percentile === 100 && value !== undefined && from.of === countedIn(trial)
      // What came first after a pause is in no centre figure, and may yet have been the longest.
      ? Math.max(value, histograms.afterPause?.max ?? 0)
      : value;
  }
  return quotient(sparseCountAbove(histogram, from.shareAboveNs), histogram.count);
}

/** The distribution that holds a trial's operations, one value each. */
function countedIn({ histograms }: Trial): "exchange" | "connect" {
  return histograms.exchange === undefined ? "connect" : "exchange";
}

/**
 * The value of a metric in each slice of a trial, in the metric's unit.
 * @param trial The trial.
 * @param metricId The metric's id.
 * @returns In the order of slices; `undefined` where the trial has none, or they do not hold the metric.
 */
export function sliceValues(trial: Trial, metricId: string): readonly number[] | undefined {
  const { slices, values = {} } = trial;
  if (slices === undefined || Object.hasOwn(values, metricId)) return undefined;
  const from = derivationOf(metricId);
  const found = from === operationsPerSecond
    ? slices.map((slice) => perSecond(slice.operations, slice.elapsedNs))
    : typeof from === "object" && "percentile" in from && from.percentile === 50 &&
        from.of === countedIn(trial)
    ? slices.map(({ p50Ns }) => p50Ns)
    : [];
  const known = found.filter((value) => value !== undefined);
  return known.length > 0 && known.length === slices.length ? known : undefined;
}
