// Gate results: verdicts and what follows from them, as data. Renderers format them and decide nothing.

import type { MetricUnit } from "../units/metric.ts";
import type { EffectKind } from "../units/unit.ts";
import type { Failures } from "../compare/comparison.ts";
import type { Estimate } from "../compare/effect.ts";
import type { Control } from "./control.ts";
import type { Detectable } from "./detectable.ts";
import type { Policy } from "./gate_policy.ts";
import type { Summary } from "../compare/summarize.ts";

/**
 * What is said of a cell. `pass`: what is beyond the threshold is excluded. `regressed`, `improved`: shown by test and by
 * size. `inconclusive`: neither. `new`: only head has it. `missing`: only base has it. `incomparable`: both have it and
 * cannot be set against each other.
 */
export type VerdictWord =
  | "pass"
  | "regressed"
  | "improved"
  | "inconclusive"
  | "new"
  | "missing"
  | "incomparable";

/** What fresh pairs said of a cell that was flagged. */
export interface Confirmation {
  /** Above 1, head is better, over the fresh pairs; absent for a limit and for failures. */
  readonly ratio?: Estimate;
  /** One-sided p-value over the fresh pairs; absent for a limit. */
  readonly pValue?: number;
  /** The same, adjusted for all flagged cells. */
  readonly adjustedP?: number;
  /** Fresh pairs; trials of head for a limit and for failures. */
  readonly n: number;
  /** Base across the fresh trials; absent for a limit and for failures. */
  readonly base?: Summary;
  /** Head across the fresh trials; absent for failures. */
  readonly head?: Summary;
  /** Fresh trials that failed, for rule `failures`. */
  readonly failures?: { readonly base: Failures; readonly head: Failures };
}

/** A Verdict is what is said of one cell by one rule. */
export interface Verdict {
  /** The case's id; for a limit that no case matches, its glob. */
  readonly case: string;
  /** The metric's id. */
  readonly metric: string;
  /** `slowdown`: against base; `limit`: against an absolute bound; `failures`: failed trials against those of base. */
  readonly rule: "slowdown" | "limit" | "failures";
  /** Whether the metric is its scenario's headline, and compared with base. */
  readonly headline: boolean;
  /** What is said. */
  readonly verdict: VerdictWord;
  /** Why, in one sentence. */
  readonly reason: string;
  /** Pairs, or trials where they are not paired; 0 where nothing was compared. */
  readonly n: number;
  /** Unit of the metric; absent where nothing was measured. */
  readonly unit?: MetricUnit;
  /** Which direction is better; absent where nothing was measured. */
  readonly better?: "lower" | "higher";
  /** How `ratio` was found. */
  readonly effect?: EffectKind;
  /** Above 1, head is better; of a share, 1 plus the points gained. */
  readonly ratio?: Estimate;
  /** One-sided p-value that head is worse. */
  readonly pValue?: number;
  /** The same, adjusted for all gated cells. */
  readonly adjustedP?: number;
  /** One-sided p-value that head is better, adjusted for all gated cells. */
  readonly adjustedPBetter?: number;
  /** How much worse is allowed. */
  readonly threshold?: number;
  /** What a cell that is not red could have shown; absent where nothing was compared. */
  readonly detectable?: Detectable;
  /** The absolute bound, for rule `limit`. */
  readonly limit?: {
    readonly bound: "max" | "min";
    readonly value: number;
    readonly text: string;
  };
  /** Failed trials of both sides, for rule `failures`. */
  readonly failures?: { readonly base: Failures; readonly head: Failures };
  /** Base across its trials. */
  readonly base?: Summary;
  /** Head across its trials. */
  readonly head?: Summary;
  /** Why the figures say less than they seem to, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether so few trials could not have shown a regression of any size: no verdict at all, and exit code 3. */
  readonly unresolvable: boolean;
  /** Whether the verdict is withheld because something else had the CPU. */
  readonly starved?: true;
  /** Whether fresh pairs should decide: a regression, or a suspicion of one. */
  readonly flagged: boolean;
  /** What fresh pairs said, once they were asked. */
  readonly confirmation?: Confirmation;
}

/** A cell that the policy sets aside. */
export interface IgnoredCell {
  /** The case's id. */
  readonly case: string;
  /** The metric's id. */
  readonly metric: string;
  /** The policy's reason. */
  readonly reason: string;
}

/** A GateResult is the verdicts of a gate and what follows from them. */
export interface GateResult {
  /** 0 pass · 1 regressed · 3 cannot judge. */
  readonly exitCode: 0 | 1 | 3;
  /** What the exit code says, and the worst or widest cell, in one sentence. */
  readonly summary: string;
  /** By case, metric and rule. */
  readonly cells: readonly Verdict[];
  /** Cells set aside. */
  readonly ignored: readonly IgnoredCell[];
  /** Number of cells of which something was judged: pass, regressed, improved or inconclusive. */
  readonly judged: number;
  /** Whether trials were paired by round. */
  readonly paired: boolean;
  /** What keeps the job as a whole from passing, whatever its cells say, one clause each. */
  readonly obstacles: readonly string[];
  /** The negative control; absent: there can be none, as nothing was measured side by side. */
  readonly control?: Control;
  /** That the processes were kept off the CPU, as a clause; absent: they were not, or it is not known. */
  readonly health?: string;
  /** In what the environments differ, one sentence each. */
  readonly environmentDifferences: readonly string[];
  /** Parts of the policy that met no cell, and cases that nothing gates, one sentence each. */
  readonly notes: readonly string[];
  /** The policy applied. */
  readonly policy: Policy;
}
