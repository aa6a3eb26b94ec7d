/**
 * Searches: the best cell of a grid of numbers, and from where on more stops paying.
 *
 * @module
 */

import { type OrientedRatio, orientedRatio } from "../compare/contrast.ts";
import type { TrialValues } from "../compare/trial_values.ts";
import type { MetricDefinition } from "../units/metric.ts";
import type { Case } from "../model/case.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { SearchResult, Turn } from "./document.ts";
import { formatParam } from "./describe_case.ts";
import { groupBy } from "./group_by.ts";
import type { SummaryOf } from "./tables.ts";

/** A cell that loses less than this to the best is as good for a reader who must choose a size. */
const CLOSE_ENOUGH = 0.95;

/**
 * Answers a scenario's search, once for each group of cases that agree in everything that is not searched.
 *
 * @param spec The scenario; without `search` there is nothing to answer.
 * @param cases Its cases under one placement.
 * @param metric The metric searched.
 * @param summaryOf Medians and intervals.
 * @param values Trial values, for ratios paired by round.
 * @returns One result per group with at least two cells.
 */
export function buildSearch(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metric: MetricDefinition,
  summaryOf: SummaryOf,
  values: TrialValues,
): readonly SearchResult[] {
  const searched = spec.search ?? [];
  if (searched.length === 0 || metric.better === "neither") return [];
  const others = spec.parameters.map(({ name }) => name).filter((name) => !searched.includes(name));
  const groups = groupBy(
    cases.filter((one) => searched.every((name) => typeof one.params[name] === "number")),
    (one) => JSON.stringify([one.transport, others.map((name) => one.params[name] ?? null)]),
  );
  return [...groups.values()].flatMap((group) => {
    const best = findBest(group, metric, summaryOf);
    const summary = best === undefined ? undefined : summaryOf(best.id, metric.id);
    if (group.length < 2 || best === undefined || summary === undefined) return [];
    const toBest = (one: Case) =>
      orientedRatio(values.of(one.id, metric.id), values.of(best.id, metric.id), metric);
    const label = (one: Case, name: string) => formatParam(spec, name, one.params[name] ?? "–");
    return [{
      group: [
        { name: "transport", label: best.transport },
        ...others.filter((name) => best.params[name] !== undefined)
          .map((name) => ({ name, label: label(best, name) })),
      ],
      best: best.id,
      at: searched.map((name) => ({ name, label: label(best, name) })),
      metric: metric.id,
      unit: metric.unit,
      value: summary.median,
      low: summary.low,
      high: summary.high,
      confidence: summary.confidence,
      n: summary.n,
      cells: group.length,
      tied: group.filter((one) => one !== best && toBest(one)?.difference === "none found").length,
      turns: searched.flatMap((name) => findTurn(name, group, best, searched, toBest, label) ?? []),
      placement: best.placement,
    }];
  });
}

function findBest(
  group: readonly Case[],
  metric: MetricDefinition,
  summaryOf: SummaryOf,
): Case | undefined {
  const sign = metric.better === "lower" ? -1 : 1;
  let best: { one: Case; score: number } | undefined;
  for (const one of group) {
    const median = summaryOf(one.id, metric.id)?.median;
    if (median === undefined) continue;
    if (best === undefined || sign * median > best.score) best = { one, score: sign * median };
  }
  return best?.one;
}

/**
 * Walks from the best cell towards smaller values of one parameter, all else as in the best, while the loss stays
 * small or cannot be told apart. Not the smallest that happens to qualify: a noisy cell far down proves nothing when one
 * between it and the best is plainly slower.
 */
function findTurn(
  name: string,
  group: readonly Case[],
  best: Case,
  searched: readonly string[],
  toBest: (one: Case) => OrientedRatio | undefined,
  label: (one: Case, name: string) => string,
): Turn | undefined {
  const line = group
    .filter((one) =>
      searched.every((other) => other === name || one.params[other] === best.params[other])
    )
    .sort((a, b) => Number(a.params[name]) - Number(b.params[name]));
  if (line.length < 2) return undefined;
  let from = best;
  let ratio: OrientedRatio | undefined;
  for (const one of line.slice(0, line.indexOf(best)).reverse()) {
    const candidate = toBest(one);
    if (candidate === undefined || !isAsGood(candidate)) break;
    from = one;
    ratio = candidate;
  }
  return {
    parameter: name,
    bestLabel: label(best, name),
    fromLabel: label(from, name),
    from: Number(from.params[name]),
    largest: Number(line.at(-1)?.params[name]),
    ...(ratio === undefined ? {} : { ratio: ratio.ratio, low: ratio.low, high: ratio.high }),
  };
}

/** Within 5 % of the best, or not distinguishable from it by enough pairs. */
function isAsGood({ ratio, difference, warnings }: OrientedRatio): boolean {
  return ratio >= CLOSE_ENOUGH || (difference === "none found" && warnings.length === 0);
}
