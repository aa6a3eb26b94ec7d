// Quantities as people write them in a policy: `200 µs`, `1.5 GB/s`, `5%`.

import { METRIC_UNITS, type MetricUnit, UNITS } from "./unit.ts";

/** A Quantity is a number in a metric's unit, and how it was written. */
export interface Quantity {
  /** The number, in `unit`. */
  readonly value: number;
  /** The unit in which metrics of this kind are stored. */
  readonly unit: MetricUnit;
  /** As written. */
  readonly text: string;
}

/** Every spelling by what it stands for. The letter of `ms` and `MB` decides, so that case matters. */
const SPELLINGS: ReadonlyMap<string, readonly [MetricUnit, number]> = new Map(
  METRIC_UNITS.flatMap((unit) =>
    Object.entries(UNITS[unit].spellings).map((
      [symbol, factor],
    ): [string, [MetricUnit, number]] => [symbol, [unit, factor]])
  ),
);

/**
 * Reads a quantity: a decimal number, spaces if any, and a unit. Times `ns us µs ms s`, each also per operation (`µs/op`) or
 * byte (`ns/B`); sizes `B kB MB GB TB KiB MiB GiB TiB`; rates of those (`GB/s`) or of bits (`Gbit/s`); events `/s k/s M/s`;
 * `%`; calls `/MiB`; no unit for counts. Returns the quantity, or `undefined` when it is none.
 */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(\S*)\s*$/.exec(text);
  const symbol = SPELLINGS.get(match?.[2] ?? "?");
  if (match === null || symbol === undefined) return undefined;
  const [unit, factor] = symbol;
  return { value: scale(Number(match[1]), factor), unit, text: text.trim() };
}

/** 5 % is 0.05 and not 5 × 0.01 = 0.05000000000000000277: divide where the factor is a whole divisor. */
function scale(number: number, factor: number): number {
  return factor < 1 ? number / Math.round(1 / factor) : number * factor;
}
