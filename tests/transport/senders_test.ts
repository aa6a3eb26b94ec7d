import { assertEquals } from "@std/assert";
import { ASKED_EACH, InternetSenders, UnixSenders } from "../../src/transport/deno_senders.ts";
import { foreignOf, formatForeign, sumOfForeign } from "../../src/transport/foreign_messages.ts";
import type { Endpoint } from "../../src/transport/channel.ts";

const at = (hostname: string, port: number): Deno.NetAddr => ({ transport: "udp", hostname, port });
const endpoint = (hostname: string, port: number): Endpoint => ({ kind: "ip", hostname, port });
const CLIENT = at("127.0.0.1", 1000);

Deno.test("InternetSenders hears its remote alone, and counts what others send", () => {
  const senders = new InternetSenders(CLIENT);
  assertEquals(senders.count(CLIENT).isHeard, true);
  assertEquals(senders.count(at("127.0.0.1", 1001)).isHeard, false);
  assertEquals(senders.count(CLIENT).isHeard, true);
  assertEquals(senders.foreign([endpoint("127.0.0.1", 1000)]), {
    messages: 1,
    senders: 1,
    some: ["127.0.0.1:1001"],
  });
});

Deno.test("InternetSenders notices another host on the port of its remote among some messages", () => {
  const senders = new InternetSenders(CLIENT);
  for (let i = 0; i < 3 * ASKED_EACH; i++) {
    senders.count(CLIENT);
    senders.count(at("127.0.0.2", 1000));
  }
  const { some, messages } = senders.foreign([endpoint("127.0.0.1", 1000)])!;
  assertEquals(some, ["127.0.0.2:1000"]);
  assertEquals(messages > 0, true);
});

Deno.test("senders of a serving socket are all heard, and strangers are those that nobody names", () => {
  const senders = new InternetSenders(undefined);
  for (const port of [1, 2, 1, 3, 3]) {
    assertEquals(senders.count(at("::1", port)), senders.last);
    assertEquals(senders.last!.isHeard, true);
  }
  const own = [endpoint("::1", 1), endpoint("::1", 2)];
  assertEquals(senders.foreign(own), { messages: 2, senders: 1, some: ["[::1]:3"] });
  assertEquals(senders.foreign([...own, endpoint("::1", 3)]), undefined);
});

Deno.test("UnixSenders tells paths apart, and has a name for what has none", () => {
  const senders = new UnixSenders({ transport: "unixpacket", path: "\0a" });
  const from = (path: string | null) => ({ transport: "unixpacket", path }) as Deno.UnixAddr;
  assertEquals(["\0a", "\0b", null, "\0a"].map((path) => senders.count(from(path)).isHeard), [
    true,
    false,
    false,
    true,
  ]);
  assertEquals(senders.foreign([{ kind: "unix", path: "\0a" }]), {
    messages: 2,
    senders: 2,
    some: ["@b", "a socket without a name"],
  });
});

Deno.test("foreign messages of several sockets are told in one sentence", () => {
  const from = (port: number, messages: number) => ({
    endpoint: endpoint("127.0.0.1", port),
    messages,
  });
  const one = foreignOf([from(1, 0), from(2, 5), from(3, 1)], []);
  const other = foreignOf([from(4, 1), from(5, 1)], []);
  const sum = sumOfForeign([one, undefined, other])!;
  assertEquals(
    formatForeign(sum),
    "8 datagrams came from sockets that do not belong to the trial: 127.0.0.1:2, 127.0.0.1:3, 127.0.0.1:4 and 1 more",
  );
  assertEquals(sumOfForeign([undefined]), undefined);
  assertEquals(
    formatForeign({ messages: 1, senders: 1, some: ["x"] }),
    "1 datagram came from sockets that do not belong to the trial: x",
  );
});
