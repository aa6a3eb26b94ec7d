// Contrasts: pairs of cases that differ in one factor only, compared trial by trial of the same round.

import type { MetricDefinition } from "../units/metric.ts";
import type { Case } from "../model/case.ts";
import type { Placement } from "../model/placement.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Contrast, ScenarioSpec } from "../model/scenario_spec.ts";
import { benjaminiHochberg } from "../stats/benjamini_hochberg.ts";
import { groupFactor } from "../stats/group_factor.ts";
import { median } from "../stats/quantile.ts";
import { signTest } from "../stats/sign_test.ts";
import { pairedEffect, twoSidedP } from "./effect.ts";
import type { Params } from "../model/params.ts";
import { CONFIDENCE } from "./summarize.ts";
import { findMetric, type RoundValue, type TrialValues, trialValues } from "./trial_values.ts";

/** What the interval of a ratio allows to be said. */
export type Difference = "better" | "worse" | "none found";

/** A paired ratio of two cases, oriented so that a ratio above 1 means that the first is better. */
export interface OrientedRatio {
  /** Median over the pairs; above 1, the case is better than its base, in the direction of the metric. */
  readonly ratio: number;
  /** Lower bound of the ratio. */
  readonly low: number;
  /** Upper bound of the ratio. */
  readonly high: number;
  /** Confidence that the interval reaches, 0 to 1. */
  readonly confidence: number;
  /** Pairs: rounds in which both cases yielded a value. */
  readonly n: number;
  /** `none found` when the interval includes 1, when pairs are too few for it, or when pairs had to be left out. */
  readonly difference: Difference;
  /** Two-sided p-value of the sign test, which is the test of the interval: 0 to 1. */
  readonly pValue: number;
  /** Why the ratio says less than it seems to, one sentence each. */
  readonly warnings: readonly string[];
}

/** A Contrasted is a case against its base: two cases that agree in everything but one factor, placement included unless `pin` is it. */
export interface Contrasted extends OrientedRatio {
  /** The scenario that declares the contrast. */
  readonly scenario: string;
  /** `transport`, `scenario`, `pin`, or a parameter's name. */
  readonly factor: string;
  /** The metric compared. */
  readonly metric: MetricDefinition;
  /** Id of the case in question. */
  readonly case: string;
  /** Id of the case it is compared against. */
  readonly base: string;
  /** The factor's value in the case. */
  readonly value: number | string;
  /** The factor's value in the base. */
  readonly baseValue: number | string;
  /** The parameters in which both agree, and `transport` unless that is the factor. */
  readonly shared: Params;
  /** Where the two ends of both cases ran; where `factor` is `pin`, those of the case in question. */
  readonly placement: Placement;
  /** `pValue`, adjusted for the comparisons of its family, of transports or of all else, which share the rate of false findings: 0 to 1. */
  readonly adjustedP: number;
}

/** The share of false findings that a report may be expected to hold. */
const FALSE_DISCOVERIES = 0.05;

/** Whether its interval excludes 1, and yet it may be chance: among so many comparisons some do by chance. */
export function mayBeChance({ difference, adjustedP }: Contrasted): boolean {
  return difference !== "none found" && adjustedP > FALSE_DISCOVERIES;
}

/**
 * Compares the cases of a record as its scenarios' contrasts say.
 *
 * Trials are paired by round, so that drift of the machine falls on both sides of a pair. Groups without a base,
 * pairs of cases that share no round, and metrics without a better direction yield nothing.
 *
 * @param record The record; the order of its trials does not matter.
 * @param values The record's values where the caller has them already.
 * @returns Comparisons, in the order of scenarios, their contrasts, and cases.
 */
export function contrast(
  record: RunRecord,
  values: TrialValues = trialValues(record),
): readonly Contrasted[] {
  const found = record.scenarios.flatMap((spec) =>
    spec.contrasts.flatMap((wanted) => {
      const metric = findMetric(record, wanted.metric);
      if (metric === undefined || metric.better === "neither") return [];
      const cases = record.cases.filter((one) => one.scenario === spec.id);
      const bases = indexBases(record.cases, spec, wanted);
      return cases.flatMap((one) => contrastOne(one, spec, wanted, metric, bases, values) ?? []);
    })
  );
  return adjustByFamily(found);
}

