// What the doctor adds to a fact: a number alone says little, as it means another thing on every machine.

import { coresOf, type Environment, type EnvironmentFact } from "../../model/environment.ts";
import { plural } from "../../text/plural.ts";

/** Load per core from which on something else is running. */
const SOME = 0.25;
/** Load per core from which on every core has something to do without us. */
const FULL = 1;
/** Both ends of a trial want a core each. */
const ENDS = 2;

/**
 * Advice on a fact.
 *
 * @returns What follows its value, as in ` on 2 cores: every core is busy already; ...`; empty where there is nothing to say.
 */
export function adviseOnFact({ id, value }: EnvironmentFact, environment: Environment): string {
  if (typeof value !== "number") return "";
  switch (id) {
    case "load":
      return adviseOnLoad(value, coresOf(environment));
    case "cpu.quota":
      return value < ENDS
        ? ": both ends together get no more, and stand still when it is used up; measure without it, or with at least 2"
        : ": beyond it both ends stand still";
    default:
      return "";
  }
}

function adviseOnLoad(load: number, cores: number): string {
  const on = ` on ${plural(cores, "core")}`;
  if (load >= FULL * cores) {
    return `${on}: every core is busy already; stop what else runs, or measure when it is done`;
  }
  return load >= SOME * cores
    ? `${on}: something else is running; small differences need more rounds`
    : `${on}: idle`;
}
