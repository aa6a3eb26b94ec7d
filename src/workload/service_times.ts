// Service times: how long a server of known speed works on each request.

import type { Params } from "../model/params.ts";
import { createPrng, type Prng } from "../stats/prng.ts";

/** How service times vary. */
export const SERVICES = ["constant", "exponential"] as const;

/** A sequence of service times, the same for the same seed. */
export class ServiceTimes {
  readonly #meanNs: number;
  readonly #random: Prng | undefined;

  private constructor(meanNs: number, random: Prng | undefined) {
    this.#meanNs = meanNs;
    this.#random = random;
  }

  /** Of parameters `service` (mean, in µs) and `services`; undefined where the server does not work. */
  static of({ service, services }: Params, seed: number): ServiceTimes | undefined {
    if (typeof service !== "number" || service === 0) return undefined;
    const random = services === "exponential"
      ? createPrng(seed >>> 0).split("services")
      : undefined;
    return new ServiceTimes(service * 1e3, random);
  }

  /** The next one, in nanoseconds. */
  next(): number {
    return this.#random === undefined
      ? this.#meanNs
      : -Math.log(1 - this.#random.nextFloat()) * this.#meanNs;
  }
}
