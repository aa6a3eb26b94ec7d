// Which cells of the suite are set beside which tool, by which figure, and what was promised of the ratio.

import { metricValue } from "../../../src/model/metric_value.ts";
import type { Trial } from "../../../src/model/trial.ts";
import type { Target } from "../verdict.ts";
import { iperf3Throughput, parseIperf3Version } from "./iperf3.ts";
import {
  type LmbenchBandwidth,
  lmbenchBandwidth,
  type LmbenchLatency,
  lmbenchLatency,
} from "./lmbench.ts";
import { neperRate, type NeperTest } from "./neper.ts";
import {
  NETPERF_CONNECTIONS,
  netperfConnectRequests,
  netperfRequests,
  netperfSlice,
  netperfStream,
  type NetperfTest,
  netperfUnixRequests,
  netperfUnixStream,
  parseNetperfVersion,
} from "./netperf.ts";
import { qperfRoundTrip, type QperfTest } from "./qperf.ts";
import type { ToolSlice } from "./reference_tool.ts";
import {
  hasUnixSockets,
  parseSockperfVersion,
  sockperfRoundTrip,
  type SockperfTransport,
} from "./sockperf.ts";
import type { Cell, CellScenario } from "./suite_cells.ts";
import { findTool, runTool } from "./tool_process.ts";

/** One row: a cell and a tool. */
export interface ToolComparison {
  /** The suite's cell. */
  readonly cell: Cell;
  /** The tool, with what it was asked for: `sockperf ping-pong --tcp`. */
  readonly tool: string;
  /** What is compared, as in `p50 of the round trip`. */
  readonly figure: string;
  /** Unit of both figures. */
  readonly unit: "ns" | "bytes/s" | "1/s";
  /** The suite's figure in one trial. */
  readonly ofTrial: (trial: Trial) => number | undefined;
  /** The tool's figure in one slice, or why there is none. */
  readonly ofTool: ToolSlice | { readonly reason: string };
  /** What was promised of suite / tool. */
  readonly target: Target;
}

/** The programs looked for. */
export const TOOLS = [
  ...["sockperf", "netperf", "netserver", "iperf3", "qperf", "tcp_rr", "udp_rr", "tcp_crr"],
  ...["lat_tcp", "lat_udp", "lat_unix", "bw_tcp", "bw_unix"],
] as const;

type Tool = typeof TOOLS[number];

/** Where the tools are, and which version each is of those that can be asked. */
export interface FoundTools {
  /** Paths by name; absent: not on the PATH. */
  readonly paths: ReadonlyMap<string, string>;
  /** As in `3.7`, by tool; absent: it does not print one, or not in time. */
  readonly versions: ReadonlyMap<string, string>;
}

/** How the tools that have a version are asked for it. */
const VERSIONS: readonly (readonly [
  tool: Tool,
  option: string,
  parse: (text: string) => string | undefined,
])[] = [
  ["sockperf", "--version", parseSockperfVersion],
  ["netperf", "-V", parseNetperfVersion],
  ["iperf3", "--version", parseIperf3Version],
  ["qperf", "-V", (text) => /^qperf (\S+)/m.exec(text)?.[1]],
  ["tcp_rr", "--version", (text) => /^(\d+(?:\.\d+)+)$/m.exec(text)?.[1]],
];

/** Looks every tool up on the PATH; installs nothing. One that hangs or fails when it is asked for its version has none. */
export async function findTools(): Promise<FoundTools> {
  const found = await Promise.all(TOOLS.map(async (name) => [name, await findTool(name)] as const));
  const paths = new Map(
    found.flatMap(([name, path]) => path === undefined ? [] : [[name, path] as const]),
  );
  const versions = new Map<string, string>();
  for (const [tool, option, parse] of VERSIONS) {
    const path = paths.get(tool);
    if (path === undefined) continue;
    try {
      const { out, err } = await runTool([path, option], 5_000);
      const version = parse(out + err);
      if (version !== undefined) versions.set(tool, version);
    } catch {
      // The row of a tool that does not work says so when it is run.
    }
  }
  return { paths, versions };
}

const BYTES = 64;
const SIZES = [64 * 1024, 1024 * 1024];
const atMost = (value: number): Target => ({ must: "be at most", value });
const atLeast = (value: number): Target => ({ must: "be at least", value });

const metric = (id: string) => (trial: Trial) => metricValue(trial, id);
/** What transactions per second are the inverse of: the mean. */
const meanNs = ({ elapsedNs, operations }: Trial) => elapsedNs / operations;

