// deno-lint-ignore-file no-sync-fn-in-async-fn
/**
 * The contract that every transport keeps. A new transport runs it by one line in transport_contract_test.ts.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Channel,
  type MaybePromise,
  MessageTooLargeError,
  type StreamChannel,
} from "../../src/transport/channel.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type {
  Availability,
  DatagramTransport,
  OpenOptions,
  StreamTransport,
  Transport,
} from "../../src/transport/transport.ts";
import { transportId } from "../../src/transport/transport.ts";
import { testTurns } from "./turns_contract.ts";
import { needs, unless } from "../support/needs.ts";

/** Sizes of messages, in bytes, around what buffers and segments hold. */
export const STREAM_SIZES = [1, 2, 63, 1_000, 65_536, 1_000_003];

/** Registers the contract's tests for `transport`. Where it is not available, one skipped test names the reason. */
export async function testTransportContract(transport: Transport): Promise<void> {
  const id = transportId(transport);
  await using probed = await createSocketDirectory();
  const availability = await transport.probe({ directory: probed.path });
  if (!availability.available) {
    Deno.test({ ...needs(`${id} keeps the contract`, unless(availability.reason)), fn() {} });
    return;
  }
  const test = (name: string, fn: (options: OpenOptions) => Promise<void>) =>
    Deno.test(`${id} ${name}`, async () => {
      const directory = await createSocketDirectory();
      await fn({ directory: directory.path });
      assertEquals([...Deno.readDirSync(directory.path)], [], "a socket file was left behind");
      await directory[Symbol.asyncDispose]();
    });
  if (transport.mode === "stream" && transport.inTurn) testTurns(transport, test);
  else if (transport.mode === "stream") {
    testStream(transport, test, availability.largestMessageBytes ?? Infinity);
  } else if (transport.answeredBy === "kernel") testEcho(transport, availability, test);
  else testDatagrams(transport, availability, test);
}

/** Registers one test of the contract, with a directory of its own. */
export type Test = (name: string, fn: (options: OpenOptions) => Promise<void>) => void;

function testStream(transport: StreamTransport, test: Test, largest: number): void {
  const pair = async (options: OpenOptions) => {
    const listener = await transport.listen(options);
    const [client, server] = await Promise.all([
      transport.connect(listener.endpoint, options),
      listener.accept(),
    ]);
    return {
      client,
      server,
      listener,
      close() {
        for (const end of [client, server, listener]) end.close();
      },
    };
  };

  test("opens and closes without leaving a resource, and closing twice is harmless", async (options) => {
    const ends = await pair(options);
    ends.close();
    ends.close();
  });

  const sizes = STREAM_SIZES.filter((bytes) => bytes < largest);
  for (const bytes of Number.isFinite(largest) ? [...sizes, largest] : sizes) {
    test(`echoes ${bytes} bytes whole and in order`, async (options) => {
      const ends = await pair(options);
      const sent = pattern(bytes);
      const echoing = echo(ends.server, bytes, transport.keepsBoundaries ? bytes : 16 * 1_024);
      const writing = writeAll(ends.client, sent);
      assertEquals(await readExactly(ends.client, bytes), sent);
      await Promise.all([echoing, writing]);
      ends.close();
    });
  }

  test("read() returns what is there when the buffer is larger", async (options) => {
    const ends = await pair(options);
    await writeAll(ends.client, pattern(5));
    const buffer = new Uint8Array(100);
    assertEquals(await ends.server.read(buffer), 5);
    assertEquals(buffer.subarray(0, 5), pattern(5));
    ends.close();
  });

  if (transport.keepsBoundaries) testBoundaries(transport, test, pair, largest);
  else testBytes(test, pair);

  test("closeWrite() ends the stream for the peer while the other direction still delivers", async (options) => {
    const ends = await pair(options);
    await writeAll(ends.client, pattern(3));
    await ends.client.closeWrite();
    assertEquals(await readExactly(ends.server, 3), pattern(3));
    assertEquals(await ends.server.read(new Uint8Array(1)), null);
    await writeAll(ends.server, pattern(7));
    assertEquals(await readExactly(ends.client, 7), pattern(7));
    ends.close();
  });

  test("close() is the end of the stream for the peer", async (options) => {
    const ends = await pair(options);
    await writeAll(ends.client, pattern(2));
    ends.client.close();
    assertEquals(await readExactly(ends.server, 2), pattern(2));
    assertEquals(await ends.server.read(new Uint8Array(8)), null);
    ends.close();
  });

  test("close() under a pending read settles it", async (options) => {
    const ends = await pair(options);
    const pending = settled(ends.client.read(new Uint8Array(1)));
    ends.client.close();
    const outcome = await pending;
    assert(outcome.rejected || outcome.value === null, "the read must reject or read null");
    ends.close();
  });

  test("close() of the listener rejects a pending accept and leaves accepted channels usable", async (options) => {
    const ends = await pair(options);
    const pending = settled(ends.listener.accept());
    ends.listener.close();
    assert((await pending).rejected);
    await writeAll(ends.client, pattern(4));
    assertEquals(await readExactly(ends.server, 4), pattern(4));
    ends.close();
  });

  test("connect() to a closed listener rejects", async (options) => {
    const listener = await transport.listen(options);
    listener.close();
    await assertRejects(async () => await transport.connect(listener.endpoint, options));
  });

  test("listen() serves several connections, each its own channel", async (options) => {
    const listener = await transport.listen(options);
    const ends: Channel[] = [];
    for (let k = 1; k <= 5; k++) {
      const [client, server] = await Promise.all([
        transport.connect(listener.endpoint, options),
        listener.accept(),
      ]);
      await writeAll(client, pattern(k));
      assertEquals(await readExactly(server, k), pattern(k));
      ends.push(client, server);
    }
    for (const end of ends) end.close();
    listener.close();
  });
}

