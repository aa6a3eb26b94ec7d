/**
 * Figures of a trial, as a report would show them.
 *
 * @module
 */

import { metricValue } from "../../../src/model/metric_value.ts";
import type { TrialOutcome } from "../../../src/run/run_trial.ts";

/** A metric of a trial. Throws where the trial has none. */
export function figureOf(outcome: TrialOutcome, metric: string): number {
  const value = metricValue({ ...outcome, round: 1, order: 0, startedNs: 0 }, metric);
  if (value === undefined) throw new Error(`a trial of ${outcome.case} has no ${metric}`);
  return value;
}

/** The median round trip of a trial, and how far off its histogram may have it; in nanoseconds. */
export function p50WithError(outcome: TrialOutcome): { valueNs: number; errorNs: number } {
  const valueNs = figureOf(outcome, "p50");
  return { valueNs, errorNs: valueNs * outcome.histograms.exchange!.relativeError };
}

/** What a receiver's window found. */
export interface Throughput {
  /** Bytes per second, as a report shows it. */
  readonly bytesPerSecond: number;
  /** One read as a share of the window: at either end it may hold one more or less, so that nothing finer is known. */
  readonly resolution: number;
}

/** The throughput of a trial. Throws where it has none. */
export function throughputOf(outcome: TrialOutcome): Throughput {
  const bytesPerSecond = figureOf(outcome, "bytesPerSecond");
  return { bytesPerSecond, resolution: 1 / outcome.window!.reads };
}
