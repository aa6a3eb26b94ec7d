/**
 * The heat map: a rate by two sizes, each cell with its figure, so that colour only helps.
 *
 * @module
 */

import type { Summary } from "../../compare/summarize.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { Case } from "../../model/case.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import type { Scale } from "../../units/scale.ts";
import { chooseScale, formatAmount, formatNumber } from "../../units/format_quantity.ts";
import { formatParam } from "../describe_case.ts";
import type { Chart } from "./chart.ts";
import {
  type ChartContext,
  headlineOf,
  panelId,
  panelSubtitle,
  saySummary,
} from "./chart_context.ts";
import { frame, MARGIN, TOP, WIDTH } from "./frame.ts";
import { fitText, textWidth } from "./label_text.ts";
import { FONT, HEAT_STEPS } from "./palette.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./series.ts";
import { summaryData } from "./summary_data.ts";
import { element, hover, textAt } from "./svg.ts";

const ROW = 34;
/** More columns than this leave no room for figures: they go into a further chart. */
const MOST_COLUMNS = 10;
/** More rows than this do not fit a screen. */
const MOST_ROWS = 16;

interface Square {
  readonly row: number | string;
  readonly column: number | string;
  readonly summary: Summary;
}

interface Grid {
  readonly panel: Panel;
  readonly metric: MetricDefinition;
  readonly rowAxis: ParameterSpec;
  readonly columnAxis: ParameterSpec;
  readonly squares: readonly Square[];
  /** Breaks between the colours, in the metric's unit, rising; the same in all parts. */
  readonly breaks: readonly number[];
  readonly scale: Scale;
  readonly best: Square | undefined;
}

/**
 * Draws each scenario that spans a grid of two numbers, one chart a transport.
 *
 * @param context The record.
 * @returns The charts; more than one a panel where its rows or columns are many.
 */
export function drawHeatMaps(context: ChartContext): readonly Chart[] {
  return context.record.scenarios.flatMap((spec) => {
    const numeric = spec.parameters.filter(({ kind }) => kind !== "choice");
    const columnAxis = numeric.find(({ name }) => spec.columns.includes(name)) ?? numeric[1];
    const rowAxis = numeric.find((axis) => axis !== columnAxis);
    if (numeric.length !== 2 || columnAxis === undefined || rowAxis === undefined) return [];
    return splitIntoPanels(context.record, spec, [rowAxis.name, columnAxis.name])
      .flatMap((panel) => {
        const metric = headlineOf(context.record, panel);
        if (metric?.unit !== "bytes/s") return [];
        return panel.series.flatMap(({ name, cases }) => {
          const label = [name, panel.label].filter((text) => text !== "").join(", ");
          const key = [name, panel.key].filter((text) => text !== "").join("-");
          return drawGrid(context, { ...panel, label, key }, cases, metric, rowAxis, columnAxis);
        });
      });
  });
}

function drawGrid(
  { summaryOf }: ChartContext,
  panel: Panel,
  cases: readonly Case[],
  metric: MetricDefinition,
  rowAxis: ParameterSpec,
  columnAxis: ParameterSpec,
): readonly Chart[] {
  const squares = cases.flatMap((one): Square[] => {
    const [row, column] = [one.params[rowAxis.name], one.params[columnAxis.name]];
    const summary = summaryOf(one.id, metric.id);
    return row === undefined || column === undefined || summary === undefined
      ? []
      : [{ row, column, summary }];
  });
  if (squares.length === 0) return [];
  const values = squares.flatMap(({ summary }) => shownValues(summary));
  const grid: Grid = {
    panel,
    metric,
    rowAxis,
    columnAxis,
    squares,
    breaks: breaksOf(values),
    scale: chooseScale(values, metric.unit),
    best: findBest(squares, metric),
  };
  const rows = splitEvenly(sortValues(squares.map(({ row }) => row)), MOST_ROWS);
  const columns = splitEvenly(sortValues(squares.map(({ column }) => column)), MOST_COLUMNS);
  const parts = rows.flatMap((down) => columns.map((across) => [down, across] as const));
  return parts.map(([down, across], index) =>
    drawPart(
      grid,
      down,
      across,
      parts.length === 1 ? [] : [`part ${index + 1} of ${parts.length}`],
    )
  );
}

/** No cell that met two speeds can be called the best: neither is its own. */
function findBest(squares: readonly Square[], metric: MetricDefinition): Square | undefined {
  const sign = metric.better === "lower" ? 1 : -1;
  const [best] = [...squares].sort((a, b) => sign * (a.summary.median - b.summary.median));
  return best?.summary.twoSpeeds === undefined && squares.length > 1 ? best : undefined;
}

function shownValues({ median, twoSpeeds }: Summary): readonly number[] {
  return twoSpeeds === undefined ? [median] : [twoSpeeds.fast.median, twoSpeeds.slow.median];
}

/** Equal steps of the value from the lowest to the highest. */
function breaksOf(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return Array.from(
    { length: HEAT_STEPS - 1 },
    (_, index) => low + ((high - low) * (index + 1)) / HEAT_STEPS,
  );
}

function sortValues(values: readonly (number | string)[]): readonly (number | string)[] {
  return [...new Set(values)].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : 0
  );
}

