// The heat map: a rate by two sizes, each cell with its figure, so that colour only helps.

import type { Case } from "../../model/case.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import type { Scale } from "../../units/scale.ts";
import { isRate } from "../../units/unit.ts";
import { columnMetric } from "../build/blocks.ts";
import type { ChartAxis, ChartFigure, Figure } from "../document/figure.ts";
import type { ColumnMetric } from "../document/table.ts";
import { capitalize, chooseScale, formatAmount, formatNumber } from "../document/format_inline.ts";
import { formatKey } from "../document/format_key.ts";
import type { Chart } from "./chart.ts";
import type { ChartContext, ChartKind } from "./chart_context.ts";
import { chartAxis, chartFigure, headlineOf, panelFigure, partName } from "./chart_context.ts";
import { describeFigure, drawnValues, figureData } from "./figure_words.ts";
import { frameFigure, MARGIN, nameFigure, TOP, WIDTH } from "./frame.ts";
import { FONT, HEAT_STEPS } from "./palette.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";
import { element, fitText, hover, textAt, textWidth } from "./svg.ts";

/** `squares`: of the grid's other parts, too, so that colours mean the same in all; there may be no best one. */
export interface GridData {
  readonly kind: "heat-map";
  readonly metric: ColumnMetric;
  readonly rowAxis: ChartAxis;
  readonly columnAxis: ChartAxis;
  readonly rows: readonly (number | string)[];
  readonly columns: readonly (number | string)[];
  readonly squares: readonly {
    readonly row: number | string;
    readonly column: number | string;
    readonly figure: ChartFigure;
    readonly isBest: boolean;
  }[];
}

/** More columns than this leave no room for figures: they go into a further chart. */
const MAX_COLUMNS = 10;
/** More rows than this do not fit a screen. */
const MAX_ROWS = 16;

/** The grid of each scenario that spans two numbers. One chart a transport; more where its rows or columns are many. */
function gridFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    const numeric = spec.parameters.filter(({ kind }) => kind !== "choice");
    const columnAxis = numeric.find(({ name }) => spec.columns.includes(name)) ?? numeric[1];
    const rowAxis = numeric.find((axis) => axis !== columnAxis);
    if (numeric.length !== 2 || columnAxis === undefined || rowAxis === undefined) return [];
    return splitIntoPanels(context.record, spec, [rowAxis.name, columnAxis.name])
      .flatMap((panel) => {
        const metric = headlineOf(context.record, panel);
        if (metric === undefined || !isRate(metric.unit)) return [];
        return panel.series.flatMap(({ name, cases }) => {
          const label = [name, panel.label].filter((text) => text !== "").join(", ");
          const key = [name, panel.key].filter((text) => text !== "").join("-");
          return figuresOf(context, { ...panel, label, key }, cases, metric, rowAxis, columnAxis);
        });
      });
  });
}

function figuresOf(
  { summaryOf }: ChartContext,
  panel: Panel,
  cases: readonly Case[],
  metric: MetricDefinition,
  rowAxis: ParameterSpec,
  columnAxis: ParameterSpec,
): readonly Figure[] {
  const found = cases.flatMap((one): Square[] => {
    const [row, column] = [one.params[rowAxis.name], one.params[columnAxis.name]];
    const summary = summaryOf(one.id, metric.id);
    return row === undefined || column === undefined || summary === undefined
      ? []
      : [{ row, column, figure: chartFigure(summary), isBest: false }];
  });
  if (found.length === 0) return [];
  const best = findBest(found, metric);
  const squares = found.map((one) => ({ ...one, isBest: one === best }));
  const rows = splitEvenly(sortValues(squares.map(({ row }) => row)), MAX_ROWS);
  const columns = splitEvenly(sortValues(squares.map(({ column }) => column)), MAX_COLUMNS);
  const parts = rows.flatMap((down) => columns.map((across) => [down, across] as const));
  return parts.map(([rows, columns], index) => {
    const data: GridData = {
      kind: "heat-map",
      metric: columnMetric(metric),
      rowAxis: chartAxis(rowAxis),
      columnAxis: chartAxis(columnAxis),
      rows,
      columns,
      squares,
    };
    return panelFigure(panel, data, partName(index, parts.length));
  });
}

/** No cell whose trials fell into two groups can be called the best: neither is its own. */
function findBest(squares: readonly Square[], metric: MetricDefinition): Square | undefined {
  const sign = metric.better === "lower" ? 1 : -1;
  const [best] = squares.toSorted((a, b) => sign * (a.figure.value - b.figure.value));
  return best?.figure.modes === undefined && squares.length > 1 ? best : undefined;
}

function sortValues(values: readonly (number | string)[]): readonly (number | string)[] {
  return [...new Set(values)].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : 0
  );
}

const ROW = 34;

type Square = GridData["squares"][number];

interface Grid extends GridData {
  readonly values: readonly number[];
  /** Breaks between the colours, in the metric's unit, rising. */
  readonly breaks: readonly number[];
  readonly scale: Scale;
}

/** Equal steps of the value from the lowest to the highest. */
function breaksOf(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return Array.from(
    { length: HEAT_STEPS - 1 },
    (_, index) => low + ((high - low) * (index + 1)) / HEAT_STEPS,
  );
}

