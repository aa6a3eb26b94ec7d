// ChartContext: what every chart of a record needs, computed once.

import type { Summary } from "../../compare/summarize.ts";
import { findMetric, type TrialValues } from "../../compare/trial_values.ts";
import type { Placement } from "../../model/placement.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import { figureCell } from "../build/blocks.ts";
import { evaluate } from "../build/evaluation.ts";
import type { ChartAxis, ChartData, ChartFigure, Figure } from "../document/figure.ts";
import { namePlacement } from "../document/format_key.ts";
import type { Chart } from "./chart.ts";
import { assignLooks, type LookOf, type Panel, splitEvenly } from "./panels.ts";

export interface ChartContext {
  readonly record: RunRecord;
  readonly values: TrialValues;
  readonly looks: LookOf;
  summaryOf(caseId: string, metricId: string): Summary | undefined;
}

export function openContext(record: RunRecord): ChartContext {
  const { values, summaryOf } = evaluate(record);
  return {
    record,
    values,
    looks: assignLooks(record),
    summaryOf: (caseId, metricId) => {
      const summary = summaryOf(caseId, metricId);
      return summary !== undefined && isDrawable(summary) ? summary : undefined;
    },
  };
}

/** The middle of two damaged values may be infinite; it has no place in a picture. */
function isDrawable({ median, low, high, bimodality }: Summary): boolean {
  const { fast, slow } = bimodality ?? {};
  return [median, low, high, fast?.median ?? 0, slow?.median ?? 0].every(Number.isFinite);
}

interface FigurePanel extends Pick<Panel, "spec" | "label" | "key"> {
  /** Where the two ends ran; `null`: it differs. */
  readonly placement: Placement | null;
}

/** A ChartKind is one kind of chart: what of a record it shows, and how that is drawn. */
export interface ChartKind<Data extends ChartData> {
  readonly kind: Data["kind"];
  /** Its figures, of each scenario or of the run as a whole; empty where a record has nothing for it. */
  readonly figures: (context: ChartContext) => readonly Figure[];
  /** A method, so that kinds of different data stand in one list. */
  draw(figure: Figure, data: Data): Chart;
}

/** Charts of a panel, several where one would hold more than so many items: each is named as its part. */
export function figuresInParts<T>(
  panel: FigurePanel,
  items: readonly T[],
  most: number,
  dataOf: (part: readonly T[]) => ChartData,
): readonly Figure[] {
  const parts = splitEvenly(items, most);
  return parts.map((part, index) =>
    panelFigure(panel, dataOf(part), partName(index, parts.length))
  );
}

export function panelFigure(
  { spec, placement, label, key }: FigurePanel,
  data: ChartData,
  part = "",
): Figure {
  const place = placement === null
    ? []
    : [placement.peer, ...(placement.pin === "none" ? [] : [placement.pin])];
  return {
    kind: "figure",
    id: slug(spec.id, data.kind, ...place, ...[key, part].filter((word) => word !== "")),
    scenario: spec.id,
    placement,
    common: [label, placement === null ? "several placements" : namePlacement(placement), part]
      .filter((fact) => fact !== ""),
    operation: spec.operation,
    data,
  };
}

/** As in `part 1 of 3`; empty where there is one. */
export function partName(index: number, parts: number): string {
  return parts === 1 ? "" : `part ${index + 1} of ${parts}`;
}

export function chartFigure(summary: Summary, hasModes = true): ChartFigure {
  return { ...figureCell(summary, hasModes), metric: summary.metric, unit: summary.unit };
}

export function chartAxis({ name, description, kind, unit }: ParameterSpec): ChartAxis {
  const own = kind === "size" ? "B" : unit;
  return { name, description, ...(own === undefined ? {} : { unit: own }) };
}

/** The metric that a scenario is about; `undefined` where nothing defines it. */
export function headlineOf(record: RunRecord, { spec }: Panel): MetricDefinition | undefined {
  const [first] = spec.metrics;
  return first === undefined ? undefined : findMetric(record, first);
}

/** What may stand in a file name, an address and an id: a–z, 0–9 and hyphens, at most 80; `chart` where nothing is left. */
export function slug(...parts: readonly string[]): string {
  const text = parts.map((part) => part.slice(0, 200)).join("-").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  return text === "" ? "chart" : text;
}

/** Numbers the ids that are taken already. */
export function numberIds(figures: readonly Figure[]): readonly Figure[] {
  const taken = new Set<string>();
  return figures.map((figure) => {
    let id = figure.id;
    for (let number = 2; taken.has(id); number++) id = `${figure.id}-${number}`;
    taken.add(id);
    return { ...figure, id };
  });
}
