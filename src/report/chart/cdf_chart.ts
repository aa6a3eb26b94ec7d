// The latency distribution: cumulative, with a logarithmic tail, so that p50 and p99.9 are equally easy to read.

import type { DistributionData, Figure } from "../document/figure.ts";
import { formatAmount } from "../document/format_inline.ts";
import type { Chart } from "./chart.ts";
import {
  type Area,
  bottomAxis,
  drawLegend,
  framePlot,
  leftAxis,
  MARGIN,
  mostTicks,
  nameFigure,
  tickLabel,
  WIDTH,
} from "./frame.ts";
import { dataName, element, exact, fitText, hover, pathThrough } from "./svg.ts";
import { FONT, mark } from "./palette.ts";
import { logTicks, percentileTicks, type Projection, projectLog } from "./ticks.ts";

/** Points of a curve nearer to each other than this are drawn as one. */
const MIN_STEP = 2;
const PLOT_HEIGHT = 230;

type Curve = DistributionData["curves"][number];

/** Draws distributions: cumulative, with a logarithmic tail. */
export function drawDistribution(
  figure: Figure,
  { curves, histogram, what }: DistributionData,
): Chart {
  const legend = drawLegend(curves);
  const top = legend.bottom + 28;
  const area: Area = {
    left: MARGIN + 58,
    right: WIDTH - MARGIN - 10,
    top,
    bottom: top + PLOT_HEIGHT,
  };
  const mins = curves.map(({ minNs }) => Math.max(1, minNs));
  const maxs = curves.map(({ maxNs }) => Math.max(1, maxNs));
  const ticks = logTicks(Math.min(...mins), Math.max(...maxs), mostTicks(area));
  const x = projectLog(ticks, area.left, area.right);
  const most = Math.max(...curves.map(({ count }) => count));
  const decades = Math.max(1, Math.log10(most + 1));
  const y = tailProjection(decades, area);
  const percentiles = percentileTicks(decades);
  return framePlot(figure, area, {
    title: `Distribution of the ${what.toLowerCase()}`,
    description: `Cumulative distribution of the ${what.toLowerCase()} of ${nameFigure(figure)}. ` +
      curves.map((curve) => `${curve.name}: ${describeCurve(curve)}.`).join(" "),
    notes: [
      "All trials of a case pooled. Each nine upwards is ten times rarer. Further left is faster.",
    ],
    body: [
      ...leftAxis(
        area,
        percentiles,
        y,
        (p) => `${p} %`,
        fitText(`share of ${figure.operation}s within`, 250, FONT.small),
      ),
      ...bottomAxis(
        area,
        ticks.values,
        x,
        (ns) => tickLabel(ns, "ns"),
        `${what.toLowerCase()} (log scale)`,
      ),
      ...legend.elements,
      ...curves.map((curve) => drawCurve(curve, histogram, x, y)),
    ],
  });
}

/** Position of a percentile: the number of nines, so that 90, 99 and 99.9 % are equally far apart. */
function tailProjection(decades: number, { top, bottom }: Area): Projection {
  return (percentile) => {
    const nines = Math.min(-Math.log10(Math.max(1 - percentile / 100, 1e-12)), decades);
    return bottom - (Math.max(nines, 0) / decades) * (bottom - top);
  };
}

/** Where a value of rank r of n is drawn: at r / (n + 1), which leaves the largest a place. */
function plottingPercentile(rank: number, count: number): number {
  return (rank / (count + 1)) * 100;
}

function describeCurve({ percentiles, maxNs }: Curve): string {
  const at = (wanted: number) =>
    formatAmount(percentiles.find(({ percentile }) => percentile === wanted)?.ns ?? maxNs, "ns");
  return `half within ${at(50)}, 99 % within ${at(99)}, longest ${formatAmount(maxNs, "ns")}`;
}

function drawCurve(curve: Curve, histogram: string, x: Projection, y: Projection): string {
  const { look, name, trials, count, minNs, maxNs, steps } = curve;
  const points: (readonly [number, number])[] = [[x(Math.max(1, minNs)), y(0)]];
  for (const [index, { ns, seen }] of steps.entries()) {
    const [px, py] = points.at(-1) as readonly [number, number];
    const at = [x(Math.max(1, ns)), y(plottingPercentile(seen, count))] as const;
    const isLast = index === steps.length - 1;
    if (!isLast && Math.hypot(at[0] - px, at[1] - py) < MIN_STEP) continue;
    // Between two values far apart nothing was seen: a level line, not a slope.
    if (at[0] - px > 4) points.push([at[0], py]);
    points.push(at);
  }
  const marks = curve.percentiles.filter(({ isMarked }) => isMarked).map(({ percentile, ns }) =>
    element(
      "g",
      { "data-percentile": String(percentile), "data-value": exact(ns) },
      hover(`${name}: ${percentile} % within ${formatAmount(ns, "ns")}`),
      mark(x(Math.max(1, ns)), y(percentile), { shape: look, colour: look }),
    )
  );
  return element(
    "g",
    {
      "data-case": dataName(curve.case),
      "data-metric": histogram,
      "data-count": String(count),
      "data-low": exact(minNs),
      "data-high": exact(maxNs),
    },
    hover(`${name}: ${count} values of ${trials === 1 ? "1 trial" : `${trials} trials`}`),
    element("path", { class: `cu s${look} d${look}`, d: pathThrough(points) }),
    ...marks,
  );
}
