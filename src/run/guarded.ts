// What bounds a step of a trial: its peer's death, its watchdog, and the run's interruption; what stopped the machine makes it void.

import { pinThread } from "../peer/pin_thread.ts";
import type { Case } from "../model/case.ts";
import { BEAT_MS, InterruptionWatch } from "./interruption.ts";
import { TIMEOUT, TrialFailure, type TrialSetup } from "./driving_end.ts";

/** Work may take this many times its expected length, and {@link PATIENCE_NS} more, before the watchdog ends it. */
const PATIENCE_FACTOR = 5;
/** See {@link PATIENCE_FACTOR}; in nanoseconds. */
const PATIENCE_NS = 5e9;

/** Waits for work on a trial, for so long as its peer lives and its time allows. */
export async function guarded<T>(
  { link, signal, clock }: Pick<TrialSetup, "link" | "signal" | "clock">,
  expectedNs: number,
  work: () => Promise<T>,
): Promise<T> {
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => {});
  const onAbort = () => end.reject(new TrialFailure("aborted", "the run was interrupted"));
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  const watch = new InterruptionWatch(clock);
  const limitMs = (PATIENCE_FACTOR * expectedNs + PATIENCE_NS) / 1e6;
  let beats = 0;
  // One timer per trial or slice: a timer per message would sit inside the measured interval.
  const timer = setInterval(() => {
    watch.beat();
    if (++beats * BEAT_MS < limitMs) return;
    const message = `the trial with peer ${link.label} did not end within ${
      (limitMs / 1e3).toFixed(1)
    } s`;
    end.reject(new TrialFailure(TIMEOUT, message));
  }, BEAT_MS);
  try {
    const done = await Promise.race([work(), link.died, end.promise]);
    const interruption = watch.found();
    if (interruption !== undefined) throw interruption;
    return done;
  } catch (error) {
    // Whatever failed of it: the run's end alone comes before.
    throw signal?.aborted ? error : watch.found() ?? error;
  } finally {
    clearInterval(timer);
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
