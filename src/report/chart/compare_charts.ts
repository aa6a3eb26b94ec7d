/**
 * buildComparisonCharts: the pictures of a comparison or a gate.
 *
 * @module
 */

import { statedOf } from "../gate_text.ts";
import type { EffectKind } from "../../units/unit.ts";
import type { GateResult, Verdict } from "../../compare/gate_result.ts";
import type { Case } from "../../model/case.ts";
import { groupBy } from "../group_by.ts";
import { placementKey } from "../document/format_placement.ts";
import type { Chart } from "./chart.ts";
import { drawForest, type ForestRow } from "./forest_chart.ts";
import { splitEvenly } from "./series.ts";
import { numberIds } from "./unique_ids.ts";

/** More rows than this are told apart with effort: they go into a further chart. */
const MOST_ROWS = 48;

/** What a gate result does not hold. */
export interface ComparisonChartOptions {
  /** The cells of head (or base), for their placement; absent: charts do not state it. */
  readonly cases?: readonly Case[];
}

/**
 * Draws the ratio of every cell with interval and threshold, worst first.
 *
 * @param result Verdicts, of `compare` as of `gate`.
 * @param options Where the cases ran.
 * @returns One chart per placement and kind of effect, more where the cells are many; empty where nothing was compared.
 */
export function buildComparisonCharts(
  result: GateResult,
  { cases = [] }: ComparisonChartOptions = {},
): readonly Chart[] {
  const known = new Map(cases.map((one) => [one.id, one]));
  const rows = result.cells.filter(hasRatio)
    .sort((a, b) => a.ratio.estimate - b.ratio.estimate);
  const groups = groupBy(rows, (row) => {
    const one = known.get(row.case);
    return `${row.effect} ${one === undefined ? "" : placementKey(one)}`;
  });
  return numberIds(
    [...groups.values()].flatMap((group) => {
      const parts = splitEvenly(group, MOST_ROWS);
      return parts.map((part, index) =>
        drawForest({
          rows: part,
          effect: group[0].effect as EffectKind,
          placement: known.get(group[0].case)?.placement ?? null,
          part: parts.length === 1 ? "" : `part ${index + 1} of ${parts.length}`,
          paired: result.paired,
        })
      );
    }),
  );
}

function hasRatio(verdict: Verdict): verdict is ForestRow {
  const { ratio, rule } = verdict;
  return rule === "slowdown" && statedOf(verdict) !== undefined && ratio !== undefined &&
    [ratio.estimate, ratio.low, ratio.high].every(Number.isFinite);
}
