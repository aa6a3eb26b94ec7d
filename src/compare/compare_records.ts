// compareRecords: two records, cell by cell (a case and a metric), paired by round or not; no cell that base promises is dropped.

import { findCaseObstacle, findSkip } from "./case_obstacle.ts";
import { UNITS } from "../units/unit.ts";
import { type MetricDefinition, ownDefinition } from "../units/metric.ts";
import type { Case } from "../model/case.ts";
import type { RunRecord } from "../model/run_record.ts";
import {
  byCell,
  type CaseFailures,
  type Cell,
  cellKey,
  compareIds,
  type Comparison,
  type Failures,
  type Gap,
  type RecordComparison,
} from "./comparison.ts";
import { countedEffect, type EffectOptions, pairedEffect, unpairedEffect } from "./effect.ts";
import { environmentDifferences, environmentObstacles } from "./fingerprint.ts";
import { openSide, type RecordSide } from "./record_side.ts";
import { type MergedRuns, runsEffect } from "./runs_effect.ts";
import type { Summary } from "./summarize.ts";
import { findMetric } from "./trial_values.ts";
import {
  findCountingFailure,
  formatCongestion,
  formatNotCounted,
  formatNotRead,
} from "./not_read.ts";
import { findWaitShares } from "./wait_shares.ts";
import { COUNTED_METRIC, isPooled } from "./pooled_values.ts";
import { findImpossible, matchPairs, mostLeftOut, selectSide } from "./usable_values.ts";

/** What {@linkcode compareRecords} must be told. */
export interface CompareOptions {
  /** Whether trials of one round were measured side by side, so that they can be paired. */
  readonly paired: boolean;
  /** Where records are several runs merged: the run is then the unit. */
  readonly runs?: MergedRuns;
}

interface Context extends CompareOptions {
  readonly base: RecordSide;
  readonly head: RecordSide;
  /** Whether both sides say which processes measured each trial. */
  readonly byGeneration: boolean;
}

type Outcome =
  | { readonly kind: "compared"; readonly comparison: Comparison }
  | { readonly kind: "missing" | "incomparable"; readonly gap: Gap };

/**
 * Compares every cell of two records. Metrics without a better direction are left out: they describe.
 *
 * The order of trials, of cases, of fields, and the unit of the values change nothing: cells come sorted.
 *
 * @param base The record compared against.
 * @param head The record in question.
 * @param options Whether trials are paired by round.
 * @returns Comparisons and gaps. An environment that differs is named, and left to the judge.
 * @throws {RangeError} If a record holds two trials of one case in one round, or that started at the same time: which of
 * them counts cannot be known.
 */
export function compareRecords(
  base: RunRecord,
  head: RunRecord,
  options: CompareOptions,
): RecordComparison {
  const byGeneration = options.paired && [base, head].every(hasGenerations);
  const context: Context = {
    ...options,
    byGeneration,
    base: openSide(base, byGeneration),
    head: openSide(head, byGeneration),
  };
  const outcomes = [...context.base.cases.values()].flatMap((one) => compareCase(one, context));
  const fingerprint = { paired: options.paired };
  const newCases = [...context.head.cases.keys()].filter((id) => !context.base.cases.has(id));
  return {
    paired: options.paired,
    comparisons: outcomes.flatMap((one) => one.kind === "compared" ? [one.comparison] : [])
      .sort(byCell),
    newCells: [...context.head.cases.values()].flatMap((one) => findNewCells(one, context))
      .sort(byCell),
    missingCells: outcomes.flatMap((one) => one.kind === "missing" ? [one.gap] : []).sort(byCell),
    incomparableCells: outcomes.flatMap((one) => one.kind === "incomparable" ? [one.gap] : [])
      .sort(byCell),
    newCases: newCases.sort(compareIds),
    missingCases: [...context.base.cases.keys()]
      .filter((id) =>
        context.head.values.succeeded(id).length === 0 || findSkip(context.head, id) !== undefined
      )
      .sort(compareIds),
    headSummaries: [...context.head.summaries.values()]
      .filter((summary) => findSkip(context.head, summary.case) === undefined)
      .sort(byCell),
    isBasePartial: base.partial,
    isHeadPartial: head.partial,
    ...findWaitShares(context.base, context.head),
    failures: [...context.base.cases.keys()].flatMap((id) => findFailures(id, context)),
    notRead: [
      ...formatNotRead(base, head),
      ...formatCongestion(base),
      ...formatNotCounted(base, head),
    ],
    environmentDifferences: environmentDifferences(base, head, fingerprint),
    environmentObstacles: environmentObstacles(base, head, fingerprint),
  };
}

