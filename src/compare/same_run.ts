// Same run: whether two records hold one measurement, which cannot regress against itself.

import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/** Whether base holds most of head's trials, nanosecond for nanosecond: one file named twice, or an edited copy. */
export function isSameRun(base: RunRecord, head: RunRecord): boolean {
  const known = new Set(base.trials.map(contentOf));
  const shared = head.trials.filter((trial) => known.has(contentOf(trial))).length;
  return shared > 0 && 2 * shared > head.trials.length;
}

function contentOf({ case: id, elapsedNs, operations, values, histograms, window }: Trial): string {
  return JSON.stringify([id, elapsedNs, operations, values, histograms, window]);
}
