/**
 * A Finding is one promise of the suite about itself, what was measured of it, and whether it holds.
 *
 * @module
 */

import { type Interval, type Pair, pairedRatio } from "../../src/stats/mod.ts";

/** What was promised: a figure must be at most, or at least, so much. */
export interface Target {
  /** On which side of `value` the figure must be. */
  readonly must: "be at most" | "be at least";
  /** In the figure's unit. */
  readonly value: number;
}

/** See the module's description. */
export interface Finding {
  /** What was measured, in the words of the promise. */
  readonly what: string;
  /** Behind every figure: `×`, ` MB`. */
  readonly unit: string;
  /** The figure, with its interval; `low` and `high` equal it where it was measured once. */
  readonly figure: Pick<Interval, "estimate" | "low" | "high" | "n">;
  /** The promise; absent where the row is a control. */
  readonly target?: Target;
}

/** A finding about the ratio of pairs, value against base. */
export function ratioFinding(what: string, pairs: readonly Pair[], target?: Target): Finding {
  return { what, unit: "×", figure: pairedRatio(pairs), ...(target !== undefined && { target }) };
}

/**
 * Judges a figure by its interval.
 *
 * @returns `ok` when the estimate keeps the promise; `short` when the whole interval breaks it; between them `no shortfall found`: the
 * measurement cannot tell the figure from its target.
 */
export function verdictOf(
  { figure, target }: Finding,
): "ok" | "no shortfall found" | "short" | "–" {
  if (target === undefined) return "–";
  const keeps = (value: number) =>
    target.must === "be at most" ? value <= target.value : value >= target.value;
  if (keeps(figure.estimate)) return "ok";
  return keeps(figure.low) || keeps(figure.high) ? "no shortfall found" : "short";
}

/** The findings as a Markdown table. */
export function renderFindings(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { what, unit, figure: { estimate, low, high, n }, target } = finding;
    const digits = unit === "×" ? 3 : 1;
    const text = (value: number) => `${value.toFixed(digits)}${unit}`;
    const interval = n === 1 ? "–" : `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
    const wanted = target === undefined
      ? "–"
      : `${target.must === "be at most" ? "≤" : "≥"} ${text(target.value)}`;
    return [what, String(n), text(estimate), interval, wanted, verdictOf(finding)];
  });
  const heads = ["what", "n", "figure", "95 % interval", "target", "verdict"];
  const lines = [heads, heads.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
