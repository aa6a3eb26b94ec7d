/**
 * Whether normalizing by the yardstick brings records of differently loaded runs nearer to each other: the figures of
 * reports/yardstick.md, from records alone.
 *
 * @module
 */

import { compareRecords } from "../../src/compare/compare_records.ts";
import { DEFAULT_POLICY } from "../../src/compare/gate_policy.ts";
import { judge } from "../../src/compare/judge.ts";
import { findNormalization } from "../../src/compare/normalize.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import type { RunRecord, YardstickReading, YardstickValues } from "../../src/model/run_record.ts";
import { createPrng, median, quantile } from "../../src/stats/mod.ts";

/** A record and what else the machine did while it was measured. */
export interface LoadedRecord {
  /** As in `alone`. */
  readonly load: string;
  /** The record, with a reading of the yardstick before and after each round. */
  readonly record: RunRecord;
}

/** The parts of the yardstick. */
export type YardstickPart = keyof YardstickValues;

/** The parts, the one that a gate normalizes by first. */
export const PARTS: readonly YardstickPart[] = ["socketpairNs", "copyNs", "turnNs"];

/** How far medians of one cell lie apart between records, and what is left of it when they are normalized. */
export interface CellSpread {
  /** The case's id. */
  readonly case: string;
  /** Its headline. */
  readonly metric: string;
  /** Records. */
  readonly n: number;
  /** Median of |ln(one / other)| over all pairs of records. */
  readonly plain: number;
  /** The same, normalized, by part. */
  readonly normalized: Readonly<Record<YardstickPart, number>>;
  /** normalized / plain by the gate's part, with a 95 % percentile interval over resampled records. Below 1: narrower. */
  readonly narrowing: { readonly estimate: number; readonly low: number; readonly high: number };
  /** Correlation (Pearson) of the logarithms of median and reading over records, by part. */
  readonly acrossRecords: Readonly<Record<YardstickPart, number>>;
  /** The same over rounds within a record: each trial's value beside the readings around its round, both divided by their record's median. */
  readonly withinRecords: Readonly<Record<YardstickPart, number>>;
}

const RESAMPLES = 2000;

/**
 * The spreads of every case over a set of records.
 *
 * @param records at least three, all of the same cases
 */
export function cellSpreads(records: readonly LoadedRecord[]): readonly CellSpread[] {
  const first = records[0]!.record;
  return first.cases.flatMap(({ id, scenario }): readonly CellSpread[] => {
    const metric = first.scenarios.find((spec) => spec.id === scenario)!.metrics[0]!;
    // Of a rate the time: then slow is high for the cell as for the yardstick.
    const isRate = first.metrics.find((one) => one.id === metric)!.better === "higher";
    const towardsTime = (value: number) => isRate ? -Math.log(value) : Math.log(value);
    const own = records.map(({ record }) => towardsTime(median(valuesOf(record, id, metric))));
    const of = (part: YardstickPart) =>
      records.map(({ record }) => Math.log(levelOf(record, part)));
    const normalizedBy = (part: YardstickPart) => {
      const levels = of(part);
      return own.map((value, index) => value - levels[index]!);
    };
    return [{
      case: id,
      metric,
      n: records.length,
      plain: pairSpread(own),
      normalized: byPart((part) => pairSpread(normalizedBy(part))),
      narrowing: narrowing(own, normalizedBy("socketpairNs")),
      acrossRecords: byPart((part) => correlation(own, of(part))),
      withinRecords: byPart((part) => withinCorrelation(records, id, metric, part, towardsTime)),
    }];
  });
}

/** What gates say of pairs of records in which nothing changed but the load. */
export interface GateCounts {
  /** By exit code, without normalizing. */
  readonly plain: Readonly<Record<0 | 1 | 3, number>>;
  /** The same with it; records that cannot be normalized count as 3. */
  readonly normalized: Readonly<Record<0 | 1 | 3, number>>;
}

/**
 * Judges every ordered pair of records by the default policy.
 *
 * @param records of the same program
 * @param between which pairs count, by their loads
 */