function hasGenerations({ trials }: RunRecord): boolean {
  return trials.length > 0 && trials.every(({ generation }) => generation !== undefined);
}

function compareCase(one: Case, context: Context): readonly Outcome[] {
  const metrics = promisedMetrics(one, context);
  const obstacle = findCaseObstacle(one, context);
  return metrics.flatMap((metric, index): readonly Outcome[] => {
    const cell: Cell = { case: one.id, metric: metric.id, headline: index === 0 };
    if (obstacle !== undefined) {
      // A metric that base never yielded, such as loss on a stream, is not missed.
      const { summaries, values } = context.base;
      const isPromised = cell.headline || summaries.has(cellKey(cell.case, cell.metric)) ||
        values.succeeded(one.id).length === 0;
      return isPromised ? [{ kind: obstacle.kind, gap: { ...cell, reason: obstacle.reason } }] : [];
    }
    const outcome = compareCell(cell, metric, context);
    return outcome === undefined ? [] : [outcome];
  });
}

/** The metrics that base promises, the headline first, in head's definition: an edited file must not choose what gates. */
function promisedMetrics(one: Case, { base, head }: Context): readonly MetricDefinition[] {
  const own = base.judged(one);
  const other = head.cases.get(one.id);
  const headline = other === undefined ? undefined : head.judged(other)[0];
  if (headline === undefined || headline.id === own[0]?.id) return own;
  return [headline, ...own.filter(({ id }) => id !== headline.id)];
}

/** What a metric means is not for a record to choose: with "higher is better" for a latency, twice as slow would be an improvement. */
function findRedefinition(metric: MetricDefinition, { head }: Context): string | undefined {
  const say = ({ unit, better }: MetricDefinition) => `${better} is better, in ${unit}`;
  const theirs = findMetric(head.record, metric.id);
  if (theirs !== undefined && !isSameMetric(theirs, metric)) {
    return `the metric is defined otherwise: ${say(metric)}, in base, and ${say(theirs)}, in head`;
  }
  const own = ownDefinition(metric.id) ?? metric;
  return isSameMetric(own, metric)
    ? undefined
    : `both sides define the metric otherwise than this sockbench: ${say(metric)}, and not ${
      say(own)
    }`;
}

function isSameMetric(one: MetricDefinition, other: MetricDefinition): boolean {
  return one.unit === other.unit && one.better === other.better;
}

/** `undefined` for a metric that does not apply to the case on either side, such as loss on a stream. */
function compareCell(cell: Cell, metric: MetricDefinition, context: Context): Outcome | undefined {
  const { base, head } = context;
  const incomparable = (reason: string): Outcome => ({
    kind: "incomparable",
    gap: { ...cell, reason },
  });
  const redefined = findRedefinition(metric, context);
  if (redefined !== undefined) return incomparable(redefined);
  for (const [name, side] of [["base", base], ["head", head]] as const) {
    const found = findImpossible(side.values.of(cell.case, cell.metric), metric);
    if (found !== undefined) {
      return incomparable(
        `round ${found.round} of ${name} holds ${found.value}, which cannot have been measured in ${metric.unit}`,
      );
    }
  }
  const baseSummary = base.summaries.get(cellKey(cell.case, cell.metric));
  const headSummary = head.summaries.get(cellKey(cell.case, cell.metric));
  const isCounted = cell.metric === COUNTED_METRIC;
  const mayBeAbsent = context.byGeneration && !cell.headline && !isCounted;
  if (mayBeAbsent && isMostlyAbsent(cell, context)) return undefined;
  if (baseSummary === undefined && headSummary === undefined) {
    return cell.headline ? incomparable("no trial of either side yields the headline") : undefined;
  }
  const failure = isCounted ? findCountingFailure(head.record, cell.case) : undefined;
  // What cannot be counted on a side is in the notes; what failed of head alone is missing.
  if (isCounted && (baseSummary === undefined || headSummary === undefined) && !failure) {
    return undefined;
  }
  if (headSummary === undefined) {
    const reason = failure ?? "no trial of head yields this metric";
    return { kind: "missing", gap: { ...cell, reason } };
  }
  if (baseSummary === undefined) return incomparable("no trial of base yields this metric");
  const effect = findEffect(cell, metric, context);
  if (typeof effect === "string") return incomparable(effect);
  return {
    kind: "compared",
    comparison: {
      ...cell,
      unit: metric.unit,
      better: directionOf(metric),
      base: baseSummary,
      head: headSummary,
      ...effect,
      warnings: [...effect.warnings, ...describeTrials(baseSummary, headSummary, context)],
    },
  };
}