/**
 * Benjamini and Hochberg within transports and within all else (parameters, scenarios, pins), either at half of the rate: the share of false
 * findings of a report is at most the sum of both. Differences that are there by construction, as that of a connect beside a round trip, would
 * otherwise raise the limit for transports: four true ones beside fifteen null (16 rounds) let one through in 6.0 % of runs, and in 0.9 % so.
 */
function adjustByFamily(found: readonly Omit<Contrasted, "adjustedP">[]): readonly Contrasted[] {
  const families = [...Map.groupBy(found, ({ factor }) => factor === "transport").values()];
  const adjusted = new Map(
    families.flatMap((own) =>
      benjaminiHochberg(own.map(({ pValue }) => pValue))
        .map((p, index) => [own[index]!, Math.min(1, families.length * p)] as const)
    ),
  );
  return found.map((one) => ({ ...one, adjustedP: adjusted.get(one)! }));
}

/**
 * The paired ratio of two cases in one metric, oriented so that above 1 the first is better.
 *
 * @returns The ratio, or `undefined` when no round has a value above 0 of both.
 */
export function orientedRatio(
  first: readonly RoundValue[],
  base: readonly RoundValue[],
  metric: Pick<MetricDefinition, "better">,
  wanted: number = CONFIDENCE,
): OrientedRatio | undefined {
  const pairs = pairByRound(first, base);
  const usable = pairs.filter(([value, against]) => value > 0 && against > 0);
  if (usable.length === 0) return undefined;
  const effect = pairedEffect(usable.map(([head, against]) => ({ base: against, head })), {
    kind: "ratio",
    better: metric.better === "lower" ? "lower" : "higher",
    confidence: wanted,
  });
  const { estimate: ratio, confidence, n } = effect.ratio;
  // Blocks that one process served may share its luck: the interval and its test are of blocks within generations.
  const generationOf = new Map(first.map(({ round, generation }) => [round, generation]));
  const sign = metric.better === "lower" ? -1 : 1;
  const logs = usable.map(([value, against]) => sign * Math.log(value / against));
  const factor = groupFactor(logs, usable.map(([, , round]) => generationOf.get(round)));
  // A ratio may underflow to 0, which no bound can be divided by.
  const widen = (bound: number) => factor === 1 ? bound : ratio * (bound / ratio) ** factor;
  const [low, high] = [widen(effect.ratio.low), widen(effect.ratio.high)];
  const left = pairs.length - usable.length;
  const warnings = [
    ...effect.warnings,
    ...(left === 0 ? [] : [`${left} of ${pairs.length} pairs hold a 0, which has no ratio`]),
  ];
  // Too few pairs have an interval too, of a lower confidence: an interval of one pair never includes 1.
  const resolved = warnings.length === 0;
  const difference = resolved && low > 1 ? "better" : resolved && high < 1 ? "worse" : "none found";
  return {
    ratio,
    low,
    high,
    confidence,
    n,
    difference,
    // The wider interval excludes 1 where the narrow one excludes this: its test is that of the narrow one, against it.
    pValue: factor === 1
      ? twoSidedP(effect)
      : signTest(logs.map((log) => log - Math.log(ratio) * (1 - 1 / factor))).twoSided,
    warnings,
  };
}

/** One pair a round, of the medians where it has several trials; of one block the ratio is the median of those of the slices. */
export function pairByRound(
  first: readonly RoundValue[],
  base: readonly RoundValue[],
): [value: number, base: number, round: number][] {
  const bases = Map.groupBy(base, ({ round }) => round);
  return [...Map.groupBy(first, ({ round }) => round)].flatMap(([round, values]) => {
    const others = bases.get(round);
    if (others === undefined) return [];
    const against = median(others.map(({ value }) => value));
    const gains = values.flatMap((value) => others.flatMap((other) => sideBySide(value, other)));
    const value = gains.length === 0
      ? median(values.map(({ value }) => value))
      : against * Math.exp(median(gains));
    return [[value, against, round] as [number, number, number]];
  });
}

