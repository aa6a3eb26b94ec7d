// The stream transports that an experiment can use.

import type { ChannelOptions, StreamChannel } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type Lab } from "../claim.ts";

/** A transport that works, with its id. */
export type Usable = readonly [id: string, transport: StreamTransport];

/**
 * Picks those of some transports that work here.
 *
 * @returns at least one, with its id
 * @throws {CannotTry} when none does, with the first one's reason
 */
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
  /** The end that connected. */
  readonly client: StreamChannel;
  /** The end that was accepted. */
  readonly server: StreamChannel;
}

/** Opens a connection through a transport; the end of the experiment closes it. */
export async function openChannels(
  transport: StreamTransport,
  { directory, signal }: Pick<Lab, "directory" | "signal">,
  options: ChannelOptions = {},
): Promise<Channels> {
  const listener = await transport.listen({ directory, ...options });
  const accepting = listener.accept();
  const client = await transport.connect(listener.endpoint, { directory, ...options });
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
    [Symbol.dispose]() {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}
