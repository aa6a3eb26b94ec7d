// What the kernel reports of the calling thread at a mark: read by the driver and by the peer, each of itself.

import { currentCore, getAffinity } from "../kernel/affinity.ts";
import { openKernel } from "../kernel/libc.ts";
import { readUsage } from "../kernel/rusage.ts";

/** A thread at one moment, as plain data: totals since it started and where it runs; what is not known is absent. `minorFaults`: those that needed no disk. */
export interface ThreadMark {
  readonly voluntarySwitches?: number;
  readonly involuntarySwitches?: number;
  readonly minorFaults?: number;
  readonly core?: number;
  readonly affinity?: readonly number[];
}

/** Reads the calling thread: about 1 µs. Returns `undefined` where the kernel room is closed. */
export function readThreadMark(): ThreadMark | undefined {
  if (!openKernel().available) return undefined;
  return { ...readOrNothing(readSwitches), ...readOrNothing(readPlace) };
}

/** Readings that explain a trial and are not the trial: one that is refused, as under a seccomp profile, is missing. */
function readOrNothing<T extends Partial<ThreadMark>>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function readSwitches() {
  const { voluntarySwitches, involuntarySwitches, minorFaults } = readUsage("thread");
  return { voluntarySwitches, involuntarySwitches, minorFaults };
}

function readPlace() {
  return { core: currentCore(), affinity: getAffinity() };
}
