/**
 * Normalizing by the yardstick: taking the speed of the machine out of a comparison of two records, as far as a fixed measure
 * of the machine that was taken along with both can tell it.
 *
 * Of the yardstick's parts only the round trip over a socket pair counts, as arithmetic and copying do not follow the speed
 * at which sockets work. Times are divided by the ratio of the two records' readings, rates multiplied; shares and counts
 * stay, and so does what takes so long that a timer must be behind it.
 *
 * The ratio is itself measured. Every verdict takes it at the end of its interval that is least favourable to it: a
 * regression must be shown though head's machine may have been slower than the readings' median says, a pass though it may have
 * been faster. The chance that the ratio lies beyond is added to every p-value (Berger and Boos, JASA 89, 1994,
 * pp. 1012–1016), so that normalizing never makes a gate surer than it is.
 *
 * @module
 */

import type { MetricUnit } from "../units/metric.ts";
import type { RunRecord } from "../model/run_record.ts";
import { medianInterval, minimumValues } from "../stats/median_interval.ts";
import { median } from "../stats/quantile.ts";
import { type Effect, type EffectOptions, type Estimate, unpairedEffect } from "./effect.ts";

/** A Normalization is what the yardstick says of two records, and how sure that is. */
export interface Normalization {
  /** What two records are normalized by. */
  readonly by: "yardstick";
  /** Readings of head divided by those of base: above 1, head's machine was slower. */
  readonly ratio: Estimate;
  /** The chance that the true ratio lies beyond the interval on one given side. */
  readonly risk: number;
  /** What it can and cannot do, one sentence each, for whoever reads a verdict. */
  readonly warnings: readonly string[];
}

/** Beyond this factor between the two machines nothing was ever tried, and nothing is normalized. */
const LARGEST_RATIO = 2;
/** Times from here on are waits, which no faster machine shortens: the kernel's delayed ACK alone waits 40 ms. */
const LONGEST_NS = 10e6;
/** The share of a gate's alpha that either record's readings may use up. */
const ALPHA_SHARE = 0.1;

const CAN =
  "it takes out that the whole machine was slower or faster, as far as a round trip over a socket pair in one thread sees that";
const CANNOT =
  "it cannot see the network stack, waking another core, the cost of the runtime, or what changes during a trial, and it hides a change of " +
  "the kernel that slows all system calls: a machine of its own, or ab, judges better";

/**
 * Finds by how much two records' machines differed.
 *
 * @param base The record compared against.
 * @param head The record in question.
 * @param options The error rate of the gate, which decides how sure the ratio must be.
 * @returns The normalization, or one sentence without full stop that says why there is none.
 */
export function findNormalization(
  base: Pick<RunRecord, "yardstick">,
  head: Pick<RunRecord, "yardstick">,
  { alpha }: { readonly alpha: number },
): Normalization | string {
  const confidence = 1 - 2 * ALPHA_SHARE * alpha;
  const fault = findYardstickFault("base", base, { alpha }) ??
    findYardstickFault("head", head, { alpha });
  if (fault !== undefined) return fault;
  const [one, other] = [base, head].map((side) =>
    medianInterval(socketpairReadings(side).map(Math.log), { confidence })
  );
  const ratio: Estimate = {
    estimate: Math.exp(other!.estimate - one!.estimate),
    low: Math.exp(other!.low - one!.high),
    high: Math.exp(other!.high - one!.low),
    confidence: 1 - (1 - one!.confidence) - (1 - other!.confidence),
    n: Math.min(one!.n, other!.n),
  };
  if (ratio.estimate > LARGEST_RATIO || ratio.estimate < 1 / LARGEST_RATIO) {
    return `the yardstick of head is ${ratio.estimate.toPrecision(3)} times that of base, ` +
      `and beyond a factor of ${LARGEST_RATIO} nothing is normalized`;
  }
  return {
    by: "yardstick",
    ratio,
    risk: (1 - one!.confidence) / 2 + (1 - other!.confidence) / 2,
    warnings: [
      `times and rates are normalized by the yardstick, which took ${
        sayRatio(ratio)
      } times as long in head as in base: ${CAN}`,
      `what normalizing cannot do: ${CANNOT}`,
    ],
  };
}

