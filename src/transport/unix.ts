/**
 * Unix-domain stream sockets.
 *
 * @module
 */

import { DenoStreamChannel, DenoStreamListener } from "./deno_stream.ts";
import { probeStream } from "./probe.ts";
import { freshSocketPath, removeSocketFile } from "./socket_file.ts";
import type { StreamTransport } from "./transport.ts";

/** Unix-domain stream sockets, on a path in the run's private directory. */
export const unix: StreamTransport = {
  name: "unix",
  driver: "deno",
  mode: "stream",
  title: "Unix-domain stream socket",
  listen({ directory }) {
    const path = freshSocketPath(directory);
    const listener = Deno.listen({ transport: "unix", path });
    return Promise.resolve(
      new DenoStreamListener(
        listener,
        { kind: "unix", path },
        (conn) => new DenoStreamChannel(conn),
        () => removeSocketFile(path),
      ),
    );
  },
  async connect(endpoint) {
    if (endpoint.kind !== "unix") {
      throw new TypeError(`Cannot connect unix to a ${endpoint.kind} endpoint`);
    }
    return new DenoStreamChannel(
      await Deno.connect({ transport: "unix", path: endpoint.path }),
    );
  },
  probe: (options) => probeStream(unix, options),
};
