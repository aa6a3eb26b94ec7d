// Cells set against each other, for claims that say which of two is better.

import type { Difference, OrientedRatio } from "../compare/contrast.ts";
import { holm } from "../stats/holm.ts";
import type { CaseRequest, ClaimFigures, Figure } from "./claim_figures.ts";
import type { ClaimRule, ClaimTable, ClaimVerdict } from "./claim.ts";

/** The chance that any of the rows says better or worse where there is no difference. */
const ALPHA = 0.05;
/** A smaller difference is none that anybody would act on: it counts as none found. */
export const MIN_EFFECT = 0.02;

/** How {@linkcode verdictOf} comes to its verdicts, for a claim's declaration. */
export function comparisonRule(first: string, what: string): ClaimRule {
  const limit = `by at least ${MIN_EFFECT * 100} %, with Holm's correction over its rows at ${
    ALPHA * 100
  } %`;
  return {
    "holds": `${first} better in all ${what}, ${limit}`,
    "holds in part": `${first} better in some`,
    "does not hold": `${first} better in none, and worse in some`,
    "undecided": `${first} neither better nor worse in any`,
  };
}

/** Two cells, and the metric in which they are compared. `what`: what the row is about, as in `round trip, 64 B`; `first`: the cell that the claim says is better; `base`: the other. */
export type Comparison = Readonly<
  { what: string; first: CaseRequest; base: CaseRequest; metric: string }
>;

/**
 * A comparison that could be made. `what`: what the row is about; `placement`: where the two ends of both cells ran; `ours`: the first cell's figure; `theirs`: the
 * other's; `ratio`: above 1: the first is better; `difference`: what may be said when all rows are looked at: sign test over the rounds, Holm over the rows, 5 %.
 */
export type ComparedRow = {
  what: string;
  placement: string;
  ours: Figure;
  theirs: Figure;
  ratio: OrientedRatio;
  difference: Difference;
};

export function casesOf(comparisons: readonly Comparison[]): readonly CaseRequest[] {
  return comparisons.flatMap(({ first, base }) => [first, base]);
}

/** The comparisons that could be made; a cell that was not measured leaves its row out. */
export function compareCells(
  comparisons: readonly Comparison[],
  figures: ClaimFigures,
): readonly ComparedRow[] {
  const rows = comparisons.flatMap(({ what, first, base, metric }) => {
    const ratio = figures.ratio(first, base, metric);
    const ours = figures.figure(first, metric);
    const theirs = figures.figure(base, metric);
    return ratio === undefined || ours === undefined || theirs === undefined ? [] : [{
      what,
      placement: figures.placement(first),
      ours,
      theirs,
      ratio,
    }];
  });
  const adjusted = holm(rows.map(({ ratio }) => ratio.pValue));
  return rows.map((row, index) => {
    const isClear = adjusted[index]! <= ALPHA &&
      Math.abs(Math.log(row.ratio.ratio)) >= Math.log(1 + MIN_EFFECT);
    return {
      ...row,
      difference: !isClear ? "none found" : row.ratio.ratio > 1 ? "better" : "worse",
    };
  });
}

/** Why nothing could be compared: the reason of the first cell that was not measured. */
export function reasonOf(comparisons: readonly Comparison[], figures: ClaimFigures): string {
  const reasons = casesOf(comparisons).map((request) => figures.skip(request));
  return reasons.find((reason) => reason !== undefined) ?? "nothing was measured";
}

/** How many rows the first won and lost; the rest cannot be told apart. */
export function countRows(
  rows: readonly ComparedRow[],
): { readonly better: number; readonly worse: number; readonly tied: number } {
  const better = rows.filter(({ difference }) => difference === "better").length;
  const worse = rows.filter(({ difference }) => difference === "worse").length;
  return { better, worse, tied: rows.length - better - worse };
}

/** The verdict on "the first is better": all rows, some, or none. Where no row is clear, nothing is decided. */
export function verdictOf(rows: readonly ComparedRow[]): ClaimVerdict {
  const { better, worse } = countRows(rows);
  if (better === rows.length) return "holds";
  if (better > 0) return "holds in part";
  return worse > 0 ? "does not hold" : "undecided";
}

export function tableOf(
  caption: string,
  [first, base]: readonly [string, string],
  rows: readonly ComparedRow[],
): ClaimTable {
  return {
    caption: `${caption}; a ratio above 1 is better for ${first}`,
    columns: ["what", "placement", first, base, "ratio", "pairs"],
    rows: rows.map(({ what, placement, ours, theirs, ratio }) => [
      what,
      placement,
      ours,
      theirs,
      { value: ratio.ratio, low: ratio.low, high: ratio.high, unit: "count" },
      String(ratio.n),
    ]),
  };
}

/** The counts in a sentence, as in `better in 4 of 6 comparisons, worse in 1, and in 1 no difference was found`. */
export function formatCounts(rows: readonly ComparedRow[]): string {
  const { better, worse, tied } = countRows(rows);
  return `better in ${better} of ${rows.length} comparisons, worse in ${worse}, and in ${tied} no difference of at least ${
    MIN_EFFECT * 100
  } % was found (sign test over the rounds, Holm over the comparisons, ${ALPHA * 100} %)`;
}

/** The same comparisons with both ends on one core, and on two: what differs most between runs is not left to the scheduler. */
export function onBothPlacements(comparisons: readonly Comparison[]): readonly Comparison[] {
  return (["same", "cross"] as const).flatMap((pin) =>
    comparisons.map((one) => ({
      ...one,
      first: { ...one.first, pin },
      base: { ...one.base, pin },
    }))
  );
}

/** A warning where throughput decides and TCP paces itself: BBR sends by its own estimate of the path, which over loopback is a guess. */
export function warnOfPacing(congestion: string | undefined): readonly string[] {
  return congestion?.startsWith("bbr")
    ? [
      `TCP ran with congestion control ${congestion}, which paces by its own estimate of the path: a throughput over TCP is that of the estimate as well, and may differ with cubic or reno`,
    ]
    : [];
}
