// Cells set against each other, for claims that say which of two is better.

import type { Difference, OrientedRatio } from "../compare/contrast.ts";
import { holm } from "../stats/holm.ts";
import { type CaseRequest, type ClaimFigures, type Figure, request } from "./claim_figures.ts";
import type { ClaimRule, ClaimTable, ClaimVerdict } from "./claim.ts";

/** The chance that any of the rows says better or worse where there is no difference. */
const ALPHA = 0.05;
/** A smaller difference is none that anybody would act on: it counts as none found. */
export const MIN_EFFECT = 0.02;

/** How {@linkcode verdictOf} comes to its verdicts, for a claim's declaration. */
export function comparisonRule(first: string, what: string): ClaimRule {
  const limit =
    "rows that differ in their size only are one question, whose ratio in a round is their geometric mean; by at " +
    `least ${MIN_EFFECT * 100} %, with Holm's correction over the questions at ${ALPHA * 100} %`;
  return {
    "holds": `${first} better in all ${what} (${limit})`,
    "holds in part": `${first} better in some`,
    "does not hold": `${first} better in none, and worse in some`,
    "undecided": `${first} neither better nor worse in any`,
  };
}

/**
 * Two cells, and the metric in which they are compared. `question`: what is asked, as in `round trip`: comparisons of one question and placement decide together, so that
 * a verdict does not rest on one cell that came out at the edge; `what`: what the row is about, as in `round trip, 64 B`; `first`: the cell that the claim says is
 * better; `base`: the other.
 */
export type Comparison = Readonly<
  { question: string; what: string; first: CaseRequest; base: CaseRequest; metric: string }
>;

/** A comparison of two cells in one size, which joins those of other sizes as one question. */
export function inSize(
  question: string,
  metric: string,
  [scenario, first, base]: readonly [scenario: string, first: string, base: string],
  params: CaseRequest["params"] & { readonly bytes: number },
): Comparison {
  const what = `${question}, ${params.bytes} B`;
  const [own, other] = [first, base].map((transport) => request(scenario, transport, params));
  return { question, what, first: own!, base: other!, metric };
}

/** A comparison that could be made; `ratio` above 1: the first, whose figure is `ours`, is better. */
export type ComparedRow = {
  what: string;
  placement: string;
  ours: Figure;
  theirs: Figure;
  ratio: OrientedRatio;
};

/** What the comparisons of one question and placement say together; `difference`: sign test over the rounds, Holm over the questions, 5 %. */
export type Answer = {
  question: string;
  placement: string;
  rows: number;
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
  return comparisons.flatMap(({ what, first, base, metric }) => {
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
}

/** The answer to each question of the comparisons; one of which no cell was measured is left out. */
export function answerQuestions(
  comparisons: readonly Comparison[],
  figures: ClaimFigures,
): readonly Answer[] {
  const asked = Map.groupBy(
    comparisons,
    ({ question, first: { pin }, metric }) => JSON.stringify([question, pin, metric]),
  );
  const answers = [...asked.values()].flatMap((rows) => {
    const { question, first, metric } = rows[0]!;
    const pairs = rows.map(({ first, base }) => [first, base] as const);
    const ratio = figures.jointRatio(pairs, metric);
    const placement = figures.placement(first);
    return ratio === undefined ? [] : [{ question, placement, rows: rows.length, ratio }];
  });
  const adjusted = holm(answers.map(({ ratio }) => ratio.pValue));
  return answers.map((answer, index) => {
    const { ratio } = answer.ratio;
    const isClear = adjusted[index]! <= ALPHA &&
      Math.abs(Math.log(ratio)) >= Math.log(1 + MIN_EFFECT);
    return { ...answer, difference: !isClear ? "none found" : ratio > 1 ? "better" : "worse" };
  });
}

/** Why nothing could be compared: the reason of the first cell that was not measured. */
export function reasonOf(comparisons: readonly Comparison[], figures: ClaimFigures): string {
  const reasons = casesOf(comparisons).map((request) => figures.skip(request));
  return reasons.find((reason) => reason !== undefined) ?? "nothing was measured";
}

/** How many questions the first won and lost; the rest cannot be told apart. */
export function countAnswers(
  answers: readonly Answer[],
): { readonly better: number; readonly worse: number; readonly tied: number } {
  const better = answers.filter(({ difference }) => difference === "better").length;
  const worse = answers.filter(({ difference }) => difference === "worse").length;
  return { better, worse, tied: answers.length - better - worse };
}

/** The verdict on "the first is better": in all questions, some, or none. Where no answer is clear, nothing is decided. */
export function verdictOf(answers: readonly Answer[]): ClaimVerdict {
  const { better, worse } = countAnswers(answers);
  if (better === answers.length) return "holds";
  if (better > 0) return "holds in part";
  return worse > 0 ? "does not hold" : "undecided";
}

/** The answers, each with the ratio that decides it. */
export function answerTable(
  caption: string,
  first: string,
  answers: readonly Answer[],
): ClaimTable {
  return {
    caption:
      `${caption}: the geometric mean of the sizes in each round; a ratio above 1 is better for ${first}`,
    columns: ["question", "placement", "sizes", "ratio", "pairs", "difference"],
    rows: answers.map(({ question, placement, rows, ratio, difference }) => [
      question,
      placement,
      String(rows),
      ratioCell(ratio),
      String(ratio.n),
      difference,
    ]),
  };
}

function ratioCell({ ratio, low, high }: OrientedRatio): Figure {
  return { value: ratio, low, high, unit: "count" };
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
      ratioCell(ratio),
      String(ratio.n),
    ]),
  };
}

/** The counts in a sentence, as in `better in 4 of 6 questions, worse in 1, and in 1 no difference was found`. */
export function formatCounts(answers: readonly Answer[]): string {
  const { better, worse, tied } = countAnswers(answers);
  return `better in ${better} of ${answers.length} questions, worse in ${worse}, and in ${tied} no difference of at least ${
    MIN_EFFECT * 100
  } % was found (sign test over the rounds, Holm over the questions, ${ALPHA * 100} %)`;
}

/** The same comparisons with both ends on one core, and on two: what differs most between runs is not left to the scheduler. */
export function onBothPlacements(comparisons: readonly Comparison[]): readonly Comparison[] {
  return (["same", "cross"] as const).flatMap((pin) =>
    comparisons.map((one) => ({ ...one, first: { ...one.first, pin }, base: { ...one.base, pin } }))
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
