import { assert, assertEquals, assertThrows } from "@std/assert";
import { readKernelFile } from "../../src/kernel/kernel_file.ts";
import { requireLibc } from "../../src/kernel/libc.ts";
import { rawMonotonicNs } from "../../src/kernel/monotonic.ts";
import { getOption, setOption } from "../../src/kernel/options.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { decodeTcpInfo, readTcpInfo } from "../../src/kernel/tcp_info.ts";
import { files, LIBC, needs, program } from "../support/needs.ts";

const INET = 2, STREAM = 1;

interface Pair {
  readonly listener: number;
  readonly client: number;
  readonly server: number;
  readonly port: number;
}

/** Runs a test on a fresh connection over loopback, with reno: bbr would pace, and be seen at it. */
function withPair(fn: (pair: Pair) => void): void {
  const libc = requireLibc();
  const { socket, bind, listen, getsockname, connect, accept4, close } = libc.symbols;
  const fds: number[] = [];
  const open = (fd: number) => {
    fds.push(libc.check(fd, "open"));
    return fd;
  };
  try {
    const address = Uint8Array.of(INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    const listener = open(socket(INET, STREAM, 0)), client = open(socket(INET, STREAM, 0));
    for (const fd of [listener, client]) setOption(fd, "TCP_CONGESTION", "reno");
    libc.check(bind(listener, address, 16), "bind");
    libc.check(listen(listener, 7), "listen");
    libc.check(getsockname(listener, address, Uint32Array.of(16)), "getsockname");
    libc.check(connect(client, address, 16), "connect");
    const server = open(accept4(listener, null, null, 0));
    setOption(client, "TCP_NODELAY", 1);
    fn({ listener, client, server, port: address[2]! << 8 | address[3]! });
  } finally {
    for (const fd of fds) close(fd);
  }
}

/** Sends and receives whole messages, one after another. */
function exchange(from: number, to: number, bytes: number, times: number): void {
  const libc = requireLibc();
  const message = new Uint8Array(bytes);
  for (let i = 0; i < times; i++) {
    assertEquals(libc.symbols.send(from, message, BigInt(bytes), 0), bytes);
    assertEquals(libc.symbols.recv(to, message, BigInt(bytes), 0x100 /* MSG_WAITALL */), bytes);
  }
}

Deno.test({
  ...needs("readTcpInfo() agrees with what was really sent, on the running kernel", LIBC),
  fn: () =>
    withPair(({ client, server }) => {
      const began = rawMonotonicNs();
      exchange(client, server, 1000, 7);
      exchange(server, client, 333, 5);
      // Their last acknowledgement may be delayed: one more message each way carries it.
      exchange(client, server, 11, 1);
      exchange(server, client, 22, 1);
      exchange(client, server, 11, 1);
      const sent = readTcpInfo(client), received = readTcpInfo(server);
      const tookNs = rawMonotonicNs() - began;
      const clientBytes = 7 * 1000 + 11 + 11, serverBytes = 5 * 333 + 22;

      assertEquals([sent.bytesSent, sent.bytesReceived], [clientBytes, serverBytes]);
      assertEquals([received.bytesSent, received.bytesReceived], [serverBytes, clientBytes]);
      // The SYN counts as a byte, and as a segment delivered; the last message may be unacknowledged yet.
      assert([1 + clientBytes, 1 + clientBytes - 11].includes(sent.bytesAcked!));
      assertEquals(received.bytesAcked, serverBytes);
      assertEquals([sent.dataSegsOut, received.dataSegsIn], [9, 9]);
      assertEquals([received.dataSegsOut, sent.dataSegsIn], [6, 6]);
      assert(sent.segsOut! >= 9 + 2 && sent.segsOut! <= 9 + 2 + 6, `${sent.segsOut}`);
      assert(sent.segsIn! >= 6 + 1 && sent.segsIn! <= 6 + 1 + 9, `${sent.segsIn}`);
      assert(sent.delivered! >= 9 && sent.delivered! <= 10, `${sent.delivered}`);
      for (const info of [sent, received]) {
        assertEquals([info.state, info.caState], ["ESTABLISHED", "open"]);
        assertEquals([info.notSentBytes, info.lost, info.retransmits, info.sacked], [0, 0, 0, 0]);
        assertEquals([info.bytesRetransmitted, info.totalRetransmits, info.deliveredCe], [0, 0, 0]);
        assertEquals([info.dsackDups, info.reordSeen, info.rcvOoopack], [0, 0, 0]);
        assert(info.rttNs > 0 && info.rttNs <= tookNs + 1e9, `${info.rttNs}`);
        assert(info.minRttNs! > 0 && info.minRttNs! <= info.rttNs + 8 * info.rttVarNs + 1e3);
        assert(info.rtoNs >= 1e6 && info.rtoNs >= info.rttNs && info.rtoNs < 121e9);
        assert(info.lastDataSentNs <= tookNs + 5e6 && info.lastDataReceivedNs <= tookNs + 5e6);
        assert(info.busyTimeNs! <= tookNs + 5e6);
        assert(
          info.rwndLimitedNs! <= info.busyTimeNs! && info.sndbufLimitedNs! <= info.busyTimeNs!,
        );
        assert(info.deliveryRateBytesPerSecond! > 0);
        assert(info.cwnd >= 10 && info.ssthresh === undefined);
      }
    }),
});

Deno.test({
  ...needs("readTcpInfo() counts the segments of each direction, the handshake's included", LIBC),
  fn: () =>
    withPair(({ client, server }) => {
      exchange(client, server, 100, 20);
      const info = readTcpInfo(client), other = readTcpInfo(server);
      // SYN, ACK and twenty with data; back came SYN+ACK and an acknowledgement for one or more of them.
      assertEquals([info.segsOut, info.dataSegsOut, other.dataSegsOut], [22, 20, 0]);
      assertEquals(other.segsIn, 22);
      // The SYN+ACK left before there was a socket to count it; one more acknowledgement may have left since.
      assert(other.segsOut! >= info.segsIn! - 1, `${other.segsOut}`);
      assert(info.segsIn! >= 2 && info.segsIn! < 22, `${info.segsIn}`);
    }),
});

Deno.test({
  ...needs(
    "readTcpInfo() agrees with TCP_MAXSEG, the loopback's MTU and the other end's window",
    LIBC,
  ),
  fn: () =>
    withPair(({ client, server }) => {
      exchange(client, server, 5000, 3);
      exchange(server, client, 1, 1);
      const info = readTcpInfo(client), other = readTcpInfo(server);
      assertEquals(info.sndMss, getOption(client, "TCP_MAXSEG"));
      assert(info.sndMss <= info.advmss);
      // An IP packet has 65535 bytes at most, one less than loopback would take.
      const mtu = Number(readKernelFile("/sys/class/net/lo/mtu"));
      assertEquals(info.pmtu, Math.min(mtu, 65535));
      // The advertised segment leaves the headers of IP and TCP, and the timestamps among TCP's options.
      assertEquals(info.advmss, info.pmtu - 40 - (info.options.timestamps ? 12 : 0));
      assertEquals(info.options, other.options);
      assertEquals(info.sendWindowShift, other.receiveWindowShift);
      assertEquals(info.receiveWindowShift, other.sendWindowShift);
      // Windows are told in steps of their shift, and only with a segment: the other end's is known as of its last.
      if (info.rcvWnd !== undefined && other.sndWnd !== undefined) {
        assert(info.rcvWnd > 0 && other.sndWnd > 0);
        assert(other.sndWnd <= 2 ** 30 && info.rcvWnd <= 2 ** 30);
      }
    }),
});

Deno.test({
  ...needs("readTcpInfo() counts bytes that wait unsent, and those that are on their way", LIBC),
  fn: () =>
    withPair(({ client, server }) => {
      const { send } = requireLibc().symbols;
      // Nobody reads: the window closes, and what was written beyond it waits.
      const chunk = new Uint8Array(65536);
      let written = 0;
      for (;;) {
        const count = send(client, chunk, 65536n, 0x40 /* MSG_DONTWAIT */);
        if (count < 0) break;
        written += count;
      }
      const info = readTcpInfo(client);
      const other = readTcpInfo(server);
      assertEquals(info.bytesSent! - info.bytesRetransmitted! + info.notSentBytes!, written);
      assert(info.notSentBytes! > 0 && other.bytesReceived! > 0);
      assert(other.bytesReceived! <= info.bytesSent!);
      assert(info.bytesAcked! - 1 <= other.bytesReceived!);
    }),
});

Deno.test({
  ...needs("readTcpInfo() names the states that a connection goes through", LIBC),
  fn: () =>
    withPair(({ listener, client, server }) => {
      const { shutdown, socket, close } = requireLibc().symbols;
      assertEquals([readTcpInfo(listener).state, readTcpInfo(listener).sacked], ["LISTEN", 7]);
      shutdown(client, 1);
      assert(["FIN-WAIT-1", "FIN-WAIT-2"].includes(readTcpInfo(client).state));
      assertEquals(readTcpInfo(server).state, "CLOSE-WAIT");
      // The FIN counts as a byte received.
      assertEquals(readTcpInfo(server).bytesReceived, 1);
      const fresh = socket(INET, STREAM, 0);
      assertEquals(readTcpInfo(fresh).state, "CLOSED");
      close(fresh);
    }),
});

Deno.test({
  ...needs("readTcpInfo() refuses what is no TCP socket, in one sentence", LIBC),
  fn() {
    const { socket, close } = requireLibc().symbols;
    const udp = socket(INET, 2, 0);
    const refusal = (fd: number) => assertThrows(() => readTcpInfo(fd), SystemError).message;
    assertEquals(refusal(udp), "Cannot read TCP_INFO: Operation not supported (EOPNOTSUPP)");
    assertEquals(refusal(1_000_000), "Cannot read TCP_INFO: Bad file descriptor (EBADF)");
    close(udp);
  },
});

Deno.test("decodeTcpInfo() leaves fields undefined that an older kernel does not have", () => {
  const view = new DataView(new Uint8Array(240).fill(1).buffer);
  const oldest = decodeTcpInfo(view, 104), linux4 = decodeTcpInfo(view, 192);
  assertEquals([oldest.totalRetransmits, oldest.bytesAcked, oldest.rcvWnd], [
    0x01010101,
    undefined,
    undefined,
  ]);
  assertEquals([linux4.sndbufLimitedNs, linux4.delivered], [0x0101010101010101 * 1e3, undefined]);
  // Half a field is none.
  assertEquals(decodeTcpInfo(view, 239).rcvWnd, 0x01010101);
  assertEquals(decodeTcpInfo(view, 235).rcvWnd, undefined);
  assertThrows(() => decodeTcpInfo(view, 103), RangeError, "Cannot decode TCP_INFO of 103 bytes");
});

Deno.test("decodeTcpInfo() gives undefined for the kernel's numbers that mean none", () => {
  const info = decodeTcpInfo(new DataView(new Uint8Array(240).fill(255).buffer), 240);
  assertEquals([info.minRttNs, info.pacingRateBytesPerSecond], [undefined, undefined]);
  assertEquals([info.state, info.caState], ["state 255", "state 255"]);
});

/** Of Debian's linux-libc-dev. */
const HEADER = "/usr/include/linux/tcp.h";

Deno.test({
  ...needs(
    "decodeTcpInfo() reads each field where linux/tcp.h has it",
    files(HEADER),
  ),
  async fn() {
    const body = /struct tcp_info \{([\s\S]*?)\n\};/.exec(await Deno.readTextFile(HEADER))![1]!;
    const view = new DataView(new ArrayBuffer(512));
    const values = new Map<string, number>();
    let at = 8; // Eight bytes and bit fields first, which other tests look at.
    for (const [, bits, name] of body.matchAll(/__u(16|32|64)\s+tcpi_(\w+);/g)) {
      const bytes = Number(bits) / 8;
      at = Math.ceil(at / bytes) * bytes;
      values.set(name!, 1_000 + at);
      if (bytes === 2) view.setUint16(at, 1_000 + at, true);
      else view.setUint32(at, 1_000 + at, true);
      at += bytes;
    }
    const info = decodeTcpInfo(view, at);
    const of = (name: string, factor = 1) => {
      const value = values.get(name);
      return value && value * factor;
    };
    assertEquals(info, {
      ...info,
      rtoNs: of("rto", 1e3)!,
      atoNs: of("ato", 1e3)!,
      sndMss: of("snd_mss")!,
      rcvMss: of("rcv_mss")!,
      unacked: of("unacked")!,
      sacked: of("sacked")!,
      lost: of("lost")!,
      retransmitted: of("retrans")!,
      lastDataSentNs: of("last_data_sent", 1e6)!,
      lastDataReceivedNs: of("last_data_recv", 1e6)!,
      lastAckReceivedNs: of("last_ack_recv", 1e6)!,
      pmtu: of("pmtu")!,
      rttNs: of("rtt", 1e3)!,
      rttVarNs: of("rttvar", 1e3)!,
      receiverRttNs: of("rcv_rtt", 1e3)!,
      ssthresh: of("snd_ssthresh")!,
      cwnd: of("snd_cwnd")!,
      advmss: of("advmss")!,
      reordering: of("reordering")!,
      receiveSpaceBytes: of("rcv_space")!,
      totalRetransmits: of("total_retrans")!,
      pacingRateBytesPerSecond: of("pacing_rate"),
      bytesAcked: of("bytes_acked"),
      bytesReceived: of("bytes_received"),
      segsOut: of("segs_out"),
      segsIn: of("segs_in"),
      notSentBytes: of("notsent_bytes"),
      minRttNs: of("min_rtt", 1e3),
      dataSegsIn: of("data_segs_in"),
      dataSegsOut: of("data_segs_out"),
      deliveryRateBytesPerSecond: of("delivery_rate"),
      busyTimeNs: of("busy_time", 1e3),
      rwndLimitedNs: of("rwnd_limited", 1e3),
      sndbufLimitedNs: of("sndbuf_limited", 1e3),
      delivered: of("delivered"),
      deliveredCe: of("delivered_ce"),
      bytesSent: of("bytes_sent"),
      bytesRetransmitted: of("bytes_retrans"),
      dsackDups: of("dsack_dups"),
      reordSeen: of("reord_seen"),
      rcvOoopack: of("rcv_ooopack"),
      sndWnd: of("snd_wnd"),
      rcvWnd: of("rcv_wnd"),
    });
  },
});

Deno.test({
  ...needs("readTcpInfo() agrees with ss -tin of iproute2", LIBC, program("ss")),
  fn: () =>
    withPair(({ client, server, port }) => {
      exchange(client, server, 1234, 3);
      exchange(server, client, 1, 1);
      const { stdout } = new Deno.Command("ss", {
        args: ["-tinH", "state", "established", "dport", "=", `:${port}`],
      }).outputSync();
      const shown = new TextDecoder().decode(stdout);
      const info = readTcpInfo(client);
      const field = (name: string) => Number(new RegExp(`\\b${name}:([\\d.]+)`).exec(shown)?.[1]);
      const found = (pattern: RegExp) => Number(pattern.exec(shown)?.[1]);
      assertEquals({
        mss: field("mss"),
        pmtu: field("pmtu"),
        rcvmss: field("rcvmss"),
        advmss: field("advmss"),
        cwnd: field("cwnd"),
        bytesSent: field("bytes_sent"),
        bytesReceived: field("bytes_received"),
        dataSegsOut: field("data_segs_out"),
        dataSegsIn: field("data_segs_in"),
        rtt: field("rtt"),
        rttVar: found(/\brtt:[\d.]+\/([\d.]+)/),
        sendWindowShift: field("wscale"),
        receiveWindowShift: found(/\bwscale:\d+,(\d+)/),
        segsOut: field("segs_out"),
        segsIn: field("segs_in"),
        deliveryRateBits: found(/\bdelivery_rate (\d+)bps/),
        rto: field("rto"),
        minrtt: field("minrtt"),
        rcvSpace: field("rcv_space"),
        sndWnd: field("snd_wnd"),
      }, {
        mss: info.sndMss,
        pmtu: info.pmtu,
        rcvmss: info.rcvMss,
        advmss: info.advmss,
        cwnd: info.cwnd,
        bytesSent: info.bytesSent!,
        bytesReceived: info.bytesReceived!,
        dataSegsOut: info.dataSegsOut!,
        dataSegsIn: info.dataSegsIn!,
        rtt: info.rttNs / 1e6,
        rttVar: info.rttVarNs / 1e6,
        sendWindowShift: info.sendWindowShift,
        receiveWindowShift: info.receiveWindowShift,
        segsOut: info.segsOut!,
        segsIn: info.segsIn!,
        deliveryRateBits: info.deliveryRateBytesPerSecond! * 8,
        rto: info.rtoNs / 1e6,
        minrtt: info.minRttNs! / 1e6,
        rcvSpace: info.receiveSpaceBytes,
        sndWnd: info.sndWnd!,
      }, shown);
    }),
});
