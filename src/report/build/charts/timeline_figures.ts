// Single exchanges of one trial in time order, a lane a case.

import type { Figure, TimelineData } from "../../document/figure.ts";
import { placementKey } from "../../document/format_key.ts";
import { groupBy } from "../../group_by.ts";
import { type ChartContext, panelFigure, partName } from "./chart_context.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";

/** The series that is drawn. */
const SERIES = "exchange";
const MAX_LANES = 16;

type Lane = TimelineData["lanes"][number];

/**
 * The exchanges of each scenario whose trials hold them singly. One chart a scenario and placement, more where the cases are
 * many; none where trials hold distributions only.
 */
export function timelineFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    const panels = splitIntoPanels(context.record, spec);
    return [...groupBy(panels, placementKey).values()].flatMap((group) => {
      const lanes = group.flatMap((panel) => lanesOf(context, panel));
      const parts = splitEvenly(lanes, MAX_LANES);
      return parts.map((part, index) =>
        panelFigure(
          { ...group[0], label: "", key: "" },
          { kind: "timeline", lanes: part },
          partName(index, parts.length),
        )
      );
    });
  });
}

function lanesOf({ values, looks }: ChartContext, panel: Panel): readonly Lane[] {
  return panel.series.flatMap((series) => {
    const [look = 0] = looks([series]);
    return series.cases.flatMap((one): Lane[] => {
      for (const { series: found, round } of values.succeeded(one.id)) {
        const all = found !== undefined && Object.hasOwn(found, SERIES) ? found[SERIES] ?? [] : [];
        const valuesNs = all.filter((ns) => Number.isFinite(ns) && ns >= 0);
        if (valuesNs.length === 0) continue;
        const label = series.name;
        return [{ group: panel.label, case: one.id, label, look, round, valuesNs }];
      }
      return [];
    });
  });
}
