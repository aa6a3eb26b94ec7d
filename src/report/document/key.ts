// Keys: what tells a row, a column or a case from its neighbours, as typed values until a writer formats them.

import type { Placement } from "../../model/placement.ts";

/** A Key is one factor with its value, or several under one heading. */
export type Key = FactorKey | PlacementKey | KeyGroup;

/** A factor of a case: its transport, a parameter, its scenario, a metric. */
export interface FactorKey {
  /** As in `transport`, `bytes`, `scenario`, `case`, `metric`. */
  readonly factor: string;
  /** Its value as in the record; absent: the case has no such factor. */
  readonly value?: number | string;
  /** `B`: a size in bytes, written in KiB and MiB; else words that follow a number, as in `µs`. */
  readonly unit?: string;
  /** True where the value needs its factor's name beside it when that does not stand above: `nagle on`, but `unix` and `write-read`. */
  readonly named?: boolean;
}

/** Where the two ends ran. */
export interface PlacementKey {
  readonly factor: "placement";
  /** The place of the peer and the pinning of both. */
  readonly value: Placement;
}

/** Several keys under one heading, as all in which two cases agree. */
export interface KeyGroup {
  /** As in `at`. */
  readonly factor: string;
  /** The keys; may be empty. */
  readonly keys: readonly FactorKey[];
  /** A group has no value of its own. */
  readonly value?: undefined;
}

/** Whether a key is of a placement. */
export function isPlacement(key: Key): key is PlacementKey {
  return typeof key.value === "object";
}

/** Whether a key is a group of keys. */
export function isGroup(key: Key): key is KeyGroup {
  return "keys" in key;
}
