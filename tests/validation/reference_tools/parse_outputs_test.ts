/**
 * What peer tools print, as recorded on a real machine in `outputs/`, and what is read from it. netperf is not in Debian's main: its form is that
 * of its manual's omni output, and is not recorded.
 *
 * @module
 */

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { parseIperf3 } from "../../../bench/validation/reference_tools/iperf3.ts";
import { parseNetperf } from "../../../bench/validation/reference_tools/netperf.ts";
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
  const version = parseSockperfVersion(recorded("sockperf-3.7-version.txt"));
  assertEquals(version, "3.7");
  assertEquals(parseSockperfVersion("no such thing"), undefined);
  assertEquals(
    ["3.7", "3.9", "3.10", "3.11.2", "4", "2.12"].map(hasUnixSockets),
    [false, false, true, true, true, false],
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

Deno.test("parseNetperf() reads transactions per second, whatever banner stands before them", () => {
  assertEquals(parseNetperf("THROUGHPUT=29454.12\nTHROUGHPUT_UNITS=Trans/s\n"), 29454.12);
  const banner =
    "MIGRATED TCP REQUEST/RESPONSE TEST from 0.0.0.0 () port 0 AF_INET : first burst 0\n";
  assertEquals(parseNetperf(`${banner}THROUGHPUT=1\nTHROUGHPUT_UNITS=Trans/s\n`), 1);
});

Deno.test("parseNetperf() refuses another unit, a missing figure and one that is there twice", () => {
  refuse(
    () => parseNetperf("THROUGHPUT=9.4\nTHROUGHPUT_UNITS=10^6bits/s\n"),
    "netperf counted in 10^6bits/s instead of Trans/s",
  );
  refuse(() => parseNetperf(""), "netperf counted in no unit");
  for (const figure of ["", "THROUGHPUT=\n", "THROUGHPUT=0\n", "THROUGHPUT=nan\n"]) {
    refuse(
      () => parseNetperf(`${figure}THROUGHPUT_UNITS=Trans/s\n`),
      "netperf printed no transactions per second",
    );
  }
  refuse(
    () => parseNetperf("THROUGHPUT=1\nTHROUGHPUT=2\nTHROUGHPUT_UNITS=Trans/s\n"),
    "netperf printed THROUGHPUT twice",
  );
});

Deno.test("checkTool() says with what a tool ended", () => {
  checkTool("x", { code: 0, out: "", err: "warning" });
  refuse(
    () => checkTool("x", { code: 3, out: "a\n", err: "b\nc\n" }),
    "x ended with 3: c",
  );
  refuse(() => checkTool("x", { code: 1, out: "a\n", err: "" }), "x ended with 1: a");
});