/** The log ratio of two trials that took turns; nothing where they did not, or hold what has no ratio. */
function sideBySide(one: RoundValue, other: RoundValue): number[] {
  if (one.block === undefined || one.block !== other.block) return [];
  const [slices, others] = [one.slices, other.slices];
  if (slices === undefined || others?.length !== slices.length) return [];
  const ratios = slices.map((value, index) => Math.log(value / others[index]!));
  return ratios.every(Number.isFinite) ? [median(ratios)] : [];
}

/** The cases that can be a base, by what a case must share with them; `null` where two share it and neither can be told. */
type Bases = ReadonlyMap<string, Case | null>;

function indexBases(cases: readonly Case[], spec: ScenarioSpec, wanted: Contrast): Bases {
  const bases = new Map<string, Case | null>();
  for (const one of cases) {
    const isBase = wanted.factor === "scenario"
      ? one.scenario === wanted.base
      : one.scenario === spec.id && factorValue(one, wanted.factor) === String(wanted.base);
    if (!isBase) continue;
    const key = keyOf(one, wanted.factor, shared(one, wanted.factor));
    bases.set(key, bases.has(key) ? null : one);
  }
  return bases;
}

function contrastOne(
  one: Case,
  spec: ScenarioSpec,
  wanted: Contrast,
  metric: MetricDefinition,
  bases: Bases,
  values: TrialValues,
): Omit<Contrasted, "adjustedP"> | undefined {
  const { factor } = wanted;
  const value = factorValue(one, factor);
  if (value === undefined || (factor !== "scenario" && value === String(wanted.base))) {
    return undefined;
  }
  const base = factor === "scenario"
    ? findScenarioBase(one, bases)
    : bases.get(keyOf(one, factor, shared(one, factor)));
  if (base === undefined || base === null || base.id === one.id) return undefined;
  const ratio = orientedRatio(values.of(one.id, metric.id), values.of(base.id, metric.id), metric);
  if (ratio === undefined) return undefined;
  return {
    scenario: spec.id,
    factor,
    metric,
    case: one.id,
    base: base.id,
    value: one.params[factor] ?? value,
    baseValue: base.params[factor] ?? wanted.base,
    shared: {
      ...(factor === "transport" ? {} : { transport: one.transport }),
      ...omit(one.params, factor),
    },
    placement: one.placement,
    ...ratio,
  };
}

/** Cases of another scenario agree where no parameter that both have differs, fixed ones included. */
function findScenarioBase(one: Case, bases: Bases): Case | undefined {
  const own: Params = { ...one.fixed, ...one.params };
  const found = [...bases.values()].filter((base): base is Case => {
    if (base === null || base.transport !== one.transport || !samePlace(one, base)) return false;
    const theirs: Params = { ...base.fixed, ...base.params };
    return Object.entries(theirs).every(([name, value]) =>
      !Object.hasOwn(own, name) || own[name] === value
    );
  });
  return found.length === 1 ? found[0] : undefined;
}

function factorValue(one: Case, factor: string): string | undefined {
  if (factor === "scenario") return one.scenario;
  if (factor === "transport") return one.transport;
  if (factor === "pin") return one.placement.pin;
  return Object.hasOwn(one.params, factor) ? String(one.params[factor]) : undefined;
}

function shared(one: Case, factor: string): Params {
  return factor === "scenario" ? { ...one.fixed, ...one.params } : omit(one.params, factor);
}

function keyOf(one: Case, factor: string, params: Params): string {
  const names = Object.keys(params).sort();
  return JSON.stringify([
    one.placement.peer,
    factor === "pin" ? null : one.placement.pin,
    factor === "transport" ? null : one.transport,
    names.map((name) => [name, params[name]]),
  ]);
}

function samePlace(a: Case, b: Case): boolean {
  return a.placement.peer === b.placement.peer && a.placement.pin === b.placement.pin;
}

function omit(params: Params, name: string): Params {
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== name));
}
