/**
 * Throughput by chunk size, both on logarithmic axes: the knee shows where more stops paying.
 *
 * @module
 */

import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import { formatAmount, formatCount, formatSize } from "../../units/format_quantity.ts";
import type { Chart } from "./chart.ts";
import {
  type ChartContext,
  headlineOf,
  panelId,
  panelSubtitle,
  saySummary,
} from "./chart_context.ts";
import {
  type Area,
  BOTTOM_AXIS,
  bottomAxis,
  drawTicks,
  frame,
  leftAxis,
  MARGIN,
  tickLabel,
  TOP,
  WIDTH,
} from "./frame.ts";
import { fitText, textWidth } from "./label_text.ts";
import { FONT, mark, MOST_SERIES } from "./palette.ts";
import { placeLabels } from "./place_labels.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./series.ts";
import { summaryData } from "./summary_data.ts";
import { element, hover, pathThrough, position, textAt } from "./svg.ts";
import { logTicks, type Projection, projectLog, sizeTicks } from "./ticks.ts";

const PLOT_HEIGHT = 260;

interface Point {
  readonly size: number;
  readonly summary: Summary;
}

interface Curve {
  readonly name: string;
  readonly look: number;
  readonly points: readonly Point[];
}

/**
 * Draws the rate of each scenario that has one number (chunk, message) as its axis.
 *
 * @param context The record.
 * @returns One chart a panel, more where its series are many.
 */
export function drawThroughputs(context: ChartContext): readonly Chart[] {
  return context.record.scenarios.flatMap((spec) => {
    const numeric = spec.parameters.filter(({ kind }) => kind !== "choice");
    const [axis] = numeric;
    if (axis === undefined || numeric.length !== 1) return [];
    return splitIntoPanels(context.record, spec, [axis.name]).flatMap((panel) => {
      const metric = headlineOf(context.record, panel);
      return metric?.unit === "bytes/s" ? drawPanel(context, panel, axis, metric) : [];
    });
  });
}

function drawPanel(
  { looks, summaryOf }: ChartContext,
  panel: Panel,
  axis: ParameterSpec,
  metric: MetricDefinition,
): readonly Chart[] {
  const filled = panel.series.map((series) => ({
    ...series,
    points: series.cases.flatMap((one): Point[] => {
      const size = Object.hasOwn(one.params, axis.name) ? one.params[axis.name] : undefined;
      const summary = summaryOf(one.id, metric.id);
      return typeof size === "number" && size > 0 && summary !== undefined && summary.low > 0
        ? [{ size, summary }]
        : [];
    }).sort((a, b) => a.size - b.size),
  })).filter(({ points }) => points.length > 0);
  const parts = splitEvenly(filled, MOST_SERIES);
  return parts.map((part, index) => {
    const own = looks(part);
    const which = parts.length === 1 ? [] : [`part ${index + 1} of ${parts.length}`];
    return drawChart(
      panel,
      part.map(({ name, points }, place) => ({ name, points, look: own[place] ?? 0 })),
      axis,
      metric,
      which,
    );
  });
}

