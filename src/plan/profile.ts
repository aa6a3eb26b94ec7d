// Profiles: how long and how often a run measures.

import type { ProfileName } from "../model/scenario.ts";
import type { Budget } from "../model/budget.ts";

/** A Profile is the length of a trial and the number of rounds. `budget`: unless the scenario adapts it. */
export type Profile = Readonly<{ rounds: number; budget: Budget }>;

/** Trials are short and many: small machines change speed every 0.2 to 2 s. Six rounds give a median a 95 % interval. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  quick: { rounds: 6, budget: { warmupNs: 4e6, measureNs: 20e6 } },
  standard: { rounds: 16, budget: { warmupNs: 5e6, measureNs: 30e6 } },
  thorough: { rounds: 30, budget: { warmupNs: 10e6, measureNs: 50e6 } },
};
