// The negative control: the same bare loop of system calls on both sides. What moves it is not the change in question.

import { type Estimate, pairedEffect, type ValuePair } from "../compare/effect.ts";
import { ABSOLUTE_THRESHOLDS, type Policy } from "./gate_policy.ts";
import { formatEstimate, formatThreshold } from "../units/format_change.ts";

/** What the control showed. */
export interface Control {
  /** Above 1, head's loop was faster; absent: there was no control. */
  readonly ratio?: Estimate;
  /** How far it may move: half the smallest threshold. */
  readonly limit: number;
  /** Whether its interval excludes "no difference" and its estimate is beyond the limit. */
  readonly moved: boolean;
  /** All of it in one sentence without full stop. */
  readonly text: string;
}

const LATENCY = { effect: "ratio", unit: "ns", better: "lower" } as const;

/** Judges the control's pairs. */
export function judgeControl(pairs: readonly ValuePair[], policy: Policy): Control {
  const limit = smallestThreshold(policy) / 2;
  if (pairs.length === 0) {
    const text = "There was no negative control: the same bare loop on both sides needs FFI";
    return { limit, moved: false, text };
  }
  const { ratio } = pairedEffect(pairs, { kind: "ratio", better: "lower" });
  const isShown = ratio.low > 1 || ratio.high < 1;
  const moved = isShown && Math.abs(Math.log(ratio.estimate)) > Math.log1p(limit);
  const shown = formatEstimate(ratio, LATENCY);
  const bound = formatThreshold(limit, "ratio");
  const text = moved
    ? `the negative control, the same bare loop on both sides, was ${shown}, which is beyond ${bound}`
    : `The negative control, the same bare loop on both sides, was ${shown}; it may move by ${bound}`;
  return { ratio, limit, moved, text };
}

/** The smallest threshold of a cell of a policy, as a share. */
export function smallestThreshold({ threshold, thresholds }: Policy): number {
  const own = thresholds.filter(({ metric }) => !ABSOLUTE_THRESHOLDS.has(metric ?? ""));
  return Math.min(threshold, ...own.map((rule) => rule.threshold));
}
