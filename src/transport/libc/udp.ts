// UDP over the loopback interface by system calls, IPv4 and IPv6. The driving end is connected, as that of sockperf is; Deno's is not.

import type { DatagramTransport } from "../transport.ts";
import { libcDatagramTransport } from "./libc_datagram_transport.ts";

/** UDP on 127.0.0.1. At most 65,507 bytes: 65,535 less 20 of IP and 8 of UDP header (RFC 791, RFC 768). */
export const udpLibc: DatagramTransport = libcDatagramTransport({
  name: "udp",
  title: "UDP over IPv4 loopback",
  at: { hostname: "127.0.0.1" },
  limitBytes: 65_507,
});

/** UDP on ::1. At most 65,527 bytes: IPv6's length field leaves its own header out (RFC 8200). */
export const udp6Libc: DatagramTransport = libcDatagramTransport({
  name: "udp6",
  title: "UDP over IPv6 loopback",
  at: { hostname: "::1" },
  limitBytes: 65_527,
});
