// What reference tools print, as recorded on a real machine in `outputs/`, and what is read from it.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { parseIperf3 } from "../../../bench/validation/reference_tools/iperf3.ts";
import {
  parseLmbenchBandwidth,
  parseLmbenchLatency,
} from "../../../bench/validation/reference_tools/lmbench.ts";
import { parseNeper } from "../../../bench/validation/reference_tools/neper.ts";
import {
  NETPERF_CONNECTIONS,
  netperfConnectRequests,
  netperfRequests,
  netperfStream,
  netperfUnixRequests,
  netperfUnixStream,
  parseNetperfVersion,
} from "../../../bench/validation/reference_tools/netperf.ts";
import { parseQperf } from "../../../bench/validation/reference_tools/qperf.ts";
import {
  checkTool,
  ReferenceToolError,
} from "../../../bench/validation/reference_tools/reference_tool.ts";
import {
  hasUnixSockets,
  parseSockperf,
  parseSockperfVersion,
} from "../../../bench/validation/reference_tools/sockperf.ts";

const recorded = (name: string) =>
  Deno.readTextFileSync(new URL(`./outputs/${name}`, import.meta.url));
const refuse = (work: () => unknown, sentence: string) =>
  assertThrows(work, ReferenceToolError, sentence);

Deno.test("parseSockperf() reads the median of whole round trips over TCP and UDP", () => {
  const { p50Ns, ...tcp } = parseSockperf(recorded("sockperf-3.7-tcp-full-rtt.txt"));
  assertEquals(tcp, { count: 47604, faults: 0 });
  assertAlmostEquals(p50Ns, 11_216, 1e-6);
  const udp = parseSockperf(recorded("sockperf-3.7-udp-full-rtt.txt"));
  assertEquals(udp.count, 27847);
  assertAlmostEquals(udp.p50Ns, 20_700, 1e-6);
});

Deno.test("parseSockperf() refuses half round trips, lost figures and errors that end with exit code 0", () => {
  const whole = recorded("sockperf-3.7-tcp-full-rtt.txt");
  refuse(
    () => parseSockperf(recorded("sockperf-3.7-tcp-half.txt")),
    "sockperf did not say that its figures are round trips",
  );
  refuse(
    () => parseSockperf(recorded("sockperf-3.7-refused.txt")),
    "sockperf: Can`t connect socket (errno=111 Connection refused)",
  );
  const damaged: readonly (readonly [string, string, string])[] = [
    ["percentile 50.000", "percentile 55.000", "printed no median"],
    ["percentile 50.000 =   11.216", "percentile 50.000 =    0.000", "observed nothing"],
    ["Total 47604 observations", "Total observations", "printed no number of observations"],
    ["dropped messages = 0", "dropped messages", "printed no count of lost messages"],
  ];
  for (const [from, to, sentence] of damaged) {
    refuse(() => parseSockperf(whole.replace(from, to)), sentence);
  }
  assertEquals(
    parseSockperf(whole.replace("# dropped messages = 0", "# dropped messages = 7")).faults,
    7,
  );
});

Deno.test("hasUnixSockets() knows from the version what sockperf can do", () => {
  assertEquals(parseSockperfVersion(recorded("sockperf-3.7-version.txt")), "3.7");
  assertEquals(parseSockperfVersion(recorded("sockperf-3.10-version.txt")), "3.10");
  assertEquals(parseSockperfVersion("no such thing"), undefined);
  assertEquals(
    ["3.7", "3.8", "3.9", "3.10", "3.11.2", "4", "2.12"].map(hasUnixSockets),
    [false, false, true, true, true, true, false],
  );
});

Deno.test("parseIperf3() reads the receiver's bytes per second, the block and the streams as used", () => {
  const text = recorded("iperf3-3.12-1mib.txt");
  const { bytesPerSecond, ...rest } = parseIperf3(text);
  assertAlmostEquals(bytesPerSecond, 10573249027.711472 / 8, 1);
  assertEquals(rest, { blockBytes: 1048576, streams: 1, congestion: "bbr" });
});

Deno.test("parseIperf3() refuses errors, what is no JSON and what lacks the receiver's sum", () => {
  refuse(
    () => parseIperf3(recorded("iperf3-3.12-refused.txt")),
    "iperf3: unable to connect to server: Connection refused",
  );
  refuse(() => parseIperf3("- - - - -"), "iperf3 printed no JSON");
  refuse(
    () => parseIperf3(recorded("iperf3-3.12-1mib.txt").replace("sum_received", "sum_lost")),
    "iperf3 printed no end.sum_received.bits_per_second above 0",
  );
  refuse(() => parseIperf3("null"), "iperf3 printed no end.sum_received.bits_per_second above 0");
});

Deno.test("parseSockperf() reads Unix-domain sockets as it reads the others", () => {
  for (const [name, faults] of [["unix", 0], ["unixpacket", 0]] as const) {
    const result = parseSockperf(recorded(`sockperf-3.10-${name}-full-rtt.txt`));
    assertEquals(result.faults, faults);
    assert(result.count > 1_000 && result.p50Ns > 1_000 && result.p50Ns < 1e6);
  }
});

