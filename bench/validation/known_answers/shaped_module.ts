/**
 * TCP and UDP over links of known rate, as a module that both ends load. The links exist only between the two network namespaces of
 * `namespaces.ts`, so their addresses are free whatever the machine uses.
 *
 * @module
 */

import type { SockbenchModule } from "../../../src/catalog.ts";
import { DenoDatagramChannel } from "../../../src/transport/deno_datagram.ts";
import { DenoStreamChannel, DenoStreamListener } from "../../../src/transport/deno_stream.ts";
import type { DatagramTransport, StreamTransport } from "../../../src/transport/transport.ts";

/** A link that passes so many bits a second, headers included, from the driver's end to the peer's. */
export interface ShapedLink {
  /** Rate of the token bucket, in Mbit/s of 10^6 bits. */
  readonly mbit: number;
  /** Size of the token bucket in KiB: what may leave at once after a pause, some milliseconds' worth. */
  readonly burstKib: number;
  /** Address of the driver's end. */
  readonly driver: string;
  /** Address of the peer's end. */
  readonly peer: string;
}

/** MTU of every link, the usual one of Ethernet. */
export const MTU_BYTES = 1_500;

/** The links: addresses of the range for tests of network devices (RFC 2544, 198.18.0.0/15). */
export const LINKS: readonly ShapedLink[] = [
  { mbit: 10, burstKib: 16, driver: "198.18.1.1", peer: "198.18.1.2" },
  { mbit: 50, burstKib: 32, driver: "198.18.2.1", peer: "198.18.2.2" },
  { mbit: 100, burstKib: 64, driver: "198.18.3.1", peer: "198.18.3.2" },
];

/** The name of a transport over a link. */
export function shapedName(transport: "tcp" | "udp", { mbit }: ShapedLink): string {
  return `${transport}-${mbit}mbit`;
}

const always = () => Promise.resolve({ available: true } as const);

function shapedTcp(link: ShapedLink): StreamTransport {
  return {
    name: shapedName("tcp", link),
    driver: "deno",
    mode: "stream",
    title: `TCP over a link of ${link.mbit} Mbit/s`,
    probe: always,
    listen() {
      const listener = Deno.listen({ transport: "tcp", hostname: link.peer, port: 0 });
      const endpoint = { kind: "ip", hostname: link.peer, port: listener.addr.port } as const;
      return Promise.resolve(
        new DenoStreamListener(listener, endpoint, (conn) => new DenoStreamChannel(conn)),
      );
    },
    async connect(endpoint) {
      if (endpoint.kind !== "ip") throw new TypeError("Cannot connect to what is no IP endpoint");
      const conn = await Deno.connect({ hostname: endpoint.hostname, port: endpoint.port });
      conn.setNoDelay(true);
      return new DenoStreamChannel(conn);
    },
  };
}

function shapedUdp(link: ShapedLink): DatagramTransport {
  const name = shapedName("udp", link);
  return {
    name,
    driver: "deno",
    mode: "datagram",
    title: `UDP over a link of ${link.mbit} Mbit/s`,
    probe: always,
    bind({ remote }) {
      const hostname = remote === undefined ? link.peer : link.driver;
      const conn = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
      const { port } = conn.addr as Deno.NetAddr;
      const to = remote?.kind === "ip"
        ? { transport: "udp", hostname: remote.hostname, port: remote.port } as const
        : undefined;
      const kind = { name, safeBytes: 65_507, limitBytes: 65_507 };
      return Promise.resolve(
        new DenoDatagramChannel(conn, kind, { kind: "ip", hostname, port }, to),
      );
    },
  };
}

const module: SockbenchModule = {
  transports: LINKS.flatMap((link) => [shapedTcp(link), shapedUdp(link)]),
};
export default module;
