// The stream transports of driver `node`: node:net and node:tls.

import { nodeStreamTransport } from "./node_stream_transport.ts";

export const tcpNode = nodeStreamTransport({
  name: "tcp",
  hostname: "127.0.0.1",
  title: "TCP over IPv4 loopback, by node:net",
});

export const tcp6Node = nodeStreamTransport({
  name: "tcp6",
  hostname: "::1",
  title: "TCP over IPv6 loopback, by node:net",
});

export const unixNode = nodeStreamTransport({
  name: "unix",
  title: "Unix-domain stream socket, by node:net",
});

export const tlsNode = nodeStreamTransport({
  name: "tls",
  hostname: "127.0.0.1",
  hasTls: true,
  title: "TLS over TCP on IPv4 loopback, by node:tls; connecting includes the handshake",
});

export const tlsUnixNode = nodeStreamTransport({
  name: "tls-unix",
  hasTls: true,
  title: "TLS over a Unix-domain socket, by node:tls; connecting includes the handshake",
});
