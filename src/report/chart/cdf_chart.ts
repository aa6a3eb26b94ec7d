/**
 * The latency distribution: cumulative, with a logarithmic tail, so that p50 and p99.9 are equally easy to read.
 *
 * @module
 */

import { type SparseHistogram, sparsePercentile } from "../../model/sparse_histogram.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import type { Chart } from "./chart.ts";
import { type ChartContext, panelId, panelSubtitle } from "./chart_context.ts";
import {
  type Area,
  BOTTOM_AXIS,
  bottomAxis,
  drawTicks,
  frame,
  leftAxis,
  MARGIN,
  mostTicks,
  tickLabel,
  TOP,
  WIDTH,
} from "./frame.ts";
import { dataName, fitText, textWidth } from "./label_text.ts";
import { FONT, mark, MOST_SERIES } from "./palette.ts";
import { cumulate, poolHistograms } from "./pool_histograms.ts";
import { type Panel, type Series, splitEvenly, splitIntoPanels } from "./series.ts";
import { element, exact, hover, pathThrough, position, textAt } from "./svg.ts";
import { logTicks, percentileTicks, type Projection, projectLog } from "./ticks.ts";

/** Distributions that can be drawn, in order of preference, and what they are distributions of. */
const NAMES: readonly (readonly [histogram: string, what: string])[] = [
  ["exchange", "Round-trip time"],
  ["connect", "Time to connect"],
];
/** Percentiles that carry a mark. */
const MARKED = [50, 90, 99, 99.9];
/** Points of a curve nearer to each other than this are drawn as one. */
const LEAST_STEP = 2;
const LABEL_LINE = 16;
const PLOT_HEIGHT = 230;

interface Curve {
  readonly name: string;
  readonly caseId: string;
  readonly look: number;
  readonly trials: number;
  readonly pooled: SparseHistogram;
}

/**
 * Draws the distribution of each panel of a scenario.
 *
 * @param context The record.
 * @param panels The scenario's panels.
 * @returns One chart a panel, more where its series are many; none where the trials hold no distribution.
 */
export function drawCdfs(context: ChartContext): readonly Chart[] {
  return context.record.scenarios.flatMap((spec) => {
    const panels = splitIntoPanels(context.record, spec);
    const found = NAMES.find(([name]) =>
      panels.some((panel) =>
        panel.series.some((one) => histogramsOf(context, one, name).length > 0)
      )
    );
    if (found === undefined) return [];
    return panels.flatMap((panel) => drawPanel(context, panel, found));
  });
}

function histogramsOf(
  { values }: ChartContext,
  { cases }: Series,
  name: string,
): readonly SparseHistogram[] {
  return cases.flatMap(({ id }) => values.succeeded(id)).flatMap(({ histograms }) =>
    Object.hasOwn(histograms, name) ? histograms[name] ?? [] : []
  ).filter(({ count }) => count > 0);
}

function drawPanel(
  context: ChartContext,
  panel: Panel,
  [name, what]: readonly [string, string],
): readonly Chart[] {
  const filled = panel.series.filter((one) => histogramsOf(context, one, name).length > 0);
  const parts = splitEvenly(filled, MOST_SERIES);
  return parts.map((part, index) => {
    const looks = context.looks(part);
    const curves = part.map((one, place): Curve => {
      const list = histogramsOf(context, one, name);
      return {
        name: one.name,
        caseId: one.cases[0]?.id ?? "",
        look: looks[place] ?? 0,
        trials: list.length,
        pooled: poolHistograms(list),
      };
    });
    const which = parts.length === 1 ? [] : [`part ${index + 1} of ${parts.length}`];
    return drawChart(panel, curves, name, what, which);
  });
}

