// Unix-domain datagram sockets by system calls.

import type { DatagramTransport } from "../transport.ts";
import { libcDatagramTransport } from "./libc_datagram_transport.ts";

/** Unix-domain datagram sockets, on paths in the run's private directory. Their largest message follows SO_SNDBUF. */
export const unixpacketLibc: DatagramTransport = libcDatagramTransport({
  name: "unixpacket",
  title: "Unix-domain datagram socket",
  at: "socket file",
  limitBytes: null,
});
