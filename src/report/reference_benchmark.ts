// The readings of the machine's speed that records of version 0.1 hold, in words.

import type { ReferenceBenchmarkReadings, ReferenceBenchmarkValues } from "../model/run_record.ts";
import { medianInterval } from "../stats/median_interval.ts";
import { formatAmount } from "../units/format_quantity.ts";

/** One part across its readings. */
interface ReferenceBenchmarkSummary {
  /** What is timed, in words. */
  readonly title: string;
  /** Median, in nanoseconds. */
  readonly medianNs: number;
  /** Lower bound of its 95 % interval. */
  readonly lowNs: number;
  readonly highNs: number;
  readonly n: number;
}

const TITLES: Readonly<Record<keyof ReferenceBenchmarkValues, string>> = {
  socketpairNs: "round trip over a socket pair in one thread",
  copyNs: "copy of 1 MiB",
  turnNs: "iteration of the event loop",
};

const PARTS = Object.keys(TITLES) as (keyof ReferenceBenchmarkValues)[];

function summarizeReferenceBenchmark(
  { readings }: ReferenceBenchmarkReadings,
): readonly ReferenceBenchmarkSummary[] {
  return PARTS.flatMap((part): readonly ReferenceBenchmarkSummary[] => {
    const values = readings.flatMap((reading) => reading[part] ?? []);
    if (values.length === 0) return [];
    const { estimate, low, high, n } = medianInterval(values);
    return [{ title: TITLES[part], medianNs: estimate, lowNs: low, highNs: high, n }];
  });
}

/**
 * The readings in one line, as in `round trip over a socket pair in one thread 3.4 µs [3.3 µs, 3.5 µs], copy of 1 MiB 17 µs [16
 * µs, 18 µs]`, and what is missing with its reason.
 */
export function describeReferenceBenchmark(yardstick: ReferenceBenchmarkReadings): string {
  const parts = summarizeReferenceBenchmark(yardstick);
  const texts = [
    ...parts.map((part) => `${part.title} ${formatInterval(part)}`),
    ...yardstick.missing.map(({ what, reason }) =>
      `without ${what.replace(/^yardstick: /, "")}, as ${reason}`
    ),
  ];
  const n = yardstick.readings.length;
  return `${texts.join(", ")} (${n === 1 ? "1 reading" : `${n} readings`})`;
}

function formatInterval({ medianNs, lowNs, highNs }: ReferenceBenchmarkSummary): string {
  const [middle, low, high] = [medianNs, lowNs, highNs].map((value) => formatAmount(value, "ns"));
  return `${middle} [${low}, ${high}]`;
}
