// The stream transports that an experiment can use.

import type { ChannelOptions, Endpoint, StreamChannel } from "../transport/channel.ts";
import type { StreamTransport } from "../transport/transport.ts";
import { CannotTry, type Lab } from "./claim.ts";

export type Usable = readonly [id: string, transport: StreamTransport];

export function usableStreams(
  ids: readonly string[],
  { catalog, availability }: Pick<Lab, "catalog" | "availability">,
): readonly [Usable, ...Usable[]] {
  const reasons: string[] = [];
  const [first, ...others] = ids.flatMap((id): Usable[] => {
    const transport = catalog.transports.get(id);
    const access = availability.get(id) ?? { available: false, reason: "it was not looked for" };
    if (!access.available) reasons.push(`${id} does not work here: ${access.reason}`);
    return transport?.mode === "stream" && access.available ? [[id, transport]] : [];
  });
  if (first === undefined) {
    throw new CannotTry(reasons[0] ?? `there is no stream transport ${ids.join(", ")}`);
  }
  return [first, ...others];
}

/** Both ends of a connection through a transport; disposing closes what is still open. */
export interface Channels extends Disposable {
  readonly client: StreamChannel;
  readonly server: StreamChannel;
  readonly endpoint: Endpoint;
}

/** Opens a connection through a transport; the end of the experiment closes it. */
export async function openChannels(
  transport: StreamTransport,
  { directory, signal }: Pick<Lab, "directory" | "signal">,
  options: ChannelOptions = {},
  clientOptions: ChannelOptions = options,
): Promise<Channels> {
  const listener = await transport.listen({ directory, ...options });
  const accepting = listener.accept();
  const client = await transport.connect(listener.endpoint, { directory, ...clientOptions });
  const server = await accepting;
  listener.close();
  const close = () => {
    client.close();
    server.close();
  };
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  return {
    client,
    server,
    endpoint: listener.endpoint,
    [Symbol.dispose]() {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}

/** Sends a message to the other end and one of the same size back. */
export async function exchange(
  { client, server }: Pick<Channels, "client" | "server">,
  messageBytes: number,
): Promise<void> {
  const message = new Uint8Array(messageBytes);
  for (const [from, to] of [[client, server], [server, client]] as const) {
    await Promise.all([writeAll(from, message), readAll(to, messageBytes)]);
  }
}

export async function writeAll(channel: StreamChannel, data: Uint8Array): Promise<void> {
  for (let written = 0; written < data.length;) {
    written += await channel.write(data.subarray(written));
  }
}

export async function readAll(channel: StreamChannel, bytes: number): Promise<void> {
  const buffer = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const read = await channel.read(buffer.subarray(filled));
    if (read === null) throw new Error(`the connection ended after ${filled} of ${bytes} bytes`);
    filled += read;
  }
}
