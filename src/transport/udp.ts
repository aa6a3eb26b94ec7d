// UDP over the loopback interface, IPv4 and IPv6.

import { setDenoBuffers } from "./buffers.ts";
import type { Endpoint } from "./channel.ts";
import { type DatagramKind, DenoDatagramChannel } from "./deno_datagram.ts";
import { probeDatagram } from "./probe.ts";
import type { DatagramTransport } from "./transport.ts";

/** UDP on 127.0.0.1. At most 65,507 bytes: 65,535 less 20 of IP and 8 of UDP header (RFC 791, RFC 768). */
export const udp: DatagramTransport = udpOn("udp", "127.0.0.1", 65_507, "UDP over IPv4 loopback");

/** UDP on ::1. At most 65,527 bytes: IPv6's length field leaves its own header out (RFC 8200). */
export const udp6: DatagramTransport = udpOn("udp6", "::1", 65_527, "UDP over IPv6 loopback");

function udpOn(name: string, hostname: string, limitBytes: number, title: string) {
  const kind: DatagramKind = { name, safeBytes: limitBytes, limitBytes };
  const transport: DatagramTransport = {
    name,
    driver: "deno",
    mode: "datagram",
    dropsUnread: true,
    title,
    bind({ remote, ...options }) {
      if (remote !== undefined && remote.kind !== "ip") {
        throw new TypeError(`Cannot send ${name} datagrams to a ${remote.kind} endpoint`);
      }
      const conn = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
      setDenoBuffers(conn, options);
      const endpoint: Endpoint = { kind: "ip", hostname, port: (conn.addr as Deno.NetAddr).port };
      const to: Deno.NetAddr | undefined = remote &&
        { transport: "udp", hostname: remote.hostname, port: remote.port };
      return Promise.resolve(new DenoDatagramChannel(conn, kind, endpoint, to));
    },
    probe: (options) => probeDatagram(transport, options, limitBytes),
  };
  return transport;
}