/**
 * Why a record cannot be normalized, whatever the other one is.
 *
 * @param name How the sentence calls it.
 * @param record The record.
 * @param options The error rate of the gate.
 * @returns One sentence without full stop; `undefined` when it has what it takes.
 */
export function findYardstickFault(
  name: "base" | "head",
  record: Pick<RunRecord, "yardstick">,
  { alpha }: { readonly alpha: number },
): string | undefined {
  const { yardstick } = record;
  if (yardstick === undefined) {
    return `${name} has no yardstick to be normalized by: measure it with "run" of this sockbench`;
  }
  const count = socketpairReadings(record).length;
  if (count === 0) {
    const why = yardstick.missing.find(({ what }) => /socket pair/.test(what))?.reason;
    return `${name}'s yardstick lacks the round trip over a socket pair` +
      (why === undefined ? "" : `, as ${why}`);
  }
  const needed = minimumValues({ confidence: 1 - 2 * ALPHA_SHARE * alpha });
  return count >= needed
    ? undefined
    : `${name} has ${count} readings of the yardstick and at alpha ${alpha} needs ${needed}: measure more rounds`;
}

/**
 * A yardstick's ratio with its interval.
 *
 * @param ratio The ratio.
 * @returns As in `1.50 [1.48, 1.52]`.
 */
export function sayRatio({ estimate, low, high }: Estimate): string {
  const [middle, from, to] = [estimate, low, high].map((value) => value.toFixed(3));
  return `${middle} [${from}, ${to}]`;
}

/**
 * The effect of unpaired trials, normalized where their unit allows it.
 *
 * @param base Values compared against.
 * @param head Values in question.
 * @param options As {@linkcode unpairedEffect} takes them.
 * @param normalization By what.
 * @returns The effect; a cell that stays as it is says why among its warnings, unless its unit says it.
 */
export function normalizedEffect(
  base: readonly number[],
  head: readonly number[],
  options: EffectOptions & { readonly seed: string },
  { ratio }: Normalization,
): Effect {
  const power = powerOf(options.unit);
  const plain = () => unpairedEffect(base, head, options);
  if (power === 0) return plain();
  if ([base, head].some((side) => isWait(median(side), options.unit))) {
    const effect = plain();
    const warning =
      "not normalized: operations of 10 ms and more wait for a timer, which no machine shortens";
    return { ...effect, warnings: [...effect.warnings, warning] };
  }
  // One seed, and so the same resamples each time: the three differ by the ratio only.
  const [middle, slowMachine, fastMachine] = [ratio.estimate, ratio.high, ratio.low].map((by) =>
    unpairedEffect(base, head.map((value) => value * by ** power), options)
  ) as [Effect, Effect, Effect];
  const slowdown = {
    ...middle.slowdown,
    low: slowMachine.slowdown.low,
    high: fastMachine.slowdown.high,
  };
  return {
    ...middle,
    slowdown,
    ...(middle.ratio !== undefined && {
      ratio: options.better === "lower" ? slowdown : {
        ...middle.ratio,
        low: 1 / slowdown.high,
        high: 1 / slowdown.low,
      },
    }),
    pValue: slowMachine.pValue,
    pValueBetter: fastMachine.pValueBetter,
  };
}

/** What a value of head is multiplied by: the ratio to this power. */
function powerOf(unit: MetricUnit): -1 | 0 | 1 {
  switch (unit) {
    case "ns":
    case "ns/op":
    case "ns/byte":
      return -1;
    case "1/s":
    case "bytes/s":
      return 1;
    case "bytes":
    case "ratio":
    case "count":
    case "1/MiB":
      return 0;
  }
}

function isWait(value: number, unit: MetricUnit): boolean {
  if (unit === "ns" || unit === "ns/op") return value >= LONGEST_NS;
  return unit === "1/s" && value <= 1e9 / LONGEST_NS;
}

function socketpairReadings({ yardstick }: Pick<RunRecord, "yardstick">): readonly number[] {
  return (yardstick?.readings ?? []).flatMap(({ socketpairNs }) => socketpairNs ?? []);
}
