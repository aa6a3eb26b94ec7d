/**
 * Which cells of the suite are set beside which tool, by which figure, and what was promised of the ratio.
 *
 * @module
 */

import { metricValue } from "../../../src/model/metric_value.ts";
import type { Trial } from "../../../src/model/trial.ts";
import type { Target } from "../verdict.ts";
import { iperf3Throughput } from "./iperf3.ts";
import { netperfRate } from "./netperf.ts";
import type { ToolSlice } from "./reference_tool.ts";
import { hasUnixSockets, parseSockperfVersion, sockperfRoundTrip } from "./sockperf.ts";
import type { Cell } from "./suite_cells.ts";
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

/** The tools looked for. */
export const TOOLS = ["sockperf", "iperf3", "netperf", "netserver", "qperf", "tcp_rr"] as const;

/** Where the tools are, and which sockperf it is. */
export interface FoundTools {
  /** Paths by name; absent: not on the PATH. */
  readonly paths: ReadonlyMap<string, string>;
  /** As in `3.7`. */
  readonly sockperfVersion?: string;
}

/** Looks every tool up on the PATH; installs nothing. */
export async function findTools(): Promise<FoundTools> {
  const found = await Promise.all(TOOLS.map(async (name) => [name, await findTool(name)] as const));
  const paths = new Map(
    found.flatMap(([name, path]) => path === undefined ? [] : [[name, path] as const]),
  );
  const sockperf = paths.get("sockperf");
  if (sockperf === undefined) return { paths };
  const { out, err } = await runTool([sockperf, "--version"], 5_000);
  const version = parseSockperfVersion(out + err);
  return { paths, ...(version !== undefined && { sockperfVersion: version }) };
}

const BYTES = 64;
const SIZES = [64 * 1024, 1024 * 1024];
const ROUND_TRIP: Target = { must: "be at most", value: 1.1 };
const THROUGHPUT: Target = { must: "be at least", value: 1 };
const CONNECT: Target = { must: "be at least", value: 0.8 };

const metric = (id: string) => (trial: Trial) => metricValue(trial, id);
/** What netperf's transactions per second are the inverse of: the mean. */
const meanNs = ({ elapsedNs, operations }: Trial) => elapsedNs / operations;

/** Every row, those without a tool included. */
export function listComparisons(tools: FoundTools): readonly ToolComparison[] {
  return [
    ...(["tcp", "udp"] as const).flatMap((protocol) => [
      sockperfRow(protocol, tools),
      netperfRow(protocol, tools),
    ]),
    unixRow(tools),
    ...SIZES.flatMap((bytes) =>
      ["tcp@libc", "tcp"].map((transport) => iperf3Row(transport, bytes, tools))
    ),
    connectRow(tools),
  ];
}

const absent = (name: string) => ({ reason: `${name} is not on the PATH` });

function sockperfRow(protocol: "tcp" | "udp", { paths }: FoundTools): ToolComparison {
  const path = paths.get("sockperf");
  return {
    cell: { scenario: "round-trip", transport: `${protocol}@libc`, bytes: BYTES },
    tool: `sockperf ping-pong --full-rtt${protocol === "tcp" ? " --tcp" : ""}`,
    figure: "p50 of the round trip",
    unit: "ns",
    ofTrial: metric("p50"),
    ofTool: path === undefined
      ? absent("sockperf")
      : (options) => sockperfRoundTrip(path, protocol, BYTES, options),
    target: ROUND_TRIP,
  };
}

function netperfRow(protocol: "tcp" | "udp", { paths }: FoundTools): ToolComparison {
  const test = protocol === "tcp" ? "TCP_RR" : "UDP_RR";
  const [netperf, netserver] = [paths.get("netperf"), paths.get("netserver")];
  return {
    cell: { scenario: "round-trip", transport: `${protocol}@libc`, bytes: BYTES },
    tool: `netperf -t ${test}`,
    figure: "mean of the round trip",
    unit: "ns",
    ofTrial: meanNs,
    ofTool: netperf === undefined || netserver === undefined
      ? absent("netperf")
      : async (options) => 1e9 / await netperfRate({ netperf, netserver }, test, BYTES, options),
    target: ROUND_TRIP,
  };
}

function unixRow({ paths, sockperfVersion: version }: FoundTools): ToolComparison {
  const reason = !paths.has("sockperf")
    ? "sockperf is not on the PATH"
    : version === undefined
    ? "this sockperf does not say which version it is"
    : hasUnixSockets(version)
    ? `sockperf ${version} has Unix-domain sockets, but how it prints them was never recorded here`
    : `this sockperf (${version}) has no Unix-domain sockets, which came with 3.10`;
  return {
    cell: { scenario: "round-trip", transport: "unix@libc", bytes: BYTES },
    tool: "sockperf ping-pong --full-rtt",
    figure: "p50 of the round trip",
    unit: "ns",
    ofTrial: metric("p50"),
    ofTool: { reason },
    target: ROUND_TRIP,
  };
}

function iperf3Row(transport: string, bytes: number, { paths }: FoundTools): ToolComparison {
  const path = paths.get("iperf3");
  return {
    cell: { scenario: "throughput", transport, bytes },
    tool: `iperf3 -N -l ${bytes}`,
    figure: "bytes per second at the receiver",
    unit: "bytes/s",
    ofTrial: metric("bytesPerSecond"),
    ofTool: path === undefined
      ? absent("iperf3")
      : (options) => iperf3Throughput(path, bytes, options),
    target: THROUGHPUT,
  };
}

function connectRow({ paths }: FoundTools): ToolComparison {
  const [netperf, netserver] = [paths.get("netperf"), paths.get("netserver")];
  return {
    cell: { scenario: "connect", transport: "tcp@libc" },
    tool: "netperf -t TCP_CC",
    figure: "connections per second",
    unit: "1/s",
    ofTrial: metric("connectionsPerSecond"),
    ofTool: netperf === undefined || netserver === undefined
      ? absent("netperf")
      : (options) => netperfRate({ netperf, netserver }, "TCP_CC", 1, options),
    target: CONNECT,
  };
}

/** Tools that may be found and are not run: what they print was never recorded, so that no parser could be held against it. */
export function notRun({ paths }: FoundTools): readonly string[] {
  const tools: readonly (readonly [name: string, title: string])[] = [
    ["qperf", "qperf"],
    ["tcp_rr", "neper (tcp_rr)"],
  ];
  return tools.map(([name, title]) =>
    paths.has(name)
      ? `${title}: found and not run, as what it prints was never recorded here`
      : `${title}: not on the PATH`
  );
}
