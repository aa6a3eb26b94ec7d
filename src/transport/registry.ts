// The built-in transports, in the order of reports. A new one is a file and a line here.

import { h2c, http, http2, https, httpUnix } from "./http.ts";
import { mptcpLibc, tcp6Libc, tcpLibc } from "./libc/tcp.ts";
import { udp6Libc, udpLibc } from "./libc/udp.ts";
import { icmpLibc } from "./libc/icmp.ts";
import { pipeLibc } from "./libc/pipe.ts";
import { dccpLibc, sctpLibc, tipcLibc, vsockLibc } from "./libc/unmeasured.ts";
import { seqpacketLibc, unixLibc, unixpacketLibc } from "./libc/unix.ts";
import { udp6Node, udpNode } from "./node/node_datagram.ts";
import { tcp6Node, tcpNode, tlsNode, tlsUnixNode, unixNode } from "./node/streams.ts";
import { messagePort } from "./message_port.ts";
import { quic } from "./quic.ts";
import { quicDatagram } from "./quic_datagram.ts";
import { sharedMemory } from "./shared_memory.ts";
import { tcp, tcp6 } from "./tcp.ts";
import { tls } from "./tls.ts";
import type { Transport } from "./transport.ts";
import { udp, udp6 } from "./udp.ts";
import { unix } from "./unix.ts";
import { unixpacket } from "./unixpacket.ts";
import { websocket } from "./websocket.ts";

export const transports: readonly Transport[] = [
  tcp,
  tcp6,
  unix,
  udp,
  udp6,
  unixpacket,
  tls,
  quic,
  quicDatagram,
  websocket,
  http,
  httpUnix,
  https,
  http2,
  h2c,
  messagePort,
  sharedMemory,
  tcpNode,
  tcp6Node,
  unixNode,
  udpNode,
  udp6Node,
  tlsNode,
  tlsUnixNode,
  tcpLibc,
  tcp6Libc,
  mptcpLibc,
  unixLibc,
  seqpacketLibc,
  udpLibc,
  udp6Libc,
  unixpacketLibc,
  pipeLibc,
  icmpLibc,
  sctpLibc,
  dccpLibc,
  tipcLibc,
  vsockLibc,
];
