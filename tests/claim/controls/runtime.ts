/** Controls of claims 35 to 40. */

import { openConnections } from "../../../src/claim/runtime/tls_nagle.ts";
import { watchSilence } from "../../../src/claim/runtime/dead_peer.ts";
import { wire } from "../../../src/claim/runtime/large_segments.ts";
import { writeAhead } from "../../../src/claim/runtime/send_buffer_delay.ts";
import { waitWithStream } from "../../../src/claim/runtime/waiting_datagram.ts";
import { exchangeMessages } from "../../../src/claim/runtime/websocket_delay.ts";
import { isolateExperiment } from "../../../src/claim/try_part.ts";
import { setOption } from "../../../src/kernel/options.ts";
import { program } from "../../support/needs.ts";
import { decideFacts, withLab } from "../lab.ts";
import { type Control, LIBC, NAMESPACES } from "./control.ts";

export const runtimeControls: readonly Control[] = [
  {
    claim: 35,
    change: "Nagle off at both ends",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => {
      const arm = { what: "Nagle off", server: "off", client: "off" } as const;
      return await decideFacts(35, await withLab((lab) => openConnections(lab, [arm, arm])));
    },
  },
  {
    claim: 36,
    change: "Nagle off at both ends throughout",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => {
      const off = "off at both ends";
      return await decideFacts(36, await withLab((lab) => exchangeMessages(lab, [off, off])));
    },
  },
  {
    claim: 37,
    change: "a stream in the place of the datagrams",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => {
      const stream = await withLab((lab) => waitWithStream(lab));
      return await decideFacts(37, { datagram: stream, stream });
    },
  },
  {
    claim: 38,
    change: "a peer that resets the connection instead of falling silent",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => {
      const { told } = await withLab((lab) =>
        watchSilence(lab, (peer, sockets) => {
          setOption(peer, "SO_LINGER", 0);
          sockets.close(peer);
        })
      );
      return await decideFacts(38, { told, fewerRetries: 2, retries2: null, limitMs: 5_000 });
    },
  },
  {
    claim: 39,
    change: "TCP_NOTSENT_LOWAT in the place of the kernel's own setting",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => {
      const limited = await withLab((lab) => writeAhead(lab, true));
      return await decideFacts(39, { plain: limited, limited });
    },
  },
  {
    claim: 40,
    change: "an MTU of 65,535 on the virtual Ethernet",
    verdict: "does not hold",
    needs: [LIBC, NAMESPACES, program("ip")],
    decide: async () =>
      await decideFacts(
        40,
        await withLab(({ signal }) =>
          isolateExperiment(["loopback-hides-slow-start", "wire"], signal, wire(65_535))
        ),
      ),
  },
];
