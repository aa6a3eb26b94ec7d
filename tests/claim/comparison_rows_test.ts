import { assertEquals } from "@std/assert";
import { signTest } from "../../src/stats/sign_test.ts";
import type { ClaimFigures } from "../../src/claim/claim_figures.ts";
import { compareCells, type Comparison, verdictOf } from "../../src/claim/comparison_rows.ts";

/** Figures whose log-ratios by round are given, by the metric's name. */
function figuresOf(logs: Readonly<Record<string, readonly number[]>>): ClaimFigures {
  const figure = { value: 1, unit: "ns", low: 1, high: 1, n: 12 };
  return {
    figure: () => figure,
    placement: () => "peer process",
    ratio: (_first: unknown, _base: unknown, metric: string) => {
      const sorted = logs[metric]!.toSorted((a, b) => a - b);
      const ratio = Math.exp(sorted[sorted.length >> 1]!);
      const pValue = signTest(sorted).twoSided;
      return { ratio, low: ratio, high: ratio, confidence: 0.95, n: sorted.length, pValue };
    },
  } as unknown as ClaimFigures;
}

const cell = { scenario: "round-trip", transport: "tcp", params: {} };
const rowsOf = (metrics: readonly string[]): Comparison[] =>
  metrics.map((metric) => ({ what: metric, first: cell, base: cell, metric }));

const clearly = (sign: number) => Array.from({ length: 12 }, (_, k) => sign * (0.1 + k / 1_000));
/** Ten rounds of twelve: an interval of 95 % excludes 1, and among 24 rows one such is what chance brings. */
const byChance = clearly(1).map((log, round) => round < 2 ? -2 * log : log);

Deno.test("compareCells() says better of a row alone that it does not among many", () => {
  const [alone] = compareCells(rowsOf(["chance"]), figuresOf({ chance: byChance.slice(0, 12) }));
  assertEquals(alone!.difference, "better");
  const clear = compareCells(
    rowsOf(["up", "down"]),
    figuresOf({ up: clearly(1), down: clearly(-1) }),
  );
  assertEquals(clear.map(({ difference }) => difference), ["better", "worse"]);
  const metrics = ["chance", ...Array.from({ length: 23 }, (_, k) => `same${k}`)];
  const same = clearly(1).map((log, round) => round % 2 === 0 ? log : -log);
  const logs = Object.fromEntries(
    metrics.map((metric) => [metric, metric === "chance" ? byChance : same]),
  );
  const rows = compareCells(rowsOf(metrics), figuresOf(logs));
  assertEquals(new Set(rows.map(({ difference }) => difference)), new Set(["none found"]));
  assertEquals(verdictOf(rows), "undecided");
});

Deno.test("compareCells() finds no difference in one that nobody would act on, however clear", () => {
  const small = Array.from({ length: 12 }, (_, k) => Math.log(1.01) + k / 1e5);
  const [row] = compareCells(rowsOf(["small"]), figuresOf({ small }));
  assertEquals(row!.difference, "none found");
});

Deno.test("verdictOf() reaches every verdict", () => {
  const verdict = (...signs: readonly number[]) => {
    const metrics = signs.map((sign, index) => `${sign}/${index}`);
    const logs = Object.fromEntries(metrics.map((metric, index) => {
      const sign = signs[index]!;
      return [
        metric,
        sign === 0 ? clearly(1).map((log, k) => k % 2 === 0 ? log : -log) : clearly(sign),
      ];
    }));
    return verdictOf(compareCells(rowsOf(metrics), figuresOf(logs)));
  };
  assertEquals(verdict(1, 1), "holds");
  assertEquals(verdict(1, 0), "holds in part");
  assertEquals(verdict(1, -1), "holds in part");
  assertEquals(verdict(0, -1), "does not hold");
  assertEquals(verdict(0, 0), "undecided");
});
