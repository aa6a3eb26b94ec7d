/** The driver libc beyond the contract: descriptors, waiting, what gets through meanwhile, and where it is not available. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { openSockets } from "../../src/kernel/find_fd.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import type { ServeOrder } from "../../src/peer/peer_link.ts";
import type { Channel, StreamChannel } from "../../src/transport/channel.ts";
import { LibcSocket } from "../../src/transport/libc/libc_socket.ts";
import { refusedSocket } from "../../src/transport/libc/local_endpoint.ts";
import { tcpLibc } from "../../src/transport/libc/tcp.ts";
import { udpLibc } from "../../src/transport/libc/udp.ts";
import { unixLibc } from "../../src/transport/libc/unix.ts";
import { transports } from "../../src/transport/registry.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { tcp } from "../../src/transport/tcp.ts";
import { type OpenOptions, type Transport, transportId } from "../../src/transport/transport.ts";
import { LIBC, needs } from "../support/needs.ts";

/** A test that needs the kernel room, and leaves no socket open. */
function test(name: string, fn: (options: OpenOptions) => Promise<void>): void {
  Deno.test({
    ...needs(name, LIBC),
    async fn() {
      const before = new Set(openSockets().map(({ cookie }) => cookie));
      await using directory = await createSocketDirectory();
      await fn({ directory: directory.path });
      const left = openSockets().filter(({ cookie }) => !before.has(cookie));
      assertEquals(left, [], "a descriptor was left open");
    },
  });
}

async function pair(options: OpenOptions, transport = tcpLibc) {
  const listener = await transport.listen(options);
  const near = await transport.connect(listener.endpoint, options);
  const far = await listener.accept();
  listener.close();
  return { near, far };
}

function close(...channels: Channel[]): void {
  for (const channel of channels) channel.close();
}

test("calls that find what they came for return numbers, not promises", async (options) => {
  const { near, far } = await pair(options);
  assertEquals(near.write(new Uint8Array(3)), 3);
  assertEquals(far.read(new Uint8Array(8)), 3);
  close(near, far);
});

test("a channel that is closed throws and has no descriptor, whoever has its number now", async (options) => {
  const { near, far } = await pair(options);
  const fd = near.descriptor?.();
  assert(fd !== undefined && fd > 2);
  near.close();
  const again = await pair(options);
  assertEquals(near.descriptor?.(), undefined);
  assertThrows(() => near.write(new Uint8Array(1)), Error, "closed");
  assertThrows(() => near.read(new Uint8Array(1)), Error, "closed");
  close(far, again.near, again.far);
});

test("a write to a connection that the other end has reset is an error with a name, and no signal", async (options) => {
  const { near, far } = await pair(options, unixLibc);
  far.close();
  const error = assertThrows(() => near.write(new Uint8Array(1)), SystemError);
  assertEquals(error.code, "EPIPE");
  near.close();
});

test("connect() to where nobody listens fails with the errno's name and leaks nothing", async (options) => {
  const listener = await tcpLibc.listen(options);
  listener.close();
  const error = assertThrows(() => tcpLibc.connect(listener.endpoint, options), SystemError);
  assertEquals(error.code, "ECONNREFUSED");
  const nowhere = { directory: `${options.directory}/absent` };
  for (
    const open of [
      () => unixLibc.listen(nowhere),
      () => udpLibc.bind({ ...nowhere, remote: { kind: "unix", path: "x" } }),
    ]
  ) {
    await assertRejects(async () => await open());
  }
});

test("timers and other channels go on while a read waits, and each waiting read gets what is its own", async (options) => {
  const one = await pair(options);
  const two = await pair(options, unixLibc);
  const buffers = [new Uint8Array(8), new Uint8Array(8)] as const;
  const reads = [one.far.read(buffers[0]), two.far.read(buffers[1])];
  await new Promise((resolve) => setTimeout(resolve, 0));
  await two.near.write(Uint8Array.of(2, 2));
  assertEquals(await reads[1], 2);
  await one.near.write(Uint8Array.of(1));
  assertEquals(await reads[0], 1);
  assertEquals([buffers[0][0], buffers[1][0]], [1, 2]);
  close(one.near, one.far, two.near, two.far);
});

test("a connection is accepted and served while another, idle one is read from", async (options) => {
  const listener = await tcpLibc.listen(options);
  const idle = await tcpLibc.connect(listener.endpoint, options);
  const idleFar = await listener.accept();
  const pending = idleFar.read(new Uint8Array(1));
  const accepting = listener.accept();
  const busy = await tcpLibc.connect(listener.endpoint, options);
  const busyFar = await accepting;
  await busy.write(new Uint8Array(5));
  assertEquals(await busyFar.read(new Uint8Array(8)), 5);
  idle.close();
  assertEquals(await pending, null);
  close(idleFar, busy, busyFar, { close: () => listener.close() } as StreamChannel);
});

