// The heat map: a rate by two sizes, each cell with its figure, so that colour only helps.

import type { Scale } from "../../units/scale.ts";
import type { ChartAxis, Figure, GridData } from "../document/figure.ts";
import { capitalize, chooseScale, formatAmount, formatNumber } from "../document/format_inline.ts";
import { formatKey } from "../document/format_key.ts";
import type { Chart } from "./chart.ts";
import { describeFigure, drawnValues, figureData } from "./figure_words.ts";
import { frameFigure, MARGIN, nameFigure, TOP, WIDTH } from "./frame.ts";
import { element, fitText, hover, textAt, textWidth } from "./svg.ts";
import { FONT, HEAT_STEPS } from "./palette.ts";

const ROW = 34;

type Square = GridData["squares"][number];

/** A grid with its colours, which are the same in all its parts. */
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

export function drawHeatMap(figure: Figure, data: GridData): Chart {
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
    title: `${
      capitalize(metric.title)
    } in ${scale.symbol}, by ${rowAxis.name} and ${columnAxis.name}`,
    description: `${metric.title} of ${nameFigure(figure)}, by ${rowAxis.description} ` +
      `and ${columnAxis.description}: from ${formatAmount(Math.min(...values), metric.unit)} to ` +
      `${formatAmount(Math.max(...values), metric.unit)}` +
      (best === undefined ? "." : `, highest at ${where(best)}.`),
    bottom: bottom + 34,
    notes: [
      `Medians across trials.${
        best === undefined ? "" : " The frame is around the highest median."
      }`,
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