/** A percentile that generations have too few operations for now and then is no promise that head could break. */
function isMostlyAbsent({ case: id, metric }: Cell, { base, head }: Context): boolean {
  if (!isPooled(metric)) return false;
  return [base, head].some(({ values }) => {
    const had = values.of(id, metric).reduce((sum, { rounds = 1 }) => sum + rounds, 0);
    const trials = values.succeeded(id).length;
    return had < trials - mostLeftOut(trials);
  });
}

function findEffect(cell: Cell, metric: MetricDefinition, { base, head, paired, runs }: Context) {
  const options: EffectOptions = { kind: UNITS[metric.unit].effect, better: directionOf(metric) };
  const sides = {
    base: selectSide("base", base, cell, metric),
    head: selectSide("head", head, cell, metric),
  };
  for (const side of [sides.base, sides.head]) if (side.fault !== undefined) return side.fault;
  if (paired) {
    const matched = matchPairs(sides.base, sides.head);
    if (typeof matched === "string") return matched;
    if (cell.metric === COUNTED_METRIC) return countedEffect(matched.pairs[0]!, options);
    const effect = pairedEffect(matched.pairs, options);
    return { ...effect, warnings: [...effect.warnings, ...matched.warnings] };
  }
  const [ours, theirs] = [sides.base.usable, sides.head.usable];
  if (runs !== undefined) return runsEffect(ours, theirs, runs, options);
  return unpairedEffect(ours.map(({ value }) => value), theirs.map(({ value }) => value), options);
}

/** Called for judged metrics only. */
function directionOf({ better }: MetricDefinition): "lower" | "higher" {
  return better === "higher" ? "higher" : "lower";
}

function describeTrials(base: Summary, head: Summary, { paired }: Context): readonly string[] {
  const sides = [["base", base], ["head", head]] as const;
  const speeds = sides.filter(([, { bimodality }]) => bimodality !== undefined && !paired);
  const where = speeds.map(([side]) => side).join(" and ");
  return [
    ...sides.filter(([, { failed }]) => failed > 0).map(([side, { failed, n }]) =>
      `${failed} of ${failed + n} trials failed in ${side}`
    ),
    ...(where === ""
      ? []
      : [`the trials are bimodal in ${where}, which unpaired trials do not cancel`]),
  ];
}

/** Of a case that base gave up or never saw succeed, or head never tried, nothing follows from failures of head. */
function findFailures(id: string, { base, head }: Context): readonly CaseFailures[] {
  const isTried = head.values.succeeded(id).length + head.values.failed(id).length > 0;
  const isKept = isTried && base.values.succeeded(id).length > 0 &&
    findSkip(base, id) === undefined;
  const of = ({ values }: RecordSide): Failures => {
    const failed = values.failed(id);
    const error = failed[0]?.error;
    return {
      failed: failed.length,
      trials: failed.length + values.succeeded(id).length,
      ...(error !== undefined && { error }),
    };
  };
  return isKept ? [{ case: id, base: of(base), head: of(head) }] : [];
}

function findNewCells(one: Case, context: Context): readonly Gap[] {
  const { base, head } = context;
  const before = base.cases.get(one.id);
  const known = new Set(
    before === undefined ? [] : promisedMetrics(before, context).map(({ id }) => id),
  );
  const reason = before === undefined
    ? "base does not have this case"
    : "base does not have this metric";
  return head.judged(one).flatMap((metric, index): readonly Gap[] => {
    const summary = head.summaries.get(cellKey(one.id, metric.id));
    if (known.has(metric.id) || summary === undefined) return [];
    const cell: Cell = { case: one.id, metric: metric.id, headline: index === 0 };
    return [{ ...cell, reason, better: directionOf(metric), head: summary }];
  });
}
