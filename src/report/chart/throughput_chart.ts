// A rate along one number, both on logarithmic axes.

import type { CurveData, Figure } from "../document/figure.ts";
import { capitalize, formatAmount, formatCount, formatSize } from "../document/format_inline.ts";
import type { Chart } from "./chart.ts";
import { describeFigure, drawnValues, endsOf, figureData, intervalNotes } from "./figure_words.ts";
import {
  type Area,
  bottomAxis,
  drawLegend,
  framePlot,
  leftAxis,
  MARGIN,
  nameFigure,
  tickLabel,
  WIDTH,
} from "./frame.ts";
import { mark } from "./palette.ts";
import { element, hover, pathThrough, position } from "./svg.ts";
import { logTicks, type Projection, projectLog, sizeTicks } from "./ticks.ts";

const PLOT_HEIGHT = 260;

type Curve = CurveData["curves"][number];

/** Draws a rate along one number, both on logarithmic axes: the knee shows from where on more gains little. */
export function drawThroughput(figure: Figure, { curves, axis, metric }: CurveData): Chart {
  const legend = drawLegend(curves);
  const top = legend.bottom + 26;
  const area: Area = {
    left: MARGIN + 70,
    right: WIDTH - MARGIN - 10,
    top,
    bottom: top + PLOT_HEIGHT,
  };
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
