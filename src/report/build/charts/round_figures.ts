// How all cases together went from round to round.

import type { Figure } from "../../document/figure.ts";
import { namePlacement, placementKey } from "../../document/format_key.ts";
import { groupBy } from "../../group_by.ts";
import { driftOf, gatherSpreads } from "../round_spreads.ts";
import { type ChartContext, slug } from "./chart_context.ts";

/** The rounds of each placement. One chart a placement; none where there are fewer than three rounds. */
export function roundFigures(context: ChartContext): readonly Figure[] {
  const groups = groupBy(context.record.cases, placementKey);
  return [...groups.values()].flatMap((cases): Figure[] => {
    const [{ placement }] = cases;
    const rounds = gatherSpreads(context, cases);
    if (rounds.length < 3) return [];
    const pin = placement.pin === "none" ? [] : [placement.pin];
    return [{
      kind: "figure",
      id: slug("run", "rounds", placement.peer, ...pin),
      scenario: null,
      placement,
      common: ["all cases together, each against its own median", namePlacement(placement)],
      operation: "",
      data: { kind: "rounds", rounds, drift: driftOf(rounds) },
    }];
  });
}
