// The contract of datagram transports.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { MessageTooLargeError } from "../transport/channel.ts";
import type { Availability, DatagramTransport, OpenOptions } from "../transport/transport.ts";
import { pattern, settled, type Test } from "./contract_bytes.ts";

/** Registers what is true of messages that another socket answers. */
export function testDatagrams(
  transport: DatagramTransport,
  availability: Extract<Availability, { available: true }>,
  test: Test,
): void {
  const largest = availability.largestMessageBytes;
  const pair = async (options: OpenOptions, clients = 1) => {
    const server = await transport.bind({ ...options, clients });
    const client = await transport.bind({ ...options, remote: server.endpoint });
    return {
      client,
      server,
      close() {
        client.close();
        server.close();
      },
    };
  };

  test("states its largest message", () => {
    assert(typeof largest === "number" && largest >= 1_024, `largest is ${largest}`);
    return Promise.resolve();
  });
  if (largest === undefined) return;

  test("opens and closes without leaving a resource, and closing twice is harmless", async (options) => {
    const ends = await pair(options);
    ends.close();
    ends.close();
  });

  for (const bytes of [1, 2, 63, 1_000, largest - 1, largest]) {
    test(`carries ${bytes} bytes there and back in one message each`, async (options) => {
      const ends = await pair(options);
      assertEquals(await ends.client.send(pattern(bytes)), bytes);
      const buffer = new Uint8Array(bytes + 1);
      assertEquals(await ends.server.receive(buffer), bytes);
      assertEquals(buffer.subarray(0, bytes), pattern(bytes));
      await ends.server.reply(buffer.subarray(0, bytes));
      const back = new Uint8Array(bytes + 1);
      assertEquals(await ends.client.receive(back), bytes);
      assertEquals(back, buffer);
      ends.close();
    });
  }

  test("keeps boundaries: as many receives as sends, sizes equal", async (options) => {
    const ends = await pair(options);
    const sizes = [3, 1, 200, 7, 1_000];
    for (const bytes of sizes) await ends.client.send(pattern(bytes));
    const buffer = new Uint8Array(2_000);
    const seen: number[] = [];
    for (const _ of sizes) seen.push(await ends.server.receive(buffer));
    assertEquals(seen, sizes);
    ends.close();
  });

  test("carries an empty message", async (options) => {
    const ends = await pair(options);
    assertEquals(await ends.client.send(new Uint8Array(0)), 0);
    assertEquals(await ends.server.receive(new Uint8Array(8)), 0);
    ends.close();
  });

  test("cuts a message to a smaller buffer and drops the rest", async (options) => {
    const ends = await pair(options);
    await ends.client.send(pattern(100));
    await ends.client.send(pattern(5));
    assertEquals(await ends.server.receive(new Uint8Array(10)), 10);
    assertEquals(await ends.server.receive(new Uint8Array(10)), 5);
    ends.close();
  });

  test("refuses a message beyond its largest with a clear error", async (options) => {
    const ends = await pair(options);
    const error = await assertRejects(
      async () => await ends.client.send(new Uint8Array(largest + 1)),
      MessageTooLargeError,
    );
    assert(error.message.includes(String(largest + 1)), error.message);
    assert(error.message.includes(transport.name), error.message);
    // The socket lives on.
    await ends.client.send(pattern(9));
    assertEquals(await ends.server.receive(new Uint8Array(10)), 9);
    ends.close();
  });

  test("send() without a remote and reply() before a receive reject", async (options) => {
    const ends = await pair(options);
    await assertRejects(async () => await ends.server.send(pattern(1)), Error, "without a remote");
    await assertRejects(async () => await ends.server.reply(pattern(1)), Error, "nothing");
    ends.close();
  });

  test("reply() answers the sender of the last message", async (options) => {
    const ends = await pair(options, 2);
    const other = await transport.bind({ ...options, remote: ends.server.endpoint });
    const buffer = new Uint8Array(8);
    for (const [client, bytes] of [[ends.client, 1], [other, 2], [ends.client, 3]] as const) {
      await client.send(pattern(bytes));
      await ends.server.receive(buffer);
      await ends.server.reply(pattern(bytes + 1));
      assertEquals(await client.receive(buffer), bytes + 1);
    }
    other.close();
    ends.close();
  });

  test("a socket with a remote takes nothing from anybody else", async (options) => {
    const ends = await pair(options);
    if (ends.client.foreign === undefined) return ends.close();
    // Where the kernel keeps strangers out, it may say so to them.
    const stranger =
      await (async () => await transport.bind({ ...options, remote: ends.client.endpoint }))()
        .catch(() => undefined);
    const intrude = () => settled((async () => await stranger?.send(pattern(7)))());
    const buffer = new Uint8Array(8);
    for (let bytes = 1; bytes <= 4; bytes++) {
      await intrude();
      await ends.client.send(pattern(bytes));
      assertEquals(await ends.server.receive(buffer), bytes);
      await ends.server.reply(pattern(bytes));
      assertEquals(await ends.client.receive(buffer), bytes);
    }
    const found = ends.client.foreign([ends.server.endpoint]);
    if (found !== undefined) assertEquals([found.messages, found.senders], [4, 1]);
    stranger?.close();
    ends.close();
  });

  test("a socket that serves tells what came from others than its clients", async (options) => {
    for (const clients of [1, 2]) {
      const ends = await pair(options, clients);
      if (ends.server.foreign === undefined) return ends.close();
      const stranger = await transport.bind({ ...options, remote: ends.server.endpoint });
      const buffer = new Uint8Array(8);
      for (const channel of [stranger, ends.client]) {
        await settled((async () => await channel.send(pattern(1)))());
      }
      assertEquals(await ends.server.receive(buffer), 1);
      const own = [ends.client.endpoint];
      assertEquals(ends.server.foreign(own)?.messages, 1);
      assertEquals(await ends.server.receive(buffer), 1);
      stranger.close();
      ends.close();
      assertEquals(ends.server.foreign(own)?.messages, 1);
      assertEquals(ends.server.foreign([...own, stranger.endpoint]), undefined);
    }
  });

  test("close() under a pending receive rejects it", async (options) => {
    const ends = await pair(options);
    const pending = settled(ends.server.receive(new Uint8Array(1)));
    ends.server.close();
    assert((await pending).rejected);
    ends.close();
  });
}

