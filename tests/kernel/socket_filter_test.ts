import { assert, assertEquals, assertThrows } from "@std/assert";
import { openRawPair, receiveNow, sendNow } from "../../src/claim/sockets.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { getOption, setOption, unsentBytes } from "../../src/kernel/options.ts";
import { loseNoSegments, loseSegments } from "../../src/kernel/socket_filter.ts";
import { LIBC, needs } from "../support/needs.ts";

const kernel = openKernel();

Deno.test({
  ...needs(
    "loseSegments() keeps what is sent from arriving, and loseNoSegments() lets it arrive when it is retransmitted",
    LIBC,
  ),
  fn: async () => {
    using pair = openRawPair("tcp", { kernel });
    const buffer = new Uint8Array(100);
    loseSegments(pair.server, "everything");
    assertEquals(sendNow(pair.client, new Uint8Array(100)), 100);
    assertEquals(receiveNow(pair.server, buffer), undefined);
    assertEquals(unsentBytes(pair.client), 100);
    assert(getOption(pair.server, "SO_MEMINFO").drops > 0);
    loseNoSegments(pair.server);
    let received: number | undefined;
    while ((received = receiveNow(pair.server, buffer)) === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(received, 100);
  },
});

Deno.test({
  ...needs(
    "loseSegments() takes a share above 0 and below 1 only, and no socket but one that is open",
    LIBC,
  ),
  fn: () => {
    using pair = openRawPair("tcp", { kernel });
    for (const share of [0, 1, -0.1, NaN, Infinity]) {
      assertThrows(() => loseSegments(pair.server, share), RangeError, `a share of ${share}`);
    }
    assertThrows(() => loseNoSegments(pair.server), Error, "SO_DETACH_FILTER");
    pair.close(pair.server);
    assertThrows(() => loseSegments(pair.server, "everything"), Error, "EBADF");
  },
});

Deno.test({
  ...needs("loseSegments() loses some segments of many, and every byte arrives all the same", LIBC),
  fn: async () => {
    using pair = openRawPair("tcp", { kernel });
    setOption(pair.client, "TCP_NODELAY", 1);
    loseSegments(pair.server, 0.2);
    const buffer = new Uint8Array(4_096);
    let sent = 0;
    let received = 0;
    const receive = () => {
      const bytes = receiveNow(pair.server, buffer) ?? 0;
      assertEquals(buffer.subarray(0, bytes).every((byte) => byte === 1), true);
      received += bytes;
    };
    // Chance decides which: it goes on until one was lost.
    while (getOption(pair.server, "SO_MEMINFO").drops === 0) {
      sent += sendNow(pair.client, new Uint8Array(100).fill(1));
      receive();
    }
    loseNoSegments(pair.server);
    while (received < sent) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      receive();
    }
    assertEquals(received, sent);
  },
});
