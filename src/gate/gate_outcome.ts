// The outcome of a gate: exit code and one sentence, from its verdicts.

import { inverseOf, isBeyondBetter } from "../compare/effect.ts";
import type { GateResult, Verdict, VerdictWord } from "./gate_result.ts";
import { formatFailures } from "./judge_failures.ts";
import { COUNTED_METRIC } from "../compare/pooled_values.ts";
import { formatChange } from "../units/format_change.ts";
import { isStrict } from "./gate_policy.ts";

/** A result before it is concluded. */
export type OpenResult = Omit<GateResult, "exitCode" | "summary" | "judged">;

const JUDGED: readonly VerdictWord[] = ["pass", "regressed", "improved", "inconclusive"];

/** A headline that could have shown no less than so many thresholds would not have shown what the gate is there to find. */
const BLIND = 4;

/** Concludes a gate. */
export function concludeGate(open: OpenResult): GateResult {
  const regressed = open.cells.filter(({ verdict }) => verdict === "regressed");
  const judged =
    open.cells.filter((cell) =>
      JUDGED.includes(cell.verdict) && (cell.rule !== "failures" || regressed.includes(cell))
    ).length;
  // What is worse in a loop that is the same on both sides is the machine, or the agents.
  const isUnproven = open.control?.moved === true;
  const obstacle = isUnproven ? open.control?.text : findObstacle(open, judged);
  // What was counted does not depend on how fast the machine was.
  const isShown = !isUnproven || regressed.some(({ metric }) => metric === COUNTED_METRIC);
  const exitCode = regressed.length > 0 && isShown ? 1 : obstacle === undefined ? 0 : 3;
  const counts = formatCounts(open.cells) + (open.health === undefined ? "" : `; ${open.health}`);
  const undecided = formatOpen(open.cells);
  const summary = exitCode === 1
    ? `Regressed: ${regressed.length} of ${formatCells(judged)} (worst: ${formatWorst(regressed)})${
      undecided === "" ? "" : `; ${undecided.slice(0, -2)}`
    }${counts}.`
    : exitCode === 3
    ? `Cannot judge: ${undecided}${obstacle}${counts}.`
    : `Passed: ${undecided}none of ${formatCells(judged)} regressed${counts}.`;
  return { ...open, exitCode, summary, judged };
}

/** What keeps a gate without regression from passing. */
function findObstacle(open: OpenResult, judged: number): string | undefined {
  const { cells, ignored, policy, obstacles } = open;
  const count = (verdict: VerdictWord) => cells.filter((cell) => cell.verdict === verdict).length;
  const unresolvable = cells.filter((cell) => cell.unresolvable);
  const failing = unresolvable.filter(({ rule }) => rule === "failures").length;
  const starved = unresolvable.filter((cell) => cell.starved).length;
  const strict = cells.filter((cell) =>
    cell.verdict === "inconclusive" && isStrict(policy, cell.case)
  );
  const reasons = [
    ...obstacles,
    ...formatObstacle(count("missing"), "missing from head"),
    ...formatObstacle(count("incomparable"), "incomparable"),
    ...formatObstacle(unresolvable.length - failing - starved, "measured too seldom"),
    ...formatObstacle(starved, "measured while the processes were kept off the CPU"),
    ...(failing === 0 ? [] : [`head fails in ${failing} ${failing === 1 ? "case" : "cases"}`]),
    ...formatObstacle(strict.length, "inconclusive, under strict"),
  ];
  if (reasons.length > 0) return reasons.join(", ");
  if (judged > 0) return findIndecision(open);
  return ignored.length > 0 && cells.length === 0
    ? "every cell is ignored"
    : "nothing was compared with base";
}

