import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ADDRESS_BYTES,
  addressFamily,
  decodeAddress,
  encodeAddress,
  type SocketAddress,
} from "../../src/kernel/socket_address.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import { LIBC, needs } from "../support/needs.ts";

const ip = (hostname: string, port = 0): SocketAddress => ({ kind: "ip", hostname, port });
const back = (address: SocketAddress) => {
  const bytes = encodeAddress(address);
  return decodeAddress(bytes, bytes.length);
};

Deno.test("encodeAddress() lays out sockaddr_in, port and address in network order", () => {
  assertEquals(
    [...encodeAddress(ip("127.0.0.1", 0x1f90))],
    [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  );
});

Deno.test("encodeAddress() lays out sockaddr_in6 with its scope", () => {
  const bytes = encodeAddress(ip("fe80::1:2%3", 443));
  assertEquals(bytes.length, 28);
  assertEquals([...bytes.subarray(0, 8)], [10, 0, 1, 187, 0, 0, 0, 0]);
  assertEquals([...bytes.subarray(8, 24)], [0xfe, 0x80, ...Array(11).fill(0), 1, 0, 2]);
  assertEquals([...bytes.subarray(24)], [3, 0, 0, 0]);
});

Deno.test("encodeAddress() ends a path with NUL, and gives an abstract name none", () => {
  assertEquals([...encodeAddress({ kind: "unix", path: "/a" })], [1, 0, 47, 97, 0]);
  assertEquals([...encodeAddress({ kind: "unix", path: "\0ab" })], [1, 0, 0, 97, 98]);
  assertEquals([...encodeAddress({ kind: "unix", path: "" })], [1, 0]);
  assertEquals(encodeAddress({ kind: "unix", path: "x".repeat(107) }).length, 110);
});

Deno.test("decodeAddress() writes IPv6 as RFC 5952 recommends", () => {
  const texts = [
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1"],
    ["fe80::9%12", "fe80::9%12"],
  ] as const;
  for (const [given, shown] of texts) assertEquals(back(ip(given, 9)), ip(shown, 9));
});

Deno.test("decodeAddress() brings back every address that encodeAddress() wrote", () => {
  const port = fc.nat(65535);
  const path = fc.string({ minLength: 1, maxLength: 26, unit: "grapheme" })
    .filter((text) => text.isWellFormed() && !text.includes("\0"));
  fc.assert(fc.property(fc.ipV4(), port, (host, port) => {
    assertEquals(back(ip(host, port)), ip(host, port));
  }));
  fc.assert(fc.property(fc.ipV6(), port, (host, port) => {
    const once = back(ip(host, port))!;
    assertEquals(encodeAddress(once), encodeAddress(ip(host, port)));
    assertEquals(back(once), once);
  }));
  fc.assert(fc.property(path, fc.constantFrom("", "\0"), (path, first) => {
    const bytes = new TextEncoder().encode(path).length;
    fc.pre(bytes <= 107);
    const address: SocketAddress = { kind: "unix", path: first + path };
    assertEquals(back(address), address);
  }));
});

Deno.test("encodeAddress() refuses what is no numeric address, in one sentence", () => {
  const wrong = ["localhost", "", "1.2.3", "1.2.3.4.", "1.2.3.256", "01.2.3.4", "1::2::3", ":1"];
  for (
    const host of [...wrong, "::g", "1:2:3:4:5:6:7:8:9", "::1%eth0", "1:2:3:4:5:6:7::8", ":::"]
  ) {
    assertThrows(
      () => encodeAddress(ip(host)),
      TypeError,
      `Cannot use ${JSON.stringify(host)} as an address: it must be numeric`,
    );
  }
  for (const port of [-1, 65536, 1.5, NaN]) {
    assertThrows(() => encodeAddress(ip("::1", port)), RangeError, `Cannot use port ${port}`);
  }
  assertThrows(
    () => encodeAddress({ kind: "unix", path: "é".repeat(54) }),
    RangeError,
    "it has 108 bytes, the most is 107",
  );
  assertThrows(() => encodeAddress({ kind: "unix", path: "a\0b" }), RangeError, "contains a NUL");
});

Deno.test("decodeAddress() takes a sender without a name, and no family it does not know", () => {
  assertEquals(decodeAddress(new Uint8Array(ADDRESS_BYTES), 0), { kind: "unix", path: "" });
  assertEquals(decodeAddress(Uint8Array.of(1, 0), 2), { kind: "unix", path: "" });
  assertEquals(decodeAddress(Uint8Array.of(40, 0, 0, 0), 4), undefined);
  assertEquals(decodeAddress(encodeAddress(ip("1.2.3.4")), 8), undefined);
});

Deno.test({
  ...needs("the kernel takes an encoded address and answers with one that decodes to it", LIBC),
  fn() {
    const libc = requireLibc();
    const { socket, bind, getsockname, close } = libc.symbols;
    for (const address of [ip("127.0.0.1"), { kind: "unix", path: "" } as const]) {
      const fd = libc.check(socket(addressFamily(address), 2, 0), "socket");
      const bytes = encodeAddress(address);
      libc.check(bind(fd, bytes, bytes.length), "bind");
      const out = new Uint8Array(ADDRESS_BYTES), length = Uint32Array.of(out.length);
      libc.check(getsockname(fd, out, length), "getsockname");
      const got = decodeAddress(out, length[0]!)!;
      if (got.kind === "ip") assertEquals([got.hostname, got.port > 0], ["127.0.0.1", true]);
      // The kernel makes a name up for a Unix socket bound to none: five hexadecimal digits.
      else assertEquals(/^\0[0-9a-f]{5}$/.test(got.path), true);
      close(fd);
    }
  },
});
