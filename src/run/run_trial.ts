// One trial: fresh sockets, warm-up, measured interval, watchdog.

import { withPatience } from "../peer/patience.ts";
import { pinThread } from "../peer/pin_thread.ts";
import type { Case } from "../model/case.ts";
import type { TrialError } from "../model/trial.ts";
import { UnfinishedWork } from "../workload/unfinished_work.ts";
import type { DriveResult } from "../workload/workload.ts";
import {
  DrivingEnd,
  TIMEOUT,
  TrialFailure,
  type TrialOutcome,
  type TrialSetup,
} from "./driving_end.ts";
import { nameShortage } from "./limits.ts";

export type { TrialOutcome, TrialSetup };

/** A trial may take this many times its expected length, and {@link PATIENCE_NS} more, before the watchdog ends it. */
const PATIENCE_FACTOR = 5;
/** See {@link PATIENCE_FACTOR}; in nanoseconds. */
const PATIENCE_NS = 5e9;

/** Runs one trial, both ends pinned as its case says. Never throws: a failure is an outcome with an `error`. */
export async function runTrial(setup: TrialSetup): Promise<TrialOutcome> {
  const { link, workload, signal } = setup;
  const driver = new DrivingEnd(setup);
  const watchdog = startWatchdog(setup);
  const end = Promise.withResolvers<never>();
  const onAbort = () => end.reject(new TrialFailure("aborted", "the run was interrupted"));
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  const guard = <T>(work: Promise<T>): Promise<T> =>
    Promise.race([work, link.died, watchdog.expired, end.promise]);
  end.promise.catch(() => {});
  let driving: Promise<DriveResult> | undefined;
  try {
    // The own thread for the length of the trial only: whatever is started between trials must not inherit its core.
    using _pinned = pinDriver(setup.case);
    await guard(driver.serve());
    driving = workload.drive(driver);
    const driven = await guard(driving);
    return driver.outcome(driven, await guard(driver.finish()));
  } catch (error) {
    driver.closeAll();
    await driver.abandonTracing();
    const cause = explain(
      await driver.causeOf(error instanceof UnfinishedWork ? error.cause : error),
    );
    const isOneProcess = link.kind !== "process";
    const trial = { case: setup.case, workload, isOneProcess };
    return driver.failed(await nameShortage(cause, trial), await findCompleted(driving));
  } finally {
    driver.closeAll();
    watchdog.stop();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The peer has not been asked for anything yet, and knows nothing of what this fails of. */
function pinDriver({ placement: { cores } }: Case): Disposable {
  try {
    return pinThread(cores?.drive);
  } catch (error) {
    throw new TrialFailure("not-pinned", (error as Error).message);
  }
}

function startWatchdog({ case: c, link }: TrialSetup): { expired: Promise<never>; stop(): void } {
  const expired = Promise.withResolvers<never>();
  expired.promise.catch(() => {});
  const limitNs = PATIENCE_FACTOR * c.expectedNs + PATIENCE_NS;
  // One timer per trial: a timer per message would sit inside the measured interval.
  const timer = setTimeout(() => {
    const seconds = (limitNs / 1e9).toFixed(1);
    expired.reject(
      new TrialFailure(
        TIMEOUT,
        `the trial with peer ${link.label} did not end within ${seconds} s`,
      ),
    );
  }, limitNs / 1e6);
  return { expired: expired.promise, stop: () => clearTimeout(timer) };
}

/** What the drive half had done when an operation of it failed; closing its channels ends one that hangs. */
async function findCompleted(
  driving: Promise<DriveResult> | undefined,
): Promise<DriveResult | undefined> {
  if (driving === undefined) return undefined;
  const done = driving.catch((error) => error instanceof UnfinishedWork ? error.done : undefined);
  return await withPatience(done, undefined);
}

/** What of an error's message is kept, in characters: a user's workload may throw a file's contents. */
const MAX_MESSAGE = 2_000;

function explain(error: unknown): TrialError {
  if (!(error instanceof Error)) {
    return { kind: "error", message: String(error).slice(0, MAX_MESSAGE) };
  }
  const kind = (error as { kind?: unknown }).kind;
  return {
    kind: typeof kind === "string" ? kind : error.name,
    message: error.message.slice(0, MAX_MESSAGE).replace(/\s+/g, " "),
  };
}
