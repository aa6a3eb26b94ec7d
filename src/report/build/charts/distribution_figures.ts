// Distributions of all operations of a case, pooled over its trials.

import { BUCKET_COUNT, bucketMidpointNs, RELATIVE_ERROR } from "../../../model/bucket_layout.ts";
import { type SparseHistogram, sparsePercentile } from "../../../model/sparse_histogram.ts";
import { type DistributionData, type Figure, MAX_SERIES } from "../../document/figure.ts";
import { type ChartContext, panelFigure, partName } from "./chart_context.ts";
import { type Panel, type Series, splitEvenly, splitIntoPanels } from "./panels.ts";

type Curve = DistributionData["curves"][number];

/** Distributions that can be drawn, in order of preference, and what they are distributions of. */
const NAMES: readonly (readonly [histogram: string, what: string])[] = [
  ["exchange", "Round-trip time"],
  ["connect", "Time to connect"],
];
/** Percentiles that carry a mark where an operation lies beyond them; the description gives the first and the third. */
const MARKED = [50, 90, 99, 99.9];

/**
 * The distribution of each panel of a scenario. One chart a panel, more where its series are many; none where the trials hold no
 * distribution.
 */
export function distributionFigures(context: ChartContext): readonly Figure[] {
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

function histogramsOf(
  { values }: ChartContext,
  { cases }: Series,
  name: string,
): readonly SparseHistogram[] {
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
  const parts = splitEvenly(filled, MAX_SERIES);
  return parts.map((part, index) => {
    const looks = context.looks(part);
    const curves = part.map((one, place) =>
      curveOf(one, histogramsOf(context, one, histogram), looks[place] ?? 0)
    );
    return panelFigure(
      panel,
      { kind: "cdf", histogram, what, curves },
      partName(index, parts.length),
    );
  });
}

function curveOf(
  { name, cases }: Series,
  list: readonly SparseHistogram[],
  look: number,
): Curve {
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
function cumulate(
  { min, max, buckets }: SparseHistogram,
): readonly Curve["steps"][number][] {
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
