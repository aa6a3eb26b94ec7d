/**
 * Searches: the best cell of a grid of numbers, and from where on more stops paying.
 *
 * @module
 */

import { type OrientedRatio, orientedRatio } from "../../compare/contrast.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { Case } from "../../model/case.ts";
import type { Placement } from "../../model/placement.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { FactorKey } from "../document/key.ts";
import type { ColumnMetric, FigureCell } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import type { SummaryOf } from "./evaluation.ts";
import { columnMetric, figureCell } from "./figure_cell.ts";
import { factorKey } from "./keys.ts";

/** Where more of one parameter stops paying, all else as in the best cell. */
export interface Turn {
  /** The smallest value that is as good as the best. */
  readonly from: FactorKey;
  /** Largest value measured along this line. */
  readonly largest: number;
  /** That value's case against the best cell, above 1 better; absent when the best cell is itself the smallest. */
  readonly ratio?: OrientedRatio;
}

/** The answer of a search: the best cell of one group, and where more stops paying. */
export interface SearchResult {
  /** What is searched within, the transport first. */
  readonly group: readonly FactorKey[];
  /** The best case. */
  readonly best: string;
  /** Its searched parameters. */
  readonly at: readonly FactorKey[];
  /** The metric searched. */
  readonly metric: ColumnMetric;
  /** The best case's figure. */
  readonly figure: FigureCell;
  /** Cells of the group. */
  readonly cells: number;
  /** Other cells that cannot be told apart from the best, trials paired by round. */
  readonly tied: number;
  /** One per searched parameter with more than one value. */
  readonly turns: readonly Turn[];
  /** Where the two ends ran. */
  readonly placement: Placement;
}

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
    const key = (name: string): FactorKey => ({
      ...factorKey(spec, name, best.params[name]),
      named: true,
    });
    return [{
      group: [
        factorKey(spec, "transport", best.transport),
        ...others.filter((name) => best.params[name] !== undefined).map(key),
      ],
      best: best.id,
      at: searched.map(key),
      metric: columnMetric(metric),
      figure: figureCell(summary, false),
      cells: group.length,
      tied: group.filter((one) => one !== best && toBest(one)?.difference === "none found").length,
      turns: searched.flatMap((name) => findTurn(spec, name, group, best, toBest) ?? []),
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
  spec: ScenarioSpec,
  name: string,
  group: readonly Case[],
  best: Case,
  toBest: (one: Case) => OrientedRatio | undefined,
): Turn | undefined {
  const line = group
    .filter((one) =>
      (spec.search ?? []).every((other) =>
        other === name || one.params[other] === best.params[other]
      )
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
    from: factorKey(spec, name, from.params[name]),
    largest: Number(line.at(-1)?.params[name]),
    ...(ratio === undefined ? {} : { ratio }),
  };
}

/** Within 5 % of the best, or not distinguishable from it by enough pairs. */
function isAsGood({ ratio, difference, warnings }: OrientedRatio): boolean {
  return ratio >= CLOSE_ENOUGH || (difference === "none found" && warnings.length === 0);
}
