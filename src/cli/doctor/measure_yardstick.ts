/**
 * The yardstick's readings of this machine, now.
 *
 * @module
 */

import type { Clock } from "../../clock.ts";
import type { Skip } from "../../model/case.ts";
import type { YardstickReadings, YardstickValues } from "../../model/run_record.ts";
import { summarizeYardstick, type YardstickSummary } from "../../report/yardstick.ts";
import { Yardstick } from "../../run/yardstick.ts";

/** Readings: enough for an interval at the confidence that a gate asks for. */
const READINGS = 20;
/** Between two readings, in nanoseconds: all of them span a second, in which a machine with two speeds shows both. */
const PAUSE_NS = 40e6;

/** What the yardstick found. */
export interface YardstickFacts {
  /** Each part that could be read, with the interval of its median. */
  readonly parts: readonly YardstickSummary[];
  /** Parts that could not, and why. */
  readonly missing: readonly Skip[];
}

/** Takes readings for about a second. */
export async function measureYardstick(clock: Clock): Promise<YardstickFacts> {
  using yardstick = new Yardstick(clock);
  const values: YardstickValues[] = [];
  for (let i = 0; i < READINGS; i++) {
    values.push(await yardstick.read());
    await clock.sleepUntilNs(clock.nowNs() + PAUSE_NS);
  }
  const readings: YardstickReadings = {
    readings: values.map((value) => ({ startedNs: 0, ...value })),
    missing: yardstick.missing,
  };
  return { parts: summarizeYardstick(readings), missing: yardstick.missing };
}
