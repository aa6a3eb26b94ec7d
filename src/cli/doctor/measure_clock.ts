// What reading the clock costs and how fine it is.

import type { Clock } from "../../clock.ts";

/** Resolution and cost of a clock. */
export interface ClockFacts {
  /** Smallest step between two readings that differ, in nanoseconds; 0 when no two did. */
  readonly stepNs: number;
  /** Time that one reading takes, in nanoseconds. */
  readonly costNs: number;
}

/** Readings before those that count: the compiler replaces the loop while it runs. */
const WARMUP_READINGS = 20_000;
/** Readings that count: about 10 ms at 100 ns each. */
const READINGS = 100_000;

/** Reads the clock many times in a row. */
export function measureClock(clock: Pick<Clock, "nowNs">): ClockFacts {
  readMany(clock, WARMUP_READINGS);
  return readMany(clock, READINGS);
}

function readMany(clock: Pick<Clock, "nowNs">, readings: number): ClockFacts {
  const startedNs = clock.nowNs();
  let stepNs = Infinity;
  let lastNs = startedNs;
  for (let i = 0; i < readings; i++) {
    const nowNs = clock.nowNs();
    const differenceNs = nowNs - lastNs;
    if (differenceNs > 0 && differenceNs < stepNs) stepNs = differenceNs;
    lastNs = nowNs;
  }
  return {
    stepNs: Number.isFinite(stepNs) ? stepNs : 0,
    costNs: (lastNs - startedNs) / readings,
  };
}
