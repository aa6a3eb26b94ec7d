/**
 * Keys: what tells a row, a column or a case from its neighbours, as typed values until a writer formats them.
 *
 * @module
 */

import type { Placement } from "../../model/placement.ts";

/** A Key is one factor with its value. */
export type Key = FactorKey | PlacementKey;

/** A factor of a case: its transport, a parameter, its scenario, a metric. */
export interface FactorKey {
  /** As in `transport`, `bytes`, `scenario`, `case`, `metric`. */
  readonly factor: string;
  /** Its value as in the record; absent: the case has no such factor. */
  readonly value?: number | string;
  /** `B`: a size in bytes, written in KiB and MiB; else words that follow a number, as in `µs`. */
  readonly unit?: string;
  /** True where the value needs its factor's name beside it out of a table's column: `nagle on`, but `unix` and `write-read`. */
  readonly named?: boolean;
}

/** Where the two ends ran. */
export interface PlacementKey {
  /** Tells it from other keys. */
  readonly factor: "placement";
  /** The place of the peer and the pinning of both. */
  readonly value: Placement;
}

/** Whether a key is of a placement. */
export function isPlacement(key: Key): key is PlacementKey {
  return typeof key.value === "object";
}
