// What senders offered beside what they were asked for.

import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { median } from "../../stats/mod.ts";

/** Below this share of the rate that was asked for, the row of a table says what nobody did. */
export const MIN_OFFERED = 0.98;

/** A case whose sender could not keep up. */
export interface Shortfall {
  readonly case: string;
  /** Messages per second that were asked for. */
  readonly asked: number;
  /** Messages per second that were offered, in the median of the trials. */
  readonly offered: number;
}

/**
 * Finds the cases in which less was offered than {@linkcode MIN_OFFERED} of what was asked for. By case, the largest shortfall
 * first.
 */
export function findShortfalls(record: RunRecord, values: TrialValues): readonly Shortfall[] {
  return record.cases.flatMap((one): Shortfall[] => {
    const pairs = values.succeeded(one.id).flatMap((trial) => {
      const offered = trial.values?.offeredPerSecond;
      const asked = trial.values?.askedPerSecond ?? rateOf(one);
      return offered === undefined || asked === undefined ? [] : [{ asked, offered }];
    });
    if (pairs.length === 0) return [];
    const share = median(pairs.map(({ asked, offered }) => offered / asked));
    if (share >= MIN_OFFERED) return [];
    const offered = median(pairs.map((pair) => pair.offered));
    return [{ case: one.id, asked: pairs[0]!.asked, offered }];
  }).sort((a, b) => a.offered / a.asked - b.offered / b.asked);
}

/** Records of earlier versions have it among the parameters only. */
function rateOf({ params }: Case): number | undefined {
  return typeof params.rate === "number" && params.rate > 0 ? params.rate : undefined;
}
