// How precise a run is so far: what an adaptive run looks at to decide whether to go on.

import { metricValue } from "../model/metric_value.ts";
import type { Trial } from "../model/trial.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import { medianInterval, minimumValues } from "../stats/mod.ts";

/** Wider half of a median's 95 % interval as a share of it: 0.02 is ±2 %; `Infinity` while there is no interval. */
export function relativeHalfWidth(values: readonly number[]): number {
  if (values.length < minimumValues()) return Infinity;
  const { estimate, low, high } = medianInterval(values);
  const half = Math.max(high - estimate, estimate - low);
  return half === 0 ? 0 : half / Math.abs(estimate);
}

/** The least precise cell's half width. Each case is judged by the headline metric of its scenario. */
export function widestHalfWidth(
  trials: readonly Trial[],
  scenarios: readonly ScenarioSpec[],
  cases: readonly { readonly id: string; readonly scenario: string }[],
): number {
  const headline = new Map(scenarios.map((s) => [s.id, s.metrics[0]!]));
  const values = new Map<string, number[]>(cases.map((c) => [c.id, []]));
  const metricOf = new Map(cases.map((c) => [c.id, headline.get(c.scenario)!]));
  for (const trial of trials) {
    const metric = metricOf.get(trial.case);
    const value = metric === undefined ? undefined : metricValue(trial, metric);
    if (value !== undefined) values.get(trial.case)!.push(value);
  }
  return Math.max(0, ...[...values.values()].map(relativeHalfWidth));
}
