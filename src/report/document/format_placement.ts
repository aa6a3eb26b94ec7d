// Placements in words.

import type { Placement } from "../../model/placement.ts";

/** A placement in plain words. */
export function describePlacement(placement: Placement): string {
  const peer = {
    loop: "both ends in one event loop (peer loop)",
    worker: "the serving end in its own thread (peer worker)",
    process: "the serving end in its own process (peer process)",
  }[placement.peer];
  const { drive, serve } = placement.cores ?? {};
  const pin = {
    none: "not pinned, the scheduler places them",
    same: drive === undefined ? "both pinned to one core" : `both pinned to core ${drive}`,
    cross: drive === undefined
      ? "pinned to two cores"
      : `pinned to two cores, the driver to ${drive} and the peer to ${serve}`,
  }[placement.pin];
  return `${peer}; ${pin}`;
}

/** A placement in two words, as in `peer process` or `peer process, same core`. */
export function namePlacement(placement: Placement): string {
  const pin = { none: "", same: ", same core", cross: ", two cores" }[placement.pin];
  return `peer ${placement.peer}${pin}`;
}

/** What tells placements apart. */
export function placementKey(one: { readonly placement: Placement }): string {
  const { peer, pin, cores } = one.placement;
  return cores === undefined ? `${peer} ${pin}` : `${peer} ${pin} ${cores.drive} ${cores.serve}`;
}
