// The `loop` peer: the serve half runs on the driver's own event loop. The cheapest exchange, and no second party.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { PeerLink } from "./peer_link.ts";
import { ServeHalf } from "./serve_half.ts";

/** Opens a link to a peer on this event loop. */
export function openLoopLink(catalog: Catalog, clock: Clock): PeerLink {
  let half: ServeHalf | undefined;
  const current = () => {
    if (half === undefined) throw new Error("no serve half is running");
    return half;
  };
  return {
    kind: "loop",
    label: "loop",
    died: new Promise<never>(() => {}),
    async serve(order) {
      // The driver has pinned this thread, where a core is ordered.
      half = await ServeHalf.start(order, catalog, clock);
      return half.endpoint;
    },
    settle: (connections) => current().settle(connections),
    hasMeasured: () => Promise.resolve(current().hasMeasured),
    mark() {
      current().mark();
      return Promise.resolve({ cpuNs: null });
    },
    async finish(senders) {
      const report = await current().finish(senders);
      half = undefined;
      return report;
    },
    async close() {
      await half?.abort();
      half = undefined;
    },
  };
}
