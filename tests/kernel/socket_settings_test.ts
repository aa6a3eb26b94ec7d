import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { requireLibc } from "../../src/kernel/libc.ts";
import { setOption } from "../../src/kernel/options.ts";
import { readSettings } from "../../src/kernel/socket_settings.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { LIBC, needs } from "../support/needs.ts";

function withSocket(family: number, type: number, fn: (fd: number) => void): void {
  const libc = requireLibc();
  const fd = libc.check(libc.symbols.socket(family, type, 0), "socket");
  try {
    fn(fd);
  } finally {
    libc.symbols.close(fd);
  }
}

Deno.test({
  ...needs("readSettings() shows what a TCP socket has, and what is unusual of it", LIBC),
  fn: () =>
    withSocket(2, 1, (fd) => {
      const fresh = readSettings(fd);
      assertEquals(Object.keys(fresh), [
        "sendBuffer",
        "receiveBuffer",
        "nagle",
        "congestion",
        "maxSegment",
      ]);
      assertEquals(fresh["nagle"], "on");
      assertMatch(fresh["maxSegment"]!, /^\d+ B$/);
      setOption(fd, "TCP_NODELAY", 1);
      setOption(fd, "TCP_CORK", 1);
      setOption(fd, "SO_SNDBUF", 10_000);
      setOption(fd, "TCP_CONGESTION", "reno");
      setOption(fd, "TCP_NOTSENT_LOWAT", 16384);
      setOption(fd, "IP_TOS", 16);
      assertEquals(readSettings(fd), {
        ...fresh,
        sendBuffer: "20000 B",
        nagle: "off",
        congestion: "reno",
        cork: "on",
        notSentLowWater: "16384 B",
        typeOfService: "16",
      });
    }),
});

Deno.test({
  ...needs("readSettings() shows the buffers alone of UDP and Unix-domain sockets", LIBC),
  fn() {
    for (const [family, type] of [[2, 2], [1, 1], [1, 2], [1, 5]] as const) {
      withSocket(family, type, (fd) => {
        setOption(fd, "SO_RCVBUF", 30_000);
        const settings = readSettings(fd);
        assertEquals(Object.keys(settings), ["sendBuffer", "receiveBuffer"]);
        assertEquals(settings["receiveBuffer"], "60000 B");
      });
    }
  },
});

Deno.test({
  ...needs("readSettings() refuses an fd that is not open", LIBC),
  fn() {
    assertThrows(() => readSettings(1_000_000), SystemError, "Bad file descriptor (EBADF)");
  },
});
