// The largest message of each transport, which differs from transport to transport, as one row.

import type { FactorKey } from "../document/key.ts";
import { isGroup, isPlacement } from "../document/key.ts";
import type { Cell, FigureCell, Row } from "../document/table.ts";

/**
 * Joins the last rows of a table of sizes where each holds one case of a transport of its own: `65507 B` of udp, `65527 B` of
 * udp6, `212960 B` of unixpacket. Each figure then states its size, and none is called the best: they are of different sizes.
 */
export function joinLargest(rows: readonly Row[]): readonly Row[] {
  const first = rows.findLastIndex((row) => !isAlone(row)) + 1;
  const alone = rows.slice(first);
  const [lead] = alone;
  const size = lead === undefined ? undefined : sizeOf(lead);
  if (lead === undefined || size === undefined || alone.length < 2) return rows;
  const columns = alone.map(({ cells }) => cells.findIndex((cell) => cell !== null));
  const isJoined = new Set(columns).size === alone.length &&
    alone.every((row) => sizeOf(row) !== undefined && sameBefore(row, lead));
  if (!isJoined) return rows;
  const cells = lead.cells.map((_, column): Cell | null => {
    const row = alone[columns.indexOf(column)];
    const cell = row?.cells[column];
    const at = row === undefined ? undefined : sizeOf(row);
    return cell?.kind === "figure" && at !== undefined ? { ...unmarked(cell), at } : null;
  });
  const keys = [...lead.keys.slice(0, -1), { ...size, value: "largest" }];
  return [...rows.slice(0, first), { keys, cells }];
}

function isAlone({ cells }: Row): boolean {
  return cells.length > 1 && cells.filter((cell) => cell !== null).length === 1;
}

function sizeOf({ keys }: Row): FactorKey | undefined {
  const key = keys.at(-1);
  if (key === undefined || isPlacement(key) || isGroup(key)) return undefined;
  return key.unit === "B" && typeof key.value === "number" ? key : undefined;
}

function sameBefore(a: Row, b: Row): boolean {
  return JSON.stringify(a.keys.slice(0, -1)) === JSON.stringify(b.keys.slice(0, -1));
}

function unmarked({ mark: _, ...cell }: FigureCell): FigureCell {
  return cell;
}
