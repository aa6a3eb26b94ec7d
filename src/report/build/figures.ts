// buildFigures: the charts of a record as blocks of its Document.

import type { RunRecord } from "../../model/run_record.ts";
import type { Figure } from "../document/figure.ts";
import { openContext } from "./charts/chart_context.ts";
import { curveFigures } from "./charts/curve_figures.ts";
import { distributionFigures } from "./charts/distribution_figures.ts";
import { gridFigures } from "./charts/grid_figures.ts";
import { percentileFigures } from "./charts/percentile_figures.ts";
import { roundFigures } from "./charts/round_figures.ts";
import { timelineFigures } from "./charts/timeline_figures.ts";

/**
 * Every chart that a record has the figures for. Measures nothing; the same record gives the same charts. The charts by
 * scenario, then those of the run as a whole; empty where nothing was measured.
 */
export function buildFigures(record: RunRecord): readonly Figure[] {
  const context = openContext(record);
  const figures = [
    ...percentileFigures(context),
    ...curveFigures(context),
    ...gridFigures(context),
    ...timelineFigures(context),
    ...distributionFigures(context),
    ...roundFigures(context),
  ];
  const places = new Map(record.scenarios.map(({ id }, index) => [id, index]));
  const placeOf = ({ scenario }: Figure) =>
    scenario === null ? Infinity : places.get(scenario) ?? Infinity;
  return numberIds(figures.sort((a, b) => comparePlaces(placeOf(a), placeOf(b))));
}

/** Not a subtraction: ∞ − ∞ is no number. */
function comparePlaces(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Numbers the ids that are taken already. */
export function numberIds(figures: readonly Figure[]): readonly Figure[] {
  const taken = new Set<string>();
  return figures.map((figure) => {
    let id = figure.id;
    for (let number = 2; taken.has(id); number++) id = `${figure.id}-${number}`;
    taken.add(id);
    return { ...figure, id };
  });
}
