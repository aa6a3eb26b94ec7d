import { assert, assertEquals } from "@std/assert";
import { openRawPair, receiveNow, sendNow } from "../../src/claim/sockets.ts";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { openKernel, requireLibc } from "../../src/kernel/libc.ts";
import {
  getOption,
  type OptionName,
  OPTIONS,
  setOption,
  unreadBytes,
  unsentBytes,
} from "../../src/kernel/options.ts";
import { encodeAddress } from "../../src/kernel/socket_address.ts";
import { loseSegments } from "../../src/kernel/socket_filter.ts";
import { files, IPV6, LIBC, needs, ROOT } from "../support/needs.ts";

const kernel = openKernel();
const INET = 2, INET6 = 10, STREAM = 1, DATAGRAM = 2;

/** Opens a socket that is closed after the test. */
function open(family: number, type: number): Disposable & { readonly fd: number } {
  const libc = requireLibc();
  const fd = libc.check(libc.symbols.socket(family, type, 0), "socket");
  return { fd, [Symbol.dispose]: () => void libc.symbols.close(fd) };
}

/** Of Debian's linux-libc-dev and libc6-dev. */
const HEADERS = ["asm-generic/socket.h", "linux/tcp.h", "linux/in.h", "linux/in6.h"]
  .map((name) => `/usr/include/${name}`);

Deno.test({
  ...needs("OPTIONS has the levels and numbers of the kernel's headers", files(...HEADERS)),
  async fn() {
    const texts = await Promise.all(HEADERS.map((path) => Deno.readTextFile(path)));
    const numberOf = (name: string): number => {
      // SO_RCVTIMEO is defined by way of another name.
      for (const candidate of [name, `${name}_OLD`]) {
        const found = new RegExp(`^#define\\s+${candidate}\\s+(\\d+)\\b`, "m").exec(texts.join());
        if (found !== null) return Number(found[1]);
      }
      throw new Error(`no header has ${name}`);
    };
    const levels: Readonly<Record<string, number>> = { SO: 1, TCP: 6, IP: 0, IPV6: 41 };
    for (const [name, { level, number }] of Object.entries(OPTIONS)) {
      assertEquals([name, level, number], [name, levels[name.split("_")[0]!], numberOf(name)]);
    }
  },
});

Deno.test({
  ...needs("SO_RCVTIMEO and SO_SNDTIMEO are two limits, each its own", LIBC),
  fn() {
    using socket = open(INET, STREAM);
    setOption(socket.fd, "SO_RCVTIMEO", 1e9);
    setOption(socket.fd, "SO_SNDTIMEO", 2e9);
    assertEquals(getOption(socket.fd, "SO_RCVTIMEO"), 1e9);
    assertEquals(getOption(socket.fd, "SO_SNDTIMEO"), 2e9);
    const { recv } = requireLibc().symbols;
    using datagrams = open(INET, DATAGRAM);
    setOption(datagrams.fd, "SO_RCVTIMEO", 1e6);
    // Without the limit this call would never return.
    assertEquals(recv(datagrams.fd, new Uint8Array(1), 1n, 0), -1);
  },
});

Deno.test({
  ...needs("SO_REUSEPORT lets two sockets have one port, and without it the kernel refuses", LIBC),
  fn() {
    const { bind, getsockname } = requireLibc().symbols;
    const bindTwo = (share: number): number => {
      using one = open(INET, DATAGRAM);
      using other = open(INET, DATAGRAM);
      for (const { fd } of [one, other]) setOption(fd, "SO_REUSEPORT", share);
      const address = encodeAddress({ kind: "ip", hostname: "127.0.0.1", port: 0 });
      assertEquals(bind(one.fd, address, address.length), 0);
      getsockname(one.fd, address, Uint32Array.of(address.length));
      return bind(other.fd, address, address.length);
    };
    assertEquals([bindTwo(1), bindTwo(0)], [0, -1]);
  },
});

Deno.test({
  ...needs("SO_ERROR holds what a datagram to a closed port came back with, once", LIBC),
  fn() {
    const { bind, close, connect, getsockname, send, socket } = requireLibc().symbols;
    const address = encodeAddress({ kind: "ip", hostname: "127.0.0.1", port: 0 });
    const gone = socket(INET, DATAGRAM, 0);
    bind(gone, address, address.length);
    getsockname(gone, address, Uint32Array.of(address.length));
    close(gone);
    using sender = open(INET, DATAGRAM);
    assertEquals(connect(sender.fd, address, address.length), 0);
    assertEquals(send(sender.fd, new Uint8Array(1), 1n, 0), 1);
    const ECONNREFUSED = 111;
    assertEquals(
      [getOption(sender.fd, "SO_ERROR"), getOption(sender.fd, "SO_ERROR")],
      [ECONNREFUSED, 0],
    );
  },
});

