// PairedTrials: what an A/B job has measured so far, and how precise it is. Several heads share the trials of their base.

import type { Case } from "../model/case.ts";
import { metricValue } from "../model/metric_value.ts";
import type { Trial } from "../model/trial.ts";
import { pairedEffect, type ValuePair } from "../compare/effect.ts";
import { minimumValues } from "../stats/mod.ts";

/** What is compared against base: the first or only head, and further ones by number, from 2. */
export type Head = "head" | `head ${number}`;

/** The sides of a comparison. */
export type Side = "base" | Head;

/** The sides that something is of: base first, then the heads in their order. */
export function sidesOf(sided: Readonly<Partial<Record<Side, unknown>>>): readonly Side[] {
  return ["base", ...headsOf(sided)];
}

/** The heads that something is of, in their order. */
export function headsOf(sided: Readonly<Partial<Record<Side, unknown>>>): readonly Head[] {
  const numberOf = (side: string) => Number(side.split(" ")[1] ?? 1);
  return (Object.keys(sided).filter((key) => /^head( \d+)?$/.test(key)) as Head[])
    .sort((a, b) => numberOf(a) - numberOf(b));
}

/** Failures in a row on one side after which a case is given up: more than chance explains beside none (Fisher: p = 0.004). */
const MAX_FAILURES = 5;

/** Pairs of a head in one metric of a case. */
interface Watched {
  readonly case: string;
  readonly head: Head;
  readonly pairs: ValuePair[];
}

/** A case that a side gave up. */
interface GivenUp {
  readonly side: Side;
  /** The case. */
  readonly what: string;
  readonly reason: string;
}

/** Trials of all sides, by case and round. */
export class PairedTrials {
  /** In the order of measuring. */
  readonly trials: Readonly<Record<Side, Trial[]>>;
  readonly #heads: readonly Head[];
  readonly #watched: ReadonlyMap<string, readonly string[]>;
  /** By metric, head and case. */
  readonly #pairs = new Map<string, Watched>();
  /** By side and case. */
  readonly #failures = new Map<string, number>();
  /** By side and case. */
  readonly #givenUp = new Map<string, GivenUp>();

  /** Starts without trials; `watched` are the metrics whose intervals are looked at, by scenario id. */
  constructor(
    watched: ReadonlyMap<string, readonly string[]>,
    heads: readonly Head[] = ["head"],
  ) {
    this.#watched = watched;
    this.#heads = heads;
    this.trials = Object.fromEntries(
      ["base", ...heads].map((side) => [side, []]),
    ) as unknown as Record<Side, Trial[]>;
  }

  /** Takes what one round found of a case: a trial of each side that has the case. */
  add(c: Case, found: Readonly<Partial<Record<Side, Trial>>>): void {
    for (const side of sidesOf(this.trials)) {
      const trial = found[side];
      if (trial === undefined) continue;
      this.trials[side]!.push(trial);
      this.#countFailures(c.id, side, trial);
    }
    for (const head of this.#heads) this.#watch(c, head, found);
  }

  #watch(c: Case, side: Head, found: Readonly<Partial<Record<Side, Trial>>>): void {
    const { base, [side]: head } = found;
    if (base === undefined || head === undefined) return;
    for (const metric of this.#watched.get(c.scenario) ?? []) {
      const values = [metricValue(head, metric), metricValue(base, metric)] as const;
      if (!isRatio(values)) continue;
      const { generation } = head;
      const pair = {
        head: values[0],
        base: values[1],
        ...(generation !== undefined && { generation }),
      };
      const key = `${metric} ${side} ${c.id}`;
      const known = this.#pairs.get(key);
      if (known === undefined) this.#pairs.set(key, { case: c.id, head: side, pairs: [pair] });
      else known.pairs.push(pair);
    }
  }

  /** The widest side of any interval, as a share: 0.02 is ±2 %; 0 where nothing is watched. */
  widest(): number {
    return Math.max(0, ...this.widths().values());
  }

  /**
   * By case the widest side of its watched metrics' intervals, as a share; infinite while the generations are too few for an interval,
   * however alike they are. Cases that were given up are left out.
   */
  widths(): ReadonlyMap<string, number> {
    const widths = new Map<string, number>();
    for (const { case: id, head, pairs } of this.#pairs.values()) {
      // No further pair will make it narrower.
      if (this.isGivenUp(id, head)) continue;
      const { n, estimate, low, high } =
        pairedEffect(pairs, { kind: "ratio", better: "higher" }).ratio;
      const width = n < minimumValues()
        ? Infinity
        : Math.max(high / estimate - 1, estimate / low - 1);
      widths.set(id, Math.max(widths.get(id) ?? 0, width));
    }
    return widths;
  }

  /** Whether a case is no longer worth measuring: base gave it up, or each of these heads did. */
  isGivenUp(caseId: string, ...heads: readonly Head[]): boolean {
    const asked = heads.length === 0 ? this.#heads : heads;
    const isLost = (side: Side) => this.#givenUp.has(`${side} ${caseId}`);
    return isLost("base") || asked.every(isLost);
  }

  /** The cases given up on a side, and why. */
  givenUp(side: Side): readonly { readonly what: string; readonly reason: string }[] {
    return [...this.#givenUp.values()].filter((one) => one.side === side)
      .map(({ what, reason }) => ({ what, reason }));
  }

  #countFailures(caseId: string, side: Side, { error }: Trial): void {
    const key = `${side} ${caseId}`;
    if (error === undefined) {
      this.#failures.delete(key);
      return;
    }
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    if (count < MAX_FAILURES || this.isGivenUp(caseId, ...(side === "base" ? [] : [side]))) return;
    const reason = `given up after ${MAX_FAILURES} failed trials in a row: ${error.message}`;
    this.#givenUp.set(key, { side, what: caseId, reason });
  }
}

/** Shares that may be 0 have no ratio; their cells are judged, but their width is not looked at. */
function isRatio(
  values: readonly [number | undefined, number | undefined],
): values is readonly [number, number] {
  return values.every((value) => value !== undefined && Number.isFinite(value) && value > 0);
}
