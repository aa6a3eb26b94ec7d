// judge: from comparisons and a policy to verdicts.
//
// A cell is red only when both hold: the one-sided test of "worse at all", adjusted for all gated cells, is at most alpha; and the
// estimate is worse than the cell's threshold allows. The first alone would call differences that nobody cares for, the second alone
// would call noise. To test for "beyond the threshold" instead was rejected: simulated (16 + 24 generations of 8 pairs, 24 % speed
// changes, 5 % slower, threshold 2 %) it finds 69 % where this finds 99 %, and neither is red for unchanged code in 2,000 jobs. What that
// costs: a head that is slower by the threshold exactly is red in half of all jobs. A cell is green only when its interval excludes what
// is beyond the threshold. What lies between is said to lie between.
//
// Whatever cannot be judged is never a pass: cells that are missing or incomparable, cells with too few trials to show
// anything, and a gate that judged nothing at all end with exit code 3.

import {
  byCell,
  type Cell,
  type Comparison,
  type Gap,
  type RecordComparison,
} from "../compare/comparison.ts";
import type { Control } from "./control.ts";
import { findDetectable } from "./detectable.ts";
import { isAbsolute } from "../units/format_change.ts";
import { isBeyond, isBeyondBetter } from "../compare/effect.ts";
import { concludeGate } from "./gate_outcome.ts";
import { adjustByFamily, type Correction } from "./families.ts";
import { gates, matchesCell, type Policy, thresholdOf } from "./gate_policy.ts";
import type { GateResult, IgnoredCell, Verdict, VerdictWord } from "./gate_result.ts";
import { judgeFailures } from "./judge_failures.ts";
import { formatJobHealth, withholdStarved } from "./judge_health.ts";
import { judgeLimits } from "./judge_limits.ts";
import { CONFIDENCE } from "../compare/summarize.ts";
import {
  formatCounted,
  formatImproved,
  formatInconclusive,
  formatPass,
  formatRegressed,
  formatTooFew,
  type Grounds,
} from "./verdict_reason.ts";

/** Faster by more than this is a damaged baseline, not an improvement: removing a 40 ms stall from a 10 µs exchange is 4,000. */
const LARGEST_IMPROVEMENT = 10_000;

/**
 * Judges every cell that the policy gates.
 *
 * @param compared Two records, cell by cell.
 * @param policy How comparisons become verdicts.
 * @param control The negative control; absent: there was none to be had.
 * @returns Verdicts, exit code and summary. The order and unit of what was compared change nothing.
 */
export function judge(
  compared: RecordComparison,
  policy: Policy,
  control?: Control,
): GateResult {
  return judgeHeads([{ compared, ...(control !== undefined && { control }) }], policy)[0]!;
}

/** A head compared with base, and its control where there was one. */
export interface ComparedHead {
  readonly compared: RecordComparison;
  readonly control?: Control;
}

/** Judges several heads against one base, a result each. All cells share the error rate: who has more heads is not wrong more often. */
export function judgeHeads(heads: readonly ComparedHead[], policy: Policy): readonly GateResult[] {
  const all = heads.map(({ compared }) => compared);
  const compared = judgeComparisons(all, policy);
  const failures = judgeFailures(all, policy);
  return heads.map((head, index) =>
    concludeHead(head, [...compared[index]!, ...failures[index]!], policy)
  );
}

function concludeHead(
  { compared, control }: ComparedHead,
  judged: readonly Verdict[],
  policy: Policy,
): GateResult {
  const cells = [
    ...judged,
    ...verdictsOf("new", compared.newCells, policy),
    ...verdictsOf("missing", compared.missingCells, policy),
    ...verdictsOf("incomparable", compared.incomparableCells, policy),
    ...judgeLimits(compared, policy),
  ];
  const health = formatJobHealth(compared);
  return concludeGate({
    cells: cells.map((cell) => withholdStarved(cell, compared)).sort(byVerdict),
    ignored: listIgnored(compared, policy),
    paired: compared.paired,
    ...(health !== undefined && { health }),
    ...(control !== undefined && { control }),
    obstacles: compared.isHeadPartial ? ["head's run was ended early, so that it is partial"] : [],
    environmentDifferences: compared.environmentDifferences,
    notes: [
      ...(control === undefined || control.moved ? [] : [control.text]),
      ...findNotes(compared, policy),
    ],
    policy,
  });
}

