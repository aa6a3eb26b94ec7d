/** Controls of claims 20 to 32. */

import { acceptLate } from "../../../src/claim/connections/accept_queue.ts";
import { countAcknowledged } from "../../../src/claim/connections/acknowledgement.ts";
import { fillBacklogs } from "../../../src/claim/connections/backlog.ts";
import { watchCloses } from "../../../src/claim/connections/closing.ts";
import { connectToSilence } from "../../../src/claim/connections/silent_server.ts";
import { useConnections } from "../../../src/claim/connections/listening.ts";
import { watchPorts } from "../../../src/claim/connections/ports.ts";
import { sharePort } from "../../../src/claim/connections/shared_port.ts";
import { sendOverLoss } from "../../../src/claim/connections/retransmission.ts";
import { closeAfterReplies } from "../../../src/claim/connections/closing_server.ts";
import { closeTogether } from "../../../src/claim/connections/time_wait.ts";
import { isolateExperiment } from "../../../src/claim/try_part.ts";
import { openSockets } from "../../../src/kernel/find_fd.ts";
import { loseNoSegments, loseSegments } from "../../../src/kernel/socket_filter.ts";
import type { StreamListener } from "../../../src/transport/channel.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { StreamTransport } from "../../../src/transport/transport.ts";
import { LINUX } from "../../support/needs.ts";
import { catalogWith, claimOf, decideFacts, measure, withLab } from "../lab.ts";
import { type Control, FILTERS, LIBC, NAMESPACES } from "./control.ts";
import { makeInNamespace } from "./in_namespace.ts";

const { signal } = new AbortController();

/** A client that hands a connection over only once the server has greeted it. */
const greeted: StreamTransport = {
  ...tcp,
  async connect(endpoint, options) {
    const channel = await tcp.connect(endpoint, options);
    await Promise.resolve(channel.read(new Uint8Array(1))).catch(() => null);
    channel.close();
    throw new Error("there was no greeting");
  },
};

/** A listener that ends with the first connection that it hands over. */
function oneOff(transport: StreamTransport): StreamTransport {
  return {
    ...transport,
    async listen(options) {
      const listener = await transport.listen(options);
      return {
        endpoint: listener.endpoint,
        async accept() {
          const channel = await listener.accept();
          listener.close();
          return channel;
        },
        close: () => listener.close(),
      };
    },
  };
}

/** Has a listener lose all that arrives until it is told to let it through. */
function deafen({ endpoint }: StreamListener): () => void {
  const { fd } = openSockets().find(({ listening, local }) =>
    listening && local?.kind === "ip" && endpoint.kind === "ip" && local.port === endpoint.port
  )!;
  loseSegments(fd, "everything");
  return () => loseNoSegments(fd);
}

/** Decides from the facts of the claim's own experiment, made with another setting of the kernel. */
async function withSetting(claim: number, setting: string, value: string | number) {
  const facts = await isolateExperiment(
    [claimOf(claim).id],
    signal,
    `echo ${value} > /proc/sys/${setting.replaceAll(".", "/")}`,
  );
  return await decideFacts(claim, facts);
}

export const connectionControls: readonly Control[] = [
  {
    claim: 20,
    change: "TCP Fast Open",
    verdict: "does not hold",
    needs: [LIBC, NAMESPACES],
    decide: async () =>
      await decideFacts(
        20,
        await makeInNamespace("fast open", "echo 5 > /proc/sys/net/ipv4/tcp_fastopen"),
      ),
  },
  {
    claim: 21,
    change: "a client that waits for a greeting",
    verdict: "holds",
    decide: async () =>
      await decideFacts(
        21,
        await withLab((lab) => connectToSilence(lab, ["tcp"]), {
          catalog: catalogWith({ tcp: greeted }),
        }),
      ),
  },
  {
    claim: 22,
    change: "a listener that loses every segment until it accepts",
    verdict: "does not hold",
    needs: [FILTERS],
    decide: async () =>
      await decideFacts(22, {
        late: [await withLab((lab) => acceptLate("tcp", tcp, 4, lab, deafen, 100))],
        syncookies: null,
      }),
  },
  {
    claim: 22,
    change: "SYN cookies in the place of the SYN queue",
    verdict: "holds in part",
    needs: [LIBC, NAMESPACES],
    decide: () => withSetting(22, "net.ipv4.tcp_syncookies", 2),
  },
  {
    claim: 23,
    change: "a server that accepts meanwhile",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(23, await withLab((lab) => fillBacklogs(lab, true))),
  },
  {
    claim: 24,
    change: "listeners that end with their first connection",
    verdict: "does not hold",
    decide: async () => await decideFacts(24, await withLab((lab) => useConnections(lab, oneOff))),
  },
  {
    claim: 25,
    change: "both directions shut down at once",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(25, await withLab((lab) => watchCloses(lab, 2))),
  },
  {
    claim: 26,
    change: "both ends closing before either knows of the other",
    verdict: "does not hold",
    needs: [FILTERS],
    decide: async () =>
      await decideFacts(26, {
        closes: 8,
        rows: await withLab(closeTogether),
        settings: {},
        afterReset: null,
        unix: null,
        unseen: null,
      }),
  },
  {
    claim: 26,
    change: "net.ipv4.tcp_max_tw_buckets at 0",
    verdict: "undecided",
    needs: [LIBC, NAMESPACES],
    decide: () => withSetting(26, "net.ipv4.tcp_max_tw_buckets", 0),
  },
  {
    claim: 27,
    change: "a client that binds before it connects",
    verdict: "does not hold",
    needs: [LIBC, LINUX],
    decide: async () => await decideFacts(27, await withLab((lab) => watchPorts(lab, true))),
  },
  {
    claim: 27,
    change: "net.ipv4.ip_unprivileged_port_start at 0",
    verdict: "holds in part",
    needs: [LIBC, NAMESPACES],
    decide: () => withSetting(27, "net.ipv4.ip_unprivileged_port_start", 0),
  },
  {
    claim: 28,
    change: "two UDP sockets on one port",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(28, await withLab((lab) => sharePort(lab, "udp"))),
  },
  {
    claim: 29,
    change: "a server that keeps its connections open",
    verdict: "does not hold",
    decide: async () =>
      await decideFacts(29, await withLab((lab) => closeAfterReplies(lab, false))),
  },
  {
    claim: 30,
    change: "the concurrent server in the place of the iterative one",
    verdict: "does not hold",
    decide: async () => {
      const figures = await measure(claimOf(30), {
        only: ({ params }) => params.clients === 1 || params.clients === 8,
        replace: (request) => ({ ...request, params: { ...request.params, server: "concurrent" } }),
      });
      return claimOf(30).decide({ figures });
    },
  },
  {
    claim: 31,
    change: "UDP, which sends nothing again",
    verdict: "does not hold",
    needs: [FILTERS],
    decide: async () =>
      await decideFacts(31, {
        whole: await withLab((lab) => sendOverLoss("udp", lab)),
        givenUp: { limitMs: 0, atMs: [], rtoMs: [], error: "ETIMEDOUT", afterMs: 0 },
        syn: { asked: 1, again: 1, state: "ETIMEDOUT", afterMs: 0 },
        timeouts: [{ when: "at once", rttMs: 1, rtoMs: 1 }, {
          when: "delayed",
          rttMs: 2,
          rtoMs: 2,
        }],
        settings: {},
      }),
  },
  {
    claim: 32,
    change: "the end of the stream sent along with each write",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(32, await withLab((lab) => countAcknowledged(lab, true))),
  },
];
