import { assert, assertEquals } from "@std/assert";
import { receiveNow, sendNow } from "../../src/claim/sockets.ts";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import { rawMonotonicNs } from "../../src/kernel/monotonic.ts";
import { setOption } from "../../src/kernel/options.ts";
import { encodeAddress } from "../../src/kernel/socket_address.ts";
import { loseNoSegments, loseSegments } from "../../src/kernel/socket_filter.ts";
import { decodeTcpInfo, readTcpInfo } from "../../src/kernel/tcp_info.ts";
import { LIBC, needs } from "../support/needs.ts";

const SEGMENT_BYTES = 1000;
/** Kernels keep the times of TCP_INFO in ticks of 1 to 10 ms. */
const TICK_NS = 10e6;

/** A connection whose writes leave at once, with reno from its handshake on: bbr paces, even after it was taken off. */
function openPair(): Disposable & { readonly client: number; readonly server: number } {
  const libc = requireLibc();
  const { socket, bind, listen, getsockname, connect, accept4, close } = libc.symbols;
  const address = encodeAddress({ kind: "ip", hostname: "127.0.0.1", port: 0 });
  const [listener, client] = [socket(2, 1, 0), socket(2, 1, 0)];
  for (const fd of [listener, client]) setOption(fd, "TCP_CONGESTION", "reno");
  setOption(client, "TCP_NODELAY", 1);
  setOption(client, "TCP_MAXSEG", SEGMENT_BYTES + 12);
  libc.check(bind(listener, address, address.length), "bind");
  libc.check(listen(listener, 1), "listen");
  libc.check(getsockname(listener, address, Uint32Array.of(address.length)), "getsockname");
  libc.check(connect(client, address, address.length), "connect");
  const server = libc.check(accept4(listener, null, null, 0), "accept4");
  const fds = [listener, client, server];
  return { client, server, [Symbol.dispose]: () => fds.forEach((fd) => close(fd)) };
}

