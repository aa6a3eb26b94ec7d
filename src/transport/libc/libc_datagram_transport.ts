// Transports of single messages over blocking system calls: what a protocol's own file declares becomes a DatagramTransport here.

import { openKernel } from "../../kernel/libc.ts";
import { encodeAddress, type SocketAddress } from "../../kernel/socket_address.ts";
import { setBuffers } from "../buffers.ts";
import { probeDatagram } from "../probe.ts";
import { freshSocketPath, removeSocketFile } from "../socket_file.ts";
import type { BindOptions, DatagramTransport } from "../transport.ts";
import { LibcDatagramChannel, type LibcDatagramKind } from "./libc_datagram.ts";
import { LibcSocket, MSG, SOCKET_TYPE } from "./libc_socket.ts";
import { localEndpoint } from "./local_endpoint.ts";

/** What differs between the datagram transports of this driver. */
export interface LibcDatagramTransportKind extends LibcDatagramKind {
  readonly title: string;
  /** Where both ends are: a numeric address, or paths in the run's private directory. */
  readonly at: { readonly hostname: string } | "socket file";
}

export function libcDatagramTransport(kind: LibcDatagramTransportKind): DatagramTransport {
  const { name, title, limitBytes } = kind;
  const transport: DatagramTransport = {
    name,
    driver: "libc",
    mode: "datagram",
    blocking: true,
    ...(kind.at === "socket file" && { usesDirectory: true }),
    title: `${title}, by blocking system calls`,
    bind: (options) => Promise.resolve(bind(kind, options)),
    async probe(options) {
      const kernel = openKernel();
      return kernel.available
        ? await probeDatagram(transport, options, limitBytes ?? undefined)
        : kernel;
    },
  };
  return transport;
}

function bind(kind: LibcDatagramTransportKind, options: BindOptions): LibcDatagramChannel {
  const { remote, clients = 1 } = options;
  const isFile = kind.at === "socket file";
  if (remote?.kind === "memory" || (remote && remote.kind !== (isFile ? "unix" : "ip"))) {
    throw new TypeError(`Cannot send ${kind.name} datagrams to a ${remote.kind} endpoint`);
  }
  // A Unix socket is bound at both ends: an unbound one has no address that a reply could go to.
  const address: SocketAddress = kind.at === "socket file"
    ? { kind: "unix", path: freshSocketPath(options.directory) }
    : { kind: "ip", hostname: kind.at.hostname, port: 0 };
  const socket = LibcSocket.bound(address, SOCKET_TYPE.datagram, 0, options);
  const cleanUp = () => {
    if (address.kind === "unix") removeSocketFile(address.path);
  };
  try {
    setBuffers(socket.fd, options);
    if (remote !== undefined) {
      const { libc, fd } = socket;
      const encoded = encodeAddress(remote);
      libc.check(libc.symbols.connect(fd, encoded, encoded.length), "connect");
      // What others sent before that is not for the trial.
      while (libc.symbols.recv(fd, new Uint8Array(1), 1n, MSG.dontWait) >= 0);
    }
    return new LibcDatagramChannel(
      socket,
      kind,
      localEndpoint(socket),
      remote === undefined ? clients : 0,
      cleanUp,
    );
  } catch (error) {
    socket.close();
    cleanUp();
    throw error;
  }
}
