/**
 * netperf (github.com/HewlettPackard/netperf): request and response over TCP and UDP, and connect and close, by its omni output.
 *
 * Written after its manual (doc/netperf.texi, "Omni Output Selection") and not tried: Debian has it in non-free only. What it prints is read
 * strictly, so that a surprise is an error and no figure.
 *
 * @module
 */

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** Tests whose result is transactions per second. */
export type NetperfTest = "TCP_RR" | "UDP_RR" | "TCP_CC";

/**
 * Reads what `netperf … -- -k THROUGHPUT,THROUGHPUT_UNITS` prints: a line `KEY=value` each, after a banner perhaps.
 *
 * @returns transactions per second
 * @throws {ReferenceToolError} when a key is missing, twice there, or in another unit
 */
export function parseNetperf(text: string): number {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const found = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (found === null) continue;
    if (values.has(found[1]!)) throw new ReferenceToolError(`netperf printed ${found[1]} twice`);
    values.set(found[1]!, found[2]!.trim());
  }
  const unit = values.get("THROUGHPUT_UNITS");
  if (unit !== "Trans/s") {
    throw new ReferenceToolError(`netperf counted in ${unit ?? "no unit"} instead of Trans/s`);
  }
  const perSecond = Number(values.get("THROUGHPUT") ?? NaN);
  if (!(Number.isFinite(perSecond) && perSecond > 0)) {
    throw new ReferenceToolError("netperf printed no transactions per second");
  }
  return perSecond;
}

/** One slice: a fresh netserver, one test, its transactions per second. */
export async function netperfRate(
  paths: { readonly netperf: string; readonly netserver: string },
  test: NetperfTest,
  bytes: number,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  await using server = await serveTool(
    "tcp",
    (port) =>
      onCore(cores?.serve, [paths.netserver, "-D", "-4", "-L", "127.0.0.1", "-p", String(port)]),
  );
  const client = [paths.netperf, "-4", "-H", "127.0.0.1", "-L", "127.0.0.1"];
  const general = ["-p", String(server.port), "-t", test, "-l", String(seconds), "-P", "0"];
  const sizes = test === "TCP_CC" ? [] : ["-r", `${bytes},${bytes}`];
  const nodelay = test === "UDP_RR" ? [] : ["-D"];
  const output = await runTool(
    onCore(cores?.drive, [
      ...client,
      ...general,
      "--",
      ...sizes,
      ...nodelay,
      "-k",
      "THROUGHPUT,THROUGHPUT_UNITS",
    ]),
    (seconds + 15) * 1e3,
  );
  checkTool("netperf", output);
  return parseNetperf(output.out);
}
