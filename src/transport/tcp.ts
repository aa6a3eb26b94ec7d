// TCP over the loopback interface, IPv4 and IPv6.

import { setDenoBuffers } from "./buffers.ts";
import type { ChannelOptions, Endpoint } from "./channel.ts";
import { DenoStreamListener, DenoTcpChannel } from "./deno_stream.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

/** TCP between two ends on 127.0.0.1. */
export const tcp: StreamTransport = tcpOn("tcp", "127.0.0.1", "TCP over IPv4 loopback");

/** TCP between two ends on ::1. */
export const tcp6: StreamTransport = tcpOn("tcp6", "::1", "TCP over IPv6 loopback");

function tcpOn(name: string, hostname: string, title: string): StreamTransport {
  const transport: StreamTransport = {
    name,
    driver: "deno",
    mode: "stream",
    sharesPort: true,
    title,
    listen(options) {
      const { backlog, sharedPort } = options;
      const listener = Deno.listen({
        transport: "tcp",
        hostname,
        port: sharedPort ?? 0,
        reusePort: sharedPort !== undefined,
        ...(backlog !== undefined && { tcpBacklog: backlog }),
      });
      // Sockets that it accepts have its buffers.
      setDenoBuffers(listener, options);
      const endpoint: Endpoint = { kind: "ip", hostname, port: listener.addr.port };
      return Promise.resolve(
        new DenoStreamListener(listener, endpoint, (conn) => open(conn as Deno.TcpConn, options)),
      );
    },
    async connect(endpoint, options) {
      if (endpoint.kind !== "ip") {
        throw new TypeError(`Cannot connect ${name} to a ${endpoint.kind} endpoint`);
      }
      const { hostname, port } = endpoint;
      const conn = await Deno.connect({ transport: "tcp", hostname, port });
      setDenoBuffers(conn, options);
      return open(conn, options);
    },
    probe: (options) => probeStream(transport, options),
  };
  return transport;
}

// Deno.connect leaves Nagle on, whatever its documentation suggests: read back, not assumed, where the kernel can be asked.
function open(conn: Deno.TcpConn, { nagle }: ChannelOptions): DenoTcpChannel {
  if (nagle === undefined) return new DenoTcpChannel(conn, { nagle: "runtime default" });
  conn.setNoDelay(nagle === "off");
  return new DenoTcpChannel(conn, { nagle: `${nagle}, as asked for` });
}
