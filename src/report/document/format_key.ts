// Keys and placements in words: one place that writes the values of factors.

import { PEERS, type Placement } from "../../model/placement.ts";
import { formatSize } from "../../units/format_quantity.ts";
import { isGroup, isPlacement, type Key } from "./table.ts";

export function describePlacement(placement: Placement): string {
  const { drive, serve } = placement.cores ?? {};
  const pin = {
    none: "not pinned, the scheduler places them",
    same: drive === undefined ? "both pinned to one core" : `both pinned to core ${drive}`,
    cross: drive === undefined
      ? "pinned to two cores"
      : `pinned to two cores, the driver to ${drive} and the peer to ${serve}`,
  }[placement.pin];
  return `${PEERS[placement.peer].words} (peer ${placement.peer}); ${pin}`;
}

/** A placement in two words, as in `peer process` or `peer process, same core`. */
export function namePlacement(placement: Placement): string {
  const pin = { none: "", same: ", same core", cross: ", two cores" }[placement.pin];
  return `peer ${placement.peer}${pin}`;
}

export function placementKey(one: { readonly placement: Placement }): string {
  const { peer, pin, cores } = one.placement;
  return cores === undefined ? `${peer} ${pin}` : `${peer} ${pin} ${cores.drive} ${cores.serve}`;
}

/** What stands where a case has no such factor. */
export const NO_VALUE = "–";

/** A key's value as its column shows it, as in `16 KiB`, `100 µs`; a dash where there is none. */
export function formatKey(key: Key): string {
  if (isPlacement(key)) return namePlacement(key.value);
  if (isGroup(key)) return formatKeys(key.keys);
  const { value, unit } = key;
  if (value === undefined) return NO_VALUE;
  if (typeof value === "string" || unit === undefined) return String(value);
  return unit === "B" ? formatSize(value) : `${value} ${unit}`;
}

/** A key where the heading of its column is out of sight, as in `nagle on`, `write-read`; empty where there is no value. */
function nameKey(key: Key): string {
  if (isPlacement(key) || isGroup(key)) return formatKey(key);
  if (key.value === undefined) return "";
  return key.named === true ? `${key.factor} ${formatKey(key)}` : formatKey(key);
}

/** Several keys in a few words, as in `write-write-read, body 256 B`; empty for none. */
export function formatKeys(keys: readonly Key[]): string {
  return keys.map(nameKey).filter((words) => words !== "").join(", ");
}

/** What all rows of a table have in common, as a sentence after its caption, as in ` All with peer process.`; empty for nothing. */
export function describeCommon({ common }: { readonly common: readonly Key[] }): string {
  return common.length === 0 ? "" : ` All with ${formatKeys(common)}.`;
}

/** Whether a key's value is a number, which stands at the right edge of its column. */
export function isNumeric(key: Key): boolean {
  return typeof key.value === "number";
}