Deno.test("netperf's tests read their figure from what netperf 2.7.1 printed", () => {
  const figures = [
    [netperfRequests("TCP_RR", 64), "tcp-rr", 15664.76],
    [netperfRequests("UDP_RR", 64), "udp-rr", 12590.77],
    [NETPERF_CONNECTIONS, "connections", 7155.96],
    [netperfConnectRequests(64), "tcp-crr", 4919.08],
    [netperfStream(65_536), "tcp-stream", 3830.68e6 / 8],
    [netperfUnixRequests("STREAM_RR", 64), "stream-rr", 20211.7],
    [netperfUnixRequests("DG_RR", 64), "dg-rr", 8934.93],
    [netperfUnixStream(65_536), "stream-stream", 9663.81e6 / 8],
  ] as const;
  for (const [test, name, figure] of figures) {
    assertAlmostEquals(test.read(recorded(`netperf-2.7.1-${name}.txt`)), figure, 1e-6);
  }
  assertEquals(parseNetperfVersion(recorded("netperf-2.7.1-version.txt")), "2.7.1");
});

Deno.test("no netperf test takes the answer of another, nor that of an option which netperf ignored", () => {
  const { read } = NETPERF_CONNECTIONS;
  // TCP_CC does not know -k, says so and prints its table, with exit code 0.
  refuse(
    () => read(recorded("netperf-2.7.1-tcp-cc-with-k.txt")),
    "netperf counted in no unit instead of Trans/s",
  );
  refuse(
    () => read(recorded("netperf-2.7.1-tcp-rr.txt")),
    "netperf ran Send|Recv instead of Connection",
  );
  refuse(
    () => read(recorded("netperf-2.7.1-tcp-stream.txt")),
    "netperf counted in 10^6bits/s instead of Trans/s",
  );
  refuse(
    () => netperfUnixStream(64).read(recorded("netperf-2.7.1-dg-rr.txt")),
    "netperf did not run a STREAM STREAM TEST",
  );
  refuse(
    () => netperfRequests("TCP_RR", 64).read(recorded("netperf-2.7.1-refused.txt")),
    "netperf counted in no unit",
  );
});

Deno.test("netperf's figures are refused where one is missing, zero, no number, or there twice", () => {
  const { read } = netperfRequests("TCP_RR", 64);
  const text = recorded("netperf-2.7.1-tcp-rr.txt");
  for (const value of ["", "0", "nan", "-1", "15,664"]) {
    refuse(
      () => read(text.replace("15664.76", value)),
      "netperf printed no transactions per second",
    );
  }
  refuse(() => read(text + text), "netperf printed THROUGHPUT twice");
  const table = recorded("netperf-2.7.1-dg-rr.txt");
  refuse(
    () => netperfUnixRequests("DG_RR", 64).read(table.replace("8934.93", "8934,93")),
    "netperf printed no line of results",
  );
});

Deno.test("parseNeper() reads the client's transactions per second and refuses other sizes and no connection", () => {
  const text = recorded("neper-1.1.0-tcp-rr.txt");
  assertEquals(parseNeper(text, 64), 13822.99);
  refuse(() => parseNeper(text, 1), "neper ran with request_size 64 instead of 1");
  refuse(
    () => parseNeper(text.replace("num_flows=1", "num_flows=2"), 64),
    "neper ran with num_flows 2 instead of 1",
  );
  refuse(() => parseNeper(recorded("neper-1.1.0-refused.txt"), 1), "neper printed no throughput");
});

Deno.test("parseQperf() doubles half round trips and refuses other units and other tests", () => {
  assertEquals(parseQperf("tcp_lat", recorded("qperf-0.4.11-tcp-lat.txt")), 2 * 18105);
  assertEquals(parseQperf("udp_lat", recorded("qperf-0.4.11-udp-lat.txt")), 2 * 14544);
  refuse(
    () => parseQperf("tcp_lat", recorded("qperf-0.4.11-other-units.txt")),
    "qperf printed no latency in ns",
  );
  refuse(
    () => parseQperf("tcp_lat", recorded("qperf-0.4.11-refused.txt")),
    "qperf printed no latency in ns",
  );
  refuse(
    () => parseQperf("tcp_lat", recorded("qperf-0.4.11-udp-lat.txt")),
    "qperf did not run tcp_lat",
  );
});

Deno.test("lmbench's parsers read what each program prints and nothing of another", () => {
  assertAlmostEquals(parseLmbenchLatency("lat_tcp", recorded("lmbench-lat-tcp.txt")), 81_115.5);
  assertAlmostEquals(parseLmbenchLatency("lat_udp", recorded("lmbench-lat-udp.txt")), 100_698.4);
  assertAlmostEquals(parseLmbenchLatency("lat_unix", recorded("lmbench-lat-unix.txt")), 27_522.4);
  assertAlmostEquals(parseLmbenchBandwidth("bw_tcp", recorded("lmbench-bw-tcp.txt")), 325.71e6);
  assertAlmostEquals(parseLmbenchBandwidth("bw_unix", recorded("lmbench-bw-unix.txt")), 1809.06e6);
  refuse(
    () => parseLmbenchLatency("lat_tcp", recorded("lmbench-lat-udp.txt")),
    "lat_tcp printed no latency",
  );
  refuse(
    () => parseLmbenchBandwidth("bw_tcp", recorded("lmbench-bw-unix.txt")),
    "bw_tcp printed no bandwidth",
  );
  refuse(() => parseLmbenchBandwidth("bw_unix", ""), "bw_unix printed no bandwidth");
});

Deno.test("checkTool() says with what a tool ended", () => {
  checkTool("x", { code: 0, out: "", err: "warning" });
  refuse(
    () => checkTool("x", { code: 3, out: "a\n", err: "b\nc\n" }),
    "x ended with 3: c",
  );
  refuse(() => checkTool("x", { code: 1, out: "a\n", err: "" }), "x ended with 1: a");
});
