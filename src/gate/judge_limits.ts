// Limits: absolute bounds on head, whatever base was.
//
// A limit is broken when the whole interval of the median is beyond it. Where only the median is, the trials cannot tell.
// Neither can too few trials, or the survivors of many: they keep no limit either.

import { type Cell, cellKey, type RecordComparison } from "../compare/comparison.ts";
import { type LimitRule, matchesCell, type Policy } from "./gate_policy.ts";
import type { Verdict } from "./gate_result.ts";
import { formatQuantity } from "../units/format_quantity.ts";
import { CONFIDENCE, type Summary } from "../compare/summarize.ts";
import { mostLeftOut } from "../compare/usable_values.ts";

type Named = Pick<Cell, "case" | "metric">;

/** One verdict per cell and limit, of several that match the last; `missing` where head has no such cell. */
export function judgeLimits(compared: RecordComparison, policy: Policy): readonly Verdict[] {
  const summaries = new Map(
    compared.headSummaries.map((summary) => [cellKey(summary.case, summary.metric), summary]),
  );
  const candidates = findCandidates(compared, policy);
  const matched = new Set<LimitRule>();
  const verdicts = candidates.flatMap((cell): readonly Verdict[] => {
    const rules = policy.limits.filter((limit) => matchesCell(limit, cell));
    for (const rule of rules) matched.add(rule);
    const rule = rules.at(-1);
    if (rule === undefined || policy.ignore.some((one) => matchesCell(one, cell))) return [];
    const summary = summaries.get(cellKey(cell.case, cell.metric));
    return [summary === undefined ? missing(cell, rule) : judgeLimit(summary, rule)];
  });
  const unmet = policy.limits.filter((limit) => !matched.has(limit));
  return [...verdicts, ...unmet.map((limit) => missing(limit, limit))];
}

/** Every cell that head has or should have. */
function findCandidates(compared: RecordComparison, policy: Policy): readonly Named[] {
  const measured = new Set(compared.headSummaries.map((summary) => summary.case));
  const silent = compared.newCases.filter((id) => !measured.has(id));
  const cells: readonly Named[] = [
    ...compared.headSummaries,
    ...compared.missingCells,
    ...compared.incomparableCells,
    ...silent.flatMap((id) => policy.limits.map(({ metric }) => ({ case: id, metric }))),
  ];
  return [...new Map(cells.map((cell) => [cellKey(cell.case, cell.metric), cell])).values()];
}

function formatLimit({ bound, quantity }: LimitRule): string {
  return `${bound === "max" ? "at most" : "at least"} ${quantity.text}`;
}

function missing(cell: Named, rule: LimitRule): Verdict {
  return {
    case: cell.case,
    metric: cell.metric,
    rule: "limit",
    headline: false,
    verdict: "missing",
    reason: `Head has no usable ${cell.metric} here, which must be ${formatLimit(rule)}.`,
    n: 0,
    limit: limitOf(rule),
    warnings: [],
    unresolvable: false,
    flagged: false,
  };
}

function limitOf({ bound, quantity }: LimitRule): NonNullable<Verdict["limit"]> {
  return { bound, value: quantity.value, text: quantity.text };
}

function judgeLimit(summary: Summary, rule: LimitRule): Verdict {
  const { unit, n, warnings } = summary;
  const found = decideLimit(summary, rule);
  return {
    case: summary.case,
    metric: summary.metric,
    rule: "limit",
    headline: false,
    n,
    unit,
    better: rule.bound === "max" ? "lower" : "higher",
    limit: limitOf(rule),
    head: summary,
    warnings,
    unresolvable: false,
    flagged: found.verdict === "regressed",
    ...found,
  };
}

function decideLimit(
  { unit, median, low, high, confidence, n, failed }: Summary,
  rule: LimitRule,
): Pick<Verdict, "verdict" | "reason"> & { readonly unresolvable?: boolean } {
  const { bound, quantity } = rule;
  if (quantity.unit !== unit) {
    const reason = `The limit ${quantity.text} is in ${quantity.unit}, but the metric in ${unit}.`;
    return { verdict: "incomparable", reason };
  }
  const beyond = (value: number) =>
    bound === "max" ? value > quantity.value : value < quantity.value;
  const [near, far] = bound === "max" ? [low, high] : [high, low];
  const amounts = [median, low, high].map((value) => formatQuantity(value, unit));
  const is = `is ${amounts[0]} [${amounts[1]}, ${amounts[2]}] and must be ${formatLimit(rule)}`;
  if (failed > mostLeftOut(n + failed)) {
    const reason = `The median ${is}, but ${failed} of ${
      n + failed
    } trials failed, so that the rest may not stand for all.`;
    return { verdict: "inconclusive", reason, unresolvable: true };
  }
  if (confidence < CONFIDENCE - 1e-9) {
    const trials = n === 1 ? "1 trial is" : `${n} trials are`;
    const reason = `The median ${is}, but ${trials} too few to tell.`;
    return { verdict: "inconclusive", reason, unresolvable: true };
  }
  if (!beyond(median)) {
    const hint = beyond(far) ? ", though its interval reaches beyond" : "";
    return { verdict: "pass", reason: `The median ${is}${hint}.` };
  }
  return beyond(near)
    ? { verdict: "regressed", reason: `The median ${is}.` }
    : { verdict: "inconclusive", reason: `The median ${is}, but its interval reaches within.` };
}
