// Unix-domain datagram sockets, which Deno calls `unixpacket`.

import { setDenoBuffers } from "./buffers.ts";
import { type DatagramKind, DenoDatagramChannel } from "./deno_datagram.ts";
import { probeDatagram } from "./probe.ts";
import { freshSocketPath, removeSocketFile } from "./socket_file.ts";
import type { DatagramTransport } from "./transport.ts";

// The largest message follows SO_SNDBUF, whose smallest value the kernel allows is 4,608 bytes: below that no check is needed.
const KIND: DatagramKind = { name: "unixpacket", safeBytes: 4_096, limitBytes: null };

/** Unix-domain datagram sockets. They push back when the receiver is slow, where UDP drops. */
export const unixpacket: DatagramTransport = {
  name: "unixpacket",
  driver: "deno",
  mode: "datagram",
  usesDirectory: true,
  oneCall: true,
  title: "Unix-domain datagram socket",
  bind({ directory, remote, ...options }) {
    if (remote !== undefined && remote.kind !== "unix") {
      throw new TypeError(`Cannot send unixpacket datagrams to a ${remote.kind} endpoint`);
    }
    // Bound at both ends: an unbound Unix socket has no address that a reply could go to.
    const path = freshSocketPath(directory);
    const conn = Deno.listenDatagram({ transport: "unixpacket", path });
    try {
      setDenoBuffers(conn, options);
    } catch (error) {
      removeSocketFile(path);
      throw error;
    }
    const to: Deno.UnixAddr | undefined = remote &&
      { transport: "unixpacket", path: remote.path };
    return Promise.resolve(
      new DenoDatagramChannel(conn, KIND, { kind: "unix", path }, to, () => removeSocketFile(path)),
    );
  },
  probe: (options) => probeDatagram(unixpacket, options),
};
