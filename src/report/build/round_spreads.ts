// How all cases together went from round to round: a machine that becomes slower shows in every case.

import { findMetric, type TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { median, quantileOfSorted, sorted } from "../../stats/quantile.ts";

/** More rounds than this are taken together in groups that follow each other. */
const MAX_POINTS = 120;

type SpreadSources = { readonly record: RunRecord; readonly values: TrialValues };

/** The trials of one round, or of several in a row, as ratios to each case's own median: above 1, slower. Percentiles 10, 25, 50, 75 and 90. */
export interface RoundSpread {
  readonly first: number;
  readonly last: number;
  readonly startedNs: number;
  readonly cases: number;
  readonly low: number;
  readonly quarter: number;
  readonly middle: number;
  readonly threeQuarters: number;
  readonly high: number;
}

/** Each trial's headline value against its case's median: above 1, slower. One spread a round, or for several where there are many. */
export function gatherSpreads(
  { record, values }: SpreadSources,
  cases: readonly Case[],
): readonly RoundSpread[] {
  const headlines = new Map(record.scenarios.map((spec) => {
    const metric = spec.metrics[0] === undefined ? undefined : findMetric(record, spec.metrics[0]);
    return [spec.id, metric] as const;
  }));
  const byRound = new Map<number, { ratios: number[]; startedNs: number }>();
  for (const one of cases) {
    const metric = headlines.get(one.scenario);
    if (metric === undefined || metric.better === "neither") continue;
    const own = values.of(one.id, metric.id).filter(({ value }) => value > 0);
    if (own.length < 3) continue;
    const centre = median(own.map(({ value }) => value));
    const starts = new Map(values.succeeded(one.id).map((t) => [t.round, t.startedNs]));
    for (const { round, value } of own) {
      const ratio = metric.better === "lower" ? value / centre : centre / value;
      if (!Number.isFinite(ratio) || ratio <= 0) continue;
      const entry = byRound.get(round) ?? { ratios: [], startedNs: Infinity };
      entry.ratios.push(ratio);
      entry.startedNs = Math.min(entry.startedNs, starts.get(round) ?? Infinity);
      byRound.set(round, entry);
    }
  }
  const rounds = [...byRound].sort(([a], [b]) => a - b);
  const size = Math.ceil(rounds.length / MAX_POINTS);
  return Array.from({ length: Math.ceil(rounds.length / size) }, (_, index) => {
    const group = rounds.slice(index * size, (index + 1) * size);
    const ratios = sorted(group.flatMap(([, entry]) => entry.ratios));
    const at = (p: number) => quantileOfSorted(ratios, p);
    return {
      first: group[0]?.[0] ?? 0,
      last: group.at(-1)?.[0] ?? 0,
      startedNs: Math.min(...group.map(([, entry]) => entry.startedNs)),
      cases: ratios.length,
      low: at(0.1),
      quarter: at(0.25),
      middle: at(0.5),
      threeQuarters: at(0.75),
      high: at(0.9),
    };
  }).filter(({ startedNs }) => Number.isFinite(startedNs));
}

/** How much slower the last third of the rounds was than the first. A ratio: 3.5 means that everything took 3.5 times as long. */
export function driftOf(spreads: readonly RoundSpread[]): number {
  const first = spreads.slice(0, Math.ceil(spreads.length / 3)).map(({ middle }) => middle);
  const last = spreads.slice(-first.length).map(({ middle }) => middle);
  return median(last) / median(first);
}
