// Stream transports of driver `node`: what they do not share is a name, an address and whether there is TLS.

import type net from "node:net";
import type { SecureContextOptions } from "node:tls";
import { systemClock } from "../../clock.ts";
import { asksForBuffers, setBuffers } from "../buffers.ts";
import { explainHandshake, ownCertificate } from "../certificate.ts";
import type { ChannelOptions, Endpoint, StreamChannel } from "../channel.ts";
import { MailboxListener } from "../mailbox.ts";
import { probeConnection, probeStream } from "../probe.ts";
import { freshSocketPath, removeSocketFile } from "../socket_file.ts";
import type { OpenOptions, StreamTransport } from "../transport.ts";
import { nodeBuiltin, requirePermission } from "./node_builtins.ts";
import { NodeStreamChannel, NodeTcpChannel } from "./node_stream.ts";

/** What differs between stream transports of driver `node`. */
export interface NodeStreamKind {
  readonly name: string;
  readonly title: string;
  /** Where it listens; absent: on a path in the run's directory. */
  readonly hostname?: string;
  readonly hasTls?: true;
}

export function nodeStreamTransport(kind: NodeStreamKind): StreamTransport {
  const { name, title, hostname } = kind;
  const transport: StreamTransport = {
    name,
    driver: "node",
    mode: "stream",
    ...(hostname === undefined && { usesDirectory: true }),
    title,
    listen: (options) => listen(kind, options),
    connect: (endpoint, options) => connect(kind, endpoint, options),
    async probe(options) {
      const found = await probeStream(transport, options);
      if (!found.available) return found;
      return await probeConnection(transport, options, async (client, server) => {
        // In Deno before 2.7 the end of one direction is that of both.
        await client.closeWrite();
        const ended = await server.read(new Uint8Array(1));
        await server.write(new Uint8Array(1));
        const reason = "node:net of this runtime cannot close one direction alone";
        return ended === null && await client.read(new Uint8Array(1)) === 1
          ? found
          : { available: false, reason };
      });
    },
  };
  return transport;
}

async function listen({ hostname, hasTls }: NodeStreamKind, options: OpenOptions) {
  const path = hostname === undefined ? freshSocketPath(options.directory) : undefined;
  const secret = hasTls ? await ownCertificate() : undefined;
  const listener = new NodeListener(options, secret);
  const { backlog } = options;
  const at = path === undefined ? { host: hostname!, port: 0 } : { path };
  const port = await listener.open({ ...at, ...(backlog !== undefined && { backlog }) });
  const certificate = secret && { certificate: secret.cert };
  const endpoint: Endpoint = path === undefined
    ? { kind: "ip", hostname: hostname!, port, ...certificate }
    : { kind: "unix", path, ...certificate };
  return Object.assign(listener, { endpoint });
}

async function connect(
  { name, hostname, hasTls }: NodeStreamKind,
  endpoint: Endpoint,
  options: ChannelOptions,
): Promise<StreamChannel> {
  if (endpoint.kind !== (hostname === undefined ? "unix" : "ip")) {
    throw new TypeError(`Cannot connect ${name}@node to a ${endpoint.kind} endpoint`);
  }
  const at = {
    ...(endpoint.kind === "ip"
      ? { host: endpoint.hostname, port: endpoint.port }
      : { path: endpoint.path }),
    allowHalfOpen: true,
  };
  requirePermission(at);
  if (!hasTls) {
    const socket = nodeBuiltin("node:net").connect(at);
    await opened(socket, "connect");
    return open(socket, options);
  }
  if (endpoint.certificate === undefined) {
    throw new TypeError(`Cannot connect ${name}@node to an endpoint without a certificate`);
  }
  const socket = nodeBuiltin("node:tls").connect({
    ...at,
    ca: endpoint.certificate,
    ...(endpoint.kind === "unix" && { servername: "localhost" }),
  });
  let connectedNs = systemClock.nowNs();
  socket.once("connect", () => {
    connectedNs = systemClock.nowNs();
    setNagle(socket, options);
  });
  await opened(socket, "secureConnect").catch((error) => {
    throw explainHandshake(`${name}@node`, error);
  });
  return open(socket, options, systemClock.nowNs() - connectedNs);
}

function opened(socket: net.Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.once(event as "connect", () => {
      socket.off("error", fail);
      resolve();
    });
  });
}

function open(socket: net.Socket, options: ChannelOptions, handshakeNs?: number): StreamChannel {
  setNagle(socket, options);
  const { nagle } = options;
  const asked = nagle === undefined ? "runtime default" : `${nagle}, as asked for`;
  const channel = socket.remotePort === undefined
    ? new NodeStreamChannel(socket, {}, handshakeNs)
    : new NodeTcpChannel(socket, { nagle: asked }, handshakeNs);
  if (!asksForBuffers(options)) return channel;
  try {
    const fd = channel.descriptor();
    if (fd === undefined) throw new Error("Cannot set buffers: the descriptor is not known");
    setBuffers(fd, options);
    return channel;
  } catch (error) {
    channel.close();
    throw error;
  }
}

// The runtime's default is left untouched where nothing is asked for.
function setNagle(socket: net.Socket, { nagle }: ChannelOptions): void {
  if (nagle !== undefined && socket.remotePort !== undefined) socket.setNoDelay(nagle === "off");
}

/** Accepts, and shakes hands, on its own: a client that connects must not have to wait until somebody asks for it. */
class NodeListener extends MailboxListener {
  declare readonly endpoint: Endpoint;
  readonly #server: net.Server;
  #path: string | undefined;

  constructor(options: ChannelOptions, secret: SecureContextOptions | undefined) {
    super();
    const accept = (socket: net.Socket) => {
      try {
        if (this.isClosed) throw this.fault;
        this.accepted.put(open(socket, options));
      } catch (error) {
        socket.destroy();
        this.fail(error);
      }
    };
    this.#server = secret === undefined
      ? nodeBuiltin("node:net").createServer({ allowHalfOpen: true }, accept)
      : this.#createTlsServer(options, secret, accept);
  }

  /** Listens. The port; 0 for a path. */
  async open(at: net.ListenOptions): Promise<number> {
    requirePermission(at);
    this.#path = at.path;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(at, resolve);
    });
    this.#server.on("error", (error) => this.fail(error));
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  protected release(): void {
    this.#server.close();
    if (this.#path !== undefined) removeSocketFile(this.#path);
  }

  /** A client that is none, or trusts another certificate, knows why; the server serves on. */
  #createTlsServer(
    options: ChannelOptions,
    secret: SecureContextOptions,
    accept: (socket: net.Socket) => void,
  ): net.Server {
    const server = nodeBuiltin("node:tls").createServer({ ...secret, allowHalfOpen: true });
    server.on("connection", (socket: net.Socket) => {
      setNagle(socket, options);
    });
    server.on("secureConnection", accept);
    server.on("tlsClientError", (_error: Error, socket: net.Socket) => socket.destroy());
    return server;
  }
}
