// What a process or a thread has used so far: getrusage(2).

import { requireLibc } from "./libc.ts";

/** Use of CPU and memory since the process or thread started. */
export interface Usage {
  /** CPU time in user mode, in nanoseconds (steps of 1 µs). */
  readonly userNs: number;
  /** CPU time in the kernel, in nanoseconds (steps of 1 µs). */
  readonly systemNs: number;
  /** Times it gave up the core to wait. */
  readonly voluntarySwitches: number;
  /** Times it was taken off the core: its time slice was over, or something more urgent came. */
  readonly involuntarySwitches: number;
  /** Page faults that needed no disk. */
  readonly minorFaults: number;
  /** Page faults that needed one. */
  readonly majorFaults: number;
}

/** RUSAGE_SELF and RUSAGE_THREAD. */
const WHO = { process: 0, thread: 1 } as const;

/** struct rusage, in 32-bit words: 18 longs of 64 bits. */
const words = new Uint32Array(36);

/**
 * Reads the use of this process, with all its threads, or of the calling thread alone.
 *
 * @param who whose
 * @returns totals: subtract two for what happened between them
 * @throws {SystemError} when the kernel refuses
 */
export function readUsage(who: "process" | "thread"): Usage {
  const libc = requireLibc();
  libc.check(libc.symbols.getrusage(WHO[who], words), "getrusage");
  return {
    userNs: timevalNs(0),
    systemNs: timevalNs(2),
    minorFaults: long(8),
    majorFaults: long(9),
    voluntarySwitches: long(16),
    involuntarySwitches: long(17),
  };
}

/** A struct timeval from the n-th long on: seconds and microseconds. */
function timevalNs(index: number): number {
  return long(index) * 1e9 + long(index + 1) * 1e3;
}

/** The n-th long of the structure: exact to 2⁵³. */
function long(index: number): number {
  return words[2 * index]! + words[2 * index + 1]! * 2 ** 32;
}
