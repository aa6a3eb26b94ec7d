// Judgements: the outcome of a gate or a comparison, whole and cell by cell, for formats of programs.

import type { EffectKind, MetricUnit } from "../../units/unit.ts";
import type { CellVerdict, FigureCell, RatioCell } from "./table.ts";

/** A Judgement is what a gate found, as typed values. Writers for people pass over it: their tables hold the same cells. */
export interface Judgement {
  readonly kind: "judgement";
  /** 0 pass · 1 regressed · 3 cannot judge. */
  readonly exitCode: 0 | 1 | 3;
  /** What the exit code says, and the worst cell. */
  readonly summary: string;
  /** Name of the side compared against. */
  readonly base: string;
  /** Name of the side in question. */
  readonly head: string;
  /** The error rate that all gated cells share, between 0 and 1. */
  readonly alpha: number;
  /** How much worse a median may be, as a share. */
  readonly threshold: number;
  /** By case, metric and rule. */
  readonly cells: readonly JudgedCell[];
  /** Cells that the policy sets aside, with its reason. */
  readonly ignored: readonly Pick<JudgedCell, "case" | "metric" | "reason">[];
}

/** What a cell is to its job: `error` ends it, `warning` weakens it, `notice` is worth a line; absent: a pass. */
export type CellLevel = "error" | "warning" | "notice";

/** A JudgedCell is one cell by one rule, with the figures of the one measurement that decided. `rank`: those that need a reader first; `n`: pairs or trials; `ratio`: above 1, head is better; `p`: adjusted; absent: no such figures. */
export interface JudgedCell {
  readonly case: string;
  readonly metric: string;
  readonly rank: number;
  readonly rule: "slowdown" | "limit" | "failures";
  readonly verdict: CellVerdict;
  readonly level?: CellLevel;
  readonly reason: string;
  readonly n: number;
  readonly better?: "lower" | "higher";
  readonly unit?: MetricUnit;
  readonly base?: FigureCell;
  readonly head?: FigureCell;
  readonly ratio?: RatioCell;
  readonly p?: number;
}

/** A cell of which head has figures. */
type MeasuredCell = JudgedCell & Required<Pick<JudgedCell, "head" | "better" | "unit">>;

/** One cell of each case and metric that has figures of head, for formats that store values: the rule does not matter there. */
export function measuredCells({ cells }: Judgement): readonly MeasuredCell[] {
  const seen = new Set<string>();
  return cells.filter((cell): cell is MeasuredCell => {
    const key = `${cell.metric} ${cell.case}`;
    if (!cell.head || !cell.better || !cell.unit || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Cells at one level, those that need a reader first. */
export function cellsAt({ cells }: Judgement, level: CellLevel): readonly JudgedCell[] {
  return cells.filter((cell) => cell.level === level).sort((a, b) => a.rank - b.rank);
}

/** A ratio turned round, as if the sides were exchanged: above 1, worse. */
export function turnRatio(ratio: number, effect: EffectKind): number {
  return effect === "ratio" ? 1 / ratio : 2 - ratio;
}
