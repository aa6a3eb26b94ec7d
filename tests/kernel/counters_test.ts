import { assert, assertEquals } from "@std/assert";
import {
  counterDeltas,
  describeCounter,
  parseSockstat,
  parseTables,
  parseUdp6,
  readCounters,
} from "../../src/kernel/counters.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test("parseTables() takes the selected columns of each table, wherever a kernel has them", () => {
  const text = [
    "Ip: Forwarding InReceives",
    "Ip: 2 7",
    "Tcp: MaxConn ActiveOpens InSegs NotYetInvented RetransSegs",
    "Tcp: -1 3 18446744073709551615 9 4",
    "TcpExt: DelayedACKs",
    "TcpExt: 5",
    "",
  ].join("\n");
  const counters = {};
  parseTables(text, counters);
  assertEquals(counters, {
    "Tcp.ActiveOpens": 3,
    "Tcp.InSegs": 2 ** 64,
    "Tcp.RetransSegs": 4,
    "TcpExt.DelayedACKs": 5,
  });
});

Deno.test("parsers take an empty or broken file for one without counters", () => {
  const counters = {};
  for (const text of ["", "\n", "Tcp:", "Tcp: InSegs\n", "Tcp: InSegs\nTcp: 5", "nonsense"]) {
    parseTables(text, counters);
    parseUdp6(text, counters);
    parseSockstat(text, counters);
  }
  assertEquals(counters, {});
});

Deno.test("parseUdp6() and parseSockstat() read their own layouts", () => {
  const counters = {};
  parseUdp6(
    "Ip6InReceives   \t4\nUdp6InDatagrams                 \t12\nUdp6InCsumErrors\t1\n" +
      "Udp6RcvbufErrors\t3\nUdpLite6InDatagrams\t8\n",
    counters,
  );
  parseSockstat(
    "sockets: used 17\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 140\nUDP: inuse 6 mem 0\n",
    counters,
  );
  assertEquals(counters, {
    "Udp6.InDatagrams": 12,
    "Udp6.RcvbufErrors": 3,
    "sockstat.tcpInUse": 1,
    "sockstat.tcpOrphan": 2,
    "sockstat.tcpTimeWait": 3,
    "sockstat.tcpMemPages": 140,
    "sockstat.udpInUse": 6,
  });
});

Deno.test("counterDeltas() has what moved, and nothing else", () => {
  assertEquals(
    counterDeltas({ "Tcp.InSegs": 5, "Tcp.OutSegs": 1, "sockstat.udpInUse": 4 }, {
      "Tcp.InSegs": 8,
      "Tcp.OutSegs": 1,
      "sockstat.udpInUse": 1,
      "Udp.NoPorts": 2,
    }),
    { "Tcp.InSegs": 3, "sockstat.udpInUse": -3, "Udp.NoPorts": 2 },
  );
});

Deno.test({
  ...needs("readCounters() sees what was really done on sockets", LIBC),
  async fn() {
    const before = readCounters();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (let i = 0; i < 10; i++) {
      using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      using server = await listener.accept();
      await client.write(new Uint8Array(100));
      await server.read(new Uint8Array(100));
    }
    const receiver = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const sender = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    for (let i = 0; i < 20; i++) {
      await sender.send(new Uint8Array(9), receiver.addr);
      await receiver.receive();
    }
    receiver.close();
    await sender.send(new Uint8Array(9), receiver.addr);
    sender.close();
    const moved = counterDeltas(before, readCounters());
    // At least: whatever else runs on this machine counts as well.
    const least = {
      "Tcp.ActiveOpens": 10,
      "Tcp.PassiveOpens": 10,
      "Tcp.InSegs": 50,
      "TcpExt.TCPOrigDataSent": 10,
      "Udp.InDatagrams": 20,
      "Udp.OutDatagrams": 21,
      "Udp.NoPorts": 1,
    };
    for (const [name, count] of Object.entries(least)) {
      assert((moved[name] ?? 0) >= count, `${name} moved by ${moved[name]}, not by ${count}`);
    }
  },
});

Deno.test({
  ...needs("describeCounter() has a phrase for each counter that readCounters() reads", LIBC),
  fn() {
    const counters = readCounters();
    assert(Object.keys(counters).length > 50);
    for (const [name, value] of Object.entries(counters)) {
      assert(Number.isFinite(value), name);
      assert(/^[a-zA-Z].*[^.\s]$/.test(describeCounter(name) ?? ""), name);
    }
    assertEquals(describeCounter("Tcp.Nothing"), undefined);
  },
});
