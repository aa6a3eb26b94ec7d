// One trial in one piece: fresh sockets, warm-up, measured interval, watchdog.

import { withPatience } from "../peer/patience.ts";
import { UnfinishedWork } from "../workload/unfinished_work.ts";
import type { DriveResult } from "../workload/workload.ts";
import { DrivingEnd, type TrialOutcome, type TrialSetup } from "./driving_end.ts";
import { guarded, pinDriver } from "./guarded.ts";

export type { TrialOutcome, TrialSetup };

/** Runs one trial, both ends pinned as its case says. Never throws: a failure is an outcome with an `error`. */
export async function runTrial(setup: TrialSetup): Promise<TrialOutcome> {
  const driver = new DrivingEnd(setup);
  let driving: Promise<DriveResult> | undefined;
  try {
    // The own thread for the length of the trial only: whatever is started between trials must not inherit its core.
    using _pinned = pinDriver(setup.case);
    return await guarded(setup, setup.case.expectedNs, async () => {
      await driver.serve();
      driving = setup.workload.drive(driver);
      const driven = await driving;
      return driver.outcome(driven, await driver.finish());
    });
  } catch (error) {
    return await driver.failed(
      error,
      () => driver.hasBegun ? findCompleted(driving) : Promise.resolve(undefined),
    );
  } finally {
    driver.closeAll();
  }
}

/** What the drive half had done when an operation of it failed; closing its channels ends one that hangs. */
async function findCompleted(driving: Promise<DriveResult> | undefined) {
  if (driving === undefined) return undefined;
  const done = driving.catch((error) => error instanceof UnfinishedWork ? error.done : undefined);
  return await withPatience(done, undefined);
}
