// iperf3 (github.com/esnet/iperf): bytes per second over one TCP stream, as its receiver counts them.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** What iperf3 reports of one run. */
export interface Iperf3Result {
  /** At the receiver. */
  readonly bytesPerSecond: number;
  /** Size of each write and read, as it was used. */
  readonly blockBytes: number;
  /** Streams. */
  readonly streams: number;
  /** Congestion control of the sender. */
  readonly congestion: string;
}

/**
 * Reads what `iperf3 -c … -J` prints.
 *
 * @throws {ReferenceToolError} when it is no JSON, holds an error, or lacks a field
 */
export function parseIperf3(text: string): Iperf3Result {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReferenceToolError("iperf3 printed no JSON");
  }
  const at = (...path: string[]): unknown =>
    path.reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null
          ? (inner as Record<string, unknown>)[key]
          : undefined,
      value,
    );
  const error = at("error");
  if (error !== undefined) throw new ReferenceToolError(`iperf3: ${error}`);
  const number = (...path: string[]): number => {
    const found = at(...path);
    if (typeof found !== "number" || !(found > 0)) {
      throw new ReferenceToolError(`iperf3 printed no ${path.join(".")} above 0`);
    }
    return found;
  };
  return {
    bytesPerSecond: number("end", "sum_received", "bits_per_second") / 8,
    blockBytes: number("start", "test_start", "blksize"),
    streams: number("start", "test_start", "num_streams"),
    congestion: String(at("end", "sender_tcp_congestion") ?? "unknown"),
  };
}

/** One slice: a fresh server that takes one test, one stream with Nagle off, the receiver's bytes per second. */
export async function iperf3Throughput(
  path: string,
  bytes: number,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  await using server = await serveTool({
    protocol: "tcp",
    words: (port) => onCore(cores?.serve, [path, "-s", "-1", "-B", "127.0.0.1", "-p", port]),
  });
  const client = [path, "-c", "127.0.0.1", "-p", server.place, "-J", "-P", "1", "-N"];
  const output = await runTool(
    // A second of warm-up is dropped, as the suite drops its own; -O takes no fractions.
    onCore(cores?.drive, [...client, "-l", String(bytes), "-t", String(seconds), "-O", "1"]),
    (seconds + 15) * 1e3,
  );
  checkTool("iperf3", output);
  const { bytesPerSecond, blockBytes, streams } = parseIperf3(output.out);
  if (blockBytes !== bytes || streams !== 1) {
    throw new ReferenceToolError(`iperf3 ran ${streams} streams of ${blockBytes} bytes`);
  }
  return bytesPerSecond;
}

/** The version that `iperf3 --version` prints, as in `3.12`. */
export function parseIperf3Version(text: string): string | undefined {
  return /^iperf (\S+)/.exec(text)?.[1];
}
