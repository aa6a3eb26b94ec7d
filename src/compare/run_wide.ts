// Run-wide figures: pooled percentiles, totals and the longest of all, as a median of trials is deaf to what few of them meet.

import { BUCKET_COUNT, bucketMidpointNs, nearestRank } from "../model/bucket_layout.ts";
import type { SparseHistogram } from "../model/histogram.ts";
import { metricValue } from "../model/metric_value.ts";
import type { Trial } from "../model/trial.ts";
import { normalQuantile } from "../stats/normal.ts";
import { createPrng } from "../stats/prng.ts";
import { quantileOfSorted, sorted } from "../stats/quantile.ts";
import { studentQuantile } from "../stats/student.ts";
import { CONFIDENCE } from "./summarize.ts";

/** A figure of all operations together. Its interval over `n` resampled rounds; `confidence`: 0 where there is none. */
export type RunWideFigure = Readonly<
  { value: number; low: number; high: number; n: number; confidence: number }
>;

/** The distribution of all operations of a case. `maxNs`: exact; percentiles only where the operations suffice; `slowestHundredth`: its share of the whole time. */
export interface PooledDistribution {
  readonly count: number;
  readonly maxNs: number;
  readonly percentiles: readonly {
    readonly percentile: number;
    readonly figure: RunWideFigure;
  }[];
  readonly slowestHundredth: number;
}

export const RUN_WIDE_PERCENTILES: readonly number[] = [50, 90, 99, 99.9, 99.99];

/** From how many operations on a percentile is shown: so that ten lie beyond it. */
function fewestOperations(percentile: number): number {
  return Math.round(1_000 / (100 - percentile));
}

/** Below as many rounds a bootstrap is too narrow to be shown. */
const MIN_ROUNDS = 6;
const RESAMPLES = 400;

/**
 * Pools the distributions of a case's trials.
 *
 * Intervals are bootstrapped (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13: percentile intervals)
 * over rounds, never over operations: those of one trial are correlated.
 *
 * They are widened as Hesterberg does (The American Statistician 69(4), 2015, pp. 371–386, section 5.2). Simulated coverage where rounds are independent,
 * 6 to 30 of them: the median 92 to 95 % (87 to 90 % without), p90 88 to 93 %, p99 82 to 92 %.
 *
 * Failure case: rounds that one process served resemble each other (intraclass correlation 0.3: 73 to 88 %), and of a percentile that one trial
 * decides it says little more than that.
 *
 * @returns The distribution; `undefined` where no trial holds one.
 */
export function poolOperations(
  trials: readonly Trial[],
  histogram: string,
): PooledDistribution | undefined {
  const byRound = new Map<number, SparseHistogram[]>();
  for (const { round, histograms } of trials) {
    const own = Object.hasOwn(histograms, histogram) ? histograms[histogram] : undefined;
    if (own === undefined || own.count === 0) continue;
    byRound.set(round, [...byRound.get(round) ?? [], own]);
  }
  const rounds = [...byRound.values()];
  if (rounds.length === 0) return undefined;
  const all = rounds.flat();
  const slots = slotsOf(all);
  const cumulated = cumulate(rounds, slots);
  const count = all.reduce((sum, one) => sum + one.count, 0);
  const minNs = Math.min(...all.map(({ min = Infinity }) => min));
  const maxNs = Math.max(...all.map(({ max = -Infinity }) => max));
  const longestNs = Math.max(maxNs, ...trials.map(({ histograms: h }) => longestApart(h)));
  const nsOf = (slot: number) =>
    Math.min(Math.max(bucketMidpointNs(slots[slot] as number), minNs), maxNs);
  const valueAt = (percentile: number, weights: Uint8Array, near: number) => {
    const total = weigh(cumulated, slots.length - 1, weights);
    const rank = nearestRank(percentile, total);
    const slot = rank >= total ? slots.length : findSlot(cumulated, rank, weights, near);
    return { slot, ns: slot === slots.length ? maxNs : nsOf(slot) };
  };
  const once = new Uint8Array(rounds.length).fill(1);
  return {
    count,
    maxNs: longestNs,
    percentiles: RUN_WIDE_PERCENTILES.filter((percentile) => count >= fewestOperations(percentile))
      .map((percentile) => {
        const { slot, ns } = valueAt(percentile, once, 0);
        // What is drawn lies near to what all rounds come to, and is looked for from there.
        const figure = bootstrap(
          rounds.length,
          ns,
          (weights) => valueAt(percentile, weights, Math.min(slot, slots.length - 1)).ns,
        );
        return { percentile, figure };
      }),
    slowestHundredth: slowestShare(cumulated, nsOf, count),
  };
}

/** The longest of those operations that came first after a pause. */
function longestApart({ exchange, connect, afterPause }: Trial["histograms"]): number {
  return (exchange ?? connect) === undefined ? -Infinity : afterPause?.max ?? -Infinity;
}

