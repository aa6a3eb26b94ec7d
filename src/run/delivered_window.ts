// The receiver's window beside what was offered: nothing delivered can exceed it.

import type { ReceiverWindow } from "../model/tally.ts";
import type { DriveResult } from "../workload/workload.ts";

/**
 * Lengthens a window in which more messages per second would have come than were sent. A receiver that starts to read late
 * finds a queue, which then counts as if it had come within the window. What was sent in so many seconds was delivered in no
 * fewer. Returns the window itself, or one as long as its messages took to be sent.
 */
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
