// The `loop` peer: the serve half runs on the driver's own event loop. The cheapest exchange, and no second party.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import { describeHost } from "./host.ts";
import type { PeerLink } from "./peer_link.ts";
import { ServeHalf } from "./serve_half.ts";

/** Opens a link to a peer on this event loop. The driver pins this thread, where a core is ordered. */
export function openLoopLink(catalog: Catalog, clock: Clock): PeerLink {
  const open = new Set<ServeHalf>();
  return {
    kind: "loop",
    label: "loop",
    environment: describeHost(),
    died: new Promise<never>(() => {}),
    async serve(order) {
      const half = await ServeHalf.start(order, catalog, clock);
      open.add(half);
      return {
        endpoint: half.endpoint,
        admit: (client) => half.admit(client),
        settle: (connections) => half.settle(connections),
        served: () => Promise.resolve(half.served),
        hasMeasured: () => Promise.resolve(half.hasMeasured),
        mark() {
          half.mark();
          return Promise.resolve({ cpuNs: null });
        },
        async finish(ends = {}) {
          if (!open.has(half)) throw new Error("no serve half is running");
          const report = await half.finish(ends);
          open.delete(half);
          return report;
        },
        async abort() {
          if (open.delete(half)) await half.abort();
        },
      };
    },
    async close() {
      const halves = [...open];
      open.clear();
      await Promise.all(halves.map((half) => half.abort()));
    },
  };
}
