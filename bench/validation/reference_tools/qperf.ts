// qperf (github.com/linux-rdma/qperf): tcp_lat and udp_lat. It prints the mean of *half* round trips, which are doubled here.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** Tests of qperf that time round trips. */
export type QperfTest = "tcp_lat" | "udp_lat";

/**
 * Reads what `qperf -uu -un` (unified, in nanoseconds) prints.
 *
 * @returns the mean round trip in nanoseconds: twice what it prints
 */
export function parseQperf(test: QperfTest, text: string): number {
  if (!text.includes(`${test}:`)) throw new ReferenceToolError(`qperf did not run ${test}`);
  const half = Number(/latency\s+=\s+([\d.]+) ns\b/.exec(text.replaceAll(",", ""))?.[1] ?? NaN);
  if (!(half > 0)) throw new ReferenceToolError("qperf printed no latency in ns");
  return 2 * half;
}

/** One slice: a fresh server, one test. */
export async function qperfRoundTrip(
  path: string,
  test: QperfTest,
  bytes: number,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  await using server = await serveTool({
    protocol: "tcp",
    words: (port) => onCore(cores?.serve, [path, "--listen_port", port]),
  });
  const output = await runTool(
    onCore(cores?.drive, [
      ...[
        path,
        "--listen_port",
        server.place,
        "-t",
        String(seconds),
        "-m",
        String(bytes),
        "-uu",
        "-un",
      ],
      ...["127.0.0.1", test],
    ]),
    (seconds + 15) * 1e3,
  );
  checkTool("qperf", output);
  return parseQperf(test, output.out);
}
