// Health: for how much of the measured time an end was ready and neither ran, so that something else had the CPU (sched(7)).

import type { Trial } from "../model/trial.ts";
import { formatCount, formatShare } from "../units/format_quantity.ts";

/** From this share of the measured time on, a reader must know before anything else. */
export const NOTABLE_WAIT = 0.05;
/** From this difference of shares between two sides on, a difference between their figures may be that of their shares. */
export const UNEQUAL_WAIT = 0.1;
/** From this share on, figures say more of what else ran than of what was measured. */
export const HOPELESS_WAIT = 0.5;

/** What is known of some trials together. Shares of the measured time, 0 to 1; `quota`: periods, and those in which it was used up; `runnable`: the most threads at once. */
export interface Health {
  readonly waitShare: number;
  readonly quota?: { readonly periods: number; readonly throttledPeriods: number };
  readonly stealShare: number;
  readonly runnable: number;
}

const NONE: Readonly<Record<string, number>> = {};

/** How long the two ends of a trial were kept off the CPU, in nanoseconds, and within which time; `undefined` where it is not known. */
export function keptOff(
  { counters = NONE }: Pick<Trial, "counters">,
): { readonly waitNs: number; readonly spanNs: number } | undefined {
  const spanNs = counters["drive.spanNs"];
  const [wait, run] = [counters["drive.waitNs"], counters["drive.runNs"]];
  if (spanNs === undefined || wait === undefined || run === undefined || spanNs <= 0) {
    return undefined;
  }
  const [otherWait, otherRun] = [counters["serve.waitNs"], counters["serve.runNs"]];
  if (otherWait === undefined || otherRun === undefined) {
    return { waitNs: Math.min(wait, spanNs), spanNs };
  }
  const unexplained = Math.max(wait - otherRun, otherWait - run);
  if (unexplained <= 0) return { waitNs: 0, spanNs };
  const idle = Math.min(wait + otherWait, spanNs - run - otherRun);
  return { waitNs: Math.min(Math.max(unexplained, idle), spanNs), spanNs };
}

/** Health of trials together; `undefined` where no trial has what it takes. */
export function healthOf(
  trials: readonly Pick<Trial, "counters">[],
  cores: number,
): Health | undefined {
  const sum = { waitNs: 0, spanNs: 0, periods: 0, throttledPeriods: 0, stealNs: 0 };
  let runnable = 0;
  for (const trial of trials) {
    const own = keptOff(trial);
    if (own === undefined) continue;
    const count = (name: string) => trial.counters?.[name] ?? 0;
    sum.waitNs += own.waitNs;
    sum.spanNs += own.spanNs;
    // Both ends are of one group as a rule: their counts are the same ones.
    sum.periods += Math.max(count("drive.periods"), count("serve.periods"));
    sum.throttledPeriods += Math.max(
      count("drive.throttledPeriods"),
      count("serve.throttledPeriods"),
    );
    sum.stealNs += count("machine.stealNs");
    runnable = Math.max(runnable, count("machine.runnable"));
  }
  if (sum.spanNs === 0) return undefined;
  const stealShare = Math.min(1, sum.stealNs / (sum.spanNs * Math.max(1, cores)));
  return {
    // What the host took was not waited for in this machine's own queues.
    waitShare: Math.min(1, sum.waitNs / sum.spanNs + stealShare),
    ...(sum.periods > 0 && {
      quota: { periods: sum.periods, throttledPeriods: sum.throttledPeriods },
    }),
    stealShare,
    runnable,
  };
}

/** Steal that is worth a word. */
const NOTABLE_STEAL = 0.01;

/** As in `the processes were kept off the CPU for 34 % of the measured time: their CPU quota was used up in 113 of 130 periods`. */
export function describeHealth(health: Health, cores: number): string {
  const causes = causesOf(health, cores);
  return `the processes were kept off the CPU for ${formatShare(health.waitShare)} of the ` +
    `measured time${causes.length === 0 ? "" : `: ${causes.join("; ")}`}`;
}

function causesOf({ waitShare, quota, stealShare, runnable }: Health, cores: number): string[] {
  const isThrottled = quota !== undefined && quota.throttledPeriods > 0;
  return [
    ...(isThrottled
      ? [
        `their CPU quota was used up in ${formatCount(quota.throttledPeriods)} of ${
          formatCount(quota.periods)
        } periods`,
      ]
      : []),
    ...(stealShare >= NOTABLE_STEAL
      ? [`the host gave ${formatShare(stealShare)} of the CPU time to others`]
      : []),
    ...(!isThrottled && waitShare >= NOTABLE_WAIT && runnable > cores
      ? [
        `up to ${formatCount(runnable)} threads wanted ${
          cores === 1 ? "1 core" : `${cores} cores`
        }`,
      ]
      : []),
  ];
}

/** What to do about it, as one sentence; `undefined` where nothing need be done. */
export function adviseOnHealth({ waitShare, quota, stealShare }: Health): string | undefined {
  const isThrottled = quota !== undefined && quota.throttledPeriods > 0;
  if (waitShare < NOTABLE_WAIT && !isThrottled) return undefined;
  if (isThrottled) return "measure where there is no CPU quota, or a larger one";
  return stealShare >= waitShare / 2
    ? "measure on a host that is not shared, or at a quieter time"
    : "stop what else runs on this machine, or measure when it is done";
}
