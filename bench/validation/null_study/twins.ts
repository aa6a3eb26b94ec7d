/**
 * Transports that are tcp under other names, and of another module the same with one of them slowed down.
 *
 * @module
 */

import { slowedTransport } from "../../../src/ab/slowed_transport.ts";
import type { SockbenchModule } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { tcp } from "../../../src/transport/tcp.ts";

/** The names. */
export const TWINS: readonly string[] = ["twin-1", "twin-2", "twin-3"];

/** The one that is slowed down, where one is. */
export const SLOWED = "twin-3";

/** How much longer each of its operations takes, as a share. */
export const SLOWDOWN = 0.1;

/** The module; with `slowed` each operation of {@linkcode SLOWED} takes longer by {@linkcode SLOWDOWN}. */
export function twinsModule(slowed: boolean): SockbenchModule {
  return {
    transports: TWINS.map((name) => {
      const twin = { ...tcp, name };
      return slowed && name === SLOWED
        ? slowedTransport(twin, { share: SLOWDOWN, where: "all" }, systemClock)
        : twin;
    }),
  };
}

export default twinsModule(false);
