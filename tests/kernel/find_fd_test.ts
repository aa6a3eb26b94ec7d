import { assert, assertEquals, assertThrows } from "@std/assert";
import { describeFd, findFd, openSockets } from "../../src/kernel/find_fd.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import { getOption, setOption, unreadBytes } from "../../src/kernel/options.ts";
import { IPV6, LIBC, needs } from "../support/needs.ts";

function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** Whether the fd is really the one of the connection: bytes written to its other end wait in it. */
async function isReadBy(fd: number, other: Deno.Conn, bytes: number): Promise<boolean> {
  const before = unreadBytes(fd);
  await other.write(new Uint8Array(bytes));
  return unreadBytes(fd) === before + bytes;
}

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({
    ...needs(
      `findFd() finds listener and both ends of TCP over ${hostname}`,
      LIBC,
      ...(hostname === "::1" ? [IPV6] : []),
    ),
    async fn() {
      using listener = Deno.listen({ hostname, port: 0 });
      const { port } = listener.addr;
      using client = await Deno.connect({ hostname, port });
      using server = await listener.accept();
      const fds = [findFd(listener), findFd(client), findFd(server)] as const;
      assertEquals(new Set(fds).size, 3);
      assertEquals(getOption(fds[0], "SO_ACCEPTCONN"), 1);
      assert(await isReadBy(fds[1], server, 11));
      assert(await isReadBy(fds[2], client, 7));
      client.setNoDelay(true);
      assertEquals([getOption(fds[1], "TCP_NODELAY"), getOption(fds[2], "TCP_NODELAY")], [1, 0]);
      // Asked again, it answers the same.
      assertEquals(findFd(client), fds[1]);
    },
  });

  Deno.test({
    ...needs(
      `findFd() finds UDP sockets over ${hostname}`,
      LIBC,
      ...(hostname === "::1" ? [IPV6] : []),
    ),
    async fn() {
      const one = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
      const two = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
      const fd = findFd(one);
      assert(fd !== findFd(two));
      await two.send(new Uint8Array(77), one.addr);
      assertEquals(unreadBytes(fd), 77);
      one.close();
      two.close();
    },
  });
}

Deno.test({
  ...needs(
    "findFd() finds a connection to a listener for all addresses of both families",
    LIBC,
    IPV6,
  ),
  async fn() {
    using listener = Deno.listen({ hostname: "::", port: 0 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    assert(await isReadBy(findFd(server), client, 5));
    assert(await isReadBy(findFd(client), server, 6));
    assert(findFd(listener) !== findFd(server));
  },
});

Deno.test({
  ...needs(
    "findFd() tells the unnamed ends of Unix connections apart when each is asked for as it opens",
    LIBC,
  ),
  async fn() {
    using directory = temporaryDirectory();
    const path = `${directory.path}/socket`;
    using listener = Deno.listen({ transport: "unix", path });
    using client1 = await Deno.connect({ transport: "unix", path });
    using server1 = await listener.accept();
    const fds = [findFd(client1), findFd(server1)];
    using client2 = await Deno.connect({ transport: "unix", path });
    using server2 = await listener.accept();
    fds.push(findFd(client2), findFd(server2), findFd(listener));
    assertEquals(new Set(fds).size, 5);
    assert(await isReadBy(fds[0]!, server1, 1));
    assert(await isReadBy(fds[1]!, client1, 2));
    assert(await isReadBy(fds[2]!, server2, 3));
    assert(await isReadBy(fds[3]!, client2, 4));
  },
});

Deno.test({
  ...needs("findFd() says that it cannot tell, or takes what was not there before", LIBC),
  async fn() {
    using directory = temporaryDirectory();
    const path = `${directory.path}/socket`;
    using listener = Deno.listen({ transport: "unix", path });
    using _client1 = await Deno.connect({ transport: "unix", path });
    using _server1 = await listener.accept();
    const since = new Set(openSockets().map(({ cookie }) => cookie));
    using client2 = await Deno.connect({ transport: "unix", path });
    using server2 = await listener.accept();
    const { message } = assertThrows(() => findFd(client2), Error);
    assert(
      /^Cannot tell which descriptor the unix connection \(unnamed\) → .* has: \d+, \d+ have the same/
        .test(message),
      message,
    );
    assert(await isReadBy(findFd(client2, since), server2, 9));
  },
});

Deno.test({
  ...needs("findFd() finds a Unix datagram socket", LIBC),
  fn() {
    using directory = temporaryDirectory();
    const path = `${directory.path}/socket`;
    const socket = Deno.listenDatagram({ transport: "unixpacket", path });
    assertEquals(setOption(findFd(socket), "SO_RCVBUF", 50_000), 100_000);
    assertEquals(describeFd(findFd(socket))?.local, { kind: "unix", path });
    socket.close();
  },
});

Deno.test({
  ...needs("findFd() finds a socket behind a thousand closed descriptors", LIBC),
  async fn() {
    const { socket, close } = requireLibc().symbols;
    const held = Array.from({ length: 1000 }, () => socket(1, 1, 0));
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (const fd of held) close(fd);
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    assert(findFd(listener) > held[0]!);
    assert(await isReadBy(findFd(client), server, 3));
  },
});

Deno.test({
  ...needs(
    "findFd() refuses what is closed, and describeFd() has nothing to say of what is no socket",
    LIBC,
  ),
  fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const fd = findFd(listener);
    listener.close();
    assertThrows(() => findFd(listener), Error, "no open socket is it");
    assertEquals(describeFd(fd), undefined);
    assertEquals(describeFd(1_000_000), undefined);
    const { open, close } = requireLibc().symbols;
    const file = open(new TextEncoder().encode("/proc/version\0"), 0, 0);
    assertEquals(describeFd(file), undefined);
    close(file);
  },
});

Deno.test({
  ...needs("describeFd() says what a socket of libc is", LIBC),
  fn() {
    const libc = requireLibc();
    const two = new Int32Array(2);
    libc.check(libc.symbols.socketpair(1, 5, 0, two), "socketpair");
    const [one, other] = [describeFd(two[0]!)!, describeFd(two[1]!)!];
    assertEquals({ ...one, cookie: 0n }, {
      fd: two[0]!,
      type: "seqpacket",
      local: { kind: "unix", path: "" },
      remote: { kind: "unix", path: "" },
      listening: false,
      cookie: 0n,
    });
    assert(one.cookie !== other.cookie);
    assert(openSockets().some(({ cookie }) => cookie === one.cookie));
    two.forEach((fd) => libc.symbols.close(fd));
  },
});
