// Warm-up of a process: trials that are discarded, until figures stay.

import type { Case } from "../model/case.ts";
import type { TrialOutcome } from "./driving_end.ts";

/**
 * So many operations take a runtime to where it stays: compiled code, and memory that is used again. node:dgram in Deno needs 800 exchanges
 * from 220 to 63 µs, as its buffers are pages fresh from the kernel until a first collection has freed some.
 */
const WARM_OPERATIONS = 1000;
/** A trial of fewer has slow ones, of which that is no part. */
const FEW_OPERATIONS = 10;
const MAX_TRIALS = 20;

/** Runs trials of one case until it is warm; one, where the case itself says how many operations are enough. */
export async function warmUp(
  { budget }: Pick<Case, "budget">,
  trial: () => Promise<Pick<TrialOutcome, "operations" | "error"> | undefined>,
): Promise<void> {
  const most = budget.maxOperations === undefined ? MAX_TRIALS : 1;
  let done = 0;
  for (let k = 0; k < most && done < WARM_OPERATIONS; k++) {
    const outcome = await trial();
    if (outcome === undefined || outcome.error !== undefined) return;
    if (outcome.operations < FEW_OPERATIONS) return;
    done += outcome.operations;
  }
}
