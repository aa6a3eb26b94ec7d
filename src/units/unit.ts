// Units: what one step of a stored value is, and all that follows from it. One row a unit, and nothing about units anywhere else:
// writing, reading, comparing and exporting a figure ask its row.

import type { Scale } from "./scale.ts";

/**
 * A MetricUnit is what one step of a metric's value is.
 *
 * `ns` nanoseconds · `bytes` · `bytes/s` · `1/s` events per second · `ratio` a plain quotient, 0 to
 * 1 for shares · `count` a number of things · `1/MiB` calls per 1,048,576 bytes · `ns/op` and
 * `ns/byte` nanoseconds of CPU time per operation and per byte · `bytes/op` and `calls/op` bytes and system calls per operation, of
 * which the difference counts · `deviate` how many standard deviations something lies from where chance would put it; the only one
 * below 0.
 */
export type MetricUnit =
  | "ns"
  | "bytes"
  | "bytes/s"
  | "1/s"
  | "ratio"
  | "count"
  | "1/MiB"
  | "ns/op"
  | "ns/byte"
  | "bytes/op"
  | "calls/op"
  | "deviate";

/** `ratio`: two values are divided; `difference`: they are subtracted, as shares may be 0. */
export type EffectKind = "ratio" | "difference";

/** A Unit is everything that is true of all metrics in it. */
export interface Unit {
  /** The scales in which readers see it, rising; a value takes the largest that it fills. */
  readonly scales: readonly Scale[];
  /** What people may write after a number, and how many of this unit it stands for. */
  readonly spellings: Readonly<Record<string, number>>;
  /** A quantity of it, for the sentence that states what would be right. */
  readonly example: string;
  /** Name of the base unit in OpenMetrics, and by what values are divided. */
  readonly openMetrics: Scale;
  /** How a better and a worse value are called; absent: `lower` and `higher`, by the metric's direction. */
  readonly words?: readonly [better: string, worse: string];
  readonly effect: EffectKind;
  /** The largest value that any socket on any machine will yield; beyond it a file is damaged. */
  readonly largest: number;
  /** How it depends on the machine's speed, where trials may be bimodal: a slow machine has more `time` and less `rate`. */
  readonly speed?: "time" | "rate";
  /** Of a rate: what comes so often a second. Bytes have a symbol, events are named by the metric. */
  readonly rateOf?: "bytes" | "events";
  /** Significant digits in a table: 2,048 reads are no 2,050. */
  readonly digits: 3 | 4;
  /** Present where it counts things one by one: whole numbers keep all of their digits. */
  readonly whole?: true;
  /** Present where values below 0 mean something. */
  readonly signed?: true;
}

/** Nothing that is counted or timed is smaller, unless it is 0: an average of nanoseconds over a gigabyte is 1e-9. */
export const SMALLEST_VALUE = 1e-12;

const TIMES = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9 };
const SIZES = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const BITS = { bit: 1 / 8, kbit: 125, Mbit: 125e3, Gbit: 125e6, Tbit: 125e9 };
const TIME_STEPS = ["ns", "µs", "ms", "s"];
const DECIMAL_STEPS = ["", "k", "M", "G", "T"];

