// Percentiles with intervals: one row a case, from the median to the tail; placements side by side in one chart.

import { metricsOf } from "../../../compare/trial_values.ts";
import { derivationOf, type MetricDefinition } from "../../../units/metric.ts";
import type { Figure, PercentileData } from "../../document/figure.ts";
import { namePlacement, placementKey } from "../../document/format_key.ts";
import { columnMetric } from "../blocks.ts";
import { type ChartContext, chartFigure, panelFigure, partName } from "./chart_context.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";

/** Distributions whose percentiles are drawn. */
const CHARTED = new Set(["exchange", "connect"]);
/** More rows than this are told apart with effort: they go into a further chart. */
const MAX_ROWS = 48;

type Row = PercentileData["rows"][number];

/** The percentiles of each scenario that measures them. One chart a scenario, more where the cases are many. */
export function percentileFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    const metrics = metricsOf(context.record, spec).filter(isCharted);
    if (metrics.length === 0) return [];
    // Panels of the same parameters stand below each other, one a placement.
    const panels = splitIntoPanels(context.record, spec);
    const order = [...new Set(panels.map(({ label }) => label))];
    const sorted = panels.toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
    return figuresOf(context, sorted, metrics);
  });
}

/** From the median up, without the maximum. */
function isCharted({ id, unit }: MetricDefinition): boolean {
  const from = derivationOf(id);
  return unit === "ns" && typeof from === "object" && "percentile" in from &&
    CHARTED.has(from.of) && from.percentile >= 50 && from.percentile < 100;
}

function figuresOf(
  context: ChartContext,
  panels: readonly Panel[],
  metrics: readonly MetricDefinition[],
): readonly Figure[] {
  const isPlaced = new Set(panels.map(placementKey)).size > 1;
  const blocks = panels.map((panel) => rowsOf(context, panel, metrics, isPlaced))
    .filter((rows) => rows.length > 0);
  const cells = blocks.flat().filter(({ figures }) => figures.length > 0);
  const [first] = panels;
  if (first === undefined || cells.length === 0) return [];
  // A heading for every row writes each thing twice.
  const rows = cells.length >= 1.5 * blocks.length
    ? blocks.flat()
    : blocks.flatMap((block) => joinHeading(block));
  const parts = splitEvenly(rows, MAX_ROWS)
    .filter((part) => part.some(({ figures }) => figures.length > 0));
  // A percentile that no trial has operations for needs no mark.
  const drawn = new Set(cells.flatMap(({ figures }) => figures.map(({ metric }) => metric)));
  const used = metrics.filter(({ id }) => drawn.has(id)).map(columnMetric);
  const joined = { ...first, label: "", key: "", placement: isPlaced ? null : first.placement };
  return parts.map((part, index) =>
    panelFigure(
      joined,
      { kind: "percentiles", metrics: used, rows: part },
      partName(index, parts.length),
    )
  );
}

function rowsOf(
  { looks, summaryOf }: ChartContext,
  panel: Panel,
  metrics: readonly MetricDefinition[],
  isPlaced: boolean,
): readonly Row[] {
  const rows = panel.series.flatMap((series): Row[] => {
    const [look = 0] = looks([series]);
    return series.cases.flatMap((one): Row[] => {
      const figures = metrics.flatMap(({ id }, index) => {
        const summary = summaryOf(one.id, id);
        // Two groups of a tail say little of the machine.
        return summary === undefined || summary.low <= 0 ? [] : [chartFigure(summary, index === 0)];
      });
      return figures.length === 0 ? [] : [{ label: series.name, look, figures }];
    });
  });
  const label = [
    panel.label,
    isPlaced ? namePlacement(panel.placement) : "",
  ].filter((words) => words !== "").join(" · ");
  return rows.length === 0 || label === "" ? rows : [{ label, look: 0, figures: [] }, ...rows];
}

function joinHeading([first, ...rows]: readonly Row[]): readonly Row[] {
  if (first === undefined || first.figures.length > 0) {
    return first === undefined ? rows : [first, ...rows];
  }
  return rows.map((row) => ({ ...row, label: `${row.label} · ${first.label}` }));
}
