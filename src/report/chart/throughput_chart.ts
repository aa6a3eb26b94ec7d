// A rate along one number, both on logarithmic axes.

import { findMetric } from "../../compare/trial_values.ts";
import type { ParameterSpec, ScenarioSpec } from "../../model/scenario_spec.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import { isRate } from "../../units/unit.ts";
import { columnMetric } from "../build/blocks.ts";
import { type ChartAxis, type ChartFigure, type Figure, MAX_SERIES } from "../document/figure.ts";
import type { ColumnMetric } from "../document/table.ts";
import { capitalize, formatAmount, formatCount, formatSize } from "../document/format_inline.ts";
import type { Chart } from "./chart.ts";
import type { ChartContext, ChartKind } from "./chart_context.ts";
import { chartAxis, chartFigure, figuresInParts, headlineOf } from "./chart_context.ts";
import { describeFigure, drawnValues, endsOf, figureData, intervalNotes } from "./figure_words.ts";
import {
  bottomAxis,
  drawLegend,
  framePlot,
  leftAxis,
  nameFigure,
  plotArea,
  tickLabel,
} from "./frame.ts";
import { mark } from "./palette.ts";
import { type Panel, splitIntoPanels } from "./panels.ts";
import { element, hover, pathThrough, position } from "./svg.ts";
import { logTicks, type Projection, projectLog, sizeTicks } from "./ticks.ts";

/** A rate along one number: at least one point a curve, in the order of the axis. */
export interface CurveData {
  readonly kind: "throughput";
  readonly metric: ColumnMetric;
  readonly axis: ChartAxis;
  readonly curves: readonly {
    readonly name: string;
    readonly look: number;
    readonly points: readonly { readonly at: number; readonly figure: ChartFigure }[];
  }[];
}

type Point = CurveData["curves"][number]["points"][number];

/** The rate of each scenario that has one number as its axis. One chart a panel, more where its series are many. */
function curveFigures(context: ChartContext): readonly Figure[] {
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
  return figuresInParts(panel, filled, MAX_SERIES, (part): CurveData => {
    const own = looks(part);
    const curves = part.map(({ name, points }, place) => ({ name, points, look: own[place] ?? 0 }));
    return { kind: "throughput", metric: columnMetric(metric), axis: chartAxis(axis), curves };
  });
}

const PLOT_HEIGHT = 260;

type Curve = CurveData["curves"][number];

/** Draws a rate along one number, both on logarithmic axes: the knee shows from where on more gains little. */
function drawThroughput(figure: Figure, { curves, axis, metric }: CurveData): Chart {
  const legend = drawLegend(curves);
  const area = plotArea(legend.bottom + 26, PLOT_HEIGHT, 70, 10);
  const points = curves.flatMap((curve) => curve.points);
  const sizes = points.map(({ at }) => at);
  const ends = points.flatMap(({ figure }) => endsOf(figure));
  const sizeAxis = sizeTicks(Math.min(...sizes), Math.max(...sizes), 8);
  const rateAxis = logTicks(Math.min(...ends), Math.max(...ends), 8);
  // Room for the marks at both ends.
  const x = projectLog(sizeAxis, area.left + 14, area.right - 10);
  const y = projectLog(rateAxis, area.bottom, area.top);
  const say = axis.unit === "B" ? formatSize : (count: number) => formatCount(count);
  return framePlot(figure, area, {
    title: `${capitalize(metric.title)} by ${axis.description}`,
    description: `${capitalize(metric.title)} of ${nameFigure(figure)} by ${axis.description}. ` +
      curves.map((curve) => `${curve.name}: ${describeCurve(curve, say)}.`).join(" "),
    notes: [
      "Median across trials with its 95 % interval.",
      ...intervalNotes(
        points.map(({ figure }) => figure),
        "Hollow pairs: the trials are bimodal; both modes are shown, and the line passes at their median.",
      ),
    ],
    body: [
      ...leftAxis(
        area,
        rateAxis.values,
        y,
        (rate) => tickLabel(rate, metric.unit),
        `${metric.title} (log scale)`,
      ),
      ...bottomAxis(area, sizeAxis.values, x, say, `${axis.description} (log scale)`),
      ...curves.map((curve) => drawCurve(curve, x, y, say)),
      ...legend.elements,
    ],
  });
}

function describeCurve({ points }: Curve, say: (size: number) => string): string {
  return points.map(({ at, figure }) => `${formatAmount(figure.value, figure.unit)} at ${say(at)}`)
    .join(", ");
}

function drawCurve(
  { name, look, points }: Curve,
  x: Projection,
  y: Projection,
  say: (size: number) => string,
): string {
  const path = points.map(({ at, figure }) => [x(at), y(figure.value)] as const);
  return element(
    "g",
    {},
    element("path", { class: `cu s${look} d${look}`, d: pathThrough(path) }),
    ...points.map(({ at, figure }) => {
      const px = x(at);
      const ends = endsOf(figure).map(y);
      return element(
        "g",
        figureData(figure),
        hover(`${name}, ${say(at)}: ${describeFigure(figure)}`),
        whisker(px, Math.max(...ends), Math.min(...ends)),
        ...drawnValues(figure).map((value, _, { length }) =>
          mark(px, y(value), { shape: look, colour: look, ...(length > 1 ? { hollow: true } : {}) })
        ),
      );
    }),
  );
}

function whisker(x: number, low: number, high: number): string {
  if (low - high < 1) return "";
  const [left, middle, right] = [x - 4, x, x + 4].map(position);
  const [bottom, top] = [low, high].map(position);
  return element("path", {
    class: "wh",
    d: `M${left} ${bottom}H${right}M${middle} ${bottom}V${top}M${left} ${top}H${right}`,
  });
}

export const throughput: ChartKind<CurveData> = {
  kind: "throughput",
  figures: curveFigures,
  draw: drawThroughput,
};
