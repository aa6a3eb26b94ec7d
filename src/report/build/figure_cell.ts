/**
 * Figure cells: a summary as a cell of a table, and what the cells of a row allow to be said.
 *
 * @module
 */

import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import type { MetricDefinition, MetricDirection } from "../../units/metric.ts";
import type { ColumnMetric, FigureCell } from "../document/table.ts";

/**
 * A summary as a cell.
 *
 * @param summary The summary.
 * @param hasModes Whether two groups of trials are shown as such; absent: they are.
 * @returns The cell.
 */
export function figureCell(summary: Summary, hasModes = true): FigureCell {
  const { twoSpeeds } = summary;
  return {
    kind: "figure",
    case: summary.case,
    value: summary.median,
    low: summary.low,
    high: summary.high,
    n: summary.n,
    confidence: summary.confidence,
    ...(twoSpeeds === undefined || !hasModes ? {} : {
      modes: {
        fast: twoSpeeds.fast.median,
        fastShare: twoSpeeds.fast.share,
        slow: twoSpeeds.slow.median,
        slowShare: twoSpeeds.slow.share,
      },
    }),
  };
}

/**
 * What a column measures.
 *
 * @param metric The metric's definition.
 * @returns What a Document holds of it.
 */
export function columnMetric({ id, title, unit, better }: MetricDefinition): ColumnMetric {
  return { id, title, unit, better };
}

/**
 * The best of several cells when its interval overlaps none of the others'.
 *
 * @param cells Cells of one metric.
 * @param better Which direction is better.
 * @returns The cell; `undefined` where intervals overlap, trials are too few for them, or there is nothing to choose from.
 */
export function findClearBest(
  cells: readonly FigureCell[],
  better: MetricDirection,
): FigureCell | undefined {
  if (better === "neither" || cells.length < 2) return undefined;
  if (cells.some((cell) => cell.confidence < CONFIDENCE)) return undefined;
  const spans = new Map(cells.map((cell) => {
    const [low, high] = spanOf(cell);
    return [cell, better === "lower" ? [low, high] as const : [-high, -low] as const];
  }));
  return cells.find((cell) =>
    cells.every((other) =>
      other === cell || (spans.get(cell)?.[1] as number) < (spans.get(other)?.[0] as number)
    )
  );
}

/**
 * Where a cell's value lies. Two groups span from one centre to the other: neither may be called the cell's own.
 *
 * @param cell The cell.
 * @returns Lower and upper end.
 */
export function spanOf({ low, high, modes }: FigureCell): readonly [low: number, high: number] {
  if (modes === undefined) return [low, high];
  const { fast, slow } = modes;
  return [Math.min(low, high, fast, slow), Math.max(low, high, fast, slow)];
}