const RULES: readonly Verdict["rule"][] = ["slowdown", "limit", "failures"];

function byVerdict(a: Verdict, b: Verdict): number {
  return byCell(a, b) || RULES.indexOf(a.rule) - RULES.indexOf(b.rule);
}

function isGated(cell: Cell, policy: Policy): boolean {
  return gates(policy, cell) && !policy.ignore.some((rule) => matchesCell(rule, cell));
}

/** The verdicts of each head's comparisons, adjusted for those of all heads whose environment is base's. */
function judgeComparisons(
  heads: readonly RecordComparison[],
  policy: Policy,
): readonly (readonly Verdict[])[] {
  const gated = heads.map(({ comparisons }) => comparisons.filter((one) => isGated(one, policy)));
  // What is counted cannot be wrong by chance, and takes nothing of the error rate.
  const all = gated.filter((_, head) => heads[head]!.environmentObstacles.length === 0).flat()
    .filter(({ test }) => test !== "count");
  const worse = adjustByFamily(all, all.map(({ pValue }) => pValue));
  const better = adjustByFamily(all, all.map(({ pValueBetter }) => pValueBetter));
  const places = new Map(all.map((one, place) => [one, place]));
  return heads.map(({ paired, environmentObstacles: [obstacle, ...further] }, head) =>
    gated[head]!.map((one): Verdict => {
      if (obstacle !== undefined) {
        const more = further.length === 0 ? "" : ` (and ${further.length} more)`;
        const reason = `The environments do not match: ${obstacle}${more}.`;
        return { ...describeComparison(one, policy), ...said("incomparable", reason) };
      }
      if (one.test === "count") {
        return {
          ...describeComparison(one, policy),
          ...decideCount(one, thresholdOf(policy, one)),
        };
      }
      const correction = worse[places.get(one)!]!;
      const { adjustedP } = correction;
      const { adjustedP: adjustedPBetter } = better[places.get(one)!]!;
      return {
        ...describeComparison(one, policy),
        adjustedP,
        adjustedPBetter,
        ...decide(one, { policy, paired, ...correction, adjustedPBetter }),
      };
    })
  );
}

type Said = Pick<Verdict, "verdict" | "reason" | "unresolvable" | "flagged" | "detectable">;

function said(verdict: VerdictWord, reason: string): Said {
  return { verdict, reason, unresolvable: false, flagged: verdict === "regressed" };
}

function describeComparison(one: Comparison, policy: Policy) {
  return {
    case: one.case,
    metric: one.metric,
    rule: "slowdown",
    headline: one.headline,
    n: one.ratio.n,
    unit: one.unit,
    better: one.better,
    effect: one.kind,
    ratio: one.ratio,
    pValue: one.pValue,
    threshold: thresholdOf(policy, one),
    base: one.base,
    head: one.head,
    warnings: one.warnings,
  } as const;
}

/** By the count alone, which was counted again where it differs: nothing is left for fresh pairs to confirm. */
function decideCount(one: Comparison, threshold: number): Said {
  const { ratio: { estimate }, kind } = one;
  const verdict = isBeyond(estimate, threshold, kind)
    ? "regressed"
    : isBeyondBetter(estimate, threshold, kind)
    ? "improved"
    : "pass";
  return { ...said(verdict, formatCounted(one, threshold)), flagged: false };
}

/** What {@linkcode decide} goes by. */
interface Evidence extends Correction {
  readonly policy: Policy;
  readonly paired: boolean;
  readonly adjustedPBetter: number;
}

