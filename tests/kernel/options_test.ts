import { assert, assertEquals, assertThrows } from "@std/assert";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import {
  getOption,
  setOption,
  tryGetOption,
  unreadBytes,
  unsentBytes,
  type WritableOptionName,
} from "../../src/kernel/options.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { LIBC, needs } from "../support/needs.ts";

const INET = 2, UNIX = 1, STREAM = 1, DATAGRAM = 2;

/** Gives a test sockets that are closed after it. */
function withSockets(
  fn: (open: (family: number, type: number) => number, pair: () => [number, number]) => void,
): void {
  const libc = requireLibc();
  const fds: number[] = [];
  try {
    fn((family, type) => {
      const fd = libc.check(libc.symbols.socket(family, type, 0), "socket");
      fds.push(fd);
      return fd;
    }, () => {
      const two = new Int32Array(2);
      libc.check(libc.symbols.socketpair(UNIX, STREAM, 0, two), "socketpair");
      fds.push(...two);
      return [two[0]!, two[1]!];
    });
  } finally {
    for (const fd of fds) libc.symbols.close(fd);
  }
}

Deno.test({
  ...needs("getOption() says what a socket is", LIBC),
  fn: () =>
    withSockets((open) => {
      const tcp = open(INET, STREAM), udp = open(INET, DATAGRAM);
      const what = (fd: number) =>
        (["SO_DOMAIN", "SO_TYPE", "SO_PROTOCOL", "SO_ACCEPTCONN"] as const)
          .map((name) => getOption(fd, name));
      assertEquals(what(tcp), [2, 1, 6, 0]);
      assertEquals(what(udp), [2, 2, 17, 0]);
      assertEquals(getOption(tcp, "SO_COOKIE"), getOption(tcp, "SO_COOKIE"));
      assert(getOption(tcp, "SO_COOKIE") !== getOption(udp, "SO_COOKIE"));
      requireLibc().symbols.listen(tcp, 1);
      assertEquals(what(tcp), [2, 1, 6, 1]);
    }),
});

Deno.test({
  ...needs("setOption() gives back what the kernel took", LIBC),
  fn: () =>
    withSockets((open) => {
      const fd = open(INET, STREAM);
      const taken: [WritableOptionName, number, number][] = [
        ["TCP_NODELAY", 1, 1],
        ["TCP_NODELAY", 7, 1],
        ["TCP_NODELAY", 0, 0],
        ["TCP_CORK", 1, 1],
        ["TCP_MAXSEG", 1000, 1000],
        ["TCP_NOTSENT_LOWAT", 16384, 16384],
        ["TCP_USER_TIMEOUT", 1500, 1500],
        ["SO_REUSEADDR", 1, 1],
        ["SO_SNDBUF", 8192, 16384],
        ["SO_RCVBUF", 8192, 16384],
        ["SO_RCVTIMEO", 2_500_000_000, 2_500_000_000],
        ["SO_SNDTIMEO", 0, 0],
        ["IP_TOS", 16, 16],
      ];
      for (const [name, asked, took] of taken) {
        assertEquals([name, setOption(fd, name, asked)], [name, took]);
      }
      assertEquals(setOption(fd, "TCP_CONGESTION", "reno"), "reno");
      assertEquals(setOption(fd, "SO_LINGER", 3), 3);
      assertEquals(setOption(fd, "SO_LINGER", "off"), "off");
    }),
});

Deno.test({
  ...needs(
    "setOption() shows what the kernel makes of more buffer than rmem_max and wmem_max",
    LIBC,
  ),
  fn: () =>
    withSockets((open) => {
      for (const [name, file] of [["SO_RCVBUF", "rmem_max"], ["SO_SNDBUF", "wmem_max"]] as const) {
        const most = Number(readKernelFile(`/proc/sys/net/core/${file}`));
        assertEquals(setOption(open(INET, DATAGRAM), name, most + 1_000_000), 2 * most);
      }
    }),
});

