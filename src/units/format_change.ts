// Changes in words: a ratio above 1 is better, and a sentence says by how much, and who.

import { formatAmount } from "./format_quantity.ts";
import { type EffectKind, type MetricUnit, UNITS } from "./unit.ts";

/** What decides in which words a change is stated. */
export interface Stated {
  readonly effect: EffectKind;
  readonly unit: MetricUnit;
  readonly better: "lower" | "higher";
}

export type EstimatedChange = Readonly<{ estimate: number; low: number; high: number }>;

/** A change in percent or points, and who is better. As in `5.0 % slower`, `0.40 points higher`, `0.00 %`. */
export function formatChange(ratio: number, stated: Stated): string {
  const size = formatSizeOfChange(ratio, stated);
  const word = changeWord(ratio, stated);
  return word === "" ? size : `${size} ${word}`;
}

/**
 * A change with its interval, the bound nearest to no change first. As in `12.3 % slower [10.1 %, 14.0 %]`; both bounds carry
 * their words where they disagree: `1.2 % slower [0.40 % faster, 2.8 % slower]`.
 */
export function formatEstimate(change: EstimatedChange, stated: Stated): string {
  return `${formatChange(change.estimate, stated)} ${formatBounds(change, stated)}`;
}

/**
 * The interval of a change, the bound nearest to no change first. As in `[10.1 %, 14.0 %]`; with words where the bounds
 * disagree: `[0.40 % faster, 2.8 % slower]`.
 */
export function formatBounds({ estimate, low, high }: EstimatedChange, stated: Stated): string {
  const bounds = estimate < 1 ? [high, low] : [low, high];
  const isOneSided = low >= 1 || high <= 1;
  const texts = bounds.map((bound) =>
    isOneSided ? formatSizeOfChange(bound, stated) : formatChange(bound, stated)
  );
  return `[${texts.join(", ")}]`;
}

/** As in `5.0 %`, whichever way the change goes; of a difference that is no share in its own unit. */
function formatSizeOfChange(ratio: number, { effect, unit }: Stated): string {
  if (isAbsolute(effect, unit)) return formatAmount(Math.abs(ratio - 1), unit);
  const { size, digits } = sizeOf(ratio, effect);
  return `${size.toFixed(digits)} ${effect === "ratio" ? "%" : "points"}`;
}

/** Whether values are subtracted that are no shares. */
export function isAbsolute(effect: EffectKind, unit: MetricUnit): boolean {
  return effect === "difference" && unit !== "ratio";
}

/** A change in percent or points, and the decimals that it is worth. */
function sizeOf(ratio: number, effect: EffectKind): { size: number; digits: number } {
  const turned = ratio >= 1 ? ratio : effect === "ratio" ? 1 / ratio : 2 - ratio;
  const size = Math.abs(turned - 1) * 100;
  return { size, digits: size >= 100 ? 0 : size >= 1 ? 1 : 2 };
}

/** The unit's word, or that of the metric's direction; none where the size rounds to nothing. */
export function changeWord(ratio: number, { effect, unit, better }: Stated): string {
  const { size, digits } = sizeOf(ratio, effect);
  if (size < 0.5 * 10 ** -digits) return "";
  const directions = better === "lower"
    ? ["lower", "higher"] as const
    : ["higher", "lower"] as const;
  const [gain, loss] = UNITS[unit].words ?? directions;
  return ratio < 1 ? loss : gain;
}

/** A threshold. As in `5 %`. */
export function formatThreshold(
  threshold: number,
  kind: EffectKind,
  unit: MetricUnit = "ratio",
): string {
  if (isAbsolute(kind, unit)) return formatAmount(threshold, unit);
  return `${Number((threshold * 100).toPrecision(6))} ${kind === "ratio" ? "%" : "points"}`;
}

/** A p-value, rounded so that it never claims less than it is by much. As in `0.03`, `2.4e-5`. */
export function formatP(p: number): string {
  if (p === 0) return "0";
  return p >= 0.001 ? String(Number(p.toPrecision(2))) : p.toExponential(1);
}