function decide(one: Comparison, evidence: Evidence): Said {
  const { policy: { alpha, screenAlpha }, comparisons, share, adjustedP, adjustedPBetter } =
    evidence;
  const { ratio, kind } = one;
  const threshold = thresholdOf(evidence.policy, one);
  const own = alpha * share / comparisons;
  const detectable = findDetectable(one, threshold, { policy: evidence.policy, alpha: own });
  const grounds: Grounds = { ...evidence, threshold, alpha, detectable };
  const isWorse = isBeyond(ratio.estimate, threshold, kind);
  if (adjustedP <= alpha && isWorse) return said("regressed", formatRegressed(one, grounds));
  if (kind === "ratio" && ratio.estimate > LARGEST_IMPROVEMENT) {
    const factor = ratio.estimate.toPrecision(2);
    return said(
      "incomparable",
      `Head is better by a factor of ${factor}, which no change explains: base is damaged.`,
    );
  }
  if (adjustedPBetter <= alpha && isBeyondBetter(ratio.estimate, threshold, kind)) {
    const reason = formatImproved(one, { ...grounds, adjustedP: adjustedPBetter });
    return { ...said("improved", reason), detectable };
  }
  const promises = ratio.confidence >= CONFIDENCE - 1e-9;
  if (promises && !isBeyond(ratio.low, threshold, kind)) {
    return { ...said("pass", formatPass(one, grounds)), detectable };
  }
  // From half the threshold on: the estimate of a head that is beyond it may be short of it by chance.
  const flagged = one.pValue <= screenAlpha && isBeyond(ratio.estimate, threshold / 2, kind);
  if (!promises || comparisons * one.leastPValue > alpha * share) {
    const reason = formatTooFew(one, grounds);
    // Growth of memory is 0 in most generations: ties that no further pair would break.
    const unresolvable = !isAbsolute(kind, one.unit);
    return { ...said("inconclusive", reason), unresolvable, flagged, detectable };
  }
  return { ...said("inconclusive", formatInconclusive(one, grounds)), flagged, detectable };
}

function verdictsOf(
  verdict: "new" | "missing" | "incomparable",
  gaps: readonly Gap[],
  policy: Policy,
): readonly Verdict[] {
  return gaps.filter((gap) => isGated(gap, policy)).map((gap) => ({
    case: gap.case,
    metric: gap.metric,
    rule: "slowdown",
    headline: gap.headline,
    n: 0,
    ...(gap.head === undefined ? {} : { head: gap.head, unit: gap.head.unit }),
    ...(gap.better === undefined ? {} : { better: gap.better }),
    warnings: [],
    ...said(verdict, `${gap.reason[0]?.toUpperCase() ?? ""}${gap.reason.slice(1)}.`),
  }));
}

function allCells(compared: RecordComparison): readonly Cell[] {
  const { comparisons, newCells, missingCells, incomparableCells } = compared;
  return [...comparisons, ...newCells, ...missingCells, ...incomparableCells];
}

function listIgnored(compared: RecordComparison, policy: Policy): readonly IgnoredCell[] {
  return allCells(compared).filter((cell) =>
    gates(policy, cell) || policy.limits.some((limit) => matchesCell(limit, cell))
  ).flatMap((cell): readonly IgnoredCell[] => {
    const rule = policy.ignore.find((one) => matchesCell(one, cell));
    return rule === undefined
      ? []
      : [{ case: cell.case, metric: cell.metric, reason: rule.reason }];
  }).sort(byCell);
}

/** A record without readings looks as healthy as one whose processes always had the CPU. */
function formatUnknownHealth({ health = {} }: RecordComparison): readonly string[] {
  const unknown = (["base", "head"] as const).filter((side) => health[side] === undefined);
  return unknown.length !== 1 ? [] : [
    `Whether the processes of ${unknown[0]} were kept off the CPU is not known: it has no readings`,
  ];
}

/** What a reader must know about what was not judged. */
function findNotes(compared: RecordComparison, policy: Policy): readonly string[] {
  const cells = allCells(compared);
  const gatedCases = new Set(cells.filter((cell) => gates(policy, cell)).map((cell) => cell.case));
  const bare = new Set(cells.map((cell) => cell.case).filter((id) => !gatedCases.has(id)));
  const names = `${policy.metrics.join(", ")}`;
  const idle = [
    ...policy.thresholds.map((rule, index) => ({ rule, name: `thresholds[${index}]` })),
    ...policy.ignore.map((rule, index) => ({ rule, name: `ignore[${index}]` })),
  ].filter(({ rule }) => !cells.some((cell) => matchesCell(rule, cell)));
  return [
    ...(compared.isBasePartial && !compared.paired
      ? [
        "The baseline is partial: its run was ended early, and it says nothing of what it did not measure",
      ]
      : []),
    ...compared.notRead,
    ...formatUnknownHealth(compared),
    ...(bare.size === 0 ? [] : [`${bare.size} of the cases have no metric that gates (${names})`]),
    ...idle.map(({ rule, name }) =>
      `${name} of the policy matches no cell: ${JSON.stringify(rule.case)}`
    ),
  ];
}
