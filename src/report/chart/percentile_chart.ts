// Percentiles with intervals: one row a case, from the median to the tail.

import { metricsOf } from "../../compare/trial_values.ts";
import { derivationOf, type MetricDefinition } from "../../units/metric.ts";
import { columnMetric } from "../build/blocks.ts";
import type { ChartFigure, Figure } from "../document/figure.ts";
import { formatAmount } from "../document/format_inline.ts";
import { namePlacement, placementKey } from "../document/format_key.ts";
import type { ColumnMetric } from "../document/table.ts";
import type { Chart } from "./chart.ts";
import type { ChartContext, ChartKind } from "./chart_context.ts";
import { chartFigure, panelFigure, partName } from "./chart_context.ts";
import { describeFigure, drawnValues, endsOf, figureData, intervalNotes } from "./figure_words.ts";
import {
  type Area,
  bottomAxis,
  framePlot,
  MARGIN,
  mostTicks,
  nameFigure,
  plotArea,
  tickLabel,
  TOP,
  WIDTH,
} from "./frame.ts";
import { FONT, mark } from "./palette.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";
import { element, fitText, hover, line, textAt, textWidth, whisker } from "./svg.ts";
import { logTicks, type Projection, projectLog } from "./ticks.ts";

/** Several percentiles of each case, a row each. The headline first; a row without figures is the heading of those below it. */
export interface PercentileData {
  readonly kind: "percentiles";
  readonly metrics: readonly ColumnMetric[];
  readonly rows: readonly {
    readonly label: string;
    readonly look: number;
    readonly figures: readonly ChartFigure[];
  }[];
}

const CHARTED = new Set(["exchange", "connect"]);
/** More rows than this are told apart with effort: they go into a further chart. */
const MAX_ROWS = 48;

/** The percentiles of each scenario that measures them. One chart a scenario, more where the cases are many. */
function percentileFigures(context: ChartContext): readonly Figure[] {
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
  return parts.map((part, index) => {
    const data: PercentileData = { kind: "percentiles", metrics: used, rows: part };
    return panelFigure(joined, data, partName(index, parts.length));
  });
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

const ROW = 21;

type Row = PercentileData["rows"][number];

/** The mark of a percentile: one shape for each nine. */
function shapeOf(metric: string): number {
  const from = derivationOf(metric);
  return typeof from === "object" && "percentile" in from
    ? Math.round(Math.log10(100 / (100 - from.percentile)))
    : 0;
}

function drawPercentiles(figure: Figure, { rows, metrics }: PercentileData): Chart {
  const widest = Math.max(
    ...rows.map(({ label, figures }) => figures.length === 0 ? 0 : textWidth(label, FONT.label)),
  );
  const labels = Math.min(Math.max(widest, 40), 200) + 14;
  const area = plotArea(TOP + 34, rows.length * ROW + 4, labels + 8, 104);
  const all = rows.flatMap(({ figures }) => figures);
  const ends = all.flatMap(endsOf);
  const ticks = logTicks(Math.min(...ends), Math.max(...ends), mostTicks(area));
  const x = projectLog(ticks, area.left, area.right);
  const [headline] = metrics;
  return framePlot(figure, area, {
    title: `Percentiles by case: ${metrics.map(({ title }) => title).join(", ")}`,
    description: `Percentiles of ${nameFigure(figure)}, each the median of ` +
      "the trials with its interval. " + describeRows(rows),
    notes: [
      "Each mark is the median across trials; the whisker is its 95 % interval, often narrower than the mark.",
      ...intervalNotes(
        all,
        "Hollow marks: the trials are bimodal; both modes are shown in place of one median.",
      ),
    ],
    body: [
      ...drawKey(metrics, area),
      textAt(WIDTH - MARGIN, area.top - 8, headline?.title ?? "", {
        class: "mu",
        "text-anchor": "end",
      }),
      ...bottomAxis(area, ticks.values, x, (ns) => tickLabel(ns, "ns"), "time (log scale)"),
      ...rows.map((row, index) => drawRow(row, area.top + index * ROW + ROW / 2 + 2, area, x)),
    ],
  });
}

function describeRows(rows: readonly Row[]): string {
  let group = "";
  return rows.flatMap(({ label, figures: [first] }) => {
    if (first === undefined) group = `, ${label}`;
    return first === undefined ? [] : [`${label}${group}: ${describeFigure(first)}.`];
  }).join(" ");
}

function drawKey(metrics: readonly ColumnMetric[], { left, top }: Area): readonly string[] {
  let x = left;
  return metrics.flatMap(({ id, title }) => {
    const at = x;
    x += textWidth(title, FONT.small) + 28;
    return [
      mark(at + 4, top - 12, { shape: shapeOf(id), radius: 3.5 }),
      textAt(at + 13, top - 8, title, { class: "mu" }),
    ];
  });
}

function drawRow(row: Row, y: number, area: Area, x: Projection): string {
  const { label, look, figures } = row;
  const [headline] = figures;
  if (headline === undefined) {
    return textAt(MARGIN, y + 5, fitText(label, area.right - MARGIN, FONT.small), { class: "bo" });
  }
  const centres = figures.flatMap(drawnValues).map(x);
  const value = drawnValues(headline).map((one) => formatAmount(one, headline.unit)).join(" / ");
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
    ...figures.map((one) => drawMark(one, label, look, y, x)).reverse(),
    textAt(WIDTH - MARGIN, y + 4, fitText(value, 100, FONT.small), { "text-anchor": "end" }),
  );
}

function drawMark(figure: ChartFigure, label: string, colour: number, y: number, x: Projection) {
  const { metric, low, high, modes } = figure;
  const shape = shapeOf(metric);
  return element(
    "g",
    figureData(figure),
    hover(`${label}, ${metric}: ${describeFigure(figure)}`),
    ...(modes === undefined && x(high) - x(low) >= 1 ? [whisker(x(low), x(high), y, "wh wm")] : []),
    ...drawnValues(figure).map((value) =>
      mark(x(value), y, { shape, colour, ...(modes === undefined ? {} : { hollow: true }) })
    ),
  );
}

export const percentiles: ChartKind<PercentileData> = {
  kind: "percentiles",
  figures: percentileFigures,
  draw: drawPercentiles,
};
