// The choice of placements: what this machine allows of those asked for.

import type { PeerKind, Pin, Pinning, Placement } from "../model/placement.ts";
import { nameCores, PEERS, pinName } from "../model/placement.ts";

/** Pinnings, the default first. */
export const PINS: readonly Pin[] = Object.freeze(["none", "same", "cross"] as const);

/** What is skipped where no thread can be pinned at all, whichever cases were meant. */
export const PINNED_CASES = "pinned cases";

/** A placement, or why it cannot be had here. */
export type PlacementChoice =
  | { readonly placement: Placement }
  | {
    /** What is skipped: {@linkcode PINNED_CASES}, or one pinning. */
    readonly what: string;
    /** Why, and what would change it. */
    readonly reason: string;
  };

/** The cores of a placement: `same` takes the first for both ends, `cross` the first and the second. */
export function choosePlacement(
  peer: PeerKind,
  pin: Pin,
  cores: readonly number[],
  pinning: Pinning | undefined,
): PlacementChoice {
  if (pin === "none") return { placement: { peer, pin } };
  if (pinning === undefined) return { what: PINNED_CASES, reason: "nobody looked for cores" };
  if (!pinning.available) return { what: PINNED_CASES, reason: pinning.reason };
  const [drive, other] = cores.length > 0 ? cores : pinning.cores;
  if (drive === undefined) return { what: PINNED_CASES, reason: "this process has no core" };
  if (pin === "same") return { placement: { peer, pin, cores: { drive, serve: drive } } };
  if (PEERS[peer].sharesLoop) {
    const reason =
      "both ends of peer loop run on one thread; --peer worker or --peer process could use two cores";
    return { what: pinName(pin), reason };
  }
  if (other === undefined) {
    return { what: pinName(pin), reason: `it needs two cores: there is core ${drive} alone` };
  }
  return { placement: { peer, pin, cores: { drive, serve: other } } };
}

/** A core asked for that this process may not use, as one sentence; `undefined` where there is none, or nothing is known. */
export function coreFault(
  cores: readonly number[],
  pinning: Pinning | undefined,
): string | undefined {
  if (pinning === undefined || !pinning.available) return undefined;
  const unknown = cores.find((core) => !pinning.cores.includes(core));
  if (unknown === undefined) return undefined;
  return `Cannot pin to core ${unknown}: this process may use ${nameCores(pinning.cores)}`;
}