/** Gives the kernel's timers a turn of the event loop. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

Deno.test({
  ...needs(
    "readTcpInfo() has the round trip of the handshake as RFC 6298 starts its estimates with",
    LIBC,
  ),
  fn() {
    using pair = openPair();
    const { rttNs, rttVarNs, minRttNs, rtoNs, cwnd, reordering } = readTcpInfo(pair.client);
    // RFC 6298, 2.2: the first measurement is the estimate, and half of it its deviation.
    assertEquals(rttVarNs, Math.floor(rttNs / 2e3) * 1e3);
    assertEquals(minRttNs, rttNs);
    // At least net.ipv4.tcp_rto_min_us beyond it, 200 ms where nobody changed that.
    assert(rtoNs >= rttNs && rtoNs > rttVarNs && rtoNs < 3e9, `${rtoNs}`);
    // RFC 6928.
    assertEquals(cwnd, 10);
    // The kernel remembers what it saw on the way to an address (tcp_metrics), and starts from there.
    const sysctl = (name: string) => Number(readKernelFile(`/proc/sys/net/ipv4/${name}`));
    assert(reordering >= sysctl("tcp_reordering") && reordering <= sysctl("tcp_max_reordering"));
  },
});

Deno.test({
  ...needs(
    "readTcpInfo() counts a segment that was lost and retransmitted, and those that overtook it",
    LIBC,
  ),
  async fn() {
    using pair = openPair();
    const segment = new Uint8Array(SEGMENT_BYTES);
    loseSegments(pair.server, "everything");
    sendNow(pair.client, segment);
    loseNoSegments(pair.server);
    sendNow(pair.client, segment);
    sendNow(pair.client, segment);
    // The second one overtook; the kernel may send the first one again before the third leaves.
    assert([1, 2].includes(readTcpInfo(pair.server).rcvOoopack!));
    let received = 0;
    while (received < 3 * SEGMENT_BYTES) {
      received += receiveNow(pair.server, new Uint8Array(4 * SEGMENT_BYTES)) ?? 0;
      await turn();
    }
    while (readTcpInfo(pair.client).unacked > 0) await turn();
    const info = readTcpInfo(pair.client);
    assert(info.totalRetransmits >= 1);
    assertEquals(info.bytesRetransmitted, info.totalRetransmits * SEGMENT_BYTES);
    assertEquals(info.dataSegsOut, 3 + info.totalRetransmits);
    assertEquals(info.bytesSent, info.dataSegsOut! * SEGMENT_BYTES);
    assertEquals([info.unacked, info.sacked, info.lost, info.retransmitted], [0, 0, 0, 0]);
  },
});

Deno.test({
  ...needs("readTcpInfo() tells the state of a sender whose segments all vanish", LIBC),
  async fn() {
    using pair = openPair();
    loseSegments(pair.server, "everything");
    // Whole segments: smaller ones would be joined when they are retransmitted.
    sendNow(pair.client, new Uint8Array(3 * readTcpInfo(pair.client).sndMss));
    const before = readTcpInfo(pair.client);
    assertEquals([before.unacked, before.lost, before.retransmits], [3, 0, 0]);
    while (readTcpInfo(pair.client).caState !== "loss") await turn();
    const info = readTcpInfo(pair.client);
    // All three are thought lost, and the first of them is on its way again.
    assertEquals([info.unacked, info.lost, info.retransmitted], [3, 3, 1]);
    assert(info.retransmits >= 1 && info.totalRetransmits >= info.retransmits);
    assert(info.rtoNs >= 2 * before.rtoNs * 0.9, `${before.rtoNs} ${info.rtoNs}`);
    assert(info.ssthresh !== undefined && info.cwnd < before.cwnd);
  },
});

Deno.test({
  ...needs(
    "readTcpInfo() tells since when data was sent, data received and the last of it acknowledged",
    LIBC,
  ),
  fn() {
    using pair = openPair();
    const { poll } = requireLibc().symbols;
    const wait = (milliseconds: number) => poll(new Uint8Array(0), 0n, milliseconds);
    const from = [rawMonotonicNs()];
    sendNow(pair.client, new Uint8Array(1));
    wait(100);
    from.push(rawMonotonicNs());
    sendNow(pair.server, new Uint8Array(1));
    wait(50);
    const info = readTcpInfo(pair.client);
    const now = rawMonotonicNs();
    const isWithin = (ns: number, leastNs: number, since: number) =>
      ns >= leastNs - TICK_NS && ns <= now - since + TICK_NS;
    assert(isWithin(info.lastDataSentNs, 150e6, from[0]!), `${info.lastDataSentNs}`);
    assert(isWithin(info.lastDataReceivedNs, 50e6, from[1]!), `${info.lastDataReceivedNs}`);
    assert(isWithin(info.lastAckReceivedNs, 50e6, from[1]!), `${info.lastAckReceivedNs}`);
    assert(info.lastDataReceivedNs < info.lastDataSentNs);
  },
});

Deno.test({
  ...needs(
    "readTcpInfo() has the time that a full receiver held its sender back, as part of the time it was busy",
    LIBC,
  ),
  async fn() {
    using pair = openPair();
    const { poll } = requireLibc().symbols;
    // Until neither the receiver nor the send buffer takes more, and the last acknowledgement, which may be delayed, has come.
    while (sendNow(pair.client, new Uint8Array(65_536)) > 0);
    while (readTcpInfo(pair.client).rwndLimitedNs === 0) await turn();
    const from = rawMonotonicNs();
    const before = readTcpInfo(pair.client);
    poll(new Uint8Array(0), 0n, 100);
    const info = readTcpInfo(pair.client);
    const tookNs = rawMonotonicNs() - from;
    for (const name of ["busyTimeNs", "rwndLimitedNs"] as const) {
      const grewNs = info[name]! - before[name]!;
      assert(grewNs >= 100e6 - TICK_NS && grewNs <= tookNs + TICK_NS, `${name}: ${grewNs}`);
    }
    assert(info.rwndLimitedNs! <= info.busyTimeNs!);
    assertEquals(info.sndbufLimitedNs, before.sndbufLimitedNs);
    // The window that is left is smaller than what waits for it.
    assert(info.sndWnd! < info.notSentBytes!, `${info.sndWnd} ${info.notSentBytes}`);
    assert(readTcpInfo(pair.server).receiveSpaceBytes > 0);
  },
});

Deno.test("decodeTcpInfo() reads its first eight bytes each for itself", () => {
  const view = new DataView(new ArrayBuffer(512));
  // state, ca_state, retransmits, probes, backoff, options, two shifts of 4 bits, and a bit of the delivery rate's.
  [4, 3, 7, 11, 13, 2, 0x98, 1].forEach((byte, at) => view.setUint8(at, byte));
  const info = decodeTcpInfo(view, 240);
  assertEquals([info.state, info.caState, info.retransmits], ["FIN-WAIT-1", "recovery", 7]);
  assertEquals([info.sendWindowShift, info.receiveWindowShift], [8, 9]);
  const { timestamps, sack, windowScaling, ecn } = info.options;
  assertEquals([timestamps, sack, windowScaling, ecn], [false, true, false, false]);
  assertEquals(info.deliveryRateAppLimited, true);
  view.setUint8(7, 0xfe);
  assertEquals(decodeTcpInfo(view, 240).deliveryRateAppLimited, false);
  view.setUint8(0, 40);
  view.setUint8(1, 50);
  const unknown = decodeTcpInfo(view, 240);
  assertEquals([unknown.state, unknown.caState], ["state 40", "state 50"]);
});