/** Registers what is true where the kernel answers each message itself. */
export function testEcho(
  transport: DatagramTransport,
  { largestMessageBytes: largest = 0 }: Extract<Availability, { available: true }>,
  test: Test,
): void {
  const bind = (options: OpenOptions) =>
    transport.bind({ ...options, remote: { kind: "ip", hostname: "127.0.0.1", port: 0 } });

  for (const bytes of [0, 1, 2, 63, 1_000, 1_001, largest - 1, largest]) {
    test(`gets ${bytes} bytes back as they were sent`, async (options) => {
      const channel = await bind(options);
      for (let round = 0; round < 3; round++) {
        assertEquals(await channel.send(pattern(bytes)), bytes);
        const buffer = new Uint8Array(bytes + 1);
        assertEquals(await channel.receive(buffer), bytes);
        assertEquals(buffer.subarray(0, bytes), pattern(bytes));
      }
      channel.close();
    });
  }

  test("keeps the replies of two sockets apart", async (options) => {
    const [one, two] = [await bind(options), await bind(options)];
    await one.send(pattern(10));
    await two.send(pattern(20));
    assertEquals(await two.receive(new Uint8Array(99)), 20);
    assertEquals(await one.receive(new Uint8Array(99)), 10);
    one.close();
    two.close();
  });

  test("refuses a message beyond its largest with a clear error", async (options) => {
    const channel = await bind(options);
    const error = await assertRejects(
      async () => await channel.send(new Uint8Array(largest + 1)),
      MessageTooLargeError,
    );
    assert(error.message.includes(String(largest + 1)), error.message);
    channel.close();
  });

  test("close() under a pending receive rejects it, at both ends", async (options) => {
    for (const channel of [await bind(options), await transport.bind(options)]) {
      const pending = settled(channel.receive(new Uint8Array(1)));
      channel.close();
      channel.close();
      assert((await pending).rejected);
    }
  });
}
