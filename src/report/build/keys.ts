// Keys of cases: what a scenario declares of its parameters, as typed values.

import type { Case } from "../../model/case.ts";
import type { Params } from "../../model/params.ts";
import type { Placement } from "../../model/placement.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { placementKey } from "../document/format_key.ts";
import type { FactorKey, Key, PlacementKey, Table } from "../document/table.ts";
import { isPlacement } from "../document/table.ts";

export function factorKey(
  spec: ScenarioSpec,
  factor: string,
  value: number | string | undefined,
): FactorKey {
  if (value === undefined) return { factor };
  const declared = spec.parameters.find((parameter) => parameter.name === factor);
  const unit = typeof value !== "number"
    ? undefined
    : declared?.kind === "size"
    ? "B"
    : declared?.unit;
  const isPattern = typeof value === "string" && value.includes("-");
  return {
    factor,
    value,
    ...(unit === undefined ? {} : { unit }),
    ...(factor === "transport" || factor === "scenario" || isPattern ? {} : { named: true }),
  };
}

/** Several parameters as keys; where a scenario has one parameter with a unit, its value needs no name. */
export function paramKeys(spec: ScenarioSpec, params: Params): readonly FactorKey[] {
  return Object.entries(params).map(([name, value]) => {
    const key = factorKey(spec, name, value);
    return spec.parameters.length === 1 && key.unit !== undefined ? unnamed(key) : key;
  });
}

function unnamed({ named: _, ...key }: FactorKey): FactorKey {
  return key;
}

/** The value of a factor in a case; `undefined` where the case has no such parameter. */
export function valueOf(one: Case, factor: string): number | string | undefined {
  if (factor === "transport") return one.transport;
  return Object.hasOwn(one.params, factor) ? one.params[factor] : undefined;
}

export function placeKey(value: Placement): PlacementKey {
  return { factor: "placement", value };
}

/** A case's id without its scenario, for tables of one scenario, as in `tcp/bytes=64`. */
export function shortId(scenario: string, id: string): string {
  return id.startsWith(`${scenario}/`) ? id.slice(scenario.length + 1) : id;
}

/** Takes the column of placements out of a table where they are all the same, and states it once. */
export function hoistPlacement(table: Table): Table {
  const index = table.keys.findIndex(({ factor }) => factor === "placement");
  const keys = table.rows.map((row) => row.keys[index]).filter((key) => key !== undefined);
  const [first] = keys;
  if (first === undefined || new Set(keys.map(identify)).size > 1) return table;
  const without = <T>(list: readonly T[]) => list.filter((_, at) => at !== index);
  return {
    ...table,
    common: [...table.common, first],
    keys: without(table.keys),
    rows: table.rows.map((row) => ({ ...row, keys: without(row.keys) })),
  };
}

function identify(key: Key): string {
  return isPlacement(key) ? placementKey({ placement: key.value }) : "";
}
