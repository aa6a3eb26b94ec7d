// Families: metrics of one kind share a part of the gate's error rate, so that many cells of one kind cost the others nothing.

import type { Cell } from "../compare/comparison.ts";
import { holm } from "../stats/holm.ts";

type Named = Pick<Cell, "metric" | "headline">;

/** Metrics of other kinds are a family together. */
const FAMILIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    tail: ["p90", "p99", "p999", "p9999", "max", "connectP99"],
    rate: [
      "operationsPerSecond",
      "exchangesPerSecond",
      "requestsPerSecond",
      "connectionsPerSecond",
    ],
    cpu: ["cpuPerOperation", "cpuPerByte"],
    memory: ["memoryPerOperation"],
  }).flatMap(([family, metrics]) => metrics.map((metric) => [metric, family] as const)),
);

const HEADLINE = "headline";

function familyOf({ metric, headline }: Named): string {
  return headline ? HEADLINE : FAMILIES.get(metric) ?? "other";
}

/** How p-values were adjusted for a cell. */
export interface Correction {
  /** The p-value, adjusted: at most alpha where the cell may be called. */
  readonly adjustedP: number;
  /** Cells of its family. */
  readonly comparisons: number;
  /** The family's share of alpha, above 0 to 1. */
  readonly share: number;
}

/**
 * Adjusts by Holm within each family (`holm`). Headlines have half of alpha and the other families the other half in equal parts (Bonferroni
 * with weights: the chance of any false alarm is at most alpha whatever the dependence); families that have no cell take no part.
 */
export function adjustByFamily(
  cells: readonly Named[],
  pValues: readonly number[],
): readonly Correction[] {
  const shares = shareAlpha(cells);
  const corrections = new Array<Correction>(cells.length);
  for (const [family, share] of shares) {
    const own = [...cells.keys()].filter((index) => familyOf(cells[index]!) === family);
    const adjusted = holm(own.map((index) => pValues[index]!));
    for (const [place, index] of own.entries()) {
      const adjustedP = Math.min(1, adjusted[place]! / share);
      corrections[index] = { adjustedP, comparisons: own.length, share };
    }
  }
  return corrections;
}

/** Of each family among the cells, the share of alpha. */
export function shareAlpha(cells: readonly Named[]): ReadonlyMap<string, number> {
  const families = [...new Set(cells.map(familyOf))];
  const hasHeadline = families.includes(HEADLINE);
  const others = families.length - (hasHeadline ? 1 : 0);
  return new Map(families.map((family) => {
    if (others === 0) return [family, 1];
    if (!hasHeadline) return [family, 1 / others];
    return [family, family === HEADLINE ? 1 / 2 : 1 / (2 * others)];
  }));
}

/** The largest factor by which a p-value of one of the cells is adjusted. */
export function largestCorrection(cells: readonly Named[]): number {
  const sizes = Map.groupBy(cells, familyOf);
  const shares = [...shareAlpha(cells)];
  return Math.max(1, ...shares.map(([family, share]) => sizes.get(family)!.length / share));
}
