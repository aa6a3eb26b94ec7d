// Confirmation: a gate turns red on fresh pairs only.
//
// The first phase looks at all cells and points; the second measures those cells again and decides. As the fresh pairs
// know nothing of the selection, the second test alone keeps the error rate of the whole job at alpha (data splitting:
// Cox, "A note on data-splitting for the evaluation of significance levels", Biometrika 62(2), 1975, pp. 441–444). The
// first phase may therefore point at a mere suspicion, which is where the power comes from.

import { holm } from "../stats/holm.ts";
import {
  type CaseFailures,
  type Cell,
  cellKey,
  type Comparison,
  type RecordComparison,
} from "../compare/comparison.ts";
import { isBeyond } from "../compare/effect.ts";
import { concludeGate } from "./gate_outcome.ts";
import type { Control } from "./control.ts";
import { adjustByFamily, type Correction } from "./families.ts";
import { type Policy, thresholdOf } from "./gate_policy.ts";
import type { GateResult, Verdict } from "./gate_result.ts";
import { failureP, formatFailures } from "./judge_failures.ts";
import { judgeLimits } from "./judge_limits.ts";
import { withholdStarved } from "./judge_health.ts";
import { CONFIDENCE } from "../compare/summarize.ts";
import { formatEstimate, formatP } from "../units/format_change.ts";
import { formatSampleSize, formatShown, formatTooFew } from "./verdict_reason.ts";

/** The cells to measure again. Returns those that regressed, and those suspected of it; each cell once. */
export function flagged(result: GateResult): readonly Pick<Cell, "case" | "metric">[] {
  const cells = result.cells.filter((cell) => cell.flagged);
  return [...new Map(cells.map((cell) => [cellKey(cell.case, cell.metric), cell])).values()]
    .map(({ case: id, metric }) => ({ case: id, metric }));
}

/** Decides flagged cells by fresh pairs: `regressed`, `pass` where what is beyond the threshold is excluded, else unresolvable. */
export function confirm(
  first: GateResult,
  fresh: RecordComparison,
  policy: Policy,
  control: Control | undefined = first.control,
): GateResult {
  return confirmHeads([{ first, fresh, ...(control !== undefined && { control }) }], policy)[0]!;
}

/** A head that has flagged cells: its result, and its fresh pairs with their control. */
export interface FlaggedHead {
  readonly first: GateResult;
  readonly fresh: RecordComparison;
  readonly control?: Control;
}

/** Decides the flagged cells of several heads, a result each, adjusted for those of all of them. */
export function confirmHeads(
  heads: readonly FlaggedHead[],
  policy: Policy,
): readonly GateResult[] {
  const found = heads.map(findFresh);
  // What was flagged is fixed before the fresh pairs are measured: families without a flag take no part.
  const all = found.flat();
  const adjusted = adjustByFamily(all, all.map(({ pValue }) => pValue));
  const places = new Map(all.map((one, place) => [one, place]));
  const failures = adjustFailures(heads, policy);
  return heads.map((head, index) => {
    const decided = found[index]!.map((one): [string, Fresh] => [
      cellKey(one.case, one.metric),
      { comparison: one, ...adjusted[places.get(one)!]! },
    ]);
    return confirmHead(head, new Map(decided), failures[index]!, policy);
  });
}

/** The fresh pairs of the cells that were flagged as slower. */
function findFresh({ first, fresh }: FlaggedHead): readonly Comparison[] {
  const pairs = new Map(fresh.comparisons.map((one) => [cellKey(one.case, one.metric), one]));
  return first.cells.filter(({ flagged, rule }) => flagged && rule === "slowdown")
    .flatMap((cell) => pairs.get(cellKey(cell.case, cell.metric)) ?? []);
}

function confirmHead(
  { first, fresh, control = first.control }: FlaggedHead,
  decided: ReadonlyMap<string, Fresh>,
  failures: ReadonlyMap<string, FreshFailures>,
  policy: Policy,
): GateResult {
  const limits = new Map(
    judgeLimits(fresh, policy).map((limit) => [cellKey(limit.case, limit.metric), limit]),
  );
  const cells = first.cells.map((cell): Verdict => {
    if (!cell.flagged) return cell;
    const key = cellKey(cell.case, cell.metric);
    if (cell.rule === "limit") {
      return withholdStarved(confirmLimit(cell, limits.get(key)), fresh);
    }
    if (cell.rule === "failures") return confirmFailures(cell, failures.get(cell.case));
    return withholdStarved(confirmCell(cell, decided.get(key), fresh, policy), fresh);
  });
  const { exitCode: _code, summary: _summary, judged: _judged, ...open } = first;
  // Either job's control may have moved: with the first what passed is unproven, with the second what is red.
  const moved = first.control?.moved ? first.control : control;
  return concludeGate({ ...open, cells, ...(moved !== undefined && { control: moved }) });
}

interface FreshFailures extends CaseFailures {
  readonly isBeyondChance: boolean;
}

/** Of each head its flagged failures over fresh trials, by case. */
function adjustFailures(
  heads: readonly FlaggedHead[],
  { alpha }: Policy,
): readonly ReadonlyMap<string, FreshFailures>[] {
  const found = heads.map(({ first, fresh }) => {
    const asked = first.cells.filter(({ flagged, rule }) => flagged && rule === "failures");
    return fresh.failures.filter((one) => asked.some((cell) => cell.case === one.case));
  });
  const all = found.flat();
  const adjusted = holm(all.map(({ base, head }) => failureP(base, head)));
  const beyond = new Set(all.filter((_, index) => adjusted[index]! <= alpha));
  return found.map((own) =>
    new Map(own.map((one) => [one.case, { ...one, isBeyondChance: beyond.has(one) }]))
  );
}

