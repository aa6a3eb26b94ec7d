/**
 * Settings: what a run is asked to do. Defaults and validation live here and nowhere else.
 *
 * @module
 */

import type { ProfileName } from "../scenario/scenario.ts";
import type { PeerKind } from "./case.ts";

/** Everything a run can be asked for, validated and complete. */
export interface Settings {
  /** How long and how wide. */
  readonly profile: ProfileName;
  /** Scenario ids; empty: all. */
  readonly scenarios: readonly string[];
  /** Transport ids; empty: all that a scenario lists. */
  readonly transports: readonly string[];
  /** Globs over case ids, of which one must match; empty: all. `*` is any run of characters, `?` any single one. */
  readonly cases: readonly string[];
  /** Parameter values that replace those of the grid, by parameter name. */
  readonly params: Readonly<Record<string, readonly (number | string)[]>>;
  /** Passes over all cases. */
  readonly rounds: number;
  /** Where the serve half runs. */
  readonly peer: PeerKind;
  /** Seed of every random choice of the run: a whole number from 0 to 2^32 − 1. */
  readonly seed: number;
  /** Specifiers of users' modules (absolute file URLs). */
  readonly modules: readonly string[];
}
