// What a cell could have shown: the effect found with 80 % power, and the pairs that finding its threshold would take.

import type { Comparison } from "../compare/comparison.ts";
import { formatThreshold } from "../units/format_change.ts";
import { errorOfRuns } from "../compare/runs_effect.ts";
import { normalQuantile } from "../stats/normal.ts";
import { shareNeeded, shiftNeeded, type SignDesign } from "../stats/sign_power.ts";
import { studentQuantile } from "../stats/student.ts";
import { DEFAULT_POLICY, type Policy } from "./gate_policy.ts";

/** The power that "could have seen" stands for. */
export const POWER = 0.8;
/** Confirming has so many times the generations of the first phase: it alone decides, and of few cells. */
export const CONFIRMATION_FACTOR = 1.5;
/** More units than anybody measures. */
const MAX_UNITS = 5_000;
const MAX_RUNS = 100;

/** What a cell could have shown. */
export interface Detectable {
  /** How much worse head must be to be found in four of five jobs: 0.05 is 5 %, or 5 points, or in the metric's unit; infinite: nothing is. */
  readonly effect: number;
  /** Pairs (trials a side where they are not paired, runs of the baseline where it has several) that the threshold takes; absent: those there are suffice, or none do. */
  readonly neededPairs?: number;
}

/** Finds it from the scatter of the cell's own values. */
export function findDetectable(
  one: Comparison,
  threshold: number,
  { policy, alpha }: { readonly policy: Policy; readonly alpha: number },
): Detectable {
  const { gains, ratio, spread = 0 } = one;
  const toSize = (gain: number) => one.kind === "ratio" ? Math.expm1(gain) : gain;
  const limit = one.kind === "ratio" ? Math.log1p(threshold) : threshold;
  const { runs } = ratio;
  const { screenAlpha } = policy;
  const shiftOf = runs !== undefined
    ? (n: number) => spread * spreadsToBeFound(n, runs.deciding, { alpha, screenAlpha })
    : gains === undefined
    ? (n: number) => unpairedShift(one, n, alpha)
    : (n: number) => shiftNeeded(gains, shareNeeded(designsOf(one, n, policy, alpha), POWER));
  const units = runs?.base ?? ratio.n;
  const shift = shiftOf(units);
  const effect = toSize(shift);
  if (shift <= limit || !(limit > 0)) return { effect };
  const most = runs === undefined ? MAX_UNITS : MAX_RUNS;
  const needed = findUnits(units, most, (n) => shiftOf(n) <= limit);
  if (needed === undefined) return { effect };
  const pairs = ratio.pairs === undefined ? needed : Math.ceil(needed * ratio.pairs / ratio.n);
  return { effect, neededPairs: pairs };
}

/** A cell of an A/B job is flagged first and decided on fresh generations; others are judged once. */
function designsOf(
  { ratio }: Comparison,
  n: number,
  { screenAlpha, alpha }: Policy,
  own: number,
): readonly SignDesign[] {
  return ratio.pairs === undefined
    ? [{ n, alpha: own }]
    : [{ n, alpha: screenAlpha }, { n: Math.ceil(CONFIRMATION_FACTOR * n), alpha }];
}

/** A suspicion of the first run must come before the decision of all: nine of ten each, which is four of five or more together. */
const RUNS_POWER = 0.9;

/** How many times as large as the spread between runs of the baseline a slowdown of one cell must be to be found by so many runs of head. */
export function spreadsToBeFound(
  runs: number,
  deciding: number,
  { alpha, screenAlpha }: Pick<Policy, "alpha" | "screenAlpha"> = DEFAULT_POLICY,
): number {
  const needed = (own: number, level: number) =>
    errorOfRuns(runs, own) *
    (studentQuantile(level, runs + own - 2) + normalQuantile(RUNS_POWER));
  return Math.max(needed(deciding, alpha), deciding > 1 ? needed(1, screenAlpha) : 0);
}

/** By the interval's width, as if the estimate were normal: of ranks of two samples there is no simpler honest answer. */
function unpairedShift({ ratio, kind }: Comparison, n: number, alpha: number): number {
  const width = kind === "ratio" ? Math.log(ratio.high / ratio.low) : ratio.high - ratio.low;
  const error = width / (2 * normalQuantile(0.975)) * Math.sqrt(ratio.n / n);
  return error * (normalQuantile(1 - alpha) + normalQuantile(POWER));
}

/** The fewest units from `n` on, to within a tenth. */
function findUnits(
  n: number,
  most: number,
  suffices: (n: number) => boolean,
): number | undefined {
  for (let more = n + 1; more <= most; more = Math.ceil(more * 1.1)) {
    if (suffices(more)) return more;
  }
  return undefined;
}

/** As in `could have seen 7.1 %, its threshold would take about 210 pairs`: what a verdict that is not red owes the reader. */
export function formatDetectable(
  { effect, neededPairs }: Detectable,
  { kind, unit, ratio }: Comparison,
  paired: boolean,
): string {
  const seen = Number.isFinite(effect)
    ? `could have seen ${formatThreshold(Number(effect.toPrecision(2)), kind, unit)}`
    : "could have seen nothing of any size";
  if (neededPairs === undefined) return seen;
  const unitsOf = ratio.runs !== undefined
    ? "runs of the baseline"
    : ratio.pairs !== undefined || paired
    ? "pairs"
    : "trials a side";
  return `${seen}; its threshold would take about ${neededPairs} ${unitsOf}`;
}
