// What starvation does to verdicts: figures of processes that did not get the CPU are not those of the code in question.

import { formatShare } from "../units/format_quantity.ts";
import type { RecordComparison, WaitShares } from "../compare/comparison.ts";
import type { Verdict } from "./gate_result.ts";
import { HOPELESS_WAIT, NOTABLE_WAIT, UNEQUAL_WAIT } from "../compare/health.ts";

/**
 * Withholds a verdict that the starvation of one side may have made, or that of both may hide. Interleaved pairs met the same machine, which
 * their interval has in it: their verdicts stand, and an undecided one names the starvation. Returns the verdict itself, or `inconclusive`
 * with both shares in its reason.
 */
export function withholdStarved(cell: Verdict, compared: RecordComparison): Verdict {
  const shares = compared.waits?.get(cell.case);
  if (shares === undefined || cell.rule === "failures") return cell;
  const isOpen = cell.verdict === "inconclusive";
  const reason = `${cell.reason.replace(/\.$/, "")}${isOpen ? "; " : ", but "}${
    formatShares(shares)
  }.`;
  if (isOpen) return isNotable(shares) ? { ...cell, reason } : cell;
  const isUndermined = cell.rule === "limit"
    ? isWithinLimit(cell, shares)
    : !compared.paired && isUnsafe(cell, shares);
  return isUndermined
    ? { ...cell, verdict: "inconclusive", reason, unresolvable: true, starved: true }
    : cell;
}

/** A starved head looks slower than it is, a starved base hides that head is. */
function isUnsafe({ verdict }: Verdict, { base = 0, head = 0 }: WaitShares): boolean {
  const isHopeless = Math.max(base, head) >= HOPELESS_WAIT;
  if (verdict === "regressed") return isHopeless || head - base >= UNEQUAL_WAIT;
  if (verdict === "pass" || verdict === "improved") {
    return isHopeless || base - head >= UNEQUAL_WAIT;
  }
  return false;
}

/** Whether a broken limit would hold if the time without a CPU were taken off. */
function isWithinLimit({ verdict, head: own, limit }: Verdict, { head = 0 }: WaitShares): boolean {
  if (verdict !== "regressed" || own === undefined || limit === undefined) return false;
  if (head < UNEQUAL_WAIT) return false;
  const left = 1 - head;
  return limit.bound === "max"
    ? own.median * left <= limit.value
    : own.median >= limit.value * left;
}

function isNotable(shares: WaitShares): boolean {
  return Object.values(shares).some((share) => share >= NOTABLE_WAIT);
}

/** The starvation of a whole job, for its first line. Returns a clause; `undefined` where both sides had the CPU, or it is not known. */
export function formatJobHealth({ health }: RecordComparison): string | undefined {
  return health !== undefined && isNotable(health) ? formatShares(health) : undefined;
}

function formatShares(shares: WaitShares): string {
  const said = (["base", "head"] as const).flatMap((side) => {
    const share = shares[side];
    return share === undefined ? [] : [`${formatShare(share)} of the measured time in ${side}`];
  });
  return `the processes were kept off the CPU for ${said.join(" and ")}`;
}
