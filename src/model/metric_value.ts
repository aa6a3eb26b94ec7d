// Metric values: the one number that a trial yields for a metric.

import { derivationOf } from "../units/metric.ts";
import { quotient } from "../units/derivation.ts";
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
  return "percentile" in from
    ? sparsePercentile(histogram, from.percentile)
    : quotient(sparseCountAbove(histogram, from.shareAboveNs), histogram.count);
}
