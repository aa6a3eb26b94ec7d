// Same run: whether two records hold one measurement, which cannot regress against itself.

import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/** Whether base holds most of head's trials, nanosecond for nanosecond: one file named twice, or an edited copy. */
export function isSameRun(base: RunRecord, head: RunRecord): boolean {
  const known = new Set(base.trials.map(contentOf));
  const shared = head.trials.filter((trial) => known.has(contentOf(trial))).length;
  return shared > 0 && 2 * shared > head.trials.length;
}

/** The distributions alone where they hold much, which no two trials share: an edited length does not make another trial of one. */
function contentOf({ case: id, elapsedNs, operations, values, histograms, window }: Trial): string {
  const isRich = Object.values(histograms).some(({ buckets }) => buckets.length >= RICH);
  return JSON.stringify(
    isRich ? [id, histograms] : [id, elapsedNs, operations, values, histograms, window],
  );
}

/** Numbers of a sparse histogram: 32 buckets and their counts. */
const RICH = 64;
