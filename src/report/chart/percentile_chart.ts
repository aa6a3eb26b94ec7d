// Percentiles with intervals: one row a case, from the median to the tail.

import { derivationOf } from "../../units/metric.ts";
import type { ChartFigure, Figure, PercentileData } from "../document/figure.ts";
import { formatAmount } from "../document/format_inline.ts";
import type { ColumnMetric } from "../document/table.ts";
import type { Chart } from "./chart.ts";
import { describeFigure, drawnValues, endsOf, figureData, intervalNotes } from "./figure_words.ts";
import { type Area, bottomAxis, framePlot, nameFigure } from "./frame.ts";
import { MARGIN, mostTicks, tickLabel, TOP, WIDTH } from "./frame.ts";
import { element, fitText, hover, line, textAt, textWidth, whisker } from "./svg.ts";
import { FONT, mark } from "./palette.ts";
import { logTicks, type Projection, projectLog } from "./ticks.ts";

const ROW = 21;

type Row = PercentileData["rows"][number];

/** The mark of a percentile: one shape for each nine. */
function shapeOf(metric: string): number {
  const from = derivationOf(metric);
  return typeof from === "object" && "percentile" in from
    ? Math.round(Math.log10(100 / (100 - from.percentile)))
    : 0;
}

export function drawPercentiles(figure: Figure, { rows, metrics }: PercentileData): Chart {
  const widest = Math.max(
    ...rows.map(({ label, figures }) => figures.length === 0 ? 0 : textWidth(label, FONT.label)),
  );
  const labels = Math.min(Math.max(widest, 40), 200) + 14;
  const top = TOP + 34;
  const area: Area = {
    left: MARGIN + labels + 8,
    right: WIDTH - MARGIN - 104,
    top,
    bottom: top + rows.length * ROW + 4,
  };
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

function drawMark(
  figure: ChartFigure,
  label: string,
  colour: number,
  y: number,
  x: Projection,
): string {
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
