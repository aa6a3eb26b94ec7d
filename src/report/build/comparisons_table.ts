// The table of all comparisons of a record, whatever their outcome.

import type { Contrasted } from "../../compare/contrast.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { text } from "../document/inline.ts";
import type { FactorKey, Key, Row, Table } from "../document/table.ts";
import { factorKey, hoistPlacement, paramKeys, placeKey } from "./keys.ts";
import { ownParams, reading } from "./phrases.ts";
import { column, keyColumns, table } from "./blocks.ts";

const KEYS = keyColumns(["scenario", "case", "against", "at", "placement", "metric"]);

/** Every comparison as a row, with where the case in question ran, in their order; `undefined` where there are none. */
export function buildComparisonsTable(
  scenarios: readonly ScenarioSpec[],
  contrasts: readonly Contrasted[],
): Table | undefined {
  const specs = new Map(scenarios.map((spec) => [spec.id, spec]));
  const rows = contrasts.flatMap((item): readonly Row[] => {
    const spec = specs.get(item.scenario);
    return spec === undefined ? [] : [comparisonRow(item, spec)];
  });
  if (rows.length === 0) return undefined;
  return hoistPlacement(table({
    role: "comparisons",
    caption: [
      text(
        "Every comparison, whatever its outcome. Ratio with its 95 % interval; above 1 is better.",
      ),
    ],
    noun: "comparison",
    intervals: "shown",
    keys: KEYS,
    columns: [
      column("ratio", "ratio, above 1 is better"),
      column("pairs", "pairs"),
      column("difference", "difference", "words"),
    ],
    rows,
  }));
}

function comparisonRow(item: Contrasted, spec: ScenarioSpec): Row {
  const { factor, ratio, low, high, n, confidence, metric } = item;
  const side = (value: number | string): FactorKey => {
    const { named: _, ...key } = factorKey(spec, factor, value);
    return key;
  };
  const keys: readonly Key[] = [
    { factor: "scenario", value: item.scenario },
    side(item.value),
    side(item.baseValue),
    { factor: "at", keys: paramKeys(spec, ownParams(spec, item)) },
    placeKey(item.placement),
    { factor: "metric", value: metric.title },
  ];
  return {
    keys,
    cells: [
      { kind: "ratio", effect: "ratio", value: ratio, low, high, n, confidence },
      { kind: "count", value: n },
      { kind: "words", text: [text(reading(item))] },
    ],
  };
}
