// What bounds a step of a trial: its peer's death, its watchdog, and the run's interruption.

import { pinThread } from "../peer/pin_thread.ts";
import type { Case } from "../model/case.ts";
import { TIMEOUT, TrialFailure, type TrialSetup } from "./driving_end.ts";

/** Work may take this many times its expected length, and {@link PATIENCE_NS} more, before the watchdog ends it. */
const PATIENCE_FACTOR = 5;
/** See {@link PATIENCE_FACTOR}; in nanoseconds. */
const PATIENCE_NS = 5e9;

/** Waits for work on a trial, for so long as its peer lives and its time allows. */
export async function guarded<T>(
  { link, signal }: Pick<TrialSetup, "link" | "signal">,
  expectedNs: number,
  work: () => Promise<T>,
): Promise<T> {
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => {});
  const onAbort = () => end.reject(new TrialFailure("aborted", "the run was interrupted"));
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  const limitNs = PATIENCE_FACTOR * expectedNs + PATIENCE_NS;
  // One timer per trial or slice: a timer per message would sit inside the measured interval.
  const timer = setTimeout(() => {
    const seconds = (limitNs / 1e9).toFixed(1);
    const message = `the trial with peer ${link.label} did not end within ${seconds} s`;
    end.reject(new TrialFailure(TIMEOUT, message));
  }, limitNs / 1e6);
  try {
    return await Promise.race([work(), link.died, end.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Pins the driving thread as a case says. The peer has not been asked for anything yet, and knows nothing of what this fails of. */
export function pinDriver({ placement: { cores } }: Case): Disposable {
  try {
    return pinThread(cores?.drive);
  } catch (error) {
    throw new TrialFailure("not-pinned", (error as Error).message);
  }
}
