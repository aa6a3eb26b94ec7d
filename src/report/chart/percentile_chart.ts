/**
 * Percentiles with intervals: one row a case, from the median to the tail.
 *
 * @module
 */

import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import { derivationOf, METRIC_IDS, type MetricDefinition } from "../../units/metric.ts";
import { metricsOf } from "../../compare/trial_values.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import { groupBy } from "../group_by.ts";
import { placementKey } from "../document/format_placement.ts";
import type { Chart } from "./chart.ts";
import { type ChartContext, panelId, panelSubtitle, saySummary } from "./chart_context.ts";
import {
  type Area,
  BOTTOM_AXIS,
  bottomAxis,
  drawTicks,
  frame,
  MARGIN,
  mostTicks,
  tickLabel,
  TOP,
  WIDTH,
} from "./frame.ts";
import { fitText, textWidth } from "./label_text.ts";
import { FONT, mark } from "./palette.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./series.ts";
import { summaryData } from "./summary_data.ts";
import { element, hover, line, textAt } from "./svg.ts";
import { logTicks, type Projection, projectLog } from "./ticks.ts";

const CHARTED = new Set(["exchange", "connect"]);
/** Metrics of this chart, the percentiles of exchanges and connects from the median up, with the mark that stands for each. */
const SHAPES: ReadonlyMap<string, number> = new Map(
  METRIC_IDS.flatMap((id) => {
    const from = derivationOf(id);
    if (typeof from !== "object" || !("percentile" in from) || !CHARTED.has(from.of)) return [];
    const nines = Math.round(Math.log10(100 / (100 - from.percentile)));
    return from.percentile >= 50 && from.percentile < 100 ? [[id, nines] as const] : [];
  }),
);
const ROW = 21;
/** More rows than this are told apart with effort: they go into a further chart. */
const MOST_ROWS = 48;

interface Row {
  /** A heading stands for the rows below it and has no figures. */
  readonly heading: boolean;
  readonly label: string;
  readonly look: number;
  readonly summaries: readonly Summary[];
}

/**
 * Draws the percentiles of each scenario that measures them.
 *
 * @param context The record.
 * @returns One chart a scenario and placement, more where the cases are many.
 */
export function drawPercentiles(context: ChartContext): readonly Chart[] {
  return context.record.scenarios.flatMap((spec) => {
    const metrics = metricsOf(context.record, spec)
      .filter(({ id, unit }) => SHAPES.has(id) && unit === "ns");
    if (metrics.length === 0) return [];
    const panels = splitIntoPanels(context.record, spec);
    return [...groupBy(panels, placementKey).values()].flatMap((group) =>
      drawPlacement(context, group, metrics)
    );
  });
}

function drawPlacement(
  context: ChartContext,
  panels: readonly [Panel, ...Panel[]],
  metrics: readonly MetricDefinition[],
): readonly Chart[] {
  const blocks = panels.map((panel) => buildRows(context, panel, metrics))
    .filter((rows) => rows.length > 0);
  const cells = blocks.flat().filter(({ heading }) => !heading);
  if (cells.length === 0) return [];
  // A heading for every row says each thing twice.
  const rows = cells.length >= 1.5 * blocks.length
    ? blocks.flat()
    : blocks.flatMap((block) => joinHeading(block));
  const parts = splitEvenly(rows, MOST_ROWS).filter((part) => part.some((row) => !row.heading));
  const [first] = panels;
  return parts.map((part, index) => {
    const which = parts.length === 1 ? [] : [`part ${index + 1} of ${parts.length}`];
    return drawChart({ ...first, label: "", key: "" }, part, metrics, which);
  });
}

function buildRows(
  { looks, summaryOf }: ChartContext,
  panel: Panel,
  metrics: readonly MetricDefinition[],
): readonly Row[] {
  const rows = panel.series.flatMap((series): Row[] => {
    const [look = 0] = looks([series]);
    return series.cases.flatMap((one): Row[] => {
      const summaries = metrics.flatMap(({ id }) => summaryOf(one.id, id) ?? [])
        .filter(({ low }) => low > 0);
      return summaries.length === 0
        ? []
        : [{ heading: false, label: series.name, look, summaries }];
    });
  });
  return rows.length === 0 || panel.label === ""
    ? rows
    : [{ heading: true, label: panel.label, look: 0, summaries: [] }, ...rows];
}

function joinHeading([first, ...rows]: readonly Row[]): readonly Row[] {
  if (first === undefined || !first.heading) return first === undefined ? rows : [first, ...rows];
  return rows.map((row) => ({ ...row, label: `${row.label} · ${first.label}` }));
}

