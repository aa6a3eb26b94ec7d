// What a drive half leaves behind when one of its operations fails.

import type { DriveResult } from "./workload.ts";

/** Thrown by the loop of a drive half in the place of what it failed of: the operations completed before are kept with the failed trial. */
export class UnfinishedWork extends Error {
  /** Always "UnfinishedWork". */
  override readonly name = "UnfinishedWork";

  /** What was done before. */
  readonly done: DriveResult;

  /** Of an operation that failed of `cause`; `inFlight` where more than one may have been under way. */
  constructor(
    override readonly cause: unknown,
    operations: number,
    elapsedNs: number,
    histograms: DriveResult["histograms"] = {},
    inFlight?: number,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    const known = inFlight === undefined ? {} : { inFlight };
    this.done = { operations, elapsedNs, histograms, tally: {}, ...known };
  }
}