/** Both ends of a connection, and the listener it came through. */
interface Ends {
  readonly client: StreamChannel;
  readonly server: StreamChannel;
  close(): void;
}

/** What is true of streams of bytes only. */
function testBytes(test: Test, pair: (options: OpenOptions) => Promise<Ends>): void {
  test("read() leaves what does not fit for the next read", async (options) => {
    const ends = await pair(options);
    await writeAll(ends.client, pattern(10));
    const buffer = new Uint8Array(4);
    const seen: number[] = [];
    while (seen.length < 10) {
      const n = await ends.server.read(buffer);
      assert(n !== null && n >= 1 && n <= 4);
      seen.push(...buffer.subarray(0, n!));
    }
    assertEquals(seen, [...pattern(10)]);
    ends.close();
  });

  test("write() takes part of a large buffer while the peer does not read, and the rest later", async (options) => {
    const ends = await pair(options);
    const data = pattern(64 * 1_024 * 1_024);
    const taken = await ends.client.write(data);
    assert(taken >= 1 && taken < data.length, `took ${taken}`);
    const reading = readExactly(ends.server, taken);
    assertEquals(await reading, data.slice(0, taken));
    ends.close();
  });
}

/** What is true of connections that keep the boundaries of messages only. */
function testBoundaries(
  transport: StreamTransport,
  test: Test,
  pair: (options: OpenOptions) => Promise<Ends>,
  largest: number,
): void {
  test("states its largest message", () => {
    assert(Number.isFinite(largest) && largest >= 1_024, `largest is ${largest}`);
    return Promise.resolve();
  });

  test("read() takes one message, whatever was written before it is read", async (options) => {
    const ends = await pair(options);
    const sizes = [3, 1, 200, 7, 1_000];
    for (const bytes of sizes) assertEquals(await ends.client.write(pattern(bytes)), bytes);
    const seen: (number | null)[] = [];
    for (const _ of sizes) seen.push(await ends.server.read(new Uint8Array(2_000)));
    assertEquals(seen, sizes);
    ends.close();
  });

  test("read() of a message longer than the buffer says both sizes, and the next is whole", async (options) => {
    const ends = await pair(options);
    await ends.client.write(pattern(100));
    await ends.client.write(pattern(5));
    const error = await assertRejects(async () => await ends.server.read(new Uint8Array(10)));
    assert(/100\b.*\b10\b/.test((error as Error).message), (error as Error).message);
    assertEquals(await ends.server.read(new Uint8Array(10)), 5);
    ends.close();
  });

  test("write() refuses a message beyond its largest with a clear error", async (options) => {
    const ends = await pair(options);
    const error = await assertRejects(
      async () => await ends.client.write(new Uint8Array(largest + 1)),
      MessageTooLargeError,
    );
    assert(error.message.includes(String(largest + 1)), error.message);
    assert(error.message.includes(transport.name), error.message);
    await ends.client.write(pattern(9));
    assertEquals(await ends.server.read(new Uint8Array(10)), 9);
    ends.close();
  });
}

function testDatagrams(
  transport: DatagramTransport,
  availability: Extract<Availability, { available: true }>,
  test: Test,
): void {
  const largest = availability.largestMessageBytes;
  const pair = async (options: OpenOptions) => {
    const server = await transport.bind(options);
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
    const ends = await pair(options);
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

  test("close() under a pending receive rejects it", async (options) => {
    const ends = await pair(options);
    const pending = settled(ends.server.receive(new Uint8Array(1)));
    ends.server.close();
    assert((await pending).rejected);
    ends.close();
  });
}

/** What is true where the kernel answers each message itself. */
function testEcho(
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

/** Bytes that tell their position, so that a lost or doubled one shows. */
export function pattern(bytes: number): Uint8Array {
  const data = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) data[i] = (i * 31 + (i >> 8)) & 0xff;
  return data;
}

async function writeAll(channel: StreamChannel, data: Uint8Array): Promise<void> {
  for (let sent = 0; sent < data.length;) sent += await channel.write(data.subarray(sent));
}

async function readExactly(channel: StreamChannel, bytes: number): Promise<Uint8Array> {
  const data = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const n = await channel.read(data.subarray(filled));
    assert(n !== null, `the stream ended after ${filled} of ${bytes} bytes`);
    filled += n as number;
  }
  return data;
}

async function echo(channel: StreamChannel, bytes: number, bufferBytes: number): Promise<void> {
  const buffer = new Uint8Array(bufferBytes);
  for (let done = 0; done < bytes;) {
    const n = await channel.read(buffer);
    assert(n !== null);
    await writeAll(channel, buffer.subarray(0, n as number));
    done += n as number;
  }
}

/** How a promise came out, without its rejection. */
export function settled<T>(pending: MaybePromise<T>): Promise<{ rejected: boolean; value?: T }> {
  return Promise.resolve(pending).then(
    (value) => ({ rejected: false, value }),
    () => ({ rejected: true }),
  );
}