export function countGates(
  records: readonly LoadedRecord[],
  between: (base: string, head: string) => boolean,
): GateCounts {
  const counts = { plain: { 0: 0, 1: 0, 3: 0 }, normalized: { 0: 0, 1: 0, 3: 0 } };
  for (const base of records) {
    for (const head of records) {
      if (base === head || !between(base.load, head.load)) continue;
      const sides = [base.record, head.record] as const;
      counts.plain[judge(compareRecords(...sides, { paired: false }), DEFAULT_POLICY).exitCode]++;
      const normalization = findNormalization(...sides, DEFAULT_POLICY);
      const code = typeof normalization === "string"
        ? 3
        : judge(compareRecords(...sides, { paired: false, normalization }), DEFAULT_POLICY)
          .exitCode;
      counts.normalized[code]++;
    }
  }
  return counts;
}

/**
 * Median of |a − b| over all pairs.
 *
 * @param values at least two
 */
export function pairSpread(values: readonly number[]): number {
  return median(
    values.flatMap((one, index) => values.slice(index + 1).map((other) => Math.abs(one - other))),
  );
}

/**
 * Pearson's correlation.
 *
 * @returns −1 to 1; 0 where one side does not vary by more than rounding
 */
export function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [index, x] of xs.entries()) {
    const [dx, dy] = [x - meanX, ys[index]! - meanY];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  // What rounding leaves of a constant is no variation.
  const isConstant = (sum: number, middle: number) =>
    Math.sqrt(sum / xs.length) <= 1e-12 * Math.max(1, Math.abs(middle));
  if (isConstant(xx, meanX) || isConstant(yy, meanY)) return 0;
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

function byPart(of: (part: YardstickPart) => number): Record<YardstickPart, number> {
  return { socketpairNs: of("socketpairNs"), copyNs: of("copyNs"), turnNs: of("turnNs") };
}

/** Resamples records, not pairs: pairs share records. */
function narrowing(plain: readonly number[], normalized: readonly number[]) {
  const prng = createPrng("narrowing");
  const ratios: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const drawn = plain.map(() => prng.nextInt(plain.length));
    // A record drawn twice lies at no distance from itself, which says nothing.
    const distinct = [...new Set(drawn)];
    if (distinct.length < 3) continue;
    const base = pairSpread(distinct.map((index) => plain[index]!));
    if (base > 0) ratios.push(pairSpread(distinct.map((index) => normalized[index]!)) / base);
  }
  return {
    estimate: pairSpread(normalized) / pairSpread(plain),
    low: quantile(ratios, 0.025),
    high: quantile(ratios, 0.975),
  };
}

function valuesOf(record: RunRecord, id: string, metric: string): readonly number[] {
  return record.trials.flatMap((trial) =>
    trial.case === id && trial.error === undefined ? metricValue(trial, metric) ?? [] : []
  );
}

function levelOf(record: RunRecord, part: YardstickPart): number {
  return median(record.yardstick!.readings.flatMap((reading) => reading[part] ?? []));
}

function withinCorrelation(
  records: readonly LoadedRecord[],
  id: string,
  metric: string,
  part: YardstickPart,
  towardsTime: (value: number) => number,
): number {
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const { record } of records) {
    const level = Math.log(levelOf(record, part));
    const middle = towardsTime(median(valuesOf(record, id, metric)));
    for (const trial of record.trials) {
      const value = trial.case === id && trial.error === undefined
        ? metricValue(trial, metric)
        : undefined;
      const around = readingsAround(record.yardstick!.readings, trial.startedNs, part);
      if (value === undefined || around === undefined) continue;
      xs.push(towardsTime(value) - middle);
      ys.push(Math.log(around) - level);
    }
  }
  return correlation(xs, ys);
}

/** The geometric mean of the readings before and after a moment. */
function readingsAround(
  readings: readonly YardstickReading[],
  atNs: number,
  part: YardstickPart,
): number | undefined {
  const before = readings.findLast(({ startedNs }) => startedNs <= atNs)?.[part];
  const after = readings.find(({ startedNs }) => startedNs > atNs)?.[part];
  return before === undefined || after === undefined ? undefined : Math.sqrt(before * after);
}
