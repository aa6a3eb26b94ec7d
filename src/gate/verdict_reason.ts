// Reasons: what a verdict says in one sentence.

import { plural } from "../text/plural.ts";
import { minimumPairs } from "../stats/minimum_pairs.ts";
import { minimumValues } from "../stats/median_interval.ts";
import type { Comparison } from "../compare/comparison.ts";
import {
  changeWord,
  formatChange,
  formatEstimate,
  formatP,
  formatThreshold,
  type Stated,
} from "../units/format_change.ts";
import { type Detectable, formatDetectable } from "./detectable.ts";
import type { Correction } from "./families.ts";
import { type Estimate, inverseOf, leastUnpairedPValue } from "../compare/effect.ts";
import { CONFIDENCE } from "../compare/summarize.ts";

/** How a change for the worse beyond a threshold is called, as in `more than 5 % slower`. */
function formatBeyond(threshold: number, stated: Stated): string {
  const { effect, unit } = stated;
  return `more than ${formatThreshold(threshold, effect, unit)} ${
    changeWord(inverseOf(2, effect), stated)
  }`;
}

/** What an estimate rests on, as in `32 pairs in 16 generations`, `20 pairs`, `1 trial a side`, `1 run against 5 of base`. */
export function formatSampleSize(
  { n, pairs, runs }: Pick<Estimate, "n" | "pairs" | "runs">,
  paired: boolean,
): string {
  if (runs !== undefined) return `${plural(runs.head, "run")} against ${runs.base} of base`;
  if (pairs !== undefined) return `${plural(pairs, "pair")} in ${plural(n, "generation")}`;
  return paired ? plural(n, "pair") : `${plural(n, "trial")} a side`;
}

/** The pairs (or trials a side) with which a cell could be called at all. Returns a whole number of at least 1. */
export function minimumCount(paired: boolean, alpha: number, comparisons: number): number {
  const forInterval = minimumValues({ confidence: CONFIDENCE });
  if (paired) return Math.max(forInterval, minimumPairs({ alpha, comparisons }));
  let needed = forInterval;
  while (comparisons * leastUnpairedPValue(needed, needed) > alpha) needed++;
  return needed;
}

/** What decides about a comparison. */
export interface Grounds extends Correction {
  /** How much worse is allowed. */
  readonly threshold: number;
  /** The error rate of the gate. */
  readonly alpha: number;
  /** What the cell could have shown; absent where fresh pairs decide. */
  readonly detectable?: Detectable;
  /** Whether trials are paired. */
  readonly paired: boolean;
}

function formatSeen(one: Comparison, { detectable, paired }: Grounds): string {
  return detectable === undefined ? "" : `; ${formatDetectable(detectable, one, paired)}`;
}

/** A comparison as its words need it. */
function statedOf({ kind, unit, better }: Comparison): Stated {
  return { effect: kind, unit, better };
}

function formatGrounds({ ratio }: Comparison, { adjustedP, paired }: Grounds): string {
  return `(adjusted p = ${formatP(adjustedP)}, ${formatSampleSize(ratio, paired)})`;
}

const TESTS: Readonly<Record<Comparison["test"], string>> = {
  sign: "sign test",
  "mann-whitney": "Mann–Whitney test",
  runs: "t test of runs",
  count: "count",
};

/** Exactly what was tested: that head is worse (or better) at all, and apart from that the size of the estimate. */
export function formatShown(one: Comparison, grounds: Grounds, word: "worse" | "better"): string {
  return `${word} by the ${TESTS[one.test]} ${
    formatGrounds(one, grounds)
  }, and the estimate is beyond the ` +
    `threshold of ${formatThreshold(grounds.threshold, one.kind, one.unit)}.`;
}

/** Why a cell regressed. */
export function formatRegressed(one: Comparison, grounds: Grounds): string {
  return `${formatEstimate(one.ratio, statedOf(one))}: ${formatShown(one, grounds, "worse")}`;
}

/** Why a cell improved. */
export function formatImproved(one: Comparison, grounds: Grounds): string {
  return `${formatEstimate(one.ratio, statedOf(one))}: ${formatShown(one, grounds, "better")}`;
}

/** What was counted, and what is allowed. */
export function formatCounted(one: Comparison, threshold: number): string {
  const change = formatChange(one.ratio.estimate, statedOf(one));
  const [head, base] = [one.head, one.base].map(({ median }) => median.toFixed(2));
  return `${change}: ${head} system calls an operation in head and ${base} in base, counted in trials of their own; ${threshold} more are allowed.`;
}

/** Why a cell passes. */
export function formatPass(one: Comparison, grounds: Grounds): string {
  const stated = statedOf(one);
  return `${formatEstimate(one.ratio, stated)}: ${
    formatBeyond(grounds.threshold, stated)
  } is excluded${formatSeen(one, grounds)}.`;
}

/** Why nothing can be said because the trials are too few. */
export function formatTooFew(one: Comparison, grounds: Grounds): string {
  const { comparisons, paired } = grounds;
  const alpha = grounds.alpha * grounds.share;
  const { n } = one.ratio;
  const needed = minimumCount(paired, alpha, comparisons);
  if (one.test === "runs") {
    return `${
      formatSampleSize(one.ratio, paired)
    }, of which no two differ, show no spread to compare with (${
      formatEstimate(one.ratio, statedOf(one))
    }).`;
  }
  const cells = comparisons === 1 ? "1 cell" : `${comparisons} cells`;
  return `${
    formatSampleSize(one.ratio, paired)
  } cannot show a regression of any size at alpha ${alpha} ` +
    `over ${cells}, at least ${Math.max(needed, n + 1)}${
      one.ratio.pairs === undefined ? "" : " generations"
    } are needed ` +
    `(${formatEstimate(one.ratio, statedOf(one))}).`;
}

/** Why a cell with enough trials is neither pass nor regression. */
export function formatInconclusive(one: Comparison, grounds: Grounds): string {
  const { threshold, adjustedP, alpha } = grounds;
  const stated = statedOf(one);
  const shown = adjustedP <= alpha
    ? "is not excluded, though the median is not beyond it"
    : "is neither excluded nor shown";
  return `${formatEstimate(one.ratio, stated)}: ${formatBeyond(threshold, stated)} ${shown} ` +
    `${formatGrounds(one, grounds)}${formatSeen(one, grounds)}.`;
}
