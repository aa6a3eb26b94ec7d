// Warm-up of a process: trials that are discarded, until figures stay.

import type { Catalog } from "../catalog.ts";
import type { Case } from "../model/case.ts";
import type { TrialOutcome } from "./driving_end.ts";

/** A trial of fewer operations has slow ones: what a runtime is slow in at first is no part of them. */
const FEW_OPERATIONS = 10;
const MAX_TRIALS = 20;

/** How many operations of a case are slower than all later ones of their process: as its transport and its workload say, for each of its workers. */
export function coldOperations(
  { transport, workload, params }: Pick<Case, "transport" | "workload" | "params">,
  { transports, workloads }: Pick<Catalog, "transports" | "workloads">,
): number {
  const parts = [transports.get(transport), workloads.get(workload)];
  const cold = Math.max(...parts.map((part) => part?.coldOperations ?? 0));
  return cold * Number(params.workers ?? 1);
}

/** Runs one trial, or as many as have so many operations; of one that fails no more. */
export async function warmUp(
  cold: number,
  trial: () => Promise<Pick<TrialOutcome, "operations" | "error"> | undefined>,
): Promise<void> {
  let done = 0;
  for (let k = 0; k < MAX_TRIALS; k++) {
    const outcome = await trial();
    if (outcome === undefined || outcome.error !== undefined) return;
    done += outcome.operations;
    if (outcome.operations < FEW_OPERATIONS || done >= cold) return;
  }
}