function drawHeatMap(figure: Figure, data: GridData): Chart {
  const { metric, rowAxis, columnAxis, rows, columns, squares } = data;
  const values = squares.flatMap(({ figure }) => drawnValues(figure));
  const scale = chooseScale(values, metric.unit);
  const grid: Grid = { ...data, values, scale, breaks: breaksOf(values) };
  const best = squares.find(({ isBest }) => isBest);
  const rowNames = rows.map((row) => nameValue(rowAxis, row));
  const labels = Math.max(44, ...rowNames.map((row) => Math.min(textWidth(row, FONT.small), 120)));
  const left = MARGIN + labels + 10;
  const top = TOP + 40;
  const width = Math.min((WIDTH - MARGIN - left) / columns.length, 96);
  const bottom = top + rows.length * ROW;
  const where = (square: Square) =>
    `${rowAxis.name} ${nameValue(rowAxis, square.row)}, ` +
    `${columnAxis.name} ${nameValue(columnAxis, square.column)}`;
  const hasTwo = squares.some(({ figure }) => figure.modes !== undefined);
  return frameFigure(figure, {
    title: `${capitalize(metric.title)} ` +
      `in ${scale.symbol}, by ${rowAxis.name} and ${columnAxis.name}`,
    description: `${metric.title} of ${nameFigure(figure)}, by ${rowAxis.description} ` +
      `and ${columnAxis.description}: from ${formatAmount(Math.min(...values), metric.unit)} to ` +
      `${formatAmount(Math.max(...values), metric.unit)}` +
      (best === undefined ? "." : `, highest at ${where(best)}.`),
    bottom: bottom + 34,
    notes: [
      "Medians " +
      `across trials.${best === undefined ? "" : " The frame is around the highest median."}`,
      ...(hasTwo
        ? ["Two figures: the trials are bimodal; both modes stand in place of one median."]
        : []),
    ],
    body: [
      textAt(MARGIN, top - 8, `${rowAxis.name} ↓`, { class: "mu" }),
      textAt(left, top - 26, `${columnAxis.name} → ${columnAxis.description}`, { class: "mu" }),
      ...columns.map((column, across) =>
        textAt(
          left + (across + 0.5) * width,
          top - 8,
          fitText(nameValue(columnAxis, column), width - 4, FONT.small),
          { class: "mu", "text-anchor": "middle" },
        )
      ),
      ...drawRows(grid, rowNames, left, top, width),
      ...drawBestFrame(best, rows, columns, left, top, width),
      ...drawKey(grid, left, bottom + 12),
    ],
  });
}

function drawRows(
  grid: Grid,
  rowNames: readonly string[],
  left: number,
  top: number,
  width: number,
): readonly string[] {
  const { rows, columns, squares } = grid;
  return rows.flatMap((row, down) => [
    textAt(
      left - 8,
      top + down * ROW + ROW / 2 + 4,
      fitText(rowNames[down] ?? "", 120, FONT.small),
      { class: "mu", "text-anchor": "end" },
    ),
    ...columns.map((column, across) => {
      const square = squares.find((one) => one.row === row && one.column === column);
      return drawSquare(grid, square, left + across * width, top + down * ROW, width);
    }),
  ]);
}

function drawSquare(
  { breaks, scale, rowAxis, columnAxis }: Grid,
  square: Square | undefined,
  x: number,
  y: number,
  width: number,
): string {
  const box = { x: x + 1, y: y + 1, width: width - 2, height: ROW - 2, rx: 3 };
  if (square === undefined) {
    return textAt(x + width / 2, y + ROW / 2 + 4, "–", { class: "mu", "text-anchor": "middle" });
  }
  const { figure } = square;
  const step = breaks.filter((limit) => figure.value >= limit).length;
  const figures = drawnValues(figure).map((value) => formatNumber(value / scale.divisor, 3));
  const text = { class: `t${step}`, "text-anchor": "middle" };
  const middle = x + width / 2;
  const name = (axis: ChartAxis, value: number | string) =>
    `${axis.name} ${nameValue(axis, value)}`;
  return element(
    "g",
    figureData(figure),
    hover(
      `${name(rowAxis, square.row)}, ${name(columnAxis, square.column)}: ${describeFigure(figure)}`,
    ),
    element("rect", { class: `h${step}`, ...box }),
    ...figures.map((words, index) =>
      textAt(
        middle,
        y + ROW / 2 + 4 + (figures.length === 1 ? 0 : index * 13 - 6.5),
        fitText(words, width - 4, FONT.small),
        text,
      )
    ),
  );
}

function drawBestFrame(
  best: Square | undefined,
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

function drawKey({ values, scale, metric }: Grid, x: number, y: number): readonly string[] {
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
    textAt(start + HEAT_STEPS * 18 + 8, y + 10, say(Math.max(...values)) + better, { class: "mu" }),
  ];
}

/** A value of an axis as readers write it. */
function nameValue({ name, unit }: ChartAxis, value: number | string): string {
  return formatKey({ factor: name, value, ...(unit === undefined ? {} : { unit }) });
}

export const heatMap: ChartKind<GridData> = {
  kind: "heat-map",
  figures: gridFigures,
  draw: drawHeatMap,
};
