// Readings beside a trial that this system refuses, as a seccomp profile may: no trial fails for lack of them, and what is missing is named.

import { currentCore, getAffinity } from "../kernel/affinity.ts";
import { readCounters } from "../kernel/counters.ts";
import { openKernel, requireLibc } from "../kernel/libc.ts";
import { readUsage } from "../kernel/rusage.ts";
import { readSettings } from "../kernel/socket_settings.ts";
import type { Skip } from "../model/case.ts";
import { processCpuNs } from "../peer/cpu_time.ts";

const READINGS: readonly (readonly [what: string, read: () => unknown])[] = [
  ["context switches and page faults of trials", () => readUsage("thread")],
  ["cores that the ends of trials run on", () => [currentCore(), getAffinity()]],
  ["the network stack's counters", () => readCounters()],
  ["settings of sockets, read back", readSomeSettings],
];

const AF_UNIX = 1;
const SOCK_DGRAM = 2;

function readSomeSettings(): void {
  const { symbols } = requireLibc();
  const fd = symbols.socket(AF_UNIX, SOCK_DGRAM, 0);
  try {
    readSettings(fd);
  } finally {
    symbols.close(fd);
  }
}

/** Tries each reading once. Never throws. */
export function missingEvidence(): readonly Skip[] {
  const missing: Skip[] = [];
  if (processCpuNs() === undefined) {
    const reason = "the kernel refuses it (getrusage)";
    missing.push({ what: "CPU time of trials", reason });
  }
  if (!openKernel().available) return missing;
  for (const [what, read] of READINGS) {
    try {
      read();
    } catch (error) {
      missing.push({ what, reason: (error as Error).message });
    }
  }
  return missing;
}