function drawPart(
  grid: Grid,
  rows: readonly (number | string)[],
  columns: readonly (number | string)[],
  which: readonly string[],
): Chart {
  const { panel, metric, rowAxis, columnAxis, best, scale } = grid;
  const spec = panel.spec;
  const rowNames = rows.map((row) => formatParam(spec, rowAxis.name, row));
  const labels = Math.max(
    ...rowNames.map((name) => Math.min(textWidth(name, FONT.small), 120)),
    44,
  );
  const left = MARGIN + labels + 10;
  const top = TOP + 40;
  const width = Math.min((WIDTH - MARGIN - left) / columns.length, 96);
  const body = rows.flatMap((row, down) => [
    textAt(
      left - 8,
      top + down * ROW + ROW / 2 + 4,
      fitText(rowNames[down] ?? "", 120, FONT.small),
      {
        class: "mu",
        "text-anchor": "end",
      },
    ),
    ...columns.map((column, across) => {
      const square = grid.squares.find((one) => one.row === row && one.column === column);
      return drawSquare(grid, square, left + across * width, top + down * ROW, width);
    }),
  ]);
  const bottom = top + rows.length * ROW;
  const where = (square: Square) =>
    `${rowAxis.name} ${formatParam(spec, rowAxis.name, square.row)}, ` +
    `${columnAxis.name} ${formatParam(spec, columnAxis.name, square.column)}`;
  const hasTwo = grid.squares.some(({ summary }) => summary.twoSpeeds !== undefined);
  const summaries = grid.squares.flatMap(({ summary }) => shownValues(summary));
  return frame({
    id: panelId(panel, "heat-map", ...which),
    kind: "heat-map",
    scenario: spec.id,
    placement: panel.placement,
    title: `${metric.title.replace(/^[a-z]/, (c) => c.toUpperCase())} in ${scale.symbol}, by ` +
      `${rowAxis.name} and ${columnAxis.name}`,
    subtitle: panelSubtitle(panel, ...which),
    description:
      `${metric.title} of ${spec.id}, ${panelSubtitle(panel)}, by ${rowAxis.description} ` +
      `and ${columnAxis.description}: from ${
        formatAmount(Math.min(...summaries), metric.unit)
      } to ` +
      `${formatAmount(Math.max(...summaries), metric.unit)}` +
      (best === undefined ? "." : `, highest at ${where(best)}.`),
    bottom: bottom + 34,
    notes: [
      `Medians across trials.${
        best === undefined ? "" : " The frame is around the highest median."
      }`,
      ...(hasTwo
        ? [
          "Two figures: the trials met two speeds of the machine; both stand in place of one median.",
        ]
        : []),
    ],
    body: [
      textAt(MARGIN, top - 8, `${rowAxis.name} ↓`, { class: "mu" }),
      textAt(left, top - 26, `${columnAxis.name} → ${columnAxis.description}`, { class: "mu" }),
      ...columns.map((column, across) =>
        textAt(
          left + (across + 0.5) * width,
          top - 8,
          fitText(formatParam(spec, columnAxis.name, column), width - 4, FONT.small),
          { class: "mu", "text-anchor": "middle" },
        )
      ),
      ...body,
      ...drawBestFrame(grid, rows, columns, left, top, width),
      ...drawKey(grid, left, bottom + 12),
    ],
  });
}

function drawSquare(
  { breaks, scale, panel, rowAxis, columnAxis }: Grid,
  square: Square | undefined,
  x: number,
  y: number,
  width: number,
): string {
  const box = { x: x + 1, y: y + 1, width: width - 2, height: ROW - 2, rx: 3 };
  if (square === undefined) {
    return textAt(x + width / 2, y + ROW / 2 + 4, "–", { class: "mu", "text-anchor": "middle" });
  }
  const { summary } = square;
  const step = breaks.filter((limit) => summary.median >= limit).length;
  const figures = shownValues(summary).map((value) => formatNumber(value / scale.divisor, 3));
  const text = { class: `t${step}`, "text-anchor": "middle" };
  const middle = x + width / 2;
  const name = (axis: ParameterSpec, value: number | string) =>
    `${axis.name} ${formatParam(panel.spec, axis.name, value)}`;
  return element(
    "g",
    summaryData(summary),
    hover(
      `${name(rowAxis, square.row)}, ${name(columnAxis, square.column)}: ${saySummary(summary)}`,
    ),
    element("rect", { class: `h${step}`, ...box }),
    ...figures.map((figure, index) =>
      textAt(
        middle,
        y + ROW / 2 + 4 + (figures.length === 1 ? 0 : index * 13 - 6.5),
        fitText(figure, width - 4, FONT.small),
        text,
      )
    ),
  );
}

function drawBestFrame(
  { best }: Grid,
  rows: readonly (number | string)[],
  columns: readonly (number | string)[],
  left: number,
  top: number,
  width: number,
): readonly string[] {
  if (best === undefined) return [];
  const [down, across] = [rows.indexOf(best.row), columns.indexOf(best.column)];
  if (down < 0 || across < 0) return [];
  return [element("rect", {
    class: "be re",
    x: left + across * width + 1,
    y: top + down * ROW + 1,
    width: width - 2,
    height: ROW - 2,
    rx: 3,
  })];
}

/** The colours from lowest to highest. */
function drawKey({ squares, scale, metric }: Grid, x: number, y: number): readonly string[] {
  const values = squares.flatMap(({ summary }) => shownValues(summary));
  const say = (value: number) => `${formatNumber(value / scale.divisor, 3)} ${scale.symbol}`.trim();
  const low = say(Math.min(...values));
  const start = x + textWidth(low, FONT.small) + 8;
  const better = metric.better === "neither" ? "" : `, ${metric.better} is better`;
  return [
    textAt(x, y + 10, low, { class: "mu" }),
    ...Array.from(
      { length: HEAT_STEPS },
      (_, step) =>
        element("rect", { class: `h${step}`, x: start + step * 18, y, width: 18, height: 12 }),
    ),
    textAt(start + HEAT_STEPS * 18 + 8, y + 10, say(Math.max(...values)) + better, {
      class: "mu",
    }),
  ];
}
