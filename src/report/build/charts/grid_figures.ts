// A rate by two sizes: a grid of squares, one a transport.

import type { Case } from "../../../model/case.ts";
import type { ParameterSpec } from "../../../model/scenario_spec.ts";
import type { MetricDefinition } from "../../../units/metric.ts";
import { isRate } from "../../../units/unit.ts";
import type { Figure, GridData } from "../../document/figure.ts";
import { columnMetric } from "../blocks.ts";
import {
  chartAxis,
  type ChartContext,
  chartFigure,
  headlineOf,
  panelFigure,
  partName,
} from "./chart_context.ts";
import { type Panel, splitEvenly, splitIntoPanels } from "./panels.ts";

/** More columns than this leave no room for figures: they go into a further chart. */
const MAX_COLUMNS = 10;
/** More rows than this do not fit a screen. */
const MAX_ROWS = 16;

type Square = GridData["squares"][number];

/** The grid of each scenario that spans two numbers. One chart a transport; more where its rows or columns are many. */
export function gridFigures(context: ChartContext): readonly Figure[] {
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
  return parts.map(([down, across], index) =>
    panelFigure(
      panel,
      {
        kind: "heat-map",
        metric: columnMetric(metric),
        rowAxis: chartAxis(rowAxis),
        columnAxis: chartAxis(columnAxis),
        rows: down,
        columns: across,
        squares,
      },
      partName(index, parts.length),
    )
  );
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
