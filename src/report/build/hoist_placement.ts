// hoistPlacement: a placement that all rows of a table share stands above it, one that differs in a column.

import { placementKey } from "../document/format_placement.ts";
import { isPlacement, type Key } from "../document/key.ts";
import type { Table } from "../document/table.ts";

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
