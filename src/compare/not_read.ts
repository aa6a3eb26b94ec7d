// What could not be read, and is therefore not known to be well.

import { KERNEL_READINGS } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";

/** What both or one could not read for lack of libc, as a sentence: silence must not be taken for health. */
export function formatNotRead(base: RunRecord, head: RunRecord): readonly string[] {
  const reasonOf = (record: RunRecord) =>
    record.environment.missing.find(({ what }) => what === KERNEL_READINGS)?.reason;
  const reasons = { base: reasonOf(base), head: reasonOf(head) };
  const sides = (["base", "head"] as const).filter((side) => reasons[side] !== undefined);
  if (sides.length === 0) return [];
  return [
    `${sides.join(" and ")} could not read ${KERNEL_READINGS}: ` +
    `${reasons[sides[0]!]}; a cause that only this shows was not looked for`,
  ];
}
