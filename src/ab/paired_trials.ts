// PairedTrials: what an A/B job has measured so far, and how precise it is.

import type { Case } from "../model/case.ts";
import { metricValue } from "../model/metric_value.ts";
import type { Trial } from "../model/trial.ts";
import { pairedEffect, type ValuePair } from "../compare/effect.ts";
import { minimumValues } from "../stats/mod.ts";

/** The two sides of a comparison. */
export type Side = "base" | "head";

/** Both sides, in the order of every list. */
export const SIDES: readonly Side[] = ["base", "head"];

/**
 * A case that fails this often in a row on one side is given up: one that hangs costs its watchdog's patience every time. Beside none of
 * base so many are more than chance explains (Fisher: p = 0.004).
 */
const MAX_FAILURES = 5;

/** Trials of both sides, by case and round. */
export class PairedTrials {
  /** In the order of measuring. */
  readonly trials: Readonly<Record<Side, Trial[]>> = { base: [], head: [] };
  readonly #watched: ReadonlyMap<string, readonly string[]>;
  /** By case and metric. */
  readonly #pairs = new Map<string, ValuePair[]>();
  readonly #failures = new Map<string, number>();
  readonly #givenUp = new Map<string, { readonly side: Side; readonly reason: string }>();

  /**
   * Starts without trials.
   *
   * @param watched metrics whose intervals are looked at, by scenario id
   */
  constructor(watched: ReadonlyMap<string, readonly string[]>) {
    this.#watched = watched;
  }

  /** Takes what one round found of a case: a trial of each side, or of the only side that has the case. */
  add(c: Case, found: Readonly<Partial<Record<Side, Trial>>>): void {
    for (const side of SIDES) {
      const trial = found[side];
      if (trial === undefined) continue;
      this.trials[side].push(trial);
      this.#countFailures(c.id, side, trial);
    }
    const { base, head } = found;
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
      const key = `${metric} ${c.id}`;
      const pairs = this.#pairs.get(key);
      if (pairs === undefined) this.#pairs.set(key, [pair]);
      else pairs.push(pair);
    }
  }

  /**
   * The widest side of any interval of a watched metric's ratio, as a share: 0.02 is ±2 %. 0 where nothing is watched; infinite while the
   * generations are too few for an interval, however alike they are. Cases that were given up are left out.
   */
  widest(): number {
    let widest = 0;
    for (const [key, pairs] of this.#pairs) {
      // By key, "metric case": no further pair will make it narrower.
      if (this.isGivenUp(key.slice(key.indexOf(" ") + 1))) continue;
      const { n, estimate, low, high } =
        pairedEffect(pairs, { kind: "ratio", better: "higher" }).ratio;
      if (n < minimumValues()) return Infinity;
      widest = Math.max(widest, high / estimate - 1, estimate / low - 1);
    }
    return widest;
  }

  /** Whether a case is no longer worth measuring. */
  isGivenUp(caseId: string): boolean {
    return this.#givenUp.has(caseId);
  }

  /** The cases given up on a side, and why. */
  givenUp(side: Side): readonly { readonly what: string; readonly reason: string }[] {
    return [...this.#givenUp].filter(([, one]) => one.side === side)
      .map(([what, { reason }]) => ({ what, reason }));
  }

  #countFailures(caseId: string, side: Side, { error }: Trial): void {
    const key = `${side} ${caseId}`;
    if (error === undefined) {
      this.#failures.delete(key);
      return;
    }
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    if (count < MAX_FAILURES || this.#givenUp.has(caseId)) return;
    const reason = `given up after ${MAX_FAILURES} failed trials in a row: ${error.message}`;
    this.#givenUp.set(caseId, { side, reason });
  }
}

/** Shares that may be 0 have no ratio; their cells are judged, but their width is not looked at. */
function isRatio(
  values: readonly [number | undefined, number | undefined],
): values is readonly [number, number] {
  return values.every((value) => value !== undefined && Number.isFinite(value) && value > 0);
}
