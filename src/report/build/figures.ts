/**
 * buildFigures: the charts of a record as blocks of its Document.
 *
 * @module
 */

import type { RunRecord } from "../../model/run_record.ts";
import { buildCharts } from "../chart/build_charts.ts";
import type { Figure } from "../document/figure.ts";

/**
 * Every chart that a record has the figures for.
 *
 * @param record The record; the order of its trials does not matter.
 * @returns The charts by scenario, then those of the run as a whole.
 */
export function buildFigures(record: RunRecord): readonly Figure[] {
  return buildCharts(record).map(({ id, kind, scenario, placement, title, description, svg }) => ({
    kind: "figure",
    id,
    scenario,
    placement,
    common: [],
    operation: "",
    data: { kind: "drawn", sort: kind, title, description, svg },
  }));
}
