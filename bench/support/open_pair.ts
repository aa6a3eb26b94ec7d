/**
 * Two connected channels of the suite on one event loop, for the files of `deno bench`.
 *
 * @module
 */

import { transports } from "../../src/transport/registry.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import {
  type DatagramTransport,
  type OpenOptions,
  type StreamTransport,
  type Transport,
  transportId,
} from "../../src/transport/transport.ts";
import type { DatagramChannel, StreamChannel } from "../../src/transport/channel.ts";

/** Both ends of one connection. */
export interface StreamPair {
  /** The end that asks. */
  readonly near: StreamChannel;
  /** The end that answers. */
  readonly far: StreamChannel;
}

/** Two bound datagram sockets. */
export interface DatagramPair {
  /** The end that asks; it sends to `far`. */
  readonly near: DatagramChannel;
  /** The end that answers. */
  readonly far: DatagramChannel;
}

const directory = await createSocketDirectory();
const open: { close(): void }[] = [];

// `deno bench` has no hook for the end of a file but this one, and it does not wait.
addEventListener("unload", () => {
  for (const end of open) end.close();
  Deno.removeSync(directory.path, { recursive: true });
});

/** Options for opening channels: Nagle off, socket files in a private directory that is gone afterwards. */
export const options: OpenOptions = { directory: directory.path, nagle: "off" };

/** The transports that work on this machine, TCP first. */
export const available: readonly Transport[] = await findAvailable();

/** Opens a connection; both ends are closed at the end of the file. */
export async function openStreamPair(
  transport: StreamTransport,
  asked: OpenOptions = options,
): Promise<StreamPair> {
  const listener = await transport.listen(asked);
  const [near, far] = await Promise.all([
    transport.connect(listener.endpoint, asked),
    listener.accept(),
  ]);
  listener.close();
  return closedAtTheEnd({ near, far });
}

/** Binds two sockets, one of which sends to the other; both are closed at the end of the file. */
export async function openDatagramPair(transport: DatagramTransport): Promise<DatagramPair> {
  const far = await transport.bind(options);
  const near = await transport.bind({ ...options, remote: far.endpoint });
  return closedAtTheEnd({ near, far });
}

function closedAtTheEnd<P extends StreamPair | DatagramPair>(pair: P): P {
  open.push(pair.near, pair.far);
  return pair;
}

async function findAvailable(): Promise<Transport[]> {
  const found: Transport[] = [];
  for (const transport of transports) {
    if ((await transport.probe(options)).available) found.push(transport);
  }
  return found.sort((a, b) => Number(transportId(b) === "tcp") - Number(transportId(a) === "tcp"));
}