function drawChart(
  panel: Panel,
  curves: readonly Curve[],
  axis: ParameterSpec,
  metric: MetricDefinition,
  which: readonly string[],
): Chart {
  const labelWidth = Math.min(
    Math.max(...curves.map(({ name }) => textWidth(name, FONT.label))),
    150,
  ) + 30;
  const top = TOP + 26;
  const area: Area = {
    left: MARGIN + 70,
    right: WIDTH - MARGIN - labelWidth,
    top,
    bottom: top + PLOT_HEIGHT,
  };
  const points = curves.flatMap((curve) => curve.points);
  const sizes = points.map(({ size }) => size);
  const ends = points.flatMap(({ summary }) => endsOf(summary));
  const sizeAxis = sizeTicks(Math.min(...sizes), Math.max(...sizes), 8);
  const rateAxis = logTicks(Math.min(...ends), Math.max(...ends), 8);
  // Room for the marks at both ends.
  const x = projectLog(sizeAxis, area.left + 14, area.right - 10);
  const y = projectLog(rateAxis, area.bottom, area.top);
  const say = axis.kind === "size" ? formatSize : (count: number) => formatCount(count);
  const isFew = points.some(({ summary }) => summary.confidence < CONFIDENCE);
  const hasTwo = points.some(({ summary }) => summary.twoSpeeds !== undefined);
  return frame({
    id: panelId(panel, "throughput", ...which),
    kind: "throughput",
    scenario: panel.spec.id,
    placement: panel.placement,
    title: `${capitalize(metric.title)} by ${axis.description}`,
    subtitle: panelSubtitle(panel, ...which),
    description: `${capitalize(metric.title)} of ${panel.spec.id} by ${axis.description}, ` +
      `${panelSubtitle(panel)}. ` +
      curves.map((curve) => `${curve.name}: ${describeCurve(curve, say)}.`).join(" "),
    bottom: area.bottom + BOTTOM_AXIS,
    notes: [
      "Median across trials with its 95 % interval.",
      ...(isFew
        ? ["Where trials are too few for such an interval, the whisker is their range."]
        : []),
      ...(hasTwo
        ? [
          "Hollow pairs: the trials met two speeds of the machine; both are shown, and the line passes at their median.",
        ]
        : []),
    ],
    body: [
      ...leftAxis(
        area,
        drawTicks(rateAxis.values, y, (rate) => tickLabel(rate, metric.unit), "y"),
        `${metric.title} (log scale)`,
      ),
      ...bottomAxis(
        area,
        drawTicks(sizeAxis.values, x, say, "x"),
        `${axis.description} (log scale)`,
      ),
      ...curves.map((curve) => drawCurve(curve, x, y, say)),
      ...drawNames(curves, x, y, area, labelWidth),
    ],
  });
}

function endsOf({ low, high, twoSpeeds }: Summary): readonly number[] {
  return twoSpeeds === undefined
    ? [low, high]
    : [low, high, twoSpeeds.fast.median, twoSpeeds.slow.median];
}

function describeCurve({ points }: Curve, say: (size: number) => string): string {
  return points.map(({ size, summary }) =>
    `${formatAmount(summary.median, summary.unit)} at ${say(size)}`
  ).join(", ");
}

function drawCurve(
  { name, look, points }: Curve,
  x: Projection,
  y: Projection,
  say: (size: number) => string,
): string {
  const path = points.map(({ size, summary }) => [x(size), y(summary.median)] as const);
  return element(
    "g",
    {},
    element("path", { class: `cu s${look} d${look}`, d: pathThrough(path) }),
    ...points.map(({ size, summary }) => {
      const { median, low, high, twoSpeeds } = summary;
      const px = x(size);
      const from = twoSpeeds === undefined ? low : Math.min(low, twoSpeeds.slow.median);
      const to = twoSpeeds === undefined ? high : Math.max(high, twoSpeeds.fast.median);
      return element(
        "g",
        summaryData(summary),
        hover(`${name}, ${say(size)}: ${saySummary(summary)}`),
        whisker(px, y(from), y(to)),
        ...(twoSpeeds === undefined
          ? [mark(px, y(median), { shape: look, colour: look })]
          : [twoSpeeds.fast.median, twoSpeeds.slow.median].map((speed) =>
            mark(px, y(speed), { shape: look, colour: look, hollow: true })
          )),
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

/** Each name right of its line's end, moved apart where they would touch. */
function drawNames(
  curves: readonly Curve[],
  x: Projection,
  y: Projection,
  area: Area,
  labelWidth: number,
): readonly string[] {
  const ends = curves.map(({ points }) => points.at(-1) as Point);
  const wanted = ends.map(({ summary }) => y(summary.median));
  const places = placeLabels(wanted, 17, area.top, area.bottom);
  return curves.flatMap(({ name, look }, index) => {
    const place = places[index] as number;
    const endX = x((ends[index] as Point).size);
    const left = area.right + 12;
    return [
      element("path", {
        class: `ld s${look}`,
        "stroke-opacity": "0.55",
        "stroke-dasharray": "2 3",
        d: pathThrough([[endX + 6, wanted[index] as number], [left - 4, place]]),
      }),
      mark(left + 4, place, { shape: look, colour: look, radius: 3.5 }),
      textAt(left + 13, place + 4, fitText(name, labelWidth - 26, FONT.label), {
        class: `la l${look}`,
      }),
    ];
  });
}

function capitalize(words: string): string {
  return words.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
