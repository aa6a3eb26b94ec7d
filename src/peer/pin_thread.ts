// Pinning: ties the calling thread to a core for the length of a trial.
//
// JavaScript runs on one thread per event loop, and the sockets of Deno are polled on it, so that this thread is what matters. Threads
// that the runtime starts while it is pinned inherit its core; nobody but the runtime starts any within a trial, and processes are never
// started in one.

import { getAffinity, setAffinity } from "../kernel/affinity.ts";
import { openKernel } from "../kernel/libc.ts";
import type { Pinning } from "../model/placement.ts";

/**
 * Pins the calling thread until it is disposed of. Returns disposing gives the thread back the cores that it had, once. Throws
 * Error when the core cannot be had, or the kernel room is closed.
 */
export function pinThread(core: number | undefined): Disposable {
  let before = core === undefined ? undefined : getAffinity();
  if (core !== undefined) setAffinity([core]);
  return {
    [Symbol.dispose]() {
      if (before !== undefined) setAffinity(before);
      before = undefined;
    },
  };
}

/** What this process can pin to: the cores that its driving thread may run on. Never throws. */
export function findPinning(): Pinning {
  const kernel = openKernel();
  if (!kernel.available) return kernel;
  try {
    return { available: true, cores: getAffinity() };
  } catch (error) {
    return { available: false, reason: (error as Error).message };
  }
}
