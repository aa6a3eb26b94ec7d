// What /proc/stat says of the machine at a mark: time that its host gave to others, and how many threads want to run.

import { readKernelFile } from "../kernel/kernel_file.ts";
import { openKernel } from "../kernel/libc.ts";

/** `stealNs`: of all CPUs, in steps of 10 ms; `runnable`: threads, the reading one included. */
export type MachineHealth = Readonly<{ stealNs: number; runnable: number }>;

/** USER_HZ is 100 on every Linux that Deno runs on. */
const TICK_NS = 1e7;
/** Fields of the line `cpu`: user, nice, system, idle, iowait, irq, softirq, steal. */
const STEAL_FIELD = 8;

/** Reads the machine. Returns `undefined` where it could not be read. */
export function readMachineHealth(): MachineHealth | undefined {
  if (!openKernel().available) return undefined;
  try {
    return parseMachineHealth(readKernelFile("/proc/stat") ?? "");
  } catch {
    // A health that cannot be read fails no trial.
    return undefined;
  }
}

/** Takes what is wanted from the text. Returns `undefined` where it is something else. */
export function parseMachineHealth(text: string): MachineHealth | undefined {
  const steal = text.slice(0, text.indexOf("\n")).split(/\s+/)[STEAL_FIELD];
  const [, runnable] = /^procs_running (\d+)$/m.exec(text) ?? [];
  if (steal === undefined || runnable === undefined) return undefined;
  return { stealNs: Number(steal) * TICK_NS, runnable: Number(runnable) };
}
