/** Buffers, TCP_CORK, TCP_QUICKACK and the bare loops: what channels of both drivers do with them, as the kernel has it. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { getOption } from "../../src/kernel/options.ts";
import type { Channel, StreamChannel } from "../../src/transport/channel.ts";
import { transports } from "../../src/transport/registry.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { TcpPushes } from "../../src/transport/tcp_pushes.ts";
import {
  type DatagramTransport,
  type OpenOptions,
  type StreamTransport,
  type Transport,
  transportId,
} from "../../src/transport/transport.ts";
import { LIBC, needs } from "../support/needs.ts";

const KIB = 1_024;

const NAMED = ["tcp", "unix", "udp", "unixpacket"];
const known = transports.filter(({ name }) => NAMED.includes(name));

function test(name: string, fn: (options: OpenOptions) => Promise<void>): void {
  Deno.test({
    ...needs(name, LIBC),
    async fn() {
      await using directory = await createSocketDirectory();
      await fn({ directory: directory.path });
    },
  });
}

/** Both ends. */
async function pair(transport: Transport, options: OpenOptions): Promise<[Channel, Channel]> {
  if (transport.mode === "datagram") {
    const far = await transport.bind(options);
    return [await transport.bind({ ...options, remote: far.endpoint }), far];
  }
  return await connected(transport, options);
}

async function connected(
  transport: StreamTransport,
  options: OpenOptions,
): Promise<[StreamChannel, StreamChannel]> {
  const listener = await transport.listen(options);
  const near = await transport.connect(listener.endpoint, options);
  const far = await listener.accept();
  listener.close();
  return [near, far];
}

for (const transport of known) {
  const id = transportId(transport);

  test(`${id} asks for buffers at both ends, and the kernel takes twice as much`, async (options) => {
    const asked = { ...options, sendBuffer: 16 * KIB, receiveBuffer: 32 * KIB };
    for (const channel of await pair(transport, asked)) {
      const fd = channel.descriptor!()!;
      assertEquals(getOption(fd, "SO_SNDBUF"), 32 * KIB);
      assertEquals(getOption(fd, "SO_RCVBUF"), 64 * KIB);
      assertEquals(channel.settings?.sendBuffer, `${32 * KIB} B`);
      channel.close();
    }
  });

  test(`${id} asks for a congestion control at both ends where it is TCP, and ignores it elsewhere`, async (options) => {
    for (const channel of await pair(transport, { ...options, congestion: "reno" })) {
      assertEquals(channel.settings?.congestion, transport.name === "tcp" ? "reno" : undefined);
      channel.close();
    }
  });

  test(`${id} shows what the kernel took where it has a limit, and leaves alone what nobody asked for`, async (options) => {
    const [plain, other] = await pair(transport, options);
    const [near, far] = await pair(transport, { ...options, receiveBuffer: 2 ** 28 });
    // Far beyond any net.core.rmem_max: it is cut, not refused.
    assert(getOption(near.descriptor!()!, "SO_RCVBUF") < 2 ** 28);
    assertEquals(near.settings?.sendBuffer, plain.settings?.sendBuffer);
    for (const channel of [plain, other, near, far]) channel.close();
  });

  test(`${id} exchanges bare, as often as asked`, async (options) => {
    const [near, far] = await pairOnTwoThreads(transport, options);
    await near.bareExchange!(64, 25);
    near.bareCalls?.(3);
    near.close();
    assertEquals(await far(), "answered");
  });
}

/** Blocking ends cannot share a thread: the far end is Deno's, which answers in the event loop whenever the near one's slice is over. */
async function pairOnTwoThreads(
  transport: Transport,
  options: OpenOptions,
): Promise<[Channel, () => Promise<string>]> {
  const deno = known.find(({ name, driver }) => name === transport.name && driver === "deno")!;
  if (transport.mode === "stream") {
    const listener = await (deno as StreamTransport).listen(options);
    const near = await transport.connect(listener.endpoint, options);
    const far = await listener.accept();
    listener.close();
    const answering = far.bareAnswer!(64) as Promise<void>;
    return [near, async () => {
      await answering;
      far.close();
      return "answered";
    }];
  }
  const far = await (deno as DatagramTransport).bind(options);
  const near = await transport.bind({ ...options, remote: far.endpoint });
  const answering = (far.bareAnswer!(64) as Promise<void>).then(() => "ended", () => "answered");
  return [near, () => {
    far.close();
    return answering;
  }];
}

for (const transport of known.filter(({ name }) => name === "tcp") as StreamTransport[]) {
  const id = transportId(transport);
  test(`${id} holds small segments back while it is corked, and lets them go after`, async (options) => {
    const [near, far] = await connected(transport, { ...options, nagle: "off" });
    const fd = near.descriptor!()!;
    near.setCork!(true);
    assertEquals(getOption(fd, "TCP_CORK"), 1);
    assertEquals(near.settings?.cork, "on");
    await near.write(new Uint8Array(3));
    await near.write(new Uint8Array(5));
    near.setCork!(false);
    assertEquals(getOption(fd, "TCP_CORK"), 0);
    // One segment: both writes are there at once.
    assertEquals(await far.read(new Uint8Array(64)), 8);
    far.acknowledgeNow!();
    near.close();
    far.close();
  });
}

test("unix has neither cork nor acknowledgements", async (options) => {
  const unix = known.filter(({ name }) => name === "unix") as StreamTransport[];
  for (const transport of unix) {
    const [near, far] = await connected(transport, options);
    assertEquals([near.setCork, near.acknowledgeNow], [undefined, undefined]);
    near.close();
    far.close();
  }
});

Deno.test("TcpPushes() says so where there is no descriptor", () => {
  assertThrows(() => new TcpPushes(undefined), Error, "the socket's descriptor is not known");
});
