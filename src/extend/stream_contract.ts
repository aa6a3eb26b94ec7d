// The contract of stream transports.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { MessageTooLargeError } from "../transport/channel.ts";
import type { OpenOptions, StreamTransport } from "../transport/transport.ts";
import {
  echo,
  type Ends,
  openEnds,
  pattern,
  readExactly,
  settled,
  STREAM_SIZES,
  type Test,
  testListening,
  writeAll,
} from "./contract_bytes.ts";

export function testStream(transport: StreamTransport, test: Test, largest: number): void {
  const pair = (options: OpenOptions) => openEnds(transport, options);
  testListening(transport, test, async ({ client, server }, bytes) => {
    await writeAll(client, pattern(bytes));
    assertEquals(await readExactly(server, bytes), pattern(bytes));
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
