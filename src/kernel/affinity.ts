// Which cores a thread may run on: sched_setaffinity(2).

import { readKernelFile } from "./kernel_file.ts";
import { requireLibc } from "./libc.ts";

/** Bits of a mask: more cores than Linux can be built for (NR_CPUS is 8192 at most). */
const MASK_BITS = 8192;
const MASK_BYTES = BigInt(MASK_BITS / 8);

/** A mask that all reads share, in words of 32 bits: nearly all of them are 0. */
const words = new Uint32Array(MASK_BITS / 32);

const SELF = 0;

/**
 * The cores that the calling thread may run on. Costs about 1 µs.
 *
 * @returns their numbers, ascending
 * @throws {SystemError} when the kernel refuses
 */
export function getAffinity(): readonly number[] {
  const libc = requireLibc();
  libc.check(libc.symbols.sched_getaffinity(SELF, MASK_BYTES, words), "sched_getaffinity");
  return coresOfMask(words);
}

/**
 * Lets the calling thread run on these cores only. Threads that it starts later inherit them; those that run already do not.
 *
 * @param cores numbers of cores, at least one; where one of them cannot be had, nothing is changed
 * @throws {RangeError} when a core does not exist, or is not allowed to this process
 * @throws {SystemError} when the kernel refuses for another reason
 */
export function setAffinity(cores: readonly number[]): void {
  if (cores.length === 0) throw new RangeError("Cannot pin to no core at all: name at least one");
  const wrong = cores.find((core) => !Number.isInteger(core) || core < 0 || core >= MASK_BITS);
  if (wrong !== undefined) throw noSuchCore(wrong);
  const before = getAffinity();
  if (!trySet(cores)) throw noSuchCore(cores[0]!);
  // The kernel takes a mask of which one core is there, and leaves the others out without a word.
  const taken = new Set(getAffinity());
  const missing = cores.find((core) => !taken.has(core));
  if (missing !== undefined) {
    trySet(before);
    throw noSuchCore(missing);
  }
}

/** The core that the calling thread runs on at this moment: it may be another one right after. */
export function currentCore(): number {
  const libc = requireLibc();
  return libc.check(libc.symbols.sched_getcpu(), "sched_getcpu");
}

/** The cores of a mask. Returns their numbers, ascending. */
export function coresOfMask(mask: Uint32Array): number[] {
  const cores: number[] = [];
  for (let at = 0; at < mask.length; at++) {
    // The lowest bit that is set, again and again.
    for (let rest = mask[at]!; rest !== 0; rest &= rest - 1) {
      cores.push(32 * at + 31 - Math.clz32(rest & -rest));
    }
  }
  return cores;
}

/** Sets the mask; false where the kernel finds none of its cores in it. */
function trySet(cores: readonly number[]): boolean {
  const libc = requireLibc();
  const mask = new Uint8Array(MASK_BITS / 8);
  for (const core of cores) mask[core >> 3]! |= 1 << (core & 7);
  if (libc.symbols.sched_setaffinity(SELF, MASK_BYTES, mask) === 0) return true;
  const error = libc.error(`sched_setaffinity(${cores})`);
  if (error.code === "EINVAL") return false;
  throw error;
}

function noSuchCore(core: number): RangeError {
  const online = readKernelFile("/sys/devices/system/cpu/online")?.trim();
  if (online === undefined) {
    return new RangeError(`Cannot pin to core ${core} (EINVAL): it does not exist`);
  }
  const why = isInList(core, online) ? "it is not allowed to this process" : "it does not exist";
  return new RangeError(`Cannot pin to core ${core} (EINVAL): ${why}, this machine has ${online}`);
}

/** Whether a list of the kernel, as in `0-3,8`, has a core. */
function isInList(core: number, list: string): boolean {
  return list.split(",").some((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return core >= first! && core <= last!;
  });
}