test("spinning channels exchange as sleeping ones do, and let the event loop have its turns", async (options) => {
  const { near, far } = await pair({ ...options, wait: "spin" });
  const pending = far.read(new Uint8Array(4));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await near.write(new Uint8Array(4));
  assertEquals(await pending, 4);
  const waiting = near.read(new Uint8Array(1));
  near.close();
  await assertRejects(async () => await waiting, Error, "closed");
  far.close();
});

test("settings are read back from the kernel, of both drivers", async (options) => {
  for (const transport of [tcpLibc, tcp]) {
    for (const nagle of ["on", "off"] as const) {
      const { near, far } = await pair({ ...options, nagle }, transport);
      for (const channel of [near, far]) assertEquals(channel.settings?.nagle, nagle);
      close(near, far);
      assertEquals(near.descriptor?.(), undefined);
    }
  }
});

test("refusedSocket() says in the errno's words what the kernel does not have", () => {
  const refused = refusedSocket(4711, 1, 0);
  assertStringIncludes(
    refused?.reason ?? "",
    "Address family not supported by protocol (EAFNOSUPPORT)",
  );
  assertEquals(refusedSocket(2, 1, 0), undefined);
  return Promise.resolve();
});

test("LibcSocket.bound() closes what it cannot bind", () => {
  const taken = { kind: "ip", hostname: "192.0.2.1", port: 0 } as const;
  const error = assertThrows(() => LibcSocket.bound(taken, 1, 0, {}), SystemError);
  assertEquals(error.code, "EADDRNOTAVAIL");
  return Promise.resolve();
});

const catalog = createCatalog([]);

for (const kind of ["process", "worker"] as const) {
  for (const transport of [tcpLibc, udpLibc] as Transport[]) {
    test(`a ${kind} peer that sleeps in ${transportId(transport)} answers marks, and ends when told`, async (options) => {
      const link = await openPeer(kind, { catalog, clock: systemClock, modules: [], ...options });
      const order: ServeOrder = {
        transport: transportId(transport),
        workload: "ping-pong",
        params: { bytes: 8 },
        budget: { warmupNs: 0, measureNs: 0 },
        ...options,
      };
      for (let trial = 0; trial < 2; trial++) {
        const slot = await link.serve(order);
        const { endpoint } = slot;
        const channel = transport.mode === "stream"
          ? await transport.connect(endpoint, options)
          : await transport.bind({ ...options, remote: endpoint });
        if (channel.mode === "stream") slot.admit(channel.ends!()!.local);
        await slot.mark();
        const buffer = new Uint8Array(9);
        for (let exchange = 0; exchange < 3; exchange++) {
          if (channel.mode === "stream") {
            await channel.write(buffer.subarray(0, 8));
            assertEquals(await channel.read(buffer), 8);
          } else {
            await channel.send(buffer.subarray(0, 8));
            assertEquals(await channel.receive(buffer), 8);
          }
        }
        await slot.mark();
        channel.close();
        await slot.finish();
      }
      await link.close();
    });
  }
}

test("closeWrite() of a closed channel says that it is closed, as reads and writes do", async (options) => {
  const listener = await tcpLibc.listen(options);
  const channel = await tcpLibc.connect(listener.endpoint, options);
  channel.close();
  for (
    const [call, use] of [
      ["shutdown", () => channel.closeWrite()],
      ["send", () => channel.write(new Uint8Array(1))],
      ["recv", () => channel.read(new Uint8Array(1))],
    ] as const
  ) assertThrows(use, Error, `Cannot ${call}: the socket is closed`);
  listener.close();
});

for (const transport of transports) {
  // Deno's unix listener has no buffers of its own to refuse.
  if (!["unix@libc", "unixpacket", "unixpacket@libc"].includes(transportId(transport))) continue;
  test(`${transportId(transport)} leaves no socket file where buffers are refused`, async (options) => {
    const refused = { ...options, receiveBuffer: 0.5 };
    await assertRejects(
      async () => await (transport.mode === "stream" ? transport.listen : transport.bind)(refused),
      RangeError,
      "Cannot set SO_RCVBUF to 0.5",
    );
    assertEquals(await Array.fromAsync(Deno.readDir(options.directory)), []);
  });
}

Deno.test("without --allow-ffi each transport of the driver says so, and nothing prompts", async () => {
  const url = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const code = `import { transports } from ${url("transport/registry.ts")};
    const blocking = transports.filter((t) => t.driver === "libc");
    const found = await Promise.all(blocking.map((t) => t.probe({ directory: "/" })));
    console.log(JSON.stringify(found.map((f) => f.reason)));`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      "--allow-read",
      "--unstable-net",
      `data:text/typescript,${encodeURIComponent(code)}`,
    ],
    stderr: "null",
  }).output();
  assert(success);
  const reasons: string[] = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(reasons.length, transports.filter((t) => t.driver === "libc").length);
  const reason = Deno.build.os === "linux" ? "it needs --allow-ffi" : "it needs Linux";
  for (const given of reasons) assertStringIncludes(given, reason);
});
