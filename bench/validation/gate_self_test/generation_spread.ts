/**
 * Whether a process's own luck (memory layout, compiled code) counts: how far the median of one generation of agents is from that of the
 * next when nothing changed, beside what the pairs' own scatter explains.
 *
 * @module
 */

import type { AbRecords } from "../../../src/ab/ab_options.ts";
import { metricValue } from "../../../src/model/metric_value.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import { median, robustSpread } from "../../../src/stats/mod.ts";
import { blocksOf } from "./composite_job.ts";

/** The spread of one cell; shares of the value, as logarithms of ratios. */
export interface GenerationSpread {
  /** The case's id. */
  readonly case: string;
  /** Its headline. */
  readonly metric: string;
  /** Generations of agents, each with a median of its own. */
  readonly blocks: number;
  /** Scaled median absolute deviation of all pairs from their median. */
  readonly pairToPair: number;
  /** The same of the generations' medians. */
  readonly between: number;
  /** What `between` would be if pairs of one generation were as independent as any: {@linkcode MEDIAN_ERROR} · pairToPair / √(pairs a generation). */
  readonly expected: number;
}

/** √(π/2): the standard error of the median of n normal values is this share of their deviation / √n. */
const MEDIAN_ERROR = Math.sqrt(Math.PI / 2);

/**
 * Measures the spread between generations of agents, headline by headline.
 *
 * @param series jobs in which nothing changed
 * @returns a spread for each case that has at least two whole generations
 */
export function generationSpreads(series: readonly AbRecords[]): readonly GenerationSpread[] {
  const [first] = series;
  if (first === undefined) return [];
  return first.base.cases.flatMap(({ id, scenario }): readonly GenerationSpread[] => {
    const metric = first.base.scenarios.find((spec) => spec.id === scenario)?.metrics[0];
    if (metric === undefined) return [];
    const blocks = series.flatMap((job) => blocksOfCase(job, id, metric));
    if (blocks.length < 2) return [];
    const pairToPair = robustSpread(blocks.flat()).scaledMad;
    return [{
      case: id,
      metric,
      blocks: blocks.length,
      pairToPair,
      between: robustSpread(blocks.map((values) => median(values))).scaledMad,
      expected: MEDIAN_ERROR * pairToPair / Math.sqrt(median(blocks.map(({ length }) => length))),
    }];
  });
}

/** Log-ratios of head to base, by generation; one that lacks a pair is left out, as its median has another error. */
function blocksOfCase({ base, head }: AbRecords, caseId: string, metric: string): number[][] {
  const [bases, heads] = [base, head].map((record) => valuesOf(record, caseId, metric));
  return blocksOf(base).map((rounds) =>
    rounds.flatMap((round) => {
      const [one, other] = [bases!.get(round), heads!.get(round)];
      return one === undefined || other === undefined ? [] : [Math.log(other / one)];
    })
  ).filter((values) => values.length > 0);
}

function valuesOf({ trials }: RunRecord, caseId: string, metric: string): Map<number, number> {
  return new Map(
    trials.filter((trial) => trial.case === caseId && trial.error === undefined)
      .flatMap((trial): [number, number][] => {
        const value = metricValue(trial, metric);
        return value !== undefined && value > 0 ? [[trial.round, value]] : [];
      }),
  );
}