function drawChart(
  panel: Panel,
  curves: readonly Curve[],
  histogram: string,
  what: string,
  which: readonly string[],
): Chart {
  const widest = Math.max(...curves.map((curve) => textWidth(curve.name, FONT.label)));
  const labelWidth = Math.min(widest, 150) + 26;
  const top = TOP + 12 + curves.length * LABEL_LINE;
  const area: Area = {
    left: MARGIN + 58,
    right: WIDTH - MARGIN - labelWidth,
    top,
    bottom: top + PLOT_HEIGHT,
  };
  const mins = curves.map(({ pooled }) => Math.max(1, pooled.min ?? 1));
  const maxs = curves.map(({ pooled }) => Math.max(1, pooled.max ?? 1));
  const ticks = logTicks(Math.min(...mins), Math.max(...maxs), mostTicks(area));
  const x = projectLog(ticks, area.left, area.right);
  const most = Math.max(...curves.map(({ pooled }) => pooled.count));
  const decades = Math.max(1, Math.log10(most + 1));
  const y = tailProjection(decades, area);
  const ends = curves.map((curve) => endOf(curve, x, y));
  const percentiles = percentileTicks(decades);
  const p99 = (curve: Curve) => sparsePercentile(curve.pooled, 99) ?? 0;
  return frame({
    id: panelId(panel, "cdf", ...which),
    kind: "cdf",
    scenario: panel.spec.id,
    placement: panel.placement,
    title: `Distribution of the ${what.toLowerCase()}`,
    subtitle: panelSubtitle(panel, ...which),
    description: `Cumulative distribution of the ${what.toLowerCase()} of ${panel.spec.id}, ` +
      `${panelSubtitle(panel)}. ` + curves.map((curve) =>
        `${curve.name}: half within ${
          formatAmount(sparsePercentile(curve.pooled, 50) ?? 0, "ns")
        }, ` +
        `99 % within ${formatAmount(p99(curve), "ns")}, longest ${
          formatAmount(curve.pooled.max ?? 0, "ns")
        }.`
      ).join(" "),
    bottom: area.bottom + BOTTOM_AXIS,
    notes: [
      "All trials of a case pooled. Each nine upwards is ten times rarer. Further left is faster.",
    ],
    body: [
      ...leftAxis(
        area,
        drawTicks(percentiles, y, (p) =>
          `${p} %`, "y"),
        fitText(`share of ${panel.spec.operation}s within`, 250, FONT.small),
      ),
      ...bottomAxis(
        area,
        drawTicks(ticks.values, x, (ns) => tickLabel(ns, "ns"), "x"),
        `${what.toLowerCase()} (log scale)`,
      ),
      ...drawLeaders(curves, ends, area, labelWidth),
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

function endOf({ pooled }: Curve, x: Projection, y: Projection): readonly [number, number] {
  return [x(pooled.max ?? 1), y(plottingPercentile(pooled.count, pooled.count))];
}

function drawCurve(curve: Curve, histogram: string, x: Projection, y: Projection): string {
  const { pooled, look, name, caseId, trials } = curve;
  const steps = cumulate(pooled);
  const points: (readonly [number, number])[] = [[
    x(Math.max(1, pooled.min ?? 1)),
    y(0),
  ]];
  for (const [index, { ns, seen }] of steps.entries()) {
    const [px, py] = points.at(-1) as readonly [number, number];
    const at = [x(Math.max(1, ns)), y(plottingPercentile(seen, pooled.count))] as const;
    const isLast = index === steps.length - 1;
    if (!isLast && Math.hypot(at[0] - px, at[1] - py) < LEAST_STEP) continue;
    // Between two values far apart nothing was seen: a level line, not a slope.
    if (at[0] - px > 4) points.push([at[0], py]);
    points.push(at);
  }
  const marks = MARKED.filter((p) => pooled.count * (1 - p / 100) >= 1).map((p) => {
    const ns = sparsePercentile(pooled, p) as number;
    return element(
      "g",
      { "data-percentile": String(p), "data-value": exact(ns) },
      hover(`${name}: ${p} % within ${formatAmount(ns, "ns")}`),
      mark(x(Math.max(1, ns)), y(p), { shape: look, colour: look }),
    );
  });
  return element(
    "g",
    {
      "data-case": dataName(caseId),
      "data-metric": histogram,
      "data-count": String(pooled.count),
      "data-low": exact(pooled.min ?? 0),
      "data-high": exact(pooled.max ?? 0),
    },
    hover(`${name}: ${pooled.count} values of ${trials === 1 ? "1 trial" : `${trials} trials`}`),
    element("path", { class: `cu s${look} d${look}`, d: pathThrough(points) }),
    ...marks,
  );
}

/**
 * Leads the end of each curve to its name: up and to the right. The curve that ends furthest left has the highest name, so
 * that no two leaders cross.
 */
function drawLeaders(
  curves: readonly Curve[],
  ends: readonly (readonly [number, number])[],
  area: Area,
  labelWidth: number,
): readonly string[] {
  const order = curves.map((_, index) => index)
    .sort((a, b) => (ends[a]?.[0] ?? 0) - (ends[b]?.[0] ?? 0) || a - b);
  const left = area.right + 8;
  return order.flatMap((index, rank) => {
    const [x, y] = ends[index] as readonly [number, number];
    const { look, name } = curves[index] as Curve;
    const height = area.top - 14 - (curves.length - 1 - rank) * LABEL_LINE;
    return [
      element("path", {
        class: `ld s${look}`,
        "stroke-opacity": "0.55",
        d: `M${position(x)} ${position(y)}V${position(height)}H${position(left - 2)}`,
      }),
      mark(left + 4, height, { shape: look, colour: look, radius: 3.5 }),
      textAt(left + 13, height + 4, fitText(name, labelWidth - 20, FONT.label), {
        class: `la l${look}`,
      }),
    ];
  });
}
