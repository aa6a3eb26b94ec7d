// Quantities in words: one place that scales values, rounds them and writes them with their units.

import type { Scale } from "./scale.ts";
import { type MetricUnit, UNITS } from "./unit.ts";

/** The one scale for values that stand together: the middle value reads from 1 to 1,000 in it. */
export function chooseScale(values: readonly number[], unit: MetricUnit): Scale {
  const { scales } = UNITS[unit];
  const positive = values.map(Math.abs).filter((value) => value > 0).sort((a, b) => a - b);
  const middle = positive[(positive.length - 1) >> 1] ?? 0;
  return scales.findLast((scale) => middle >= scale.divisor) ?? scales[0] as Scale;
}

/**
 * Rounds to significant digits, without an exponent, with thousands apart from 10 000 on. As in `10.1`, `0.0123`, `4100`, `41
 * 100`.
 */
export function formatNumber(value: number, digits: number): string {
  if (value === 0) return "0";
  if (digits === 0) return formatCount(Math.round(value));
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  const decimals = Math.min(Math.max(0, digits - 1 - magnitude), 12);
  const [whole = "", fraction] = rounded.toFixed(decimals).split(".");
  const grouped = groupThousands(whole);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A whole number with thousands apart from 10 000 on. As in `12 345`. */
export function formatCount(n: number): string {
  return groupThousands(String(n));
}

/** With a narrow no-break space, as a comma would be mistaken for that of an interval; four digits need none. */
function groupThousands(digits: string): string {
  return digits.length <= 4 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A value with the unit that suits it alone; for sentences, not for tables. As in `10.1 µs`. */
export function formatAmount(value: number, unit: MetricUnit): string {
  const scale = chooseScale([value], unit);
  return withSymbol(formatNumber(value / scale.divisor, 3), scale);
}

/** A value's text followed by its symbol. As in `10.1 µs`. */
export function withSymbol(text: string, scale: Scale): string {
  return scale.symbol === "" ? text : `${text} ${scale.symbol}`;
}

/** The decimals with which a ratio and its interval are written: one more below 1 and next to it. Returns 2 or 3. */
export function ratioDecimals(ratio: number): number {
  return ratio < 1.02 ? 3 : 2;
}

/** A ratio with fixed decimals from 0.1 to 10, and three significant digits elsewhere. As in `1.21`, `640`. */
export function formatRatio(ratio: number, decimals: number = ratioDecimals(ratio)): string {
  return ratio < 9.995 && ratio >= 0.1 ? ratio.toFixed(decimals) : formatNumber(ratio, 3);
}

/** A share in whole percent, without hiding that something is there or missing. As in `75 %`, `< 1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}

/** A size in the largest binary unit that divides it. As in `64 B`, `16 KiB`, `65507 B`. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of [["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor} ${unit}`;
  }
  return `${bytes} B`;
}

/**
 * An amount as people would write it in a policy, and as {@linkcode parseQuantity} reads it: three significant digits, no
 * grouping. As in `187 µs`, `50 k/s`, `16/MiB`.
 */
export function formatQuantity(value: number, unit: MetricUnit): string {
  const { divisor, symbol } = chooseScale([value], unit);
  const digits = Number((value / divisor).toPrecision(3));
  return symbol === "" || symbol.startsWith("/") ? `${digits}${symbol}` : `${digits} ${symbol}`;
}