Deno.test({
  ...needs("setOption() rounds a time limit up to the kernel's tick, never down to none", LIBC),
  fn: () =>
    withSockets((open) => {
      const took = setOption(open(INET, STREAM), "SO_RCVTIMEO", 1);
      assert(took >= 1e6 && took <= 10e6 && took % 1e6 === 0, `${took}`);
    }),
});

Deno.test({
  ...needs("setOption() and getOption() name option, value and errno in one sentence", LIBC),
  fn: () =>
    withSockets((open) => {
      const tcp = open(INET, STREAM), unix = open(UNIX, STREAM);
      const refused = (fn: () => unknown, message: string) => {
        assertEquals(assertThrows(fn, SystemError).message, message);
      };
      refused(
        () => setOption(tcp, "TCP_CONGESTION", "foo"),
        'Cannot set TCP_CONGESTION to "foo": No such file or directory (ENOENT)',
      );
      refused(
        () => setOption(tcp, "TCP_MAXSEG", 1),
        "Cannot set TCP_MAXSEG to 1: Invalid argument (EINVAL)",
      );
      refused(
        () => getOption(unix, "TCP_NODELAY"),
        "Cannot read TCP_NODELAY: Operation not supported (EOPNOTSUPP)",
      );
      assertEquals(tryGetOption(unix, "TCP_NODELAY"), undefined);
      refused(
        () => setOption(1_000_000, "SO_SNDBUF", 1),
        "Cannot set SO_SNDBUF to 1: Bad file descriptor (EBADF)",
      );
      refused(
        () => unsentBytes(1_000_000),
        "Cannot count unsent bytes: Bad file descriptor (EBADF)",
      );
    }),
});

Deno.test({
  ...needs("setOption() refuses a number that would reach the kernel as another one", LIBC),
  fn: () =>
    withSockets((open) => {
      const fd = open(INET, STREAM);
      for (const value of [2 ** 31, 1.5, NaN, -Infinity]) {
        assertThrows(
          () => setOption(fd, "SO_SNDBUF", value),
          RangeError,
          `Cannot set SO_SNDBUF to ${value}: it takes a whole number from`,
        );
      }
      assertThrows(() => setOption(fd, "SO_RCVTIMEO", -1), RangeError, "from 0 to");
      assertThrows(() => setOption(fd, "SO_LINGER", -1), RangeError, "from 0 to");
    }),
});

Deno.test({
  ...needs("unreadBytes() counts what arrived, and SO_MEMINFO counts dropped datagrams", LIBC),
  fn: () =>
    withSockets((open, pair) => {
      const { send, recv, bind, getsockname, connect } = requireLibc().symbols;
      const [left, right] = pair();
      send(left, new Uint8Array(1234), 1234n, 0);
      assertEquals(unreadBytes(right), 1234);
      recv(right, new Uint8Array(1000), 1000n, 0);
      assertEquals(unreadBytes(right), 234);
      assert(unsentBytes(left) >= 234);

      const receiver = open(INET, DATAGRAM), sender = open(INET, DATAGRAM);
      const address = Uint8Array.of(INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
      bind(receiver, address, 16);
      getsockname(receiver, address, Uint32Array.of(16));
      connect(sender, address, 16);
      setOption(receiver, "SO_RCVBUF", 1);
      let received = 0;
      for (let i = 0; i < 100; i++) send(sender, new Uint8Array(1000), 1000n, 0);
      assertEquals(unreadBytes(receiver), 1000);
      const { drops, receiveBytes } = getOption(receiver, "SO_MEMINFO");
      assert(receiveBytes > 0);
      while (recv(receiver, new Uint8Array(1000), 1000n, 0x40 /* MSG_DONTWAIT */) > 0) received++;
      assert(received > 0 && drops > 0);
      assertEquals(received + drops, 100);
    }),
});
