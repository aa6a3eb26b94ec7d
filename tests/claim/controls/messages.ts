/** Controls of claims 10 to 19. */

import { crowdReceivers } from "../../../src/claim/messages/crowd_receivers.ts";
import { serveWithOne } from "../../../src/claim/messages/fan_in.ts";
import { moveAndCheck } from "../../../src/claim/messages/integrity.ts";
import { sendOverPaths } from "../../../src/claim/messages/reordering.ts";
import type { Catalog } from "../../../src/catalog.ts";
import type { DatagramChannel } from "../../../src/transport/channel.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { DatagramTransport } from "../../../src/transport/transport.ts";
import { udp } from "../../../src/transport/udp.ts";
import { unix } from "../../../src/transport/unix.ts";
import { catalogWith, claimOf, decideFacts, measure, withLab } from "../lab.ts";
import { type Control, LIBC, NAMESPACES } from "./control.ts";
import { decideSlowed } from "./slow.ts";

/** TCP on which one byte is changed in each connection. */
function damaging(): Catalog {
  return catalogWith({
    tcp: {
      ...tcp,
      async connect(endpoint, options) {
        const channel = await tcp.connect(endpoint, options);
        let left = 4 * 2 ** 20;
        return {
          mode: "stream",
          read: (buffer) => channel.read(buffer),
          closeWrite: () => channel.closeWrite(),
          close: () => channel.close(),
          async write(data) {
            const isHere = left > 0 && left <= data.length;
            const sent = data.slice();
            if (isHere) sent[left - 1]! ^= 1;
            const bytes = await channel.write(sent);
            left -= bytes;
            return bytes;
          },
        };
      },
    },
  });
}

/** Datagrams of any size: they meet in this process. */
const limitless: DatagramTransport = {
  ...udp,
  bind(options) {
    const { port } = { port: ++lastPort };
    const inbox: { data: Uint8Array; from: number }[] = [];
    let wake = Promise.withResolvers<void>();
    let isOpen = true;
    let from = 0;
    inboxes.set(port, (data, sender) => {
      inbox.push({ data: data.slice(), from: sender });
      wake.resolve();
    });
    const send = (to: number, data: Uint8Array) => {
      inboxes.get(to)?.(data, port);
      return data.length;
    };
    const remote = options.remote?.kind === "ip" ? options.remote.port : 0;
    const channel: DatagramChannel = {
      mode: "datagram",
      endpoint: { kind: "ip", hostname: "127.0.0.1", port },
      send: (data) => send(remote, data),
      reply: (data) => send(from, data),
      async receive(buffer) {
        while (inbox.length === 0) {
          if (!isOpen) throw new Error("closed");
          wake = Promise.withResolvers();
          await wake.promise;
        }
        const first = inbox.shift()!;
        from = first.from;
        const part = first.data.subarray(0, buffer.length);
        buffer.set(part);
        return part.length;
      },
      close() {
        isOpen = false;
        inboxes.delete(port);
        wake.resolve();
      },
    };
    return channel;
  },
};
let lastPort = 0;
const inboxes = new Map<number, (data: Uint8Array, from: number) => void>();

export const messageControls: readonly Control[] = [
  {
    claim: 10,
    change: "one byte changed on its way",
    verdict: "does not hold",
    decide: async () =>
      await decideFacts(10, await withLab((lab) => moveAndCheck(lab, 64), { catalog: damaging() })),
  },
  {
    claim: 11,
    change: "Unix datagrams in the place of streams",
    verdict: "does not hold",
    decide: async () => {
      const figures = await measure(claimOf(11), {
        only: ({ params }) => params.gap === 100,
        replace: ({ params: { bytes, gap } }) => ({
          scenario: "coalescing",
          transport: "unixpacket",
          params: { bytes: bytes!, gap: gap! },
        }),
      });
      return claimOf(11).decide({ figures });
    },
  },
  {
    claim: 12,
    change: "TCP without gaps in the place of datagrams",
    verdict: "does not hold",
    decide: async () => {
      const figures = await measure(claimOf(12), {
        replace: () => ({
          scenario: "coalescing",
          transport: "tcp",
          params: { nagle: "on", bytes: 3, gap: 0 },
        }),
      });
      return claimOf(12).decide({ figures });
    },
  },
  {
    claim: 13,
    change: "Unix datagrams alone, whose sender is refused",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () =>
      await decideFacts(13, await withLab((lab) => crowdReceivers(lab, ["unixpacket"]))),
  },
  {
    claim: 13,
    change: "UDP alone",
    verdict: "holds",
    needs: [LIBC],
    decide: async () => await decideFacts(13, await withLab((lab) => crowdReceivers(lab, ["udp"]))),
  },
  {
    claim: 14,
    change: "the route left alone",
    verdict: "undecided",
    needs: [LIBC, NAMESPACES],
    decide: async () =>
      await decideFacts(14, await withLab((lab) => sendOverPaths(lab, "one way"))),
  },
  {
    claim: 15,
    change: "a channel that carries messages of any size",
    verdict: "does not hold",
    decide: async () => {
      const figures = await measure(claimOf(15), {
        catalog: catalogWith({ udp: limitless }),
        only: ({ transport }) => transport === "udp",
      });
      return claimOf(15).decide({ figures });
    },
  },
  ...([16, 17] as const).flatMap((claim): Control[] => [
    {
      claim,
      change: "UDP slowed",
      verdict: "does not hold",
      decide: () => decideSlowed(claim, udp, "tcp"),
    },
    {
      claim,
      change: "TCP slowed",
      verdict: "holds",
      decide: () => decideSlowed(claim, tcp, "udp"),
    },
  ]),
  {
    claim: 18,
    change: "a TCP socket in the place of the UDP socket",
    verdict: "does not hold",
    needs: [LIBC],
    decide: async () => await decideFacts(18, await withLab((lab) => serveWithOne("tcp", lab))),
  },
  {
    claim: 19,
    change: "the Unix-domain socket slowed",
    verdict: "does not hold",
    decide: () => decideSlowed(19, unix, "tcp"),
  },
  {
    claim: 19,
    change: "TCP slowed",
    verdict: "holds",
    decide: () => decideSlowed(19, tcp, "unix"),
  },
];