/** Every row, those without a tool included. */
export function listComparisons({ paths, versions }: FoundTools): readonly ToolComparison[] {
  const slice = (
    needs: readonly Tool[],
    run: (...paths: string[]) => ToolSlice,
  ): ToolComparison["ofTool"] => {
    const missing = needs.filter((name) => !paths.has(name));
    return missing.length === 0 ? run(...needs.map((name) => paths.get(name)!)) : {
      reason: `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not on the PATH`,
    };
  };
  const netperf = (test: NetperfTest, of = (perSecond: number) => perSecond) =>
    slice(
      ["netperf", "netserver"],
      (client, server) => async (options) =>
        of(await netperfSlice(client!, server!, test, options)),
    );
  const roundTrip = (
    transport: string,
    median: boolean,
    tool: string,
    ofTool: ToolComparison["ofTool"],
  ) => ({
    cell: { scenario: "round-trip", transport, bytes: BYTES } as const,
    tool,
    figure: median ? "p50 of the round trip" : "mean of the round trip",
    unit: "ns" as const,
    ofTrial: median ? metric("p50") : meanNs,
    ofTool,
    target: atMost(transport.startsWith("unix") ? 1.1 : 1.05),
  });
  const perSecond = (
    scenario: CellScenario,
    metricId: string,
    tool: string,
    ofTool: ToolComparison["ofTool"],
  ): ToolComparison => ({
    cell: { scenario, transport: "tcp@libc", ...(scenario !== "connect" && { bytes: BYTES }) },
    tool,
    figure: scenario === "connect" ? "connections per second" : "requests per second",
    unit: "1/s",
    ofTrial: metric(metricId),
    ofTool,
    target: atLeast(0.95),
  });
  const bulk = (
    transport: string,
    bytes: number,
    tool: string,
    counted: string,
    ofTool: ToolComparison["ofTool"],
  ): ToolComparison => ({
    cell: { scenario: "throughput", transport, bytes },
    tool,
    figure: `bytes per second${counted}`,
    unit: "bytes/s",
    ofTrial: metric("bytesPerSecond"),
    ofTool,
    target: atLeast(1),
  });

  const sockperf = (over: SockperfTransport) => {
    const version = versions.get("sockperf");
    const isUnix = over === "unix" || over === "unixpacket";
    const found = slice(
      ["sockperf"],
      (path) => (options) => sockperfRoundTrip(path!, over, BYTES, options),
    );
    const reason = version === undefined
      ? "this sockperf does not print which version it is"
      : `this sockperf (${version}) has no Unix-domain sockets, which came with 3.9`;
    return roundTrip(
      `${over}@libc`,
      true,
      `sockperf ping-pong --full-rtt${isUnix ? " -i PATH" : ""}${
        over === "tcp" || over === "unix" ? " --tcp" : ""
      }`,
      isUnix && typeof found === "function" && !(version !== undefined && hasUnixSockets(version))
        ? { reason }
        : found,
    );
  };
  const netperfRow = (over: string, test: NetperfTest, name: string) =>
    roundTrip(`${over}@libc`, false, `netperf -t ${name}`, netperf(test, (rate) => 1e9 / rate));
  const neper = (test: NeperTest) =>
    slice([test], (path) => (options) => neperRate(test, path!, BYTES, options));
  const neperRow = (over: string, test: "tcp_rr" | "udp_rr") => {
    const rate = neper(test);
    return roundTrip(
      `${over}@libc`,
      false,
      `neper ${test}`,
      typeof rate === "function" ? async (options) => 1e9 / await rate(options) : rate,
    );
  };
  const qperf = (over: string, test: QperfTest) =>
    roundTrip(
      `${over}@libc`,
      false,
      `qperf ${test}, doubled`,
      slice(["qperf"], (path) => (options) => qperfRoundTrip(path!, test, BYTES, options)),
    );
  const latency = (over: string, program: LmbenchLatency) =>
    roundTrip(
      `${over}@libc`,
      false,
      `lmbench ${program}${program === "lat_unix" ? " (a socket pair)" : ""}`,
      slice([program], (path) => (options) => lmbenchLatency(program, path!, BYTES, options)),
    );
  const bandwidth = (transport: string, bytes: number, program: LmbenchBandwidth) =>
    bulk(
      transport,
      bytes,
      `lmbench ${program} -m ${bytes}`,
      " at the receiver",
      slice([program], (path) => (options) => lmbenchBandwidth(program, path!, bytes, options)),
    );

  return [
    ...[sockperf("tcp"), netperfRow("tcp", netperfRequests("TCP_RR", BYTES), "TCP_RR")],
    ...[neperRow("tcp", "tcp_rr"), qperf("tcp", "tcp_lat"), latency("tcp", "lat_tcp")],
    ...[sockperf("udp"), netperfRow("udp", netperfRequests("UDP_RR", BYTES), "UDP_RR")],
    ...[neperRow("udp", "udp_rr"), qperf("udp", "udp_lat"), latency("udp", "lat_udp")],
    ...[sockperf("unix"), netperfRow("unix", netperfUnixRequests("STREAM_RR", BYTES), "STREAM_RR")],
    latency("unix", "lat_unix"),
    sockperf("unixpacket"),
    netperfRow("unixpacket", netperfUnixRequests("DG_RR", BYTES), "DG_RR"),
    ...SIZES.flatMap((bytes) => [
      ...["tcp@libc", "tcp"].flatMap((transport) => [
        bulk(
          transport,
          bytes,
          `iperf3 -N -l ${bytes}`,
          " at the receiver",
          slice(["iperf3"], (path) => (options) => iperf3Throughput(path!, bytes, options)),
        ),
        bulk(
          transport,
          bytes,
          `netperf -t TCP_STREAM -m ${bytes}`,
          " at the receiver",
          netperf(netperfStream(bytes)),
        ),
      ]),
      bandwidth("tcp@libc", bytes, "bw_tcp"),
      bulk(
        "unix@libc",
        bytes,
        `netperf -t STREAM_STREAM -m ${bytes}`,
        ", the tool's at its sender",
        netperf(netperfUnixStream(bytes)),
      ),
      bandwidth("unix@libc", bytes, "bw_unix"),
    ]),
    perSecond(
      "connect",
      "connectionsPerSecond",
      "netperf -t omni -c -d 0",
      netperf(NETPERF_CONNECTIONS),
    ),
    perSecond(
      "connect-round-trip",
      "requestsPerSecond",
      "netperf -t TCP_CRR",
      netperf(netperfConnectRequests(BYTES)),
    ),
    perSecond("connect-round-trip", "requestsPerSecond", "neper tcp_crr", neper("tcp_crr")),
  ];
}