/** Once more on fresh agents: a head that fails again does not pass, and beyond chance it is red. */
function confirmFailures(cell: Verdict, found: FreshFailures | undefined): Verdict {
  const before = cell.failures === undefined
    ? ""
    : ` (before: ${formatFailures(cell.failures.base, cell.failures.head)})`;
  if (found === undefined) {
    return settle(cell, "missing", `No fresh trials could show whether head fails${before}.`);
  }
  const { base, head, isBeyondChance } = found;
  const error = head.error === undefined ? "" : `; first ${head.error.kind}: ${head.error.message}`;
  const seen = `On fresh agents ${formatFailures(base, head)}${before}`;
  const confirmation = { n: head.trials, failures: { base, head } };
  if (isBeyondChance) {
    const reason = `${seen}: more than chance explains${error}.`;
    return { ...settle(cell, "regressed", reason), confirmation };
  }
  const failsAgain = head.failed > 0 && head.failed >= base.failed;
  const reason = failsAgain ? `${seen}: head fails again${error}.` : `${seen}: not confirmed.`;
  return { ...settle(cell, "inconclusive", reason), confirmation, unresolvable: failsAgain };
}

interface Fresh extends Correction {
  readonly comparison: Comparison;
}

function confirmCell(
  cell: Verdict,
  found: Fresh | undefined,
  fresh: RecordComparison,
  policy: Policy,
): Verdict {
  const [obstacle] = fresh.environmentObstacles;
  if (obstacle !== undefined) {
    const reason = `Flagged, but the environments of the fresh pairs do not match: ${obstacle}.`;
    return settle(cell, "incomparable", reason);
  }
  if (found === undefined) {
    const isCell = (one: Cell) => one.case === cell.case && one.metric === cell.metric;
    const incomparable = fresh.incomparableCells.find(isCell);
    const gap = incomparable ?? fresh.missingCells.find(isCell);
    const why = gap === undefined ? "" : `: ${gap.reason}`;
    const reason = `Flagged, but no fresh pairs could confirm or clear it${why}.`;
    return settle(cell, incomparable === undefined ? "missing" : "incomparable", reason);
  }
  const { comparison, adjustedP, comparisons, share } = found;
  const { ratio, kind, unit, better, pValue, leastPValue, base, head } = comparison;
  const stated = { effect: kind, unit, better };
  const { alpha } = policy;
  const { paired } = fresh;
  const threshold = thresholdOf(policy, cell);
  const confirmation = { ratio, pValue, adjustedP, n: ratio.n, base, head };
  const seen = formatEstimate(ratio, stated);
  const grounds = { ...found, threshold, alpha, paired };
  const figures = `adjusted p = ${formatP(adjustedP)}, ${formatSampleSize(ratio, paired)}`;
  if (adjustedP <= alpha && isBeyond(ratio.estimate, threshold, kind)) {
    const before = cell.ratio === undefined ? "" : ` after ${formatEstimate(cell.ratio, stated)}`;
    const reason = `${seen} on fresh pairs${before}: ${formatShown(comparison, grounds, "worse")}`;
    return { ...settle(cell, "regressed", reason), confirmation };
  }
  const promises = ratio.confidence >= CONFIDENCE - 1e-9;
  const isCleared = promises && !isBeyond(ratio.low, threshold, kind);
  if (!isCleared && (!promises || comparisons * leastPValue > alpha * share)) {
    const reason = `Flagged, but not decided: ${formatTooFew(comparison, grounds)}`;
    return { ...settle(cell, "inconclusive", reason), confirmation, unresolvable: true };
  }
  const outcome = isCleared ? "cleared" : "not confirmed";
  const reason = `Flagged, but ${outcome}: fresh pairs show ${seen} (${figures}).`;
  return { ...settle(cell, isCleared ? "pass" : "inconclusive", reason), confirmation };
}

function confirmLimit(cell: Verdict, found: Verdict | undefined): Verdict {
  if (found === undefined || found.verdict === "missing" || found.verdict === "incomparable") {
    const why = found === undefined ? "head was not measured again." : found.reason;
    return settle(cell, "missing", `Beyond its limit, but not decided by fresh trials: ${why}`);
  }
  const confirmation = { n: found.n, ...(found.head !== undefined && { head: found.head }) };
  if (found.verdict === "regressed") {
    const reason = `${found.reason.slice(0, -1)}, confirmed on fresh trials.`;
    return { ...settle(cell, "regressed", reason), confirmation };
  }
  const reason = `Beyond its limit, but not confirmed on fresh trials: ${found.reason}`;
  const { unresolvable } = found;
  return { ...settle(cell, "inconclusive", reason), confirmation, unresolvable };
}

function settle(
  { starved: _starved, detectable, ...cell }: Verdict,
  verdict: Verdict["verdict"],
  reason: string,
): Verdict {
  const isRed = verdict === "regressed";
  return {
    ...cell,
    ...(detectable !== undefined && !isRed && { detectable }),
    verdict,
    reason,
    unresolvable: false,
  };
}
