// neper (github.com/google/neper): tcp_rr, udp_rr and tcp_crr, by the `key=value` lines that they print.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** Programs of neper that count transactions. */
export type NeperTest = "tcp_rr" | "udp_rr" | "tcp_crr";

/**
 * Reads `throughput`, transactions per second.
 *
 * @throws {ReferenceToolError} when it is missing, or ran with more than one flow or other sizes
 */
export function parseNeper(text: string, bytes: number): number {
  const values = new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
  for (
    const [key, wanted] of [["num_flows", 1], ["request_size", bytes], [
      "response_size",
      bytes,
    ]] as const
  ) {
    if (values.get(key) !== String(wanted)) {
      throw new ReferenceToolError(
        `neper ran with ${key} ${values.get(key) ?? "unknown"} instead of ${wanted}`,
      );
    }
  }
  const perSecond = Number(values.get("throughput") ?? NaN);
  if (!(perSecond > 0)) throw new ReferenceToolError("neper printed no throughput");
  return perSecond;
}

/** It needs two of its samples, one a second, for a rate. */
const MIN_SECONDS = 2;

/** One slice: a fresh server, one flow, transactions per second. Both ends have to be given the sizes and Nagle's setting. */
export async function neperRate(
  test: NeperTest,
  path: string,
  bytes: number,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  const length = Math.max(seconds, MIN_SECONDS);
  const shared = [
    // Left to itself it writes a file into the working directory.
    "--nolog",
    ...["-l", String(length), "-F", "1", "-T", "1", "-Q", String(bytes), "-R", String(bytes)],
    ...(test === "udp_rr" ? [] : ["--no-delay"]),
  ];
  // Its control connection and its data have a port each; both are picked here, as its own are fixed. Its server ends with 1 where it cannot
  // listen at the second, as where that is a client's port in TIME_WAIT: serveTool() gives the first of two that are free.
  const ports = (control: string) => [
    ...["-C", control],
    ...["-P", String(Number(control) + 1)],
  ];
  await using server = await serveTool({
    protocol: "tcp",
    words: (port) => onCore(cores?.serve, [path, ...shared, ...ports(port)]),
  });
  const client = [path, "-c", "-H", "127.0.0.1", ...shared, ...ports(server.place)];
  const output = await runTool(onCore(cores?.drive, client), (length + 15) * 1e3);
  checkTool(test, output);
  return parseNeper(output.out, bytes);
}