/** A job that decided nothing has judged nothing, however many cells it measured. */
function findIndecision({ cells, policy, paired }: OpenResult): string | undefined {
  const all = cells.filter(({ rule, verdict }) => rule !== "failures" && JUDGED.includes(verdict));
  const timed = all.filter(({ metric }) => metric !== COUNTED_METRIC);
  // A count that is the same says nothing of times, which are to be decided where they are judged.
  const judged = timed.length === 0 ? all : timed;
  if (judged.every(({ verdict }) => verdict === "inconclusive")) {
    return judged.length === 1 ? "its cell is not decided" : `none of its cells is decided`;
  }
  const compared = judged.filter(({ rule }) => rule === "slowdown");
  const headlines = compared.filter(({ headline }) => headline);
  if (headlines.length > 0 && headlines.every(({ verdict }) => verdict === "inconclusive")) {
    return "no headline is decided";
  }
  const blind = headlines.filter((cell) => isBlind(cell, policy.threshold, paired));
  if (headlines.length === 0) {
    return compared.length > 0 && compared.every((cell) => isBlind(cell, policy.threshold, paired))
      ? `no cell could have shown ${BLIND} times its threshold`
      : undefined;
  }
  if (blind.length === 0) return undefined;
  const [{ case: id, metric }] = blind as [Verdict];
  const more = blind.length === 1 ? "" : ` and ${blind.length - 1} more`;
  return `${id} ${metric}${more} could not have shown ${BLIND} times the threshold`;
}

/** What is shown to be better, or to be within the threshold, is decided, whatever else could have been seen. */
function isBlind(cell: Verdict, ownThreshold: number, paired: boolean): boolean {
  const { detectable, verdict, confirmation, ratio, effect = "ratio" } = cell;
  const { threshold = ownThreshold } = cell;
  if (detectable === undefined || confirmation !== undefined) return false;
  // The wide interval of two moments passes what half of the trials hide.
  if (verdict === "pass" && paired) return false;
  if (ratio !== undefined && isBeyondBetter(ratio.low, threshold, effect)) return false;
  return threshold > 0 && detectable.effect > BLIND * threshold;
}

/** What a verdict leaves open comes first; of a job that decided nothing its obstacle says so. */
function formatOpen(cells: readonly Verdict[]): string {
  const judged = cells.filter(({ rule, verdict }) =>
    rule !== "failures" && JUDGED.includes(verdict)
  );
  const open = judged.filter(({ verdict }) => verdict === "inconclusive").length;
  return open === 0 || open === judged.length
    ? ""
    : `${open} of ${formatCells(judged.length)} not decided; `;
}

function formatObstacle(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${formatCells(count)} ${count === 1 ? "is" : "are"} ${what}`];
}

function formatCells(count: number): string {
  return count === 1 ? "1 cell" : `${count} cells`;
}

function formatCounts(cells: readonly Verdict[]): string {
  const words: readonly VerdictWord[] = ["improved", "new"];
  const counts = words.flatMap((word) => {
    const count = cells.filter(({ verdict, rule }) => verdict === word && rule !== "failures");
    return count.length === 0 ? [] : [`${count.length} ${word}`];
  });
  return [counts.join(", "), ...formatFailedTrials(cells)]
    .map((text) => text === "" ? "" : `; ${text}`).join("");
}

/** Failed trials are for the first line, whatever follows from them. */
function formatFailedTrials(cells: readonly Verdict[]): readonly string[] {
  const failures = cells.flatMap((cell) => cell.failures ?? []);
  if (failures.length === 0) return [];
  const sum = (side: "base" | "head") => failures.reduce((n, one) => n + one[side].failed, 0);
  return [`failed trials: ${sum("base")} in base, ${sum("head")} in head`];
}

/** By ratio; a broken limit has none and comes last, before failures. */
function formatWorst(regressed: readonly Verdict[]): string {
  const rank = (cell: Verdict) => {
    const { effect = "ratio", rule } = cell;
    const { ratio } = cell.confirmation ?? cell;
    return ratio === undefined ? (rule === "limit" ? 0 : -1) : inverseOf(ratio.estimate, effect);
  };
  const worst = [...regressed].sort((a, b) => rank(b) - rank(a))[0];
  if (worst === undefined) return "none";
  return `${worst.case} ${worst.metric}${formatSize(worst)}`;
}

/** That of the fresh pairs where they were asked, as everywhere. */
function formatSize({ confirmation, effect, unit, better, limit, ...first }: Verdict): string {
  const { ratio, failures } = confirmation ?? first;
  if (ratio !== undefined && effect !== undefined && unit !== undefined && better !== undefined) {
    return `, ${formatChange(ratio.estimate, { effect, unit, better })}`;
  }
  if (failures !== undefined) return `: ${formatFailures(failures.base, failures.head)}`;
  return `, limit ${limit?.text}`;
}
