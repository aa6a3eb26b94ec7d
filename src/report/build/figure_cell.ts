// Figure cells: a summary as a cell of a table.

import type { Summary } from "../../compare/summarize.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { ColumnMetric, FigureCell } from "../document/table.ts";

/** A summary as a cell. */
export function figureCell(summary: Summary, hasModes = true): FigureCell {
  const { bimodality } = summary;
  return {
    kind: "figure",
    case: summary.case,
    value: summary.median,
    low: summary.low,
    high: summary.high,
    n: summary.n,
    confidence: summary.confidence,
    ...(bimodality === undefined || !hasModes ? {} : {
      modes: {
        fast: bimodality.fast.median,
        fastShare: bimodality.fast.share,
        slow: bimodality.slow.median,
        slowShare: bimodality.slow.share,
      },
    }),
  };
}

/** What a column measures. */
export function columnMetric({ id, title, unit, better }: MetricDefinition): ColumnMetric {
  return { id, title, unit, better };
}
