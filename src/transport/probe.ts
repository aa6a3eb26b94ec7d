// Probes: whether a transport works here, learned by using it once.

import { openKernel } from "../kernel/libc.ts";
import { readLimits } from "../kernel/limits.ts";
import { formatShortage, shortageOf } from "../kernel/shortage.ts";
import { readTcpInfo } from "../kernel/tcp_info.ts";
import { MessageTooLargeError, type StreamChannel } from "./channel.ts";
import type { Availability, DatagramTransport, OpenOptions, StreamTransport } from "./transport.ts";

/** Beyond this no kernel default goes: the search for the largest Unix datagram ends here, in bytes. */
const LARGEST_SEARCHED_BYTES = 8 * 1024 * 1024;

/** Opens a connection through `transport`, sends a byte, closes. */
export function probeStream(
  transport: StreamTransport,
  options: OpenOptions,
): Promise<Availability> {
  return probeConnection(transport, options, async (client, server) => {
    await client.write(new Uint8Array(1));
    await server.read(new Uint8Array(1));
    const segmentBytes = segmentOf(client);
    return { available: true, ...(segmentBytes !== undefined && { segmentBytes }) };
  });
}

/** What TCP_MAXSEG grows to in use (while new, half of a window), less the options of each header. */
function segmentOf(channel: StreamChannel): number | undefined {
  const fd = openKernel().available ? channel.descriptor?.() : undefined;
  if (fd === undefined) return undefined;
  try {
    return readTcpInfo(fd).advmss;
  } catch {
    return undefined;
  }
}

/** Opens a connection that keeps message boundaries, and finds the largest message by trying. */
export function probeMessages(
  transport: StreamTransport,
  options: OpenOptions,
): Promise<Availability> {
  return probeConnection(transport, options, async (client, server) => {
    const buffer = new Uint8Array(LARGEST_SEARCHED_BYTES);
    const largestMessageBytes = await largestMessage(async (data) => {
      await client.write(data);
      await server.read(buffer);
    });
    return { available: true, largestMessageBytes };
  });
}

/** Opens a connection, has it used, and closes it. */
export async function probeConnection(
  transport: StreamTransport,
  options: OpenOptions,
  use: (client: StreamChannel, server: StreamChannel) => Promise<Availability>,
): Promise<Availability> {
  try {
    const listener = await transport.listen(options);
    try {
      const [client, server] = await bothOrNone(
        (async () => await transport.connect(listener.endpoint, options))(),
        (async () => await listener.accept())(),
      );
      try {
        return await use(client, server);
      } finally {
        client.close();
        server.close();
      }
    } finally {
      listener.close();
    }
  } catch (error) {
    return { available: false, reason: reasonOf(error) };
  }
}

/** Both ends; where one fails, the other is closed as soon as it is open. */
async function bothOrNone(...ends: readonly [Promise<StreamChannel>, Promise<StreamChannel>]) {
  try {
    return await Promise.all(ends);
  } catch (error) {
    for (const end of ends) end.then((channel) => channel.close(), () => {});
    throw error;
  }
}

/**
 * Sends a datagram through `transport` to itself.
 *
 * @param limitBytes the largest message where the protocol fixes it; absent: found by trying
 */
export async function probeDatagram(
  transport: DatagramTransport,
  options: OpenOptions,
  limitBytes?: number,
): Promise<Availability> {
  try {
    const receiver = await transport.bind(options);
    try {
      const sender = await transport.bind({ ...options, remote: receiver.endpoint });
      try {
        const buffer = new Uint8Array(1);
        await sender.send(new Uint8Array(1));
        await receiver.receive(buffer);
        const largestMessageBytes = limitBytes ?? await largestMessage(async (data) => {
          await sender.send(data);
          await receiver.receive(buffer);
        });
        return { available: true, largestMessageBytes };
      } finally {
        sender.close();
      }
    } finally {
      receiver.close();
    }
  } catch (error) {
    return { available: false, reason: reasonOf(error) };
  }
}

async function largestMessage(deliver: (data: Uint8Array) => Promise<void>): Promise<number> {
  const data = new Uint8Array(LARGEST_SEARCHED_BYTES);
  let accepted = 1;
  let refused = LARGEST_SEARCHED_BYTES + 1;
  while (refused - accepted > 1) {
    const bytes = Math.floor((accepted + refused) / 2);
    try {
      await deliver(data.subarray(0, bytes));
      accepted = bytes;
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
      refused = bytes;
    }
  }
  return accepted;
}

/** How the reason of a Unix-domain socket begins that Deno does not permit. */
export const NEEDS_NETWORK =
  "permission missing: a Unix-domain socket needs --allow-net without a list";

/** Why opening failed, in words that say what would change it. Returns one sentence without its full stop. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const needed = /Requires ([\w-]+) access to "([^"]+)"/.exec(error.message);
  if (needed !== null) {
    const path = needed[2]!.startsWith("unix:");
    return path
      ? `${NEEDS_NETWORK} (Deno has no wildcard for unix: paths) and read and write access to its directory`
      : `permission missing: --allow-${needed[1]}=${needed[2]}`;
  }
  const shortage = shortageOf(error);
  if (shortage !== undefined) return formatShortage(shortage, readLimits());
  const code = (error as { code?: string }).code;
  if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "ENETUNREACH") {
    return `this machine has no address of that family on its loopback interface (${code}); is lo up?`;
  }
  return error.message.replace(/\s+/g, " ");
}