/** One row a unit; the compiler checks that every unit has one. */
export const UNITS: Readonly<Record<MetricUnit, Unit>> = {
  ns: {
    scales: steps(1000, TIME_STEPS),
    spellings: TIMES,
    example: "200 µs",
    openMetrics: { symbol: "seconds", divisor: 1e9 },
    words: ["faster", "slower"],
    effect: "ratio",
    largest: 864e11,
    speed: "time",
    digits: 3,
  },
  bytes: {
    scales: steps(1024, ["B", "KiB", "MiB", "GiB"]),
    spellings: SIZES,
    example: "64 KiB",
    openMetrics: { symbol: "bytes", divisor: 1 },
    effect: "ratio",
    largest: 1e18,
    digits: 4,
    whole: true,
  },
  "bytes/s": {
    scales: steps(1000, DECIMAL_STEPS, "B/s"),
    spellings: { ...per("/s", SIZES), ...per("/s", BITS) },
    example: "1.5 GB/s",
    openMetrics: { symbol: "bytes_per_second", divisor: 1 },
    words: ["faster", "slower"],
    effect: "ratio",
    largest: 1e15,
    speed: "rate",
    rateOf: "bytes",
    digits: 3,
  },
  "1/s": {
    scales: stepsPer(1000, DECIMAL_STEPS, "/s"),
    spellings: per("/s", { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }),
    example: "50k/s",
    openMetrics: { symbol: "per_second", divisor: 1 },
    words: ["faster", "slower"],
    effect: "ratio",
    largest: 1e12,
    speed: "rate",
    rateOf: "events",
    digits: 3,
  },
  ratio: {
    scales: [{ divisor: 0.01, symbol: "%" }],
    spellings: { "%": 0.01 },
    example: "5%",
    openMetrics: { symbol: "ratio", divisor: 1 },
    effect: "difference",
    largest: 1e6,
    digits: 3,
  },
  count: {
    scales: [{ divisor: 1, symbol: "" }],
    spellings: { "": 1 },
    example: "12",
    openMetrics: { symbol: "count", divisor: 1 },
    effect: "ratio",
    largest: 1e18,
    digits: 4,
    whole: true,
  },
  "1/MiB": {
    scales: stepsPer(1, [""], "/MiB"),
    spellings: { "/MiB": 1 },
    example: "16/MiB",
    openMetrics: { symbol: "per_mebibyte", divisor: 1 },
    effect: "ratio",
    largest: 1e12,
    digits: 4,
  },
  "ns/op": {
    scales: stepsPer(1000, TIME_STEPS, "/op"),
    spellings: per("/op", TIMES),
    example: "5 µs/op",
    openMetrics: { symbol: "seconds_per_operation", divisor: 1e9 },
    words: ["cheaper", "more expensive"],
    effect: "ratio",
    largest: 864e11,
    digits: 3,
  },
  "ns/byte": {
    scales: stepsPer(1, ["ns"], "/B"),
    spellings: { ...per("/B", TIMES), ...per("/byte", TIMES) },
    example: "2 ns/B",
    openMetrics: { symbol: "seconds_per_byte", divisor: 1e9 },
    words: ["cheaper", "more expensive"],
    effect: "ratio",
    largest: 864e11,
    digits: 3,
  },
  "bytes/op": {
    scales: steps(1024, ["B", "KiB", "MiB", "GiB"], "/op"),
    spellings: per("/op", SIZES),
    example: "64 B/op",
    openMetrics: { symbol: "bytes_per_operation", divisor: 1 },
    words: ["less", "more"],
    effect: "difference",
    largest: 1e12,
    digits: 3,
  },
  "calls/op": {
    scales: [{ divisor: 1, symbol: "calls/op" }],
    spellings: per("/op", { "": 1, calls: 1 }),
    example: "2 calls/op",
    openMetrics: { symbol: "calls_per_operation", divisor: 1 },
    words: ["fewer", "more"],
    effect: "difference",
    largest: 1e9,
    digits: 3,
  },
  deviate: {
    scales: [{ divisor: 1, symbol: "sd" }],
    spellings: { sd: 1 },
    example: "2.6 sd",
    openMetrics: { symbol: "standard_deviations", divisor: 1 },
    effect: "difference",
    largest: 1e6,
    digits: 3,
    signed: true,
  },
};

/** Every unit, in the order of their rows. */
export const METRIC_UNITS: readonly MetricUnit[] = Object.freeze(
  Object.keys(UNITS) as MetricUnit[],
);

/** The unit of what is counted a second. */
export const EVENT_RATE: MetricUnit = "1/s";

/** Whether more of it is what a fast machine has: so much a second. */
export const isRate = (unit: MetricUnit): boolean => UNITS[unit].speed === "rate";

function steps(factor: number, symbols: readonly string[], suffix = ""): readonly Scale[] {
  return symbols.map((symbol, step) => ({ divisor: factor ** step, symbol: symbol + suffix }));
}

function stepsPer(factor: number, symbols: readonly string[], suffix: string): readonly Scale[] {
  return steps(factor, symbols, suffix)
    .map((scale, index) => ({ ...scale, step: symbols[index] ?? "" }));
}

function per(suffix: string, spellings: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(spellings).map(([symbol, factor]) => [symbol + suffix, factor]),
  );
}
