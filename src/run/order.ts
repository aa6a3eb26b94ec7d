// The order of a round: comparison sets, the blocks of each, and the cases of a block, all shuffled from the run's seed.

import type { Case } from "../model/case.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import { type Block, blocksOf, comparedSets } from "../plan/blocks.ts";
import type { Prng } from "../stats/prng.ts";
import type { Transport } from "../transport/transport.ts";
import type { Workload } from "../workload/workload.ts";
import { SLICE_NS } from "./run_block.ts";

/** Shuffles sets of cases that a contrast compares, then within each: slices two seconds apart spread by 23 %, adjacent ones by 10. */
export function orderRound(
  cases: readonly Case[],
  scenarios: readonly ScenarioSpec[],
  canPause: (c: Case) => boolean,
  prng: Prng,
): readonly Block[] {
  return prng.shuffle(comparedSets(cases, scenarios))
    .flatMap((set) => prng.shuffle(blocksOf(set, scenarios, canPause)))
    .map(({ cases, isSliced }) => ({ isSliced, cases: prng.shuffle(cases) }));
}

/** Why a case is measured in one piece instead of taking turns. Returns one clause; undefined where it can take turns. */
export function pauseObstacle(
  { budget, fixed, params }: Case,
  workload: Workload,
  transport: Transport,
): string | undefined {
  const given = { ...fixed, ...params };
  if (transport.blocking) return "calls that block leave the peer no time for other cases";
  // Each slice measures one operation at least.
  const { maxOperations, minOperations = 1, measureNs } = budget;
  if (maxOperations !== undefined || minOperations > measureNs / SLICE_NS) {
    return "it ends with a count of operations";
  }
  if (measureNs < 2 * SLICE_NS) return "it is too short";
  if (workload.traces?.(given)) return "its system calls are counted";
  const pausable = workload.pausable?.(given, transport.mode) ?? "its workload cannot pause";
  return pausable === true ? undefined : pausable;
}
