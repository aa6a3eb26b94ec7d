// The latency distribution: cumulative, with a logarithmic tail, so that p50 and p99.9 are equally easy to read.

import { BUCKET_COUNT, bucketMidpointNs, RELATIVE_ERROR } from "../../model/bucket_layout.ts";
import { type SparseHistogram, sparsePercentile } from "../../model/sparse_histogram.ts";
import { type Figure, MAX_SERIES } from "../document/figure.ts";
import { formatAmount } from "../document/format_inline.ts";
import type { Chart } from "./chart.ts";
import { type ChartContext, type ChartKind, figuresInParts } from "./chart_context.ts";
import {
  type Area,
  bottomAxis,
  drawLegend,
  framePlot,
  leftAxis,
  mostTicks,
  nameFigure,
  plotArea,
  tickLabel,
} from "./frame.ts";
import { FONT, mark } from "./palette.ts";
import { type Panel, type Series, splitIntoPanels } from "./panels.ts";
import { dataName, element, exact, fitText, hover, pathThrough } from "./svg.ts";
import { logTicks, percentileTicks, type Projection, projectLog } from "./ticks.ts";

/** `what`: as in `Round-trip time`; `steps`: how many operations took no longer; percentiles are marked where an operation lies beyond. */
export interface DistributionData {
  readonly kind: "cdf";
  readonly histogram: string;
  readonly what: string;
  readonly curves: readonly {
    readonly name: string;
    readonly case: string;
    readonly look: number;
    readonly trials: number;
    readonly count: number;
    readonly minNs: number;
    readonly maxNs: number;
    readonly steps: readonly { readonly ns: number; readonly seen: number }[];
    readonly percentiles: readonly {
      readonly percentile: number;
      readonly ns: number;
      readonly isMarked: boolean;
    }[];
  }[];
}

/** Distributions that can be drawn, in order of preference, and what they are distributions of. */
const NAMES: readonly (readonly [histogram: string, what: string])[] = [
  ["exchange", "Round-trip time"],
  ["connect", "Time to connect"],
];
/** Percentiles that carry a mark where an operation lies beyond them; the description gives the first and the third. */
const MARKED = [50, 90, 99, 99.9];

/** One chart a panel, more where its series are many; none where the trials hold no distribution. */
function distributionFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    const panels = splitIntoPanels(context.record, spec);
    const found = NAMES.find(([name]) =>
      panels.some((panel) =>
        panel.series.some((one) => histogramsOf(context, one, name).length > 0)
      )
    );
    return found === undefined ? [] : panels.flatMap((panel) => figuresOf(context, panel, found));
  });
}

function histogramsOf({ values }: ChartContext, { cases }: Series, name: string) {
  return cases.flatMap(({ id }) => values.succeeded(id)).flatMap(({ histograms }) =>
    Object.hasOwn(histograms, name) ? histograms[name] ?? [] : []
  ).filter(({ count }) => count > 0);
}

function figuresOf(
  context: ChartContext,
  panel: Panel,
  [histogram, what]: readonly [string, string],
): readonly Figure[] {
  const filled = panel.series.filter((one) => histogramsOf(context, one, histogram).length > 0);
  return figuresInParts(panel, filled, MAX_SERIES, (part): DistributionData => {
    const looks = context.looks(part);
    const curves = part.map((one, place) =>
      curveOf(one, histogramsOf(context, one, histogram), looks[place] ?? 0)
    );
    return { kind: "cdf", histogram, what, curves };
  });
}

function curveOf({ name, cases }: Series, list: readonly SparseHistogram[], look: number): Curve {
  const pooled = poolHistograms(list);
  const { count, min = 1, max = 1 } = pooled;
  return {
    name,
    case: cases[0]?.id ?? "",
    look,
    trials: list.length,
    count,
    minNs: min,
    maxNs: max,
    steps: cumulate(pooled),
    percentiles: MARKED.map((percentile) => ({
      percentile,
      ns: sparsePercentile(pooled, percentile) ?? max,
      isMarked: count * (1 - percentile / 100) >= 1,
    })),
  };
}

function poolHistograms(list: readonly SparseHistogram[]): SparseHistogram {
  const counts = new Float64Array(BUCKET_COUNT);
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const sparse of list) {
    let index = 0;
    for (let i = 0; i + 1 < sparse.buckets.length; i += 2) {
      index += sparse.buckets[i] as number;
      counts[index]! += sparse.buckets[i + 1] as number;
    }
    count += sparse.count;
    min = Math.min(min, sparse.min ?? Infinity);
    max = Math.max(max, sparse.max ?? -Infinity);
  }
  if (count === 0) return { relativeError: RELATIVE_ERROR, count: 0, buckets: [] };
  const buckets: number[] = [];
  let before = 0;
  for (let index = 0; index < BUCKET_COUNT; index++) {
    const times = counts[index] as number;
    if (times === 0) continue;
    buckets.push(index - before, times);
    before = index;
  }
  return { relativeError: RELATIVE_ERROR, count, min, max, buckets };
}

/** The cumulative distribution, one step a bucket. */
function cumulate({ min, max, buckets }: SparseHistogram) {
  if (min === undefined || max === undefined) return [];
  const steps: Curve["steps"][number][] = [];
  let index = 0;
  let seen = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i] as number;
    seen += buckets[i + 1] as number;
    steps.push({ ns: Math.min(Math.max(bucketMidpointNs(index), min), max), seen });
  }
  return steps;
}

/** Points of a curve nearer to each other than this are drawn as one. */
const MIN_STEP = 2;
const PLOT_HEIGHT = 230;

type Curve = DistributionData["curves"][number];

function drawDistribution(figure: Figure, { curves, histogram, what }: DistributionData): Chart {
  const legend = drawLegend(curves);
  const area = plotArea(legend.bottom + 28, PLOT_HEIGHT, 58, 10);
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

export const cdf: ChartKind<DistributionData> = {
  kind: "cdf",
  figures: distributionFigures,
  draw: drawDistribution,
};