Deno.test({
  ...needs("TCP_CORK holds a small segment back, and TCP_QUICKACK shows what it was set to", LIBC),
  fn() {
    using pair = openRawPair("tcp", { kernel });
    setOption(pair.client, "TCP_NODELAY", 1);
    setOption(pair.client, "TCP_CORK", 1);
    sendNow(pair.client, new Uint8Array(10));
    assertEquals(unreadBytes(pair.server), 0);
    setOption(pair.client, "TCP_CORK", 0);
    assertEquals(unreadBytes(pair.server), 10);
    for (const value of [0, 1, 0]) {
      assertEquals(setOption(pair.server, "TCP_QUICKACK", value), value);
    }
  },
});

Deno.test({
  ...needs(
    "TCP_LINGER2 starts as net.ipv4.tcp_fin_timeout, and IPV6_V6ONLY as net.ipv6.bindv6only",
    LIBC,
    IPV6,
  ),
  fn() {
    const setting = (path: string) => Number(readKernelFile(`/proc/sys/net/${path}`));
    using socket = open(INET6, STREAM);
    assertEquals(getOption(socket.fd, "TCP_LINGER2"), setting("ipv4/tcp_fin_timeout"));
    assertEquals(setOption(socket.fd, "TCP_LINGER2", 7), 7);
    assertEquals(getOption(socket.fd, "IPV6_V6ONLY"), setting("ipv6/bindv6only"));
    for (const value of [1, 0]) {
      assertEquals(setOption(socket.fd, "IPV6_V6ONLY", value), value);
    }
    assertEquals(setOption(socket.fd, "IPV6_TCLASS", 0xb8), 0xb8);
  },
});

Deno.test({
  ...needs("SO_SNDBUFFORCE and SO_RCVBUFFORCE go beyond wmem_max and rmem_max", LIBC, ROOT),
  fn() {
    const most = (name: string) => Number(readKernelFile(`/proc/sys/net/core/${name}`));
    const rows: readonly [OptionName & `${string}FORCE`, OptionName, number][] = [
      ["SO_SNDBUFFORCE", "SO_SNDBUF", most("wmem_max") + 10_000],
      ["SO_RCVBUFFORCE", "SO_RCVBUF", most("rmem_max") + 20_000],
    ];
    for (const [force, shown, bytes] of rows) {
      using socket = open(INET, DATAGRAM);
      assertEquals(setOption(socket.fd, force, bytes), 2 * bytes);
      assertEquals(getOption(socket.fd, shown), 2 * bytes);
    }
  },
});

Deno.test({
  ...needs("SO_MEMINFO agrees with the sizes of both buffers and with what each end holds", LIBC),
  fn() {
    using pair = openRawPair("unix", { kernel });
    setOption(pair.client, "SO_SNDBUF", 30_000);
    setOption(pair.client, "SO_RCVBUF", 40_000);
    const empty = getOption(pair.client, "SO_MEMINFO");
    assertEquals([empty.sendBufferBytes, empty.receiveBufferBytes], [60_000, 80_000]);
    assertEquals([empty.sendBytes, empty.receiveBytes], [0, 0]);
    sendNow(pair.client, new Uint8Array(5_000));
    const { sendBytes } = getOption(pair.client, "SO_MEMINFO");
    assert(sendBytes >= 5_000);
    assertEquals(sendBytes, unsentBytes(pair.client));
  },
});

Deno.test({
  ...needs(
    "SO_MEMINFO tells what waits to be acknowledged and what waits to be read, filters and drops of TCP apart",
    LIBC,
  ),
  fn() {
    using pair = openRawPair("tcp", { kernel });
    sendNow(pair.client, new Uint8Array(3_000));
    const receiver = getOption(pair.server, "SO_MEMINFO");
    assert(receiver.receiveBytes >= 3_000 && receiver.writeQueueBytes === 0);
    assertEquals([receiver.optionBytes, receiver.drops], [0, 0]);
    assertEquals(receiveNow(pair.server, new Uint8Array(4_000)), 3_000);
    loseSegments(pair.server, "everything");
    for (let i = 1; i <= 3; i++) sendNow(pair.client, new Uint8Array(5_000));
    const sender = getOption(pair.client, "SO_MEMINFO");
    // What is unacknowledged is kept, with what describes it; memory reserved ahead is less than that.
    assert(sender.writeQueueBytes >= 15_000, `${sender.writeQueueBytes}`);
    assert(sender.forwardBytes < 15_000, `${sender.forwardBytes}`);
    assertEquals([sender.optionBytes, sender.drops, sender.receiveBytes], [0, 0, 0]);
    const loser = getOption(pair.server, "SO_MEMINFO");
    assert(loser.drops > 0 && loser.optionBytes > loser.drops);
    assertEquals([loser.receiveBytes, loser.backlogBytes], [0, 0]);
  },
});
