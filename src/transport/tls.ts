// TLS over TCP on the loopback interface, by Deno's own client and server.
//
// The server's certificate is made in memory, once in a process, and travels with the endpoint: the client verifies it, and trusts no
// other. Connecting includes the handshake. Deno resolves before there was one, and leaves Nagle on at both ends: with the first bytes
// of a connection this takes 88 ms, two delayed acknowledgements. A client can turn it off before it begins with TLS; a connection of TLS has no such method,
// so that the server's are accepted from a listener whose sockets have it off, which takes libc.

import { systemClock } from "../clock.ts";
import { findFd } from "../kernel/find_fd.ts";
import { openKernel } from "../kernel/libc.ts";
import { setOption } from "../kernel/options.ts";
import { setDenoBuffers } from "./buffers.ts";
import { explainHandshake, ownCertificate } from "./certificate.ts";
import type { ChannelOptions, Endpoint } from "./channel.ts";
import { DenoTcpChannel } from "./deno_stream.ts";
import { MailboxListener } from "./mailbox.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

const HOSTNAME = "127.0.0.1";

/** TLS between two ends on 127.0.0.1: a stream of bytes, in records of 16 KiB at most. */
export const tls: StreamTransport = {
  name: "tls",
  driver: "deno",
  mode: "stream",
  title: "TLS over TCP on IPv4 loopback; connecting includes the handshake",
  async listen(options) {
    const { backlog } = options;
    const certificate = await ownCertificate();
    const listener = Deno.listenTls({
      hostname: HOSTNAME,
      port: 0,
      ...certificate,
      ...(backlog !== undefined && { tcpBacklog: backlog }),
    });
    // Sockets that it accepts have its buffers and its Nagle.
    setDenoBuffers(listener, options);
    return new TlsListener(listener, certificate.cert, setNagle(listener, options));
  },
  async connect(endpoint, { nagle, ...options }) {
    if (endpoint.kind !== "ip" || endpoint.certificate === undefined) {
      throw new TypeError("Cannot connect tls to an endpoint without a certificate");
    }
    const { hostname, port, certificate } = endpoint;
    const tcp = await Deno.connect({ transport: "tcp", hostname, port });
    setDenoBuffers(tcp, options);
    if (nagle !== undefined) tcp.setNoDelay(nagle === "off");
    const startedNs = systemClock.nowNs();
    const conn = await Deno.startTls(tcp, { hostname, caCerts: [certificate] });
    try {
      await conn.handshake();
    } catch (error) {
      conn.close();
      throw explainHandshake("tls", error);
    }
    const handshakeNs = systemClock.nowNs() - startedNs;
    return new DenoTcpChannel(conn, { nagle: asked(nagle) }, handshakeNs);
  },
  probe: (options) => probeStream(tls, options),
};

/** Accepts and shakes hands on its own: a client that connects must not have to wait until somebody asks for it, as it need not in TCP. */
class TlsListener extends MailboxListener {
  readonly endpoint: Endpoint;
  readonly #listener: Deno.TlsListener;
  readonly #shaking = new Set<Deno.TlsConn>();
  readonly #nagle: string;

  constructor(listener: Deno.TlsListener, certificate: string, nagle: string) {
    super();
    const { port } = listener.addr;
    this.endpoint = { kind: "ip", hostname: HOSTNAME, port, certificate };
    this.#listener = listener;
    this.#nagle = nagle;
    this.#acceptAll().catch((error) => this.fail(error));
  }

  protected release(): void {
    this.#listener.close();
    for (const conn of this.#shaking) conn.close();
  }

  async #acceptAll(): Promise<void> {
    for (;;) this.#shakeHands(await this.#listener.accept());
  }

  /** A client that is none, or trusts another certificate, knows why; the server serves on. */
  async #shakeHands(conn: Deno.TlsConn): Promise<void> {
    this.#shaking.add(conn);
    try {
      await conn.handshake();
      if (!this.isClosed) {
        this.accepted.put(new DenoTcpChannel(conn, { nagle: this.#nagle }));
      }
    } catch {
      if (!this.isClosed) conn.close();
    } finally {
      this.#shaking.delete(conn);
    }
  }
}

/** Turns Nagle on or off for all connections of a listener; the setting, for where it cannot be read back. */
function setNagle(listener: Deno.TlsListener, { nagle }: ChannelOptions): string {
  if (nagle === undefined) return asked(nagle);
  const kernel = openKernel();
  if (!kernel.available) {
    return nagle === "on" ? asked(nagle) : `on, to turn it off ${kernel.reason}`;
  }
  try {
    setOption(findFd(listener), "TCP_NODELAY", nagle === "off" ? 1 : 0);
    return asked(nagle);
  } catch (error) {
    listener.close();
    throw error;
  }
}

function asked(nagle: ChannelOptions["nagle"]): string {
  return nagle === undefined ? "runtime default" : `${nagle}, as asked for`;
}
