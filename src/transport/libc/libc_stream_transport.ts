// Transports of connections over blocking system calls: what a protocol's own file declares becomes a StreamTransport here.

import { openKernel } from "../../kernel/libc.ts";
import type { SocketAddress } from "../../kernel/socket_address.ts";
import { addressFamily, encodeAddress, FAMILY } from "../../kernel/socket_address.ts";
import { asksForBuffers, setBuffers } from "../buffers.ts";
import type { ChannelOptions, Endpoint } from "../channel.ts";
import { probeMessages, probeStream } from "../probe.ts";
import { freshSocketPath, removeSocketFile } from "../socket_file.ts";
import type { OpenOptions, StreamTransport } from "../transport.ts";
import { LibcListener } from "./libc_listener.ts";
import { LibcSocket } from "./libc_socket.ts";
import { LibcStreamChannel, LibcTcpChannel } from "./libc_stream.ts";
import { localEndpoint, refusedSocket } from "./local_endpoint.ts";

const SOCK_NONBLOCK = 0o4000;

/** What differs between the stream transports of this driver. */
export interface LibcStreamKind {
  readonly name: string;
  readonly title: string;
  /** Where both ends are: a numeric address, or paths in the run's private directory. */
  readonly at: { readonly hostname: string } | "socket file";
  readonly type: number;
  readonly protocol: number;
  /** Whether its `accept` sleeps on whatever SO_RCVTIMEO says: its listeners then never sleep in it. */
  readonly acceptIgnoresTimeout?: true;
  readonly keepsBoundaries?: true;
  readonly isTcp?: true;
  /** Does to a connected socket what the options ask for. */
  setUp?(socket: LibcSocket, options: ChannelOptions): void;
}

export function libcStreamTransport(kind: LibcStreamKind): StreamTransport {
  const { name, title, keepsBoundaries } = kind;
  const transport: StreamTransport = {
    name,
    driver: "libc",
    mode: "stream",
    blocking: true,
    ...(kind.at === "socket file" && { usesDirectory: true }),
    ...(keepsBoundaries && { keepsBoundaries }),
    title: `${title}, by blocking system calls`,
    listen: (options) => Promise.resolve(listen(kind, options)),
    connect: (endpoint, options) => connect(kind, endpoint, options),
    probe: (options) => probe(kind, transport, options),
  };
  return transport;
}

function listen(kind: LibcStreamKind, options: OpenOptions): LibcListener {
  const address: SocketAddress = kind.at === "socket file"
    ? { kind: "unix", path: freshSocketPath(options.directory) }
    : { kind: "ip", hostname: kind.at.hostname, port: 0 };
  // A listener always sleeps: spinning is for what is measured.
  const type = kind.acceptIgnoresTimeout ? kind.type | SOCK_NONBLOCK : kind.type;
  const socket = LibcSocket.bound(address, type, kind.protocol, {});
  const cleanUp = () => {
    if (address.kind === "unix") removeSocketFile(address.path);
  };
  try {
    setBuffersOf(socket, options);
  } catch (error) {
    cleanUp();
    throw error;
  }
  return new LibcListener(
    socket,
    localEndpoint(socket),
    options,
    (accepted) => {
      // TCP's have the buffers of their listener.
      if (kind.at === "socket file") setBuffersOf(accepted, options);
      return channelOver(kind, accepted, options);
    },
    cleanUp,
  );
}

function connect(kind: LibcStreamKind, endpoint: Endpoint, options: OpenOptions) {
  const wanted = kind.at === "socket file" ? "unix" : "ip";
  if (endpoint.kind === "memory" || endpoint.kind !== wanted) {
    throw new TypeError(`Cannot connect ${kind.name} to a ${endpoint.kind} endpoint`);
  }
  const socket = LibcSocket.open(addressFamily(endpoint), kind.type, kind.protocol, options);
  setBuffersOf(socket, options);
  try {
    socket.sliceSends();
    const connecting = socket.connect(encodeAddress(endpoint));
    if (!(connecting instanceof Promise)) return channelOver(kind, socket, options);
    return connecting.then(() => channelOver(kind, socket, options)).catch((error) => {
      socket.close();
      throw error;
    });
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Before `listen` and `connect`, as tcp(7) asks. Owns the socket where it fails. */
function setBuffersOf(socket: LibcSocket, options: ChannelOptions): void {
  if (!asksForBuffers(options)) return;
  try {
    setBuffers(socket.fd, options);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Owns the socket whatever happens. */
function channelOver(kind: LibcStreamKind, socket: LibcSocket, options: ChannelOptions) {
  try {
    kind.setUp?.(socket, options);
    return kind.isTcp
      ? new LibcTcpChannel(socket)
      : new LibcStreamChannel(socket, kind.keepsBoundaries && kind.name);
  } catch (error) {
    socket.close();
    throw error;
  }
}

async function probe(kind: LibcStreamKind, transport: StreamTransport, options: OpenOptions) {
  const kernel = openKernel();
  if (!kernel.available) return kernel;
  const family = kind.at === "socket file"
    ? FAMILY.unix
    : addressFamily({ kind: "ip", hostname: kind.at.hostname, port: 0 });
  return refusedSocket(family, kind.type, kind.protocol) ??
    await (kind.keepsBoundaries ? probeMessages : probeStream)(transport, options);
}
