// Wait shares: for how much of the measured time the processes of each side were kept off the CPU.

import { coresOf } from "../model/environment.ts";
import type { RecordComparison, WaitShares } from "./comparison.ts";
import { healthOf } from "./health.ts";
import type { RecordSide } from "./record_side.ts";

export function findWaitShares(
  base: RecordSide,
  head: RecordSide,
): Required<Pick<RecordComparison, "waits" | "health">> {
  const shares = (id?: string): WaitShares => {
    const [own, other] = [shareOf(base, id), shareOf(head, id)];
    return { ...(own !== undefined && { base: own }), ...(other !== undefined && { head: other }) };
  };
  return { waits: new Map([...base.cases.keys()].map((id) => [id, shares(id)])), health: shares() };
}

/** Of one case, or of all. */
function shareOf({ record, values }: RecordSide, id: string | undefined): number | undefined {
  const trials = id === undefined ? record.trials : values.succeeded(id);
  return healthOf(trials, coresOf(record.environment))?.waitShare;
}
