/**
 * Same run: whether two records hold one measurement, which cannot regress against itself.
 *
 * @module
 */

import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/**
 * Whether two records hold the same trials: one file named twice, or a copy of it, whatever else was edited. Two measurements do not agree
 * in every nanosecond of every trial.
 *
 * @param base One record.
 * @param head The other.
 * @returns `true` when they share a trial and no trial that they share differs.
 */
export function isSameRun(base: RunRecord, head: RunRecord): boolean {
  const key = ({ case: id, round }: Trial) => `${round} ${id}`;
  const trials = new Map(base.trials.map((trial) => [key(trial), trial]));
  const shared = head.trials.filter((trial) => trials.has(key(trial)));
  return shared.length > 0 &&
    shared.every((trial) => isSameTrial(trial, trials.get(key(trial))!));
}

function isSameTrial(one: Trial, other: Trial): boolean {
  const facts = ({ startedNs, elapsedNs, operations, values, histograms, window, tally }: Trial) =>
    JSON.stringify([startedNs, elapsedNs, operations, values, histograms, window, tally]);
  return facts(one) === facts(other);
}
