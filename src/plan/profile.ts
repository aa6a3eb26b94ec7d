// Profiles: how long and how often a run measures.

import type { ProfileName } from "../model/scenario.ts";
import type { Budget } from "../model/budget.ts";

/** A Profile is the length of a trial and the number of rounds. */
export interface Profile {
  /** Passes over all cases, by default. */
  readonly rounds: number;
  /** Warm-up and measured interval of a trial, unless the scenario adapts it. */
  readonly budget: Budget;
}

/**
 * Trials are short and many: small machines change speed every 0.2 to 2 s, and a trial shorter than that sees one speed. Six
 * rounds are the fewest that give a median a 95 % interval.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  quick: { rounds: 6, budget: { warmupNs: 4e6, measureNs: 20e6 } },
  standard: { rounds: 16, budget: { warmupNs: 5e6, measureNs: 30e6 } },
  thorough: { rounds: 30, budget: { warmupNs: 10e6, measureNs: 50e6 } },
};
