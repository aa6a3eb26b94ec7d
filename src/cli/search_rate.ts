// The highest rate that keeps a promise, as in `p99<=1ms`, and the lowest that breaks it.

import type { RunRecord } from "../model/run_record.ts";
import { metricValue } from "../model/metric_value.ts";
import { medianInterval } from "../stats/median_interval.ts";
import { median } from "../stats/quantile.ts";
import { formatAmount, formatCount } from "../units/format_quantity.ts";
import { UsageError } from "./failure.ts";

/** A two-sided interval of 90 % has bounds of 95 % each. */
const CONFIDENCE = 0.9;
/** A rate counts as sent where this share of it was, and as answered where this share was. */
const MIN_SENT = 0.99;
/** Steps between the highest rate that keeps the promise and the lowest that breaks it. */
const BISECTIONS = 4;
/** Beyond this many times what a closed loop reaches nothing is tried. */
const MAX_FACTOR = 4;

const METRICS: Readonly<Record<string, string>> = {
  p50: "p50",
  p90: "p90",
  p99: "p99",
  "p99.9": "p999",
};
const UNITS_NS: Readonly<Record<string, number>> = { us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9 };

/** What one rate came to. `offered`: really, per second; `latency`: median and one-sided bounds in ns, absent in an overload. */
export interface Step {
  readonly offered: number;
  readonly verdict: "kept" | "broken" | "open";
  readonly latency?: { readonly median: number; readonly low: number; readonly high: number };
}

/** What a search came to. `kept`: the highest that keeps the promise; `broken`: the lowest that breaks it. */
export type FoundRate = Readonly<{ steps: readonly Step[]; kept?: Step; broken?: Step }>;

/** A promise of latency. */
export interface Promised {
  readonly text: string;
  judge(record: RunRecord): Step;
  format(found: FoundRate): string;
}

/** Reads a promise. Throws a {@link UsageError} where it is none. */
export function parsePromise(given: string): Promised {
  const found = /^(p50|p90|p99|p99\.9) ?<=? ?(\d{1,9}(?:\.\d{1,6})?) ?(us|µs|ms|s)$/.exec(given);
  const limitNs = found === null ? 0 : Number(found[2]) * UNITS_NS[found[3]!]!;
  if (found === null || limitNs <= 0) {
    throw new UsageError(
      `--slo must be a percentile and a limit, as in 'p99<=1ms' or 'p50<=200us': "${given}" is not`,
    );
  }
  const metric = METRICS[found[1]!]!;
  return {
    text: given,
    judge: (record) => judge(record, metric, limitNs),
    format: (result) => format(result, given),
  };
}

function judge({ trials }: RunRecord, metric: string, limitNs: number): Step {
  const sound = trials.filter(({ error }) => error === undefined);
  const middle = (id: string) => {
    const found = sound.flatMap(({ values }) => values?.[id] ?? []);
    return found.length === 0 ? 0 : median(found);
  };
  const offered = middle("offeredPerSecond");
  const latencies = sound.flatMap((trial) => metricValue(trial, metric) ?? []);
  const isWhole = sound.length === trials.length && latencies.length === sound.length;
  if (!isWhole || latencies.length === 0) {
    const isOver = latencies.length < sound.length / 2 || sound.length === 0;
    return { offered, verdict: isOver ? "broken" : "open" };
  }
  const { estimate, low, high } = medianInterval(latencies, { confidence: CONFIDENCE });
  const latency = { median: estimate, low, high };
  const asked = middle("askedPerSecond");
  const isSent = offered >= MIN_SENT * asked && middle("achievedPerSecond") >= MIN_SENT * offered &&
    middle("timeoutShare") === 0 && middle("dropShare") === 0;
  if (low > limitNs) return { offered, verdict: "broken", latency };
  return { offered, verdict: high <= limitNs && isSent ? "kept" : "open", latency };
}

/** Doubles until the promise is broken, then halves what is between. A step that was cut short ends the search. */
export async function searchRate(
  capacity: number,
  attempt: (rate: number) => Promise<Step | undefined>,
): Promise<FoundRate> {
  const steps: Step[] = [];
  let [kept, broken]: [Step | undefined, Step | undefined] = [undefined, undefined];
  const take = async (rate: number): Promise<boolean> => {
    const step = await attempt(rate);
    if (step === undefined) return false;
    steps.push(step);
    if (step.verdict === "kept" && step.offered > (kept?.offered ?? 0)) kept = step;
    if (step.verdict === "broken" && step.offered < (broken?.offered ?? Infinity)) broken = step;
    return true;
  };
  const ended = () => ({
    steps,
    ...(kept !== undefined && { kept }),
    ...(broken !== undefined && { broken }),
  });
  let [low, high] = [0.1 * capacity, Infinity];
  for (let rate = low; high === Infinity && rate <= MAX_FACTOR * capacity; rate *= 2) {
    if (!await take(rate)) return ended();
    if (steps.at(-1)!.verdict === "kept") low = rate;
    else high = rate;
  }
  // Not even the first rate: look below it.
  if (kept === undefined) low = 0.005 * capacity;
  for (let step = 0; step < BISECTIONS && high < Infinity; step++) {
    const rate = Math.sqrt(low * high);
    if (!await take(rate)) return ended();
    if (steps.at(-1)!.verdict === "kept") low = rate;
    else high = rate;
  }
  return ended();
}

function format({ kept, broken, steps }: FoundRate, promise: string): string {
  const say = ({ offered, latency }: Step) =>
    `${formatCount(Math.round(offered))}/s` +
    (latency === undefined ? " (overload)" : ` (${formatAmount(latency.median, "ns")}, ` +
      `bounds ${formatAmount(latency.low, "ns")} and ${formatAmount(latency.high, "ns")})`);
  if (steps.length === 0) return `${promise}: no step was finished`;
  const parts = [
    kept === undefined ? "is kept at no rate that was tried" : `is kept up to ${say(kept)}`,
    broken === undefined ? "is broken at none" : `is broken from ${say(broken)}`,
  ];
  return `${promise} ${parts.join(", ")}; ${steps.length} rates tried`;
}
