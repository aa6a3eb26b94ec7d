// What a drive half leaves behind when one of its operations fails.

import type { DriveResult } from "./workload.ts";

/** Thrown by the loop of a drive half in the place of what it failed of: the operations completed before are kept with the failed trial. */
export class UnfinishedWork extends Error {
  /** Always "UnfinishedWork". */
  override readonly name = "UnfinishedWork";

  /**
   * Makes the error of its cause.
   *
   * @param cause what the operation failed of
   * @param done what was done before
   */
  constructor(override readonly cause: unknown, readonly done: DriveResult) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
