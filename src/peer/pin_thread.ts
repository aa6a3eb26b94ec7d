// Pinning: ties the calling thread to a core for a trial: JavaScript and the polling of Deno's sockets run on it.

import { getAffinity, setAffinity } from "../kernel/affinity.ts";
import { openKernel } from "../kernel/libc.ts";
import type { Pinning } from "../model/placement.ts";

/** Pins the calling thread until it is disposed of. Throws Error when the core cannot be had. */
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
