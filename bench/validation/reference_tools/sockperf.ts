// sockperf (github.com/Mellanox/sockperf): round trips over TCP, UDP and, from 3.9 on, Unix-domain sockets, as its `ping-pong --full-rtt` counts
// them.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** What sockperf reports of one run. */
export interface SockperfResult {
  /** Median of all observations of the valid duration, in nanoseconds; a whole round trip. */
  readonly p50Ns: number;
  /** Observations. */
  readonly count: number;
  /** Messages that never came back, came twice or out of order: there must be none. */
  readonly faults: number;
}

/**
 * Reads what `sockperf ping-pong --full-rtt` prints.
 *
 * @throws {ReferenceToolError} when a line is missing or sockperf printed half round trips
 */
export function parseSockperf(text: string): SockperfResult {
  // deno-lint-ignore no-control-regex
  const plain = text.replaceAll(/\u001b\[[\d;]*m/g, "");
  // It ends with 0 all the same.
  const error = /ERROR: (.+)/.exec(plain)?.[1];
  if (error !== undefined) throw new ReferenceToolError(`sockperf: ${error.trim()}`);
  if (!/Summary: Round trip is [\d.]+ usec/.test(plain)) {
    throw new ReferenceToolError("sockperf did not say that its figures are round trips");
  }
  const number = (pattern: RegExp, what: string): number => {
    const found = Number(pattern.exec(plain)?.[1] ?? NaN);
    if (!Number.isFinite(found)) throw new ReferenceToolError(`sockperf printed no ${what}`);
    return found;
  };
  const p50Ns = number(/---> percentile 50\.000 = +([\d.]+)$/m, "median") * 1e3;
  const count = number(/Total (\d+) observations/, "number of observations");
  if (!(p50Ns > 0 && count > 0)) throw new ReferenceToolError("sockperf observed nothing");
  const faults =
    /dropped messages = (\d+); # duplicated messages = (\d+); # out-of-order messages = (\d+)/
      .exec(plain);
  if (faults === null) throw new ReferenceToolError("sockperf printed no count of lost messages");
  return {
    p50Ns,
    count,
    faults: faults.slice(1).reduce((sum, digits) => sum + Number(digits), 0),
  };
}

/**
 * The version that `sockperf --version` prints.
 *
 * @returns as in `3.7`; `undefined` where there is none in the text
 */
export function parseSockperfVersion(text: string): string | undefined {
  return /sockperf, version (\d+(?:\.\d+)*)/.exec(text)?.[1];
}

/** Whether a version has Unix-domain sockets, which came with 3.9. */
export function hasUnixSockets(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 9);
}

/** What sockperf is run over; `unix` is a Unix stream socket, `unixpacket` a Unix datagram socket. */
export type SockperfTransport = "tcp" | "udp" | "unix" | "unixpacket";

/** One slice: a fresh server, one run, the median round trip in nanoseconds. */
export async function sockperfRoundTrip(
  path: string,
  transport: SockperfTransport,
  bytes: number,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  const stream = transport === "tcp" || transport === "unix" ? ["--tcp"] : [];
  const isUnix = transport === "unix" || transport === "unixpacket";
  const at = (place: string) =>
    isUnix ? ["-i", place, ...stream] : ["-i", "127.0.0.1", "-p", place, ...stream];
  await using server = await serveTool({
    protocol: isUnix ? "unix" : transport,
    words: (place) => onCore(cores?.serve, [path, "server", ...at(place)]),
  });
  const client = [path, "ping-pong", "--full-rtt", ...at(server.place)];
  const output = await runTool(
    onCore(cores?.drive, [...client, "-m", String(bytes), "-t", String(seconds)]),
    (seconds + 15) * 1e3,
  );
  checkTool("sockperf", output);
  const { p50Ns, faults } = parseSockperf(output.out + output.err);
  if (faults > 0) throw new ReferenceToolError(`sockperf lost or reordered ${faults} messages`);
  return p50Ns;
}
