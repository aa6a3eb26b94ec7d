// Values of whole generations: operations by total time and pooled percentiles, which a stall in every third trial moves.

import { metricValue } from "../model/metric_value.ts";
import type { SparseHistogram } from "../model/histogram.ts";
import { mergeSparse } from "../model/sparse_histogram.ts";
import type { Trial } from "../model/trial.ts";
import { median } from "../stats/quantile.ts";
import { derivationOf, ownDefinition } from "../units/metric.ts";

/** Metrics that pairs of generations are compared in besides those that a scenario names. */
export const GENERATION_METRICS: readonly string[] = [
  "operationsPerSecond",
  "p90",
  "p99",
  "connectP99",
  "cpuPerOperation",
  "memoryPerOperation",
  "callsPerOperation",
];

/** The metric that is counted, and has no scatter: once a job and case, for all of its trials. */
export const COUNTED_METRIC = "callsPerOperation";

/** So many operations of a generation must lie beyond a percentile. */
const MIN_BEYOND = 10;

/** The value of a generation, which stands for its rounds. */
type Pooled = Readonly<{ round: number; generation: number; value: number; rounds: number }>;

export function isPooled(metric: string): boolean {
  return GENERATION_METRICS.includes(metric);
}

/** One value a generation, of the trials that have one; a percentile needs {@linkcode MIN_BEYOND} operations beyond it. */
export function poolByGeneration(trials: readonly Trial[], metric: string): readonly Pooled[] {
  if (metric === COUNTED_METRIC) return readCount(trials);
  const groups = Map.groupBy(trials, ({ generation }) => generation);
  return [...groups].flatMap(([generation, own]): readonly Pooled[] => {
    const value = pooledValue(own, metric);
    if (value === undefined || generation === undefined) return [];
    // Both sides have the generation, whatever failed in its first round.
    return [{ round: generation, generation, value, rounds: own.length }];
  });
}

function readCount(trials: readonly Trial[]): readonly Pooled[] {
  const value = trials.map((trial) => metricValue(trial, COUNTED_METRIC))
    .find((one) => one !== undefined);
  return value === undefined ? [] : [{ round: 1, generation: 1, value, rounds: trials.length }];
}

function pooledValue(trials: readonly Trial[], metric: string): number | undefined {
  const from = derivationOf(metric);
  if (from === "given") {
    // Read in one trial of a generation.
    const given = trials.flatMap((trial) => metricValue(trial, metric) ?? []);
    return given.length === 0 ? undefined : median(given);
  }
  if (typeof from === "function") return metricValue(merge(trials), metric);
  const histograms = trials.flatMap(({ histograms }): readonly SparseHistogram[] =>
    Object.hasOwn(histograms, from.of) ? [histograms[from.of]!] : []
  );
  const merged = mergeSparse(histograms);
  const percentile = "percentile" in from ? from.percentile : 0;
  if (merged.count * (100 - percentile) < 100 * MIN_BEYOND) return undefined;
  return metricValue({ ...trials[0]!, values: {}, histograms: { [from.of]: merged } }, metric);
}

/** All trials as one, as far as rates and CPU time go. */
function merge(trials: readonly Trial[]): Trial {
  const sum = (of: (trial: Trial) => number) => trials.reduce((all, trial) => all + of(trial), 0);
  const hasCpu = trials.every(({ cpu }) => cpu !== undefined);
  const { cpu: _cpu, ...first } = trials[0]!;
  return {
    ...first,
    values: {},
    operations: sum(({ operations }) => operations),
    elapsedNs: sum(({ elapsedNs }) => elapsedNs),
    ...(hasCpu && { cpu: { totalNs: sum(({ cpu }) => cpu!.totalNs) } }),
  };
}

/** The ids of a case's judged metrics with those that generations are compared in. */
export function withGenerationMetrics<T extends { readonly id: string }>(own: readonly T[]) {
  const known = new Set(own.map(({ id }) => id));
  return [
    ...own,
    ...GENERATION_METRICS.filter((id) => !known.has(id)).map((id) => ownDefinition(id)!),
  ];
}
