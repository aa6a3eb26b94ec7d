// The best of several cases, by round and with the best against all others (Hsu, Multiple Comparisons, 1996, chapter 4; by Bonferroni).

import { type OrientedRatio, orientedRatio } from "../../compare/contrast.ts";
import { CONFIDENCE } from "../../compare/summarize.ts";
import type { ColumnMetric } from "../document/table.ts";
import type { Evaluation } from "./evaluation.ts";

/** How far a choice holds: better than every rival; some cannot be told apart from it; too few rounds to tell. */
export type Certainty = "clear" | "level" | "few rounds";

/** A Best is what did best among several cases. `level`: cases that cannot be told apart from it. */
type Best = Readonly<{ case: string; certainty: Certainty; level: readonly string[] }>;

type Rival = Readonly<{ case: string; value: number }>;

/** What the best is found by; without `isChance` by the rounds of the rivals alone. */
export type BestSources = Pick<Evaluation, "values"> & Partial<Pick<Evaluation, "isChance">>;

/**
 * Finds the best of several cases; `undefined` where there is nothing to choose from, or neither direction is better.
 * `chosen`: the case that is set against the others; absent: what came first among them.
 */
export function findBest(
  rivals: readonly Rival[],
  metric: Pick<ColumnMetric, "id" | "better">,
  { values, isChance = () => false }: BestSources,
  chosen?: string,
): Best | undefined {
  if (rivals.length < 2 || metric.better === "neither") return undefined;
  const confidence = 1 - (1 - CONFIDENCE) / (rivals.length - 1);
  const against = (one: Rival, base: Rival) =>
    orientedRatio(
      values.of(one.case, metric.id),
      values.of(base.case, metric.id),
      metric,
      confidence,
    );
  const best = rivals.find((one) => one.case === chosen) ?? climb(rivals, metric, against);
  const others = rivals.filter((one) => one !== best).map((one) => ({
    one,
    ratio: against(one, best),
  }));
  const isFew = others.some(({ ratio }) => ratio === undefined || ratio.warnings.length > 0);
  // What the findings call chance is no answer either.
  const level = others.filter(({ one, ratio }) =>
    ratio?.difference !== "worse" || isChance(one.case, best.case, metric.id)
  );
  return {
    case: best.case,
    certainty: isFew ? "few rounds" : level.length === 0 ? "clear" : "level",
    level: level.map(({ one }) => one.case),
  };
}

/** From the best median on to any that is better round by round: medians of different rounds may mislead. */
function climb(
  rivals: readonly Rival[],
  { better }: Pick<ColumnMetric, "better">,
  against: (one: Rival, base: Rival) => OrientedRatio | undefined,
): Rival {
  const sign = better === "lower" ? 1 : -1;
  let best = rivals.toSorted((a, b) => sign * (a.value - b.value))[0] as Rival;
  const seen = new Set([best]);
  for (;;) {
    const next = rivals.find((one) =>
      !seen.has(one) && against(one, best)?.difference === "better"
    );
    if (next === undefined) return best;
    seen.add(next);
    best = next;
  }
}