/** A rate as all that was counted by all the time measured; `undefined` where no trial yields one. */
export function totalRate(trials: readonly Trial[], metric: string): RunWideFigure | undefined {
  const byRound = new Map<number, { counted: number; elapsedNs: number }>();
  for (const trial of trials) {
    const value = metricValue(trial, metric);
    if (value === undefined || !Number.isFinite(value)) continue;
    const entry = byRound.get(trial.round) ?? { counted: 0, elapsedNs: 0 };
    entry.counted += value * trial.elapsedNs;
    entry.elapsedNs += trial.elapsedNs;
    byRound.set(trial.round, entry);
  }
  const rounds = [...byRound.values()].filter(({ elapsedNs }) => elapsedNs > 0);
  if (rounds.length === 0) return undefined;
  const counted = Float64Array.from(rounds, (round) => round.counted);
  const elapsedNs = Float64Array.from(rounds, (round) => round.elapsedNs);
  const rateOf = (weights: Uint8Array) => dot(counted, 0, weights) / dot(elapsedNs, 0, weights);
  return bootstrap(rounds.length, rateOf(new Uint8Array(rounds.length).fill(1)), rateOf);
}

/** The buckets that any of the distributions uses, rising. */
function slotsOf(all: readonly SparseHistogram[]): readonly number[] {
  const used = new Uint8Array(BUCKET_COUNT);
  for (const { buckets } of all) {
    let index = 0;
    for (let i = 0; i + 1 < buckets.length; i += 2) used[index += buckets[i] as number] = 1;
  }
  const slots: number[] = [];
  for (let index = 0; index < BUCKET_COUNT; index++) if (used[index] === 1) slots.push(index);
  return slots;
}

/** How many values of each round lie in each slot or below it; those of one slot stand side by side, as they are summed together. */
type Cumulated = Readonly<{ sums: Float64Array; rounds: number; slots: number }>;

function cumulate(byRound: readonly (readonly SparseHistogram[])[], slots: readonly number[]) {
  const slotOf = new Int32Array(BUCKET_COUNT);
  for (let slot = 0; slot < slots.length; slot++) slotOf[slots[slot] as number] = slot;
  const rounds = byRound.length;
  const sums = new Float64Array(slots.length * rounds);
  for (let round = 0; round < rounds; round++) {
    for (const { buckets } of byRound[round]!) {
      let index = 0;
      for (let i = 0; i + 1 < buckets.length; i += 2) {
        index += buckets[i] as number;
        sums[slotOf[index]! * rounds + round]! += buckets[i + 1] as number;
      }
    }
  }
  for (let at = rounds; at < sums.length; at++) sums[at]! += sums[at - rounds]!;
  return { sums, rounds, slots: slots.length };
}

/** Values in a slot or below it, each round as often as it was drawn. */
function weigh({ sums, rounds }: Cumulated, slot: number, weights: Uint8Array): number {
  return dot(sums, slot * rounds, weights);
}

function dot(values: Float64Array, from: number, weights: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) {
    sum += weights[index]! * values[from + index]!;
  }
  return sum;
}

/** The first slot that holds a rank, looked for in growing steps from one that is near. */
function findSlot(cumulated: Cumulated, rank: number, weights: Uint8Array, near: number): number {
  const holds = (slot: number) => weigh(cumulated, slot, weights) >= rank;
  const last = cumulated.slots - 1;
  let [low, high] = [0, last];
  if (holds(near)) {
    high = near;
    for (let step = 1; high > 0; step *= 2) {
      const next = Math.max(0, high - step);
      if (!holds(next)) {
        low = next + 1;
        break;
      }
      high = next;
    }
  } else {
    low = near + 1;
    for (let step = 1; low < last; step *= 2) {
      const next = Math.min(last, low + step);
      if (holds(next)) {
        high = next;
        break;
      }
      low = next + 1;
    }
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function slowestShare(cumulated: Cumulated, nsOf: (slot: number) => number, count: number): number {
  const once = new Uint8Array(cumulated.rounds).fill(1);
  const from = count - count / 100;
  let [total, slowest, before] = [0, 0, 0];
  for (let slot = 0; slot < cumulated.slots; slot++) {
    const seen = weigh(cumulated, slot, once);
    total += (seen - before) * nsOf(slot);
    slowest += Math.max(0, seen - Math.max(before, from)) * nsOf(slot);
    before = seen;
  }
  return total > 0 ? slowest / total : 0;
}

function bootstrap(n: number, value: number, valueOf: (weights: Uint8Array) => number) {
  if (n < MIN_ROUNDS) return { value, low: value, high: value, n, confidence: 0 };
  const ascending = sorted(resamples(n).map(valueOf));
  const tail = (1 - CONFIDENCE) / 2;
  // What is drawn from n rounds spreads by √((n − 1) / n) of what n rounds do, and few rounds know their own spread badly.
  const factor = Math.sqrt(n / (n - 1)) * studentQuantile(tail, n - 1) / -normalQuantile(tail);
  const bound = (drawn: number) => value > 0 ? value * (drawn / value) ** factor : drawn;
  return {
    value,
    low: Math.min(value, bound(quantileOfSorted(ascending, tail))),
    high: Math.max(value, bound(quantileOfSorted(ascending, 1 - tail))),
    n,
    confidence: CONFIDENCE,
  };
}

const known = new Map<number, readonly Uint8Array[]>();

/** How often each of so many rounds is drawn in each resample: the same for every case, so that all share the luck. */
function resamples(n: number): readonly Uint8Array[] {
  let list = known.get(n);
  if (list === undefined) {
    const prng = createPrng(`run-wide ${n}`);
    list = Array.from({ length: RESAMPLES }, () => {
      const weights = new Uint8Array(n);
      for (let draw = 0; draw < n; draw++) weights[prng.nextInt(n)]!++;
      return weights;
    });
    known.set(n, list);
  }
  return list;
}