function drawChart(
  panel: Panel,
  rows: readonly Row[],
  metrics: readonly MetricDefinition[],
  which: readonly string[],
): Chart {
  const widest = Math.max(
    ...rows.map(({ label, heading }) => heading ? 0 : textWidth(label, FONT.label)),
  );
  const labels = Math.min(Math.max(widest, 40), 200) + 14;
  const top = TOP + 34;
  const area: Area = {
    left: MARGIN + labels + 8,
    right: WIDTH - MARGIN - 104,
    top,
    bottom: top + rows.length * ROW + 4,
  };
  const all = rows.flatMap(({ summaries }) => summaries);
  const ends = all.flatMap(({ low, high, twoSpeeds }) => [
    low,
    high,
    twoSpeeds?.fast.median ?? low,
    twoSpeeds?.slow.median ?? high,
  ]);
  const ticks = logTicks(Math.min(...ends), Math.max(...ends), mostTicks(area));
  const x = projectLog(ticks, area.left, area.right);
  const [headline] = metrics;
  const isFew = all.some(({ confidence }) => confidence < CONFIDENCE);
  const hasTwo = rows.some(({ summaries }) => summaries[0]?.twoSpeeds !== undefined);
  return frame({
    id: panelId(panel, "percentiles", ...which),
    kind: "percentiles",
    scenario: panel.spec.id,
    placement: panel.placement,
    title: `Percentiles by case: ${metrics.map(({ title }) => title).join(", ")}`,
    subtitle: panelSubtitle(panel, ...which),
    description: `Percentiles of ${panel.spec.id}, ${panelSubtitle(panel)}, each the median of ` +
      "the trials with its interval. " + describeRows(rows),
    bottom: area.bottom + BOTTOM_AXIS,
    notes: [
      "Each mark is the median across trials; the whisker is its 95 % interval, often narrower than the mark.",
      ...(isFew
        ? ["Where trials are too few for such an interval, the whisker is their range."]
        : []),
      ...(hasTwo
        ? [
          "Hollow marks: the trials met two speeds of the machine; both are shown in place of one median.",
        ]
        : []),
    ],
    body: [
      ...drawKey(metrics, area),
      textAt(WIDTH - MARGIN, area.top - 8, headline?.title ?? "", {
        class: "mu",
        "text-anchor": "end",
      }),
      ...bottomAxis(
        area,
        drawTicks(ticks.values, x, (ns) => tickLabel(ns, "ns"), "x"),
        "time (log scale)",
      ),
      ...rows.map((row, index) => drawRow(row, area.top + index * ROW + ROW / 2 + 2, area, x)),
    ],
  });
}

function describeRows(rows: readonly Row[]): string {
  let group = "";
  return rows.flatMap(({ heading, label, summaries }) => {
    if (heading) group = `, ${label}`;
    const [first] = summaries;
    return heading || first === undefined ? [] : [`${label}${group}: ${saySummary(first)}.`];
  }).join(" ");
}

function drawKey(metrics: readonly MetricDefinition[], { left, top }: Area): readonly string[] {
  let x = left;
  return metrics.flatMap(({ id, title }) => {
    const at = x;
    x += textWidth(title, FONT.small) + 28;
    return [
      mark(at + 4, top - 12, { shape: SHAPES.get(id) ?? 0, radius: 3.5 }),
      textAt(at + 13, top - 8, title, { class: "mu" }),
    ];
  });
}

function drawRow(row: Row, y: number, area: Area, x: Projection): string {
  const { label, look, summaries } = row;
  if (row.heading) {
    return textAt(MARGIN, y + 5, fitText(label, area.right - MARGIN, FONT.small), {
      class: "bo",
    });
  }
  const centres = summaries.flatMap(({ median, twoSpeeds }, index) =>
    index === 0 && twoSpeeds !== undefined
      ? [twoSpeeds.fast.median, twoSpeeds.slow.median]
      : [median]
  ).map(x);
  const [headline] = summaries as readonly [Summary, ...Summary[]];
  const two = headline.twoSpeeds;
  const value = two === undefined
    ? formatAmount(headline.median, headline.unit)
    : [two.fast.median, two.slow.median].map((speed) => formatAmount(speed, headline.unit))
      .join(" / ");
  return element(
    "g",
    { class: "row" },
    textAt(area.left - 12, y + 4, fitText(label, area.left - MARGIN - 12, FONT.label), {
      class: "la",
      "text-anchor": "end",
    }),
    line(Math.min(...centres), y, Math.max(...centres), y, {
      class: `s${look}`,
      "stroke-width": "2",
      "stroke-opacity": "0.45",
    }),
    // The median last, so that no whisker of a tail lies over it.
    ...summaries.map((summary, index) => drawSummary(summary, label, look, y, x, index === 0))
      .reverse(),
    textAt(WIDTH - MARGIN, y + 4, fitText(value, 100, FONT.small), { "text-anchor": "end" }),
  );
}

function drawSummary(
  summary: Summary,
  label: string,
  colour: number,
  y: number,
  x: Projection,
  isHeadline: boolean,
): string {
  const { metric, low, high, median, twoSpeeds } = summary;
  const shape = SHAPES.get(metric) ?? 0;
  const two = isHeadline ? twoSpeeds : undefined;
  const says = isHeadline ? saySummary(summary) : saySummary(withoutSpeeds(summary));
  return element(
    "g",
    summaryData(summary),
    hover(`${label}, ${metric}: ${says}`),
    ...(two === undefined
      ? [...whisker(x(low), x(high), y), mark(x(median), y, { shape, colour })]
      : [two.fast.median, two.slow.median].map((speed) =>
        mark(x(speed), y, { shape, colour, hollow: true })
      )),
  );
}

function withoutSpeeds(summary: Summary): Summary {
  const { twoSpeeds: _, ...rest } = summary;
  return rest;
}

/** An interval along a row. */
function whisker(low: number, high: number, y: number): readonly string[] {
  return high - low < 1 ? [] : [
    element("path", {
      class: "wh wm",
      d: `M${at(low)} ${at(y - 4)}V${at(y + 4)}M${at(low)} ${at(y)}H${at(high)}M${at(high)} ${
        at(y - 4)
      }V${at(y + 4)}`,
    }),
  ];
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
