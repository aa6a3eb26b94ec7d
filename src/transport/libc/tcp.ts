// TCP over the loopback interface by system calls, IPv4 and IPv6, and Multipath TCP.

import type { ChannelOptions } from "../channel.ts";
import type { StreamTransport } from "../transport.ts";
import { type LibcSocket, SOCKET_TYPE } from "./libc_socket.ts";
import { libcStreamTransport } from "./libc_stream_transport.ts";

const IPPROTO_TCP = 6;
const IPPROTO_MPTCP = 262;
const TCP_NODELAY = 1;

/** TCP between two ends on 127.0.0.1. */
export const tcpLibc: StreamTransport = tcpOn(
  "tcp",
  "127.0.0.1",
  IPPROTO_TCP,
  "TCP over IPv4 loopback",
);

/** TCP between two ends on ::1. */
export const tcp6Libc: StreamTransport = tcpOn(
  "tcp6",
  "::1",
  IPPROTO_TCP,
  "TCP over IPv6 loopback",
);

/** Multipath TCP (RFC 8684) over the one path that loopback has: what the protocol itself costs, not what several paths bring. */
export const mptcpLibc: StreamTransport = tcpOn(
  "mptcp",
  "127.0.0.1",
  IPPROTO_MPTCP,
  "Multipath TCP over IPv4 loopback, one path",
);

function tcpOn(name: string, hostname: string, protocol: number, title: string): StreamTransport {
  return libcStreamTransport({
    name,
    title,
    at: { hostname },
    type: SOCKET_TYPE.stream,
    protocol,
    isTcp: true,
    // Seen on Linux 6.18: the timeout is kept on the MPTCP socket, and its accept goes by that of the first subflow.
    ...(protocol === IPPROTO_MPTCP && { acceptIgnoresTimeout: true }),
    setUp: setNagle,
  });
}

// The kernel leaves Nagle on where nothing is asked for, as Deno does.
function setNagle(socket: LibcSocket, { nagle }: ChannelOptions): void {
  if (nagle === undefined) return;
  socket.setOption(IPPROTO_TCP, TCP_NODELAY, nagle === "off" ? ON : OFF, "TCP_NODELAY");
}

const ON = new Uint8Array(new Int32Array([1]).buffer);
const OFF = new Uint8Array(new Int32Array([0]).buffer);
