import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { encodeAddress, FAMILY } from "../../src/kernel/socket_address.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import { LibcSocket, SOCKET_TYPE } from "../../src/transport/libc/libc_socket.ts";
import { pipeLibc } from "../../src/transport/libc/pipe.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { LIBC, needs } from "../support/needs.ts";
import { openDescriptors } from "../support/open_descriptors.ts";

Deno.test({
  ...needs("pipe@libc leaves as many descriptors after 300 connections as before", LIBC),
  async fn() {
    await using directory = await createSocketDirectory();
    const options = { directory: directory.path };
    const before = openDescriptors();
    const listener = await pipeLibc.listen(options);
    const buffer = new Uint8Array(8);
    for (let connection = 0; connection < 300; connection++) {
      const client = await pipeLibc.connect(listener.endpoint, options);
      // Every third is never accepted: what was sent of it is closed with the listener.
      const server = connection % 3 === 0 ? undefined : await listener.accept();
      await client.write(new Uint8Array([connection]));
      if (server !== undefined && connection % 3 === 1) await server.read(buffer);
      client.close();
      server?.close();
    }
    listener.close();
    assertEquals(openDescriptors(), before);
  },
});

Deno.test({
  ...needs("pipe@libc: a write that nobody can read any more is an error, and no signal", LIBC),
  async fn() {
    await using ends = await openPipes();
    ends.server.close();
    assertThrows(() => ends.client.write(new Uint8Array(1)), Error, "write");
    assertEquals(await ends.client.read(new Uint8Array(1)), null);
  },
});

Deno.test({
  ...needs("pipe@libc spins where it is asked to, and a reader is told what is there", LIBC),
  async fn() {
    await using ends = await openPipes({ wait: "spin" });
    const buffer = new Uint8Array(8);
    assertEquals(ends.server.tryRead!(buffer), undefined);
    const pending = ends.server.read(buffer);
    assertEquals(ends.client.write(new Uint8Array(3)), 3);
    assertEquals(await pending, 3);
    ends.client.closeWrite();
    assertEquals(ends.server.tryRead!(buffer), null);
  },
});

Deno.test({
  ...needs(
    "pipe@libc refuses a connection that sends no pipes, and one that says nothing ends with its listener",
    LIBC,
  ),
  async fn() {
    await using directory = await createSocketDirectory();
    const options = { directory: directory.path };
    for (const speaks of [true, false]) {
      const listener = await pipeLibc.listen(options);
      if (listener.endpoint.kind !== "unix") throw new Error("pipes meet at a path");
      const stranger = LibcSocket.open(FAMILY.unix, SOCKET_TYPE.stream, 0, {});
      await stranger.connect(encodeAddress(listener.endpoint));
      if (speaks) stranger.libc.symbols.send(stranger.fd, new Uint8Array(1), 1n, 0);
      const accepted = (async () => await listener.accept())();
      const refused = assertRejects(() => accepted, Error, speaks ? "sent none" : "closed");
      if (speaks) await refused;
      listener.close();
      await refused;
      stranger.close();
    }
  },
});

async function openPipes(asked: { wait?: "spin" } = {}) {
  const directory = await createSocketDirectory();
  const options = { directory: directory.path, ...asked };
  const listener = await pipeLibc.listen(options);
  const client: StreamChannel = await pipeLibc.connect(listener.endpoint, options);
  const server = await listener.accept();
  listener.close();
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      client.close();
      server.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
