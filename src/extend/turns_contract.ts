// The contract of transports whose messages are request and reply in turn.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { OpenOptions, StreamTransport } from "../transport/transport.ts";
import type { Ends, Test } from "./contract_bytes.ts";
import { openEnds, pattern, settled, STREAM_SIZES, testListening } from "./contract_bytes.ts";

/** What is true where request and reply come in turn. */
export function testTurns(transport: StreamTransport, test: Test): void {
  const pair = (options: OpenOptions) => openEnds(transport, options);
  const exchange = async ({ client, server }: Pick<Ends, "client" | "server">, bytes: number) => {
    const [request, reply] = [new Uint8Array(bytes), new Uint8Array(bytes + 1)];
    assertEquals(await client.write(pattern(bytes)), bytes);
    assertEquals(await server.read(request), bytes);
    assertEquals(request, pattern(bytes));
    assertEquals(await server.write(pattern(bytes + 1)), bytes + 1);
    assertEquals(await client.read(reply), bytes + 1);
    assertEquals(reply, pattern(bytes + 1));
  };

  testListening(transport, test, exchange);

  for (const bytes of STREAM_SIZES) {
    test(`carries ${bytes} bytes there and a reply back, again and again`, async (options) => {
      const ends = await pair(options);
      for (let round = 0; round < 3; round++) await exchange(ends, bytes);
      ends.close();
    });
  }

  test("write() before the reply is read, and before a request is, rejects; the channel lives on", async (options) => {
    const ends = await pair(options);
    await assertRejects(async () => await ends.server.write(pattern(1)));
    await ends.client.write(pattern(3));
    await assertRejects(async () => await ends.client.write(pattern(3)), Error, "reply");
    assertEquals(await ends.server.read(new Uint8Array(9)), 3);
    await ends.server.write(pattern(2));
    assertEquals(await ends.client.read(new Uint8Array(9)), 2);
    await exchange(ends, 10);
    ends.close();
  });

  test("read() of a message longer than the buffer says both sizes, at either end", async (options) => {
    const ends = await pair(options);
    await ends.client.write(pattern(100));
    const atServer = await assertRejects(async () => await ends.server.read(new Uint8Array(10)));
    await ends.server.write(pattern(100));
    const atClient = await assertRejects(async () => await ends.client.read(new Uint8Array(10)));
    for (const error of [atServer, atClient]) {
      assert(/100\b.*\b10\b/.test((error as Error).message), (error as Error).message);
    }
    await exchange(ends, 5);
    ends.close();
  });

  test("closeWrite() rejects: there is no half-close", async (options) => {
    const ends = await pair(options);
    for (const end of [ends.client, ends.server]) {
      await assertRejects(async () => await end.closeWrite(), Error, "half-close");
    }
    ends.close();
  });

  test("close() of the asking end is the end of the stream for the other", async (options) => {
    const ends = await pair(options);
    await exchange(ends, 2);
    ends.client.close();
    assertEquals(await ends.server.read(new Uint8Array(8)), null);
    ends.close();
  });

  test("close() of the answering end is the end of the stream for a request under way and the next", async (options) => {
    const ends = await pair(options);
    await ends.client.write(pattern(2));
    assertEquals(await ends.server.read(new Uint8Array(8)), 2);
    ends.server.close();
    for (let round = 0; round < 2; round++) {
      assertEquals(await ends.client.read(new Uint8Array(8)), null);
      await ends.client.write(pattern(2));
    }
    ends.close();
  });

  test("close() under a pending read settles it, with and without a request under way", async (options) => {
    for (const bytes of [0, 1]) {
      const ends = await pair(options);
      if (bytes > 0) await ends.client.write(pattern(bytes));
      const pending = [ends.client.read(new Uint8Array(1))].map(settled);
      ends.client.close();
      for (const outcome of await Promise.all(pending)) {
        assert(outcome.rejected || outcome.value === null, "the read must reject or read null");
      }
      ends.close();
    }
  });

  test("close() of the listener rejects a pending accept and connect(), and leaves channels usable", async (options) => {
    const ends = await pair(options);
    const pending = settled(ends.listener.accept());
    ends.listener.close();
    assert((await pending).rejected);
    await exchange(ends, 4);
    await assertRejects(async () => await transport.connect(ends.listener.endpoint, options));
    ends.close();
  });
}
