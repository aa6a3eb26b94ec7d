// The one seam to time: everything that measures takes a {@link Clock}, so that tests can script it.

/** A Clock tells monotonic time and waits. */
export interface Clock {
  /**
   * Monotonic time in nanoseconds since an arbitrary origin, possibly fractional. The resolution is the platform's: about
   * 80 ns steps on Linux under Deno; `sockbench doctor` measures it.
   */
  nowNs(): number;
  /** Resolves at or after `timeNs` on this clock; at once when it has passed. Timer granularity is about 1 ms. */
  sleepUntilNs(timeNs: number): Promise<void>;
  /** Time since 1970 in nanoseconds, in steps of a millisecond; it may jump, and goes on while the machine sleeps. Absent: not known. */
  wallNs?(): number;
}

/** The system's monotonic clock. The only place in sockbench that names `performance.now`. */
export const systemClock: Clock = {
  nowNs(): number {
    return performance.now() * 1e6;
  },
  sleepUntilNs(timeNs: number): Promise<void> {
    const waitMs = (timeNs - performance.now() * 1e6) / 1e6;
    return waitMs <= 0
      ? Promise.resolve()
      : new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
  },
  wallNs(): number {
    return Date.now() * 1e6;
  },
};
