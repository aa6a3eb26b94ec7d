// Warm-up of a process: trials that are discarded, until figures stay.

import type { Transport } from "../transport/transport.ts";
import type { TrialOutcome } from "./driving_end.ts";

/** A trial of fewer operations has slow ones: what a runtime is slow in at first is no part of them. */
const FEW_OPERATIONS = 10;
const MAX_TRIALS = 20;

/** Runs one trial, or as many as a transport needs that is slow at first; of one that fails no more. */
export async function warmUp(
  transport: Pick<Transport, "coldOperations"> | undefined,
  trial: () => Promise<Pick<TrialOutcome, "operations" | "error"> | undefined>,
): Promise<void> {
  let done = 0;
  for (let k = 0; k < MAX_TRIALS; k++) {
    const outcome = await trial();
    if (outcome === undefined || outcome.error !== undefined) return;
    done += outcome.operations;
    if (outcome.operations < FEW_OPERATIONS || done >= (transport?.coldOperations ?? 0)) return;
  }
}
