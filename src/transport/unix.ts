// Unix-domain stream sockets.

import { setDenoBuffers } from "./buffers.ts";
import type { ChannelOptions } from "./channel.ts";
import { DenoStreamChannel, DenoStreamListener } from "./deno_stream.ts";
import { probeStream } from "./probe.ts";
import { freshSocketPath, removeSocketFile } from "./socket_file.ts";
import type { StreamTransport } from "./transport.ts";

/** Unix-domain stream sockets, on a path in the run's private directory. */
export const unix: StreamTransport = {
  name: "unix",
  driver: "deno",
  mode: "stream",
  usesDirectory: true,
  title: "Unix-domain stream socket",
  listen(options) {
    const path = freshSocketPath(options.directory);
    const listener = Deno.listen({ transport: "unix", path });
    return Promise.resolve(
      new DenoStreamListener(
        listener,
        { kind: "unix", path },
        (conn) => open(conn, options),
        () => removeSocketFile(path),
      ),
    );
  },
  async connect(endpoint, options) {
    if (endpoint.kind !== "unix") {
      throw new TypeError(`Cannot connect unix to a ${endpoint.kind} endpoint`);
    }
    return open(await Deno.connect({ transport: "unix", path: endpoint.path }), options);
  },
  probe: (options) => probeStream(unix, options),
};

// An accepted socket has nothing from its listener: each end is set for itself.
function open(conn: Deno.Conn, options: ChannelOptions): DenoStreamChannel {
  setDenoBuffers(conn, options);
  return new DenoStreamChannel(conn);
}
