/**
 * What the doctor says of the load: a number alone says little, as it means another thing on every machine.
 *
 * @module
 */

import { plural } from "../../text/plural.ts";
import type { Fact } from "../../model/environment.ts";

/** Load per core from which on something else is running. */
const SOME = 0.25;
/** Load per core from which on every core has something to do without us. */
const FULL = 1;

/**
 * The load beside the cores that have to bear it, with advice where it is too much.
 *
 * @param load Load average of the last minute; `null` where it is not known.
 * @param cores Logical cores.
 * @returns As in `7.14 on 2 cores: every core is busy already; stop what else runs, or measure when it is done`.
 */
export function describeLoad(load: Fact, cores: number): string {
  if (typeof load !== "number") return "not known";
  const said = `${load} on ${plural(cores, "core")}`;
  if (load >= FULL * cores) {
    return `${said}: every core is busy already; stop what else runs, or measure when it is done`;
  }
  return load >= SOME * cores
    ? `${said}: something else is running; small differences need more rounds`
    : `${said}: idle`;
}

/**
 * The CPU quota, with advice where there is one.
 *
 * @param quota Cores' time that control groups allow, or `none`; `null` where it is not known.
 * @returns Rows of the section on the machine; none where there is no quota.
 */
export function describeQuota(quota: Fact): readonly [string, string][] {
  if (typeof quota !== "number") return [];
  const advice = quota < 2
    ? "both ends together get no more, and stand still when it is used up; measure without it, or with at least 2"
    : "beyond it both ends stand still";
  return [["CPU quota", `${quota === 1 ? "1 core" : `${quota} cores`}: ${advice}`]];
}
