/**
 * Quantities as people write them in a policy: `200 µs`, `1.5 GB/s`, `5%`.
 *
 * @module
 */

import type { MetricUnit } from "./metric.ts";

/** A Quantity is a number in a metric's unit, and how it was written. */
export interface Quantity {
  /** The number, in `unit`. */
  readonly value: number;
  /** The unit in which metrics of this kind are stored. */
  readonly unit: MetricUnit;
  /** As written. */
  readonly text: string;
}

type Factors = Readonly<Record<string, number>>;

const TIMES: Factors = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9 };
const SIZES: Factors = {
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
const BITS: Factors = { bit: 1 / 8, kbit: 125, Mbit: 125e3, Gbit: 125e6, Tbit: 125e9 };
const COUNTS: Factors = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/** Every symbol by what it is a multiple of. The letter of `ms` and `MB` decides, so that case matters. */
const SYMBOLS: ReadonlyMap<string, readonly [MetricUnit, number]> = new Map([
  ...entries("ns", TIMES, ""),
  ...entries("ns/op", TIMES, "/op"),
  ...entries("ns/byte", TIMES, "/B"),
  ...entries("ns/byte", TIMES, "/byte"),
  ...entries("bytes", SIZES, ""),
  ...entries("bytes/s", SIZES, "/s"),
  ...entries("bytes/s", BITS, "/s"),
  ...entries("1/s", COUNTS, "/s"),
  ["/MiB", ["1/MiB", 1]],
  ["%", ["ratio", 0.01]],
  ["", ["count", 1]],
]);

/** A quantity of each unit, for the sentence that says what would be right. */
export const EXAMPLE_QUANTITIES: Readonly<Record<MetricUnit, string>> = {
  ns: "200 µs",
  "ns/op": "5 µs/op",
  "ns/byte": "2 ns/B",
  bytes: "64 KiB",
  "bytes/s": "1.5 GB/s",
  "1/s": "50k/s",
  "1/MiB": "16/MiB",
  ratio: "5%",
  count: "12",
};

/** Steps in which amounts are shown, the largest that fits first. */
const DISPLAY: Readonly<Record<MetricUnit, readonly string[]>> = {
  ns: ["s", "ms", "µs", "ns"],
  "ns/op": ["s/op", "ms/op", "µs/op", "ns/op"],
  "ns/byte": ["ns/B"],
  bytes: ["GiB", "MiB", "KiB", "B"],
  "bytes/s": ["GB/s", "MB/s", "kB/s", "B/s"],
  "1/s": ["M/s", "k/s", "/s"],
  "1/MiB": ["/MiB"],
  ratio: ["%"],
  count: [""],
};

/**
 * Reads a quantity: a decimal number, spaces if any, and a unit.
 *
 * Times `ns us µs ms s`, each also per operation (`µs/op`) or byte (`ns/B`); sizes `B kB MB GB TB KiB MiB GiB TiB`; rates of
 * those (`GB/s`) or of bits (`Gbit/s`); events `/s k/s M/s`; `%`; calls `/MiB`; no unit for counts.
 *
 * @param text What was written.
 * @returns The quantity, or `undefined` when it is none.
 */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(\S*)\s*$/.exec(text);
  const symbol = SYMBOLS.get(match?.[2] ?? "?");
  if (match === null || symbol === undefined) return undefined;
  const [unit, factor] = symbol;
  return { value: scale(Number(match[1]), factor), unit, text: text.trim() };
}

/**
 * Writes an amount in the step that suits it, with three significant digits.
 *
 * @param value A number in `unit`.
 * @param unit The stored unit.
 * @returns As in `187 µs`.
 */
export function formatQuantity(value: number, unit: MetricUnit): string {
  const steps = DISPLAY[unit].map((symbol) => [symbol, SYMBOLS.get(symbol)?.[1] ?? 1] as const);
  const [symbol, factor] = steps.find(([, size]) => Math.abs(value) >= size) ??
    steps[steps.length - 1] ?? ["", 1];
  const digits = Number((value / factor).toPrecision(3));
  return symbol === "" || symbol.startsWith("/") ? `${digits}${symbol}` : `${digits} ${symbol}`;
}

function entries(unit: MetricUnit, factors: Factors, per: string) {
  return Object.entries(factors).map(([symbol, factor]): [string, [MetricUnit, number]] => [
    symbol + per,
    [unit, factor],
  ]);
}

/** 5 % is 0.05 and not 5 × 0.01 = 0.05000000000000000277: divide where the factor is a whole divisor. */
function scale(number: number, factor: number): number {
  return factor < 1 ? number / Math.round(1 / factor) : number * factor;
}
