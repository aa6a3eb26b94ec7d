// Unix-domain sockets by system calls: a stream of bytes, connections of whole messages (`seqpacket`), and datagrams.

import type { DatagramTransport, StreamTransport } from "../transport.ts";
import { libcDatagramTransport } from "./libc_datagram_transport.ts";
import { SOCKET_TYPE } from "./libc_socket.ts";
import { libcStreamTransport } from "./libc_stream_transport.ts";

/** Unix-domain stream sockets, on a path in the run's private directory. */
export const unixLibc: StreamTransport = libcStreamTransport({
  name: "unix",
  title: "Unix-domain stream socket",
  at: "socket file",
  type: SOCKET_TYPE.stream,
  protocol: 0,
});

/**
 * Unix-domain sockets of type SOCK_SEQPACKET, which Deno does not have: connections, as those of `unix`, that keep the
 * boundaries of messages, as `unixpacket` does. One write is one message, one read takes one. The largest message follows
 * SO_SNDBUF. A message of no bytes would look like the end of the stream and is not sent.
 */
export const seqpacketLibc: StreamTransport = libcStreamTransport({
  name: "seqpacket",
  title: "Unix-domain sequenced packets: connections that keep message boundaries",
  at: "socket file",
  type: SOCKET_TYPE.seqpacket,
  protocol: 0,
  keepsBoundaries: true,
});

/** Unix-domain datagram sockets, on paths in the run's private directory. Their largest message follows SO_SNDBUF. */
export const unixpacketLibc: DatagramTransport = libcDatagramTransport({
  name: "unixpacket",
  title: "Unix-domain datagram socket",
  at: "socket file",
  limitBytes: null,
});
