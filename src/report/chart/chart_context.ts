/**
 * ChartContext: what every chart of a record needs, computed once.
 *
 * @module
 */

import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import { findMetric, type TrialValues } from "../../compare/trial_values.ts";
import { evaluate } from "../build/evaluation.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { formatAmount, formatShare } from "../../units/format_quantity.ts";
import { namePlacement } from "../document/format_placement.ts";
import { slug } from "./label_text.ts";
import { assignLooks, type LookOf, type Panel } from "./series.ts";

/** What every chart of a record needs. */
export interface ChartContext {
  /** The record. */
  readonly record: RunRecord;
  /** Its trials by case. */
  readonly values: TrialValues;
  /** Looks by transport. */
  readonly looks: LookOf;
  /** The summary of a case and metric; `undefined` where no trial yielded a value. */
  summaryOf(caseId: string, metricId: string): Summary | undefined;
}

/**
 * Reads a record for its charts.
 *
 * @param record The record.
 * @returns The context.
 */
export function openContext(record: RunRecord): ChartContext {
  const { values, summaryOf } = evaluate(record);
  return {
    record,
    values,
    looks: assignLooks(record),
    summaryOf: (caseId, metricId) => {
      const summary = summaryOf(caseId, metricId);
      return summary !== undefined && isDrawable(summary) ? summary : undefined;
    },
  };
}

/** The middle of two damaged values may be infinite; it has no place in a picture. */
function isDrawable({ median, low, high, twoSpeeds }: Summary): boolean {
  const { fast, slow } = twoSpeeds ?? {};
  return [median, low, high, fast?.median ?? 0, slow?.median ?? 0].every(Number.isFinite);
}

/**
 * The id of a panel's chart, before it is made unique.
 *
 * @param panel The panel.
 * @param kind The chart's kind.
 * @param further What else tells it apart.
 * @returns As in `round-trip-cdf-process-bytes-64`.
 */
export function panelId(
  { spec, placement, key }: Panel,
  kind: string,
  ...further: readonly string[]
): string {
  const pin = placement.pin === "none" ? [] : [placement.pin];
  return slug(spec.id, kind, placement.peer, ...pin, ...(key === "" ? [] : [key]), ...further);
}

/**
 * The second line of a panel's chart.
 *
 * @param panel The panel.
 * @param facts What else is the same in the whole chart; empty ones are left out.
 * @returns As in `64 B · peer process`.
 */
export function panelSubtitle({ label, placement }: Panel, ...facts: readonly string[]): string {
  return [label, namePlacement(placement), ...facts].filter((fact) => fact !== "").join(" · ");
}

/**
 * The metric that a scenario is about.
 *
 * @param record The record.
 * @param panel A panel of the scenario.
 * @returns The definition; `undefined` where nothing defines it.
 */
export function headlineOf(record: RunRecord, { spec }: Panel): MetricDefinition | undefined {
  const [first] = spec.metrics;
  return first === undefined ? undefined : findMetric(record, first);
}

/**
 * A summary in words: what the pointer and the screen reader are told.
 *
 * @param summary The summary.
 * @returns As in `10.1 µs [9.9 µs, 10.4 µs], 15 trials`.
 */
export function saySummary(summary: Summary): string {
  const { median, low, high, n, unit, twoSpeeds, confidence } = summary;
  const trials = n === 1 ? "1 trial" : `${n} trials`;
  const bounds = `[${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`;
  const kind = confidence >= CONFIDENCE ? "95 % interval" : "range of the trials";
  if (twoSpeeds !== undefined) {
    const { fast, slow } = twoSpeeds;
    return `two speeds: ${formatAmount(fast.median, unit)} (${formatShare(fast.share)} of ` +
      `${trials}) and ${formatAmount(slow.median, unit)} (${formatShare(slow.share)})`;
  }
  return `${formatAmount(median, unit)}, ${kind} ${bounds}, ${trials}`;
}
