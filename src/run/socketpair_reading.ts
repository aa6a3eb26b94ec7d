// How long a round trip over a socket pair takes now: system calls and copying, no network stack, no other core, no interrupts.

import type { Clock } from "../clock.ts";
import { openKernel } from "../kernel/libc.ts";
import { openSocketpair, type Socketpair } from "../kernel/socketpair.ts";
import { medianInterval } from "../stats/median_interval.ts";
import { median } from "../stats/quantile.ts";

/** Round trips of 64 bytes over a socket pair within one thread, or why there are none. */
export type SocketpairReading =
  | {
    /** Median of the readings in nanoseconds: four system calls. */
    readonly medianNs: number;
    readonly lowNs: number;
    readonly highNs: number;
    readonly n: number;
  }
  | {
    /** One clause: "it needs --allow-ffi". */
    readonly reason: string;
  };

/** From 6 readings on their median has a 95 % interval. */
export type SocketpairReadingOptions = Readonly<{ readings: number; pauseNs: number }>;

/** Round trips that are timed together, so that the clock's own cost and steps do not count. */
const BATCH = 40;
/** Batches before the first reading: the compiler replaces the loop late and once, after some 600. */
const WARMUP_BATCHES = 1_000;
/** Batches of a reading: about 5 ms. */
const BATCHES = 40;

/** Takes the readings. Never throws, never prompts. Returns what they were, or why none could be taken. */
export async function readSocketpair(
  clock: Pick<Clock, "nowNs" | "sleepUntilNs">,
  { readings, pauseNs }: SocketpairReadingOptions,
): Promise<SocketpairReading> {
  const kernel = openKernel();
  if (!kernel.available) return { reason: kernel.reason };
  try {
    using pair = openSocketpair();
    for (let i = 0; i < WARMUP_BATCHES; i++) pair.exchange(BATCH);
    const values: number[] = [];
    for (let i = 0; i < readings; i++) {
      if (i > 0) await clock.sleepUntilNs(clock.nowNs() + pauseNs);
      values.push(readOnce(pair, clock));
    }
    const { estimate, low, high, n } = medianInterval(values);
    return { medianNs: estimate, lowNs: low, highNs: high, n };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Batches before a reading of a process that lives for seconds: what the compiler still does falls on both sides of a pair alike. */
const SHORT_WARMUP_BATCHES = 20;

/** One reading in nanoseconds a round trip, of about 10 ms with a short warm-up; undefined where there is no FFI. */
export function readSocketpairOnce(clock: Pick<Clock, "nowNs">): number | undefined {
  if (!openKernel().available) return undefined;
  using pair = openSocketpair();
  for (let i = 0; i < SHORT_WARMUP_BATCHES; i++) pair.exchange(BATCH);
  return readOnce(pair, clock);
}

/** The median batch, per round trip. */
function readOnce(pair: Socketpair, clock: Pick<Clock, "nowNs">): number {
  const times: number[] = [];
  let beforeNs = clock.nowNs();
  for (let i = 0; i < BATCHES; i++) {
    pair.exchange(BATCH);
    const nowNs = clock.nowNs();
    times.push((nowNs - beforeNs) / BATCH);
    beforeNs = nowNs;
  }
  return median(times);
}
