/** Controls of claims 33 and 34. */

import { decideKinds, KINDS } from "../../../src/claim/families/families_and_types.ts";
import { lookBelow } from "../../../src/claim/families/wire.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { StreamTransport } from "../../../src/transport/transport.ts";
import { catalogWith, claimOf, decideFacts, measure, withLab } from "../lab.ts";
import type { Control } from "./control.ts";

/** Kinds that no kernel of our time has, as it answers of them. */
const ABSENT = KINDS.filter(({ libc }) => libc === "dccp@libc");

/** A server that writes back what it reads, under the name of a protocol. */
function echoing(name: string): StreamTransport {
  return {
    ...tcp,
    name,
    async listen(options) {
      const listener = await tcp.listen(options);
      void (async () => {
        try {
          const channel = await listener.accept();
          const buffer = new Uint8Array(1_024);
          const bytes = await channel.read(buffer);
          await channel.write(buffer.subarray(0, bytes ?? 0));
          channel.close();
        } catch { /* nobody connected */ }
      })();
      return listener;
    },
  };
}

export const familyControls: readonly Control[] = [
  {
    claim: 33,
    change: "the kinds alone that Deno opens",
    verdict: "holds",
    decide: async () => {
      const kinds = KINDS.filter(({ deno }) => ["tcp", "udp", "unix"].includes(deno ?? ""));
      const figures = await measure(claimOf(33), {
        only: ({ transport }) => kinds.some(({ deno }) => deno === transport),
      });
      return decideKinds(kinds, figures);
    },
  },
  {
    claim: 33,
    change: "the kinds alone that this kernel lacks",
    verdict: "does not hold",
    decide: async () => {
      const figures = await measure(claimOf(33), {
        only: ({ transport }) => ABSENT.some(({ libc }) => libc === transport),
        probes: true,
      });
      return decideKinds(ABSENT, figures);
    },
  },
  {
    claim: 34,
    change: "servers of bare TCP that echo",
    verdict: "does not hold",
    decide: async () => {
      const catalog = catalogWith({ http: echoing("http"), websocket: echoing("websocket") });
      const kernel = { available: false, reason: "not needed here" } as const;
      return await decideFacts(
        34,
        await withLab((lab) => lookBelow(lab, ["http", "websocket"], []), { catalog, kernel }),
      );
    },
  },
];
