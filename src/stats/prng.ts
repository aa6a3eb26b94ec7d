// A seeded generator of pseudo-random numbers: the same seed gives the same sequence for ever.
//
// sfc32, Chris Doty-Humphrey, PractRand: 128 bits of state of which 32
// count, so that every cycle is at least 2^32 numbers long. After seeding twelve
// numbers are discarded, as NumPy does for SFC64. `Math.random` was rejected: a run could not be repeated.
//
// Failure case: 32-bit output and a hashed seed make it fit for shuffles, resampling and
// simulation, not for secrets.

import { checkCount } from "./check_sample.ts";

/** A Prng is one stream of pseudo-random numbers; drawing from it advances it. */
export interface Prng {
  /** The next whole number. Returns a whole number from 0 to 2^32 − 1. */
  nextUint32(): number;
  /** The next real number, with 53 random bits; takes two 32-bit draws. Returns a number from 0 (included) to 1 (excluded). */
  nextFloat(): number;
  /**
   * The next whole number below a bound, every one equally likely (draws from the
   * last whole multiple of the bound on are rejected; Lemire, "Fast random integer generation in an
   * interval", ACM TOMACS 29(1), 2019, compares the ways).
   * @param bound How many different numbers there are: 1 to 2^32.
   * @returns A whole number from 0 to `bound` − 1.
   * @throws {RangeError} If the bound is not a whole number from 1 to 2^32.
   */
  nextInt(bound: number): number;
  /**
   * A shuffled copy (Fisher–Yates; Knuth, The Art of Computer Programming 2, 3.4.2, algorithm P).
   * @param items The items, which stay as they are.
   * @returns A new array of the same items in random order.
   */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * A generator of its own for one use. It depends on the seed and the labels on the way only, never
   * on how many numbers were drawn: a further draw in one place moves no other.
   * @param label The name of the use, such as "rounds".
   * @returns A fresh generator.
   */
  split(label: string): Prng;
}

/**
 * Makes a generator from a seed. Returns the generator at its start. Throws RangeError if a numeric seed is not a safe whole
 * number of at least 0.
 */
export function createPrng(seed: number | string): Prng {
  if (typeof seed === "number") checkCount("make a generator", "seed", seed, 0);
  const key = String(seed);
  const nextUint32 = sfc32(hashToState(key));

  function nextInt(bound: number): number {
    checkCount("draw a whole number", "bound", bound, 1);
    if (bound > 2 ** 32) {
      throw new RangeError(
        `Cannot draw a whole number as bound must be at most 2^32: current value is ${bound}`,
      );
    }
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let drawn = nextUint32();
    while (drawn >= limit) drawn = nextUint32();
    return drawn % bound;
  }

  return {
    nextUint32,
    nextInt,
    nextFloat() {
      const high = nextUint32() >>> 5;
      const low = nextUint32() >>> 6;
      return (high * 2 ** 26 + low) * 2 ** -53;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last--) {
        const other = nextInt(last + 1);
        [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
      }
      return copy;
    },
    // The length keeps ("a", then "b/c") apart from ("a/b", then "c").
    split: (label) => createPrng(`${key}/${label.length}:${label}`),
  };
}

type State = readonly [a: number, b: number, c: number, counter: number];

function sfc32([a, b, c, counter]: State): () => number {
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let discarded = 0; discarded < 12; discarded++) next();
  return next;
}

/**
 * Three FNV-1a hashes of the UTF-8 bytes (Fowler, Noll, Vo), set apart by their offset basis and finished by MurmurHash3's
 * fmix32 (Appleby), because close seeds give close FNV hashes.
 */
function hashToState(key: string): State {
  const bytes = new TextEncoder().encode(key);
  const hash = (basis: number) => {
    let h = basis;
    for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  };
  return [hash(0x811c9dc5), hash(0x9e3779b9), hash(0x243f6a88), 1];
}
