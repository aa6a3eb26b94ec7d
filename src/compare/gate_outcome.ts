/**
 * The outcome of a gate: exit code and one sentence, from its verdicts.
 *
 * @module
 */

import { sayRatio } from "./normalize.ts";
import type { GateResult, Verdict, VerdictWord } from "./gate_result.ts";

/** A result before it is concluded. */
export type OpenResult = Omit<GateResult, "exitCode" | "summary" | "judged">;

const JUDGED: readonly VerdictWord[] = ["pass", "regressed", "improved", "inconclusive"];

/**
 * Concludes a gate.
 *
 * @param open Verdicts and what they rest on.
 * @returns The same with exit code and summary.
 */
export function concludeGate(open: OpenResult): GateResult {
  const judged = open.cells.filter(({ verdict }) => JUDGED.includes(verdict)).length;
  const obstacle = findObstacle(open, judged);
  const regressed = open.cells.filter(({ verdict }) => verdict === "regressed");
  const exitCode = regressed.length > 0 ? 1 : obstacle === undefined ? 0 : 3;
  const counts = sayCounts(open.cells) +
    (open.normalization === undefined
      ? ""
      : `; normalized by a yardstick ratio of ${sayRatio(open.normalization.ratio)}`);
  const summary = exitCode === 1
    ? `Regressed: ${regressed.length} of ${sayCells(judged)} (worst: ${
      sayWorst(regressed)
    })${counts}.`
    : exitCode === 3
    ? `Cannot judge: ${obstacle}${counts}.`
    : `Passed: none of ${sayCells(judged)} regressed${counts}.`;
  return { ...open, exitCode, summary, judged };
}

/** What keeps a gate without regression from passing. */
function findObstacle({ cells, ignored, policy }: OpenResult, judged: number): string | undefined {
  const count = (verdict: VerdictWord) => cells.filter((cell) => cell.verdict === verdict).length;
  const reasons = [
    ...sayObstacle(count("missing"), "missing from head"),
    ...sayObstacle(count("incomparable"), "incomparable"),
    ...sayObstacle(cells.filter((cell) => cell.unresolvable).length, "measured too seldom"),
    ...(policy.strict ? sayObstacle(count("inconclusive"), "inconclusive, under strict") : []),
  ];
  if (judged === 0 && reasons.length === 0) {
    return ignored.length > 0 && cells.length === 0
      ? "every cell is ignored"
      : "nothing was compared with base";
  }
  return reasons.length === 0 ? undefined : reasons.join(", ");
}

function sayObstacle(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${sayCells(count)} ${count === 1 ? "is" : "are"} ${what}`];
}

function sayCells(count: number): string {
  return count === 1 ? "1 cell" : `${count} cells`;
}

function sayCounts(cells: readonly Verdict[]): string {
  const words: readonly VerdictWord[] = ["improved", "inconclusive", "new"];
  const counts = words.flatMap((word) => {
    const count = cells.filter(({ verdict }) => verdict === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return counts.length === 0 ? "" : `; ${counts.join(", ")}`;
}

/** By slowdown; a broken limit has none and comes last. */
function sayWorst(regressed: readonly Verdict[]): string {
  const size = ({ slowdown }: Verdict) => slowdown?.estimate ?? 0;
  const worst = [...regressed].sort((a, b) => size(b) - size(a))[0];
  if (worst === undefined) return "none";
  const by = worst.slowdown === undefined
    ? `, limit ${worst.limit?.text}`
    : `, ${((worst.slowdown.estimate - 1) * 100).toFixed(1)} ${
      worst.effect === "difference" ? "points" : "%"
    } worse`;
  return `${worst.case} ${worst.metric}${by}`;
}
