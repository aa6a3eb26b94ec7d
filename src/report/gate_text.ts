/**
 * What all renderers of gate results share: the report, and the order in which cells matter.
 *
 * @module
 */

import { byCell, type Failures } from "../compare/comparison.ts";
import { type Estimate, inverseOf } from "../compare/effect.ts";
import type { Stated } from "../compare/verdict_reason.ts";
import type { GateResult, Verdict, VerdictWord } from "../compare/gate_result.ts";
import type { RunRecord } from "../model/run_record.ts";

/** A GateReport is a result and the names of what was compared. */
export interface GateReport {
  /** The result. */
  readonly result: GateResult;
  /** Name of the side compared against: a file, a ref, a version. */
  readonly base: string;
  /** Name of the side in question. */
  readonly head: string;
  /** Both records, where they are at hand: formats that set the two sides beside each other show them. */
  readonly records?: { readonly base: RunRecord; readonly head: RunRecord };
}

/** A GateFormat is one way to write a GateReport. */
export interface GateFormat {
  /** As in `--format junit`. */
  readonly id: string;
  /** File extension without the dot. */
  readonly extension: string;
  /** What it is and who reads it. */
  readonly title: string;
  /** Writes the report; the same report gives the same text. */
  readonly render: (report: GateReport) => string;
}

const SEVERITY: readonly VerdictWord[] = [
  "regressed",
  "missing",
  "incomparable",
  "inconclusive",
  "improved",
  "new",
  "pass",
];

/**
 * Cells, those that need a reader first; regressions and improvements by their surest size.
 *
 * @param cells Verdicts in any order.
 * @param severity The order of verdicts.
 * @returns A sorted copy.
 */
export function bySeverity(
  cells: readonly Verdict[],
  severity: readonly VerdictWord[] = SEVERITY,
): readonly Verdict[] {
  return [...cells].sort((a, b) =>
    severity.indexOf(a.verdict) - severity.indexOf(b.verdict) || sureSize(b) - sureSize(a) ||
    byCell(a, b)
  );
}

/** The bound of the interval that is nearest to no difference: size and certainty in one number. */
function sureSize({ verdict, ratio, effect = "ratio" }: Verdict): number {
  if (ratio === undefined) return 0;
  if (verdict === "regressed") return inverseOf(ratio.high, effect);
  if (verdict === "improved") return ratio.low;
  return Math.abs(Math.log(Math.max(ratio.estimate, Number.MIN_VALUE)));
}

/**
 * Failed trials of one side, for a column of amounts.
 *
 * @param failures Failed trials and those that were tried.
 * @returns As in `2 of 20 failed`.
 */
export function sayFailed({ failed, trials }: Failures): string {
  return `${failed} of ${trials} failed`;
}

/** The figures that decided about a cell. */
export interface Deciding {
  /** Above 1, head is better; absent for limits and gaps. */
  readonly ratio?: Estimate;
  /** Adjusted p-value: that head is better where the verdict says so, else that it is worse. */
  readonly adjustedP?: number;
  /** Pairs or trials. */
  readonly n: number;
}

/**
 * The figures that decided: those of fresh pairs where they were asked.
 *
 * @param cell A verdict.
 * @returns Its figures.
 */
export function decidingFigures(cell: Verdict): Deciding {
  const { ratio, n, adjustedP: ofWorse } = cell.confirmation ?? cell;
  const adjustedP = cell.verdict === "improved" ? cell.adjustedPBetter : ofWorse;
  return {
    n,
    ...(ratio === undefined ? {} : { ratio }),
    ...(adjustedP === undefined ? {} : { adjustedP }),
  };
}

/**
 * What decides in which words a cell's change is stated.
 *
 * @param cell A verdict.
 * @returns Its metric; `undefined` where nothing was compared.
 */
export function statedOf({ effect, unit, better }: Verdict): Stated | undefined {
  return effect === undefined || unit === undefined || better === undefined
    ? undefined
    : { effect, unit, better };
}

/**
 * One verdict per cell that has figures of head, for formats that store values: the rule does not matter there.
 *
 * @param cells Verdicts.
 * @returns The first of each case and metric that has a summary of head.
 */
export function measuredCells(
  cells: readonly Verdict[],
): readonly (Verdict & Required<Pick<Verdict, "head" | "better" | "unit">>)[] {
  const seen = new Set<string>();
  return cells.flatMap((cell) => {
    const { head, better, unit } = cell;
    const key = `${cell.metric} ${cell.case}`;
    if (head === undefined || better === undefined || unit === undefined || seen.has(key)) {
      return [];
    }
    seen.add(key);
    return [{ ...cell, head, better, unit }];
  });
}
