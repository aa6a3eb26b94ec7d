// A rate by one number (chunk, message): a line a series.

import type { ParameterSpec, ScenarioSpec } from "../../../model/scenario_spec.ts";
import { findMetric } from "../../../compare/trial_values.ts";
import type { MetricDefinition } from "../../../units/metric.ts";
import { isRate } from "../../../units/unit.ts";
import { type CurveData, type Figure, MAX_SERIES } from "../../document/figure.ts";
import { columnMetric } from "../blocks.ts";
import {
  chartAxis,
  type ChartContext,
  chartFigure,
  headlineOf,
  panelFigure,
  partName,
} from "./chart_context.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";

type Point = CurveData["curves"][number]["points"][number];

/** The rate of each scenario that has one number as its axis. One chart a panel, more where its series are many. */
export function curveFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    if (spec.id === LOAD) return loadFigures(context, spec);
    const numeric = spec.parameters.filter(({ kind }) => kind !== "choice");
    const [axis] = numeric;
    if (axis === undefined || numeric.length !== 1) return [];
    return splitIntoPanels(context.record, spec, [axis.name]).flatMap((panel) => {
      const metric = headlineOf(context.record, panel);
      return metric && isRate(metric.unit) ? figuresOf(context, panel, axis, metric) : [];
    });
  });
}

const LOAD = "load";

/** What was achieved at each rate, and the latency there: where it bends is the knee. None of a single rate. */
function loadFigures(context: ChartContext, spec: ScenarioSpec): readonly Figure[] {
  const { record } = context;
  const axis = spec.parameters.find(({ name }) => name === "rate");
  const rates = new Set(record.cases.map(({ params }) => params.rate));
  if (axis === undefined || rates.size < 2) return [];
  const metrics = ["achievedPerSecond", "p50", "p99"].flatMap((id) => findMetric(record, id) ?? []);
  return splitIntoPanels(record, spec, [axis.name]).flatMap((panel) =>
    metrics.flatMap((metric) => figuresOf(context, panel, axis, metric))
  );
}

function figuresOf(
  { looks, summaryOf }: ChartContext,
  panel: Panel,
  axis: ParameterSpec,
  metric: MetricDefinition,
): readonly Figure[] {
  const filled = panel.series.map((series) => ({
    ...series,
    points: series.cases.flatMap((one): Point[] => {
      const at = Object.hasOwn(one.params, axis.name) ? one.params[axis.name] : undefined;
      const summary = summaryOf(one.id, metric.id);
      return typeof at === "number" && at > 0 && summary !== undefined && summary.low > 0
        ? [{ at, figure: chartFigure(summary) }]
        : [];
    }).sort((a, b) => a.at - b.at),
  })).filter(({ points }) => points.length > 0);
  const parts = splitEvenly(filled, MAX_SERIES);
  return parts.map((part, index) => {
    const own = looks(part);
    const curves = part.map(({ name, points }, place) => ({ name, points, look: own[place] ?? 0 }));
    return panelFigure(
      panel,
      { kind: "throughput", metric: columnMetric(metric), axis: chartAxis(axis), curves },
      partName(index, parts.length),
    );
  });
}
