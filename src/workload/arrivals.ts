// When an open loop means to send: intended times, which nothing that happens changes.

import { createPrng, type Prng } from "../stats/prng.ts";

/** How intended times follow one another. */
export const ARRIVALS = ["poisson", "constant"] as const;

/** A sequence of intended times, the same for the same seed. */
export class Arrivals {
  readonly #gapNs: number;
  readonly #random: Prng | undefined;
  readonly #gapsNs: Float64Array | undefined;
  #count = 0;
  #nextNs: number;
  #hash = 0x811c9dc5;

  /** Of so many a second; `poisson`: independent, with exponential gaps; or with these gaps, in turn and round again. */
  constructor(ratePerSecond: number, kind: string, seed: number, gapsNs?: Float64Array) {
    this.#gapNs = 1e9 / ratePerSecond;
    this.#gapsNs = gapsNs;
    this.#random = gapsNs === undefined && kind === "poisson" ? createPrng(seed >>> 0) : undefined;
    this.#nextNs = gapsNs?.[0] ?? (this.#random === undefined ? 0 : this.#gap(this.#random));
  }

  /** The next intended time, in nanoseconds after the start. */
  get nextNs(): number {
    return this.#nextNs;
  }

  /** A hash (FNV-1a, 32 bits) of the times taken so far, in whole nanoseconds. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** Goes on to the time after it. Returns the one that was next. */
  take(): number {
    const takenNs = this.#nextNs;
    this.#hash = Math.imul(this.#hash ^ (Math.round(takenNs) | 0), 0x01000193);
    this.#count++;
    // A product, not a sum: constant gaps do not drift by rounding.
    this.#nextNs = this.#gapsNs !== undefined
      ? takenNs + this.#gapsNs[this.#count % this.#gapsNs.length]!
      : this.#random === undefined
      ? this.#count * this.#gapNs
      : takenNs + this.#gap(this.#random);
    return takenNs;
  }

  #gap(random: Prng): number {
    return -Math.log(1 - random.nextFloat()) * this.#gapNs;
  }
}
