// What both ends of a trial found, put together: tallies, the receiver's window beside what was offered, and settings.

import type { ReceiverWindow, Tally } from "../model/tally.ts";
import type { TrialError } from "../model/trial.ts";
import type { DriveResult } from "../workload/workload.ts";

/** The tally of a trial: the driving end's counts before the serving end's, and what only both together show. */
export function mergeTallies(drive: Tally, serve: Tally): Tally {
  const merged: Tally = { ...serve, ...drive };
  const errors = { ...serve.errors };
  for (const [kind, count] of Object.entries(drive.errors ?? {})) {
    errors[kind] = (errors[kind] ?? 0) + count;
  }
  if (Object.keys(errors).length > 0) merged.errors = errors;
  // Bulk data may go both ways.
  for (const name of ["sentBytes", "writes"] as const) {
    if (drive[name] !== undefined && serve[name] !== undefined) {
      merged[name] = drive[name] + serve[name];
    }
  }
  // A driving end that knows of each request whether it was answered has counted what was lost; the other end has counted warm-up too.
  if (
    drive.lostMessages === undefined && merged.sentMessages !== undefined &&
    serve.receivedMessages !== undefined
  ) {
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

/** The window, or a longer one: what was sent in so many seconds, and queued meanwhile, was delivered in no fewer. */
export function boundWindow(
  window: ReceiverWindow,
  { operations, elapsedNs, values }: Pick<DriveResult, "operations" | "elapsedNs" | "values">,
): ReceiverWindow {
  const { messages } = window;
  const offered = values?.offeredPerSecond ?? operations / (elapsedNs / 1e9);
  if (messages === undefined || !(offered > 0)) return window;
  const leastNs = messages / offered * 1e9;
  return window.elapsedNs < leastNs ? { ...window, elapsedNs: leastNs } : window;
}

/** What bulk data both ways comes to: each direction where it arrived, and their sum. */
export function bothDirections(up: ReceiverWindow, down: ReceiverWindow): Record<string, number> {
  const [upBytesPerSecond, downBytesPerSecond] = [up, down]
    .map(({ bytes, elapsedNs }) => bytes / (elapsedNs / 1e9)) as [number, number];
  const reads = up.reads + down.reads;
  return {
    bytesPerSecond: upBytesPerSecond + downBytesPerSecond,
    upBytesPerSecond,
    downBytesPerSecond,
    ...(reads > 0 && { bytesPerRead: (up.bytes + down.bytes) / reads }),
  };
}

/** What only the workload can know, from both ends: the driver's, and of two pauses the longer. */
export function mergeValues(
  serve: Readonly<Record<string, number>> = {},
  drive: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const merged = { ...serve, ...drive };
  if (serve.longestPause !== undefined && drive.longestPause !== undefined) {
    merged.longestPause = Math.max(serve.longestPause, drive.longestPause);
  }
  return merged;
}

/** The settings of both ends: the driver's under their own names, the peer's as in `serve.nagle` where they differ. */
export function readBack(
  drive: Readonly<Record<string, string>>,
  serve: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const differing = Object.entries(serve).filter(([name, value]) => drive[name] !== value);
  return {
    ...drive,
    ...Object.fromEntries(differing.map(([name, value]) => [`serve.${name}`, value])),
  };
}
