// One tally of what both ends counted, and what it says of the trial.

import type { Tally } from "../model/tally.ts";
import type { TrialError } from "../model/trial.ts";

/** The tally of a trial: the driving end's counts before the serving end's, and what only both together show. */
export function mergeTallies(drive: Tally, serve: Tally): Tally {
  const merged: Tally = { ...serve, ...drive };
  const errors = { ...serve.errors };
  for (const [kind, count] of Object.entries(drive.errors ?? {})) {
    errors[kind] = (errors[kind] ?? 0) + count;
  }
  if (Object.keys(errors).length > 0) merged.errors = errors;
  if (merged.sentMessages !== undefined && serve.receivedMessages !== undefined) {
    // A second copy does not make up for another message that never came. Messages too small for a sequence number hide their
    // duplicates: more may then have arrived than was sent, and that is no negative loss.
    const arrived = serve.receivedMessages - (serve.duplicatedMessages ?? 0);
    merged.lostMessages = Math.max(0, merged.sentMessages - arrived);
  }
  return merged;
}

/** A workload may go on after an operation that failed; its trial has failed all the same, or a head that refuses would look as fast. */
export function findFailedOperations({ errors = {} }: Tally): TrialError | undefined {
  const kinds = Object.entries(errors).filter(([, count]) => count > 0);
  const count = kinds.reduce((sum, [, one]) => sum + one, 0);
  if (count === 0) return undefined;
  const which = kinds.map(([kind, one]) => `${one} ${kind}`).join(", ");
  return {
    kind: "failed-operations",
    message: `${count} ${count === 1 ? "operation" : "operations"} failed: ${which}`,
  };
}
