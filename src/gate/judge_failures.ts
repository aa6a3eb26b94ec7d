// Failures: whether head's trials fail where base's do not.
//
// A trial that failed has no figures to compare, so that a head that refuses every tenth connection could be as fast as ever in the other
// nine. Its failures are therefore compared like any figure, case by case.

import { fisherExact } from "../stats/fisher_exact.ts";
import { holm } from "../stats/holm.ts";
import type { CaseFailures, Failures, RecordComparison } from "../compare/comparison.ts";
import { gates, matchesCell, type Policy } from "./gate_policy.ts";
import type { Verdict } from "./gate_result.ts";
import { formatP } from "../units/format_change.ts";

/** What stands in the place of a metric where failures are judged, and how a policy sets them aside. */
export const FAILURES = "failures";

/** So many failures of head beside none of base are no accident to pass over. */
const SUSPICIOUS = 2;

/** A verdict for each gated case with a failed trial on either side, adjusted over all of them. */
export function judgeFailures(
  heads: readonly RecordComparison[],
  policy: Policy,
): readonly (readonly Verdict[])[] {
  const casesOf = heads.map((compared) => judgedFailures(compared, policy));
  const pValueOf = new Map(
    casesOf.flat().map((one) => [one, failureP(one.base, one.head)] as const),
  );
  const adjusted = holm([...pValueOf.values()]);
  const adjustedOf = new Map([...pValueOf.keys()].map((one, index) => [one, adjusted[index]!]));
  return casesOf.map((cases) => judgeCases(cases, pValueOf, adjustedOf, policy));
}

type ByCase = ReadonlyMap<CaseFailures, number>;

function judgeCases(
  cases: readonly CaseFailures[],
  pValueOf: ByCase,
  adjustedOf: ByCase,
  policy: Policy,
): readonly Verdict[] {
  const isEverywhere = failureP(sum(cases, "base"), sum(cases, "head")) <= policy.alpha;
  return cases.flatMap((one): readonly Verdict[] => {
    if (one.base.failed + one.head.failed === 0) return [];
    const [pValue, adjustedP] = [pValueOf.get(one)!, adjustedOf.get(one)!];
    return [{
      case: one.case,
      metric: FAILURES,
      rule: "failures",
      headline: false,
      n: one.head.trials,
      failures: { base: one.base, head: one.head },
      pValue,
      adjustedP,
      warnings: [],
      ...decide(one, { pValue, adjustedP, policy, isEverywhere }),
    }];
  });
}

function sum(cases: readonly CaseFailures[], side: "base" | "head"): Failures {
  const total = (key: "failed" | "trials") => cases.reduce((n, one) => n + one[side][key], 0);
  return { failed: total("failed"), trials: total("trials") };
}

/** A case of which every trial of a side failed, or that was given up, is missing or incomparable already. */
function judgedFailures(
  { failures, comparisons, newCells, missingCells, incomparableCells }: RecordComparison,
  policy: Policy,
): readonly CaseFailures[] {
  const gated = [...comparisons, ...newCells, ...missingCells, ...incomparableCells]
    .filter((cell) => gates(policy, cell));
  const ids = new Set(gated.map((cell) => cell.case));
  return failures.filter((one) =>
    ids.has(one.case) &&
    !policy.ignore.some((rule) => matchesCell(rule, { case: one.case, metric: FAILURES }))
  );
}

/** The chance of failures of head that many, were both sides alike. 0 to 1. */
export function failureP(base: Failures, head: Failures): number {
  return fisherExact(
    { count: base.failed, of: base.trials },
    { count: head.failed, of: head.trials },
  );
}

function decide(
  { base, head }: CaseFailures,
  { pValue, adjustedP, policy, isEverywhere }: {
    readonly pValue: number;
    readonly adjustedP: number;
    readonly policy: Policy;
    /** Whether all cases together are more than chance explains. */
    readonly isEverywhere: boolean;
  },
): Pick<Verdict, "verdict" | "reason" | "unresolvable" | "flagged"> {
  const seen = `${formatFailures(base, head)} (p = ${formatP(pValue)}, adjusted p = ${
    formatP(adjustedP)
  })`;
  if (adjustedP <= policy.alpha) {
    const reason = `${seen}: more than chance explains${why(head)}.`;
    return { verdict: "regressed", reason, unresolvable: false, flagged: true };
  }
  const isNew = base.failed === 0 && head.failed >= SUSPICIOUS;
  if (isNew || pValue <= policy.screenAlpha) {
    const reason = `${seen}: chance could explain it, and so could head${why(head)}.`;
    return { verdict: "inconclusive", reason, unresolvable: true, flagged: true };
  }
  if (isEverywhere && head.failed > base.failed) {
    const reason = `${seen}: head fails in more cases than chance explains${why(head)}.`;
    return { verdict: "inconclusive", reason, unresolvable: true, flagged: true };
  }
  const more = head.failed > base.failed ? why(head) : "";
  const reason = `${seen}: no more than chance explains${more}.`;
  return { verdict: "pass", reason, unresolvable: false, flagged: false };
}

/** Failed trials of both sides in words. As in `2 of 20 trials failed in head, 0 of 20 in base`. */
export function formatFailures(base: Failures, head: Failures): string {
  return `${head.failed} of ${head.trials} trials failed in head, ` +
    `${base.failed} of ${base.trials} in base`;
}

/** What the first failed trial failed of, as the end of a sentence. */
function why({ error }: Failures): string {
  return error === undefined ? "" : `; first ${error.kind}: ${error.message.replace(/\.$/, "")}`;
}
