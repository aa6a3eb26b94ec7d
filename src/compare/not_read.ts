// What could not be read, and is therefore not known to be well.

import { factOf, KERNEL_READINGS } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";
import { COUNTED_METRIC } from "./pooled_values.ts";

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

/** Which transfers ran with another congestion control than the kernel's own, and why, a sentence without full stop. */
export function formatCongestion(
  { cases, environment }: Pick<RunRecord, "cases" | "environment">,
): readonly string[] {
  const steady = cases.filter(({ fixed }) => fixed.congestion !== undefined);
  if (steady.length === 0) return [];
  const [{ fixed: { congestion } }] = steady as [RunRecord["cases"][number]];
  const own = factOf(environment, "net.ipv4.tcp_congestion_control");
  const which = [...new Set(steady.map((c) => `${c.scenario} over ${c.transport}`))].join(", ");
  return [
    `${which} ran with congestion control ${congestion} in all subjects: this kernel's own, ${own}, draws a speed for each connection ` +
    `(--param congestion=${own} measures with it)`,
  ];
}

/** How a record calls what it could not count, and the counting that failed, of a case. */
export const notCounted = (caseId: string) => `${COUNTED_METRIC} of ${caseId}`;
export const countingOf = (caseId: string) => `counting of ${caseId}`;

/** What the counting of a case's system calls failed of on a side, as a clause; undefined where it did not. */
export function findCountingFailure({ skipped }: RunRecord, caseId: string): string | undefined {
  return skipped.find(({ what }) => what === countingOf(caseId))?.reason;
}

/** Of which cases system calls were not counted, a sentence without full stop for each reason. */
export function formatNotCounted(base: RunRecord, head: RunRecord): readonly string[] {
  const cases = new Map(
    base.cases.flatMap(({ id }) => [notCounted(id), countingOf(id)].map((what) => [what, id])),
  );
  const all = Object.entries({ base, head }).flatMap(([side, { skipped }]) =>
    skipped.filter(({ what }) => what === COUNTED_METRIC || cases.has(what))
      .map(({ what, reason }) => ({ side, id: cases.get(what), reason }))
  );
  return [...Map.groupBy(all, ({ reason }) => reason)].map(([reason, own]) => {
    const sides = new Set(own.map(({ side }) => side));
    const [id, ...more] = new Set(own.flatMap(({ id }) => id ?? []));
    const others = more.length === 1 ? ` and ${more[0]}` : ` and ${more.length} more cases`;
    const of = id === undefined ? "" : ` of ${id}${more.length === 0 ? "" : others}`;
    const where = sides.size === 1 ? ` in ${[...sides][0]}` : "";
    return `System calls${of} were not counted${where}: ${reason}`;
  });
}
