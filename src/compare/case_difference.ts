// Case differences: whether two cases of the same id are the same measurement.

import type { Case } from "../model/case.ts";
import { describe } from "../record/record_error.ts";
import type { Params } from "../model/params.ts";

/** In what two cases of one id differ, as one sentence: placement, workload, length of a trial; `undefined`: in nothing. */
export function caseDifference(base: Case, head: Case): string | undefined {
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ["scenario", base.scenario, head.scenario],
    ["transport", base.transport, head.transport],
    ["workload", base.workload, head.workload],
    ["placement of the peer", base.placement.peer, head.placement.peer],
    ["pinning", base.placement.pin, head.placement.pin],
    ["core of the driver", base.placement.cores?.drive, head.placement.cores?.drive],
    ["core of the peer", base.placement.cores?.serve, head.placement.cores?.serve],
    ["replayed file, by its hash,", base.fixed.replayHash, head.fixed.replayHash],
    ...paramFacts(base.params, head.params),
    ...paramFacts(base.fixed, head.fixed),
    ["warm-up in ns", base.budget.warmupNs, head.budget.warmupNs],
    ["settling time in ns", base.budget.settleNs, head.budget.settleNs],
    ["measured time in ns", base.budget.measureNs, head.budget.measureNs],
    ["most operations", base.budget.maxOperations, head.budget.maxOperations],
    ["fewest operations", base.budget.minOperations, head.budget.minOperations],
  ];
  const found = facts.find(([, one, other]) => one !== other);
  if (found === undefined) return undefined;
  const [fact, one, other] = found;
  return `${fact} of the case differs: ${describe(one)} in base, ${describe(other)} in head`;
}

function paramFacts(base: Params, head: Params): readonly (readonly [string, unknown, unknown])[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  return names.map((name) => [`parameter ${describe(name)}`, own(base, name), own(head, name)]);
}

function own(params: Params, name: string): unknown {
  return Object.hasOwn(params, name) ? params[name] : undefined;
}
