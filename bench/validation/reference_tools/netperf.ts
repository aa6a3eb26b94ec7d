// netperf (github.com/HewlettPackard/netperf): request and response, connections and bulk data, over IP by its omni output, over Unix-domain
// sockets by the tables of its older tests. What it prints is read strictly, so that a surprise is an error and no figure.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** A NetperfTest is what is asked of netperf and how its answer is read. */
export interface NetperfTest {
  /** Arguments before `--`. */
  readonly test: readonly string[];
  /** Arguments behind it. */
  readonly options: readonly string[];
  /** Reads the answer. */
  readonly read: (text: string) => number;
}

const omni = (keys: readonly string[]) => ["-k", keys.join(",")];
const RATE = omni(["THROUGHPUT", "THROUGHPUT_UNITS", "DIRECTION"]);

/** Requests and responses of one size over `TCP_RR` or `UDP_RR`; transactions per second. */
export function netperfRequests(test: "TCP_RR" | "UDP_RR", bytes: number): NetperfTest {
  return {
    test: ["-t", test, "-P", "0"],
    options: ["-r", `${bytes},${bytes}`, ...(test === "TCP_RR" ? ["-D"] : []), ...RATE],
    read: (text) => parseNetperfRate(text, "Send|Recv"),
  };
}

/** Connections that are opened, accepted and closed; per second. TCP_CC takes no `-k`, so that the omni test is asked for the same. */
export const NETPERF_CONNECTIONS: NetperfTest = {
  test: ["-t", "omni", "-P", "0"],
  options: ["-T", "tcp", "-c", "-d", "0", "-D", ...RATE],
  read: (text) => parseNetperfRate(text, "Connection"),
};

/** Connections with one request and one response each; per second. */
export function netperfConnectRequests(bytes: number): NetperfTest {
  return {
    test: ["-t", "TCP_CRR", "-P", "0"],
    options: ["-r", `${bytes},${bytes}`, "-D", ...RATE],
    read: (text) => parseNetperfRate(text, "Connect|Send|Recv"),
  };
}

/** One TCP stream of writes and reads of one size; bytes per second at the receiver. */
export function netperfStream(bytes: number): NetperfTest {
  return {
    test: ["-t", "TCP_STREAM", "-P", "0"],
    options: [
      ...["-m", String(bytes), "-M", String(bytes), "-D"],
      ...omni(["REMOTE_RECV_THROUGHPUT", "THROUGHPUT_UNITS", "DIRECTION"]),
    ],
    read: parseNetperfStream,
  };
}

/** Requests and responses over Unix-domain sockets: `STREAM_RR` or `DG_RR`; transactions per second. */
export function netperfUnixRequests(test: "STREAM_RR" | "DG_RR", bytes: number): NetperfTest {
  return {
    test: ["-t", test],
    options: ["-r", `${bytes},${bytes}`],
    read: (text) => parseNetperfTable(text, "REQUEST/RESPONSE TEST", 6, 5),
  };
}

/** One Unix-domain stream; bytes per second as the *sender* counts them, which is all that netperf has there. */
export function netperfUnixStream(bytes: number): NetperfTest {
  return {
    test: ["-t", "STREAM_STREAM"],
    options: ["-m", String(bytes), "-M", String(bytes)],
    read: (text) => parseNetperfTable(text, "STREAM STREAM TEST", 5, 4) * 1e6 / 8,
  };
}

function readKeys(text: string): (key: string) => string | undefined {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const found = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (found === null) continue;
    if (values.has(found[1]!)) throw new ReferenceToolError(`netperf printed ${found[1]} twice`);
    values.set(found[1]!, found[2]!.trim());
  }
  return (key) => values.get(key);
}

function positive(text: string | undefined, what: string): number {
  const value = Number(text ?? NaN);
  if (!(Number.isFinite(value) && value > 0)) {
    throw new ReferenceToolError(`netperf printed no ${what}`);
  }
  return value;
}

function checkKeys(
  valueOf: (key: string) => string | undefined,
  unit: string,
  direction: string,
): void {
  const found = valueOf("THROUGHPUT_UNITS");
  if (found !== unit) {
    throw new ReferenceToolError(`netperf counted in ${found ?? "no unit"} instead of ${unit}`);
  }
  const way = valueOf("DIRECTION");
  if (way !== direction) {
    throw new ReferenceToolError(`netperf ran ${way ?? "no direction"} instead of ${direction}`);
  }
}

/**
 * Reads an omni test's transactions per second: a line `KEY=value` each, after a banner perhaps.
 *
 * @throws {ReferenceToolError} when a key is missing, twice there, in another unit, or of another kind of test
 */
export function parseNetperfRate(text: string, direction: string): number {
  const valueOf = readKeys(text);
  checkKeys(valueOf, "Trans/s", direction);
  return positive(valueOf("THROUGHPUT"), "transactions per second");
}

/** Reads an omni stream's bytes per second at the receiver. */
export function parseNetperfStream(text: string): number {
  const valueOf = readKeys(text);
  checkKeys(valueOf, "10^6bits/s", "Send");
  return positive(valueOf("REMOTE_RECV_THROUGHPUT"), "throughput of the receiver") * 1e6 / 8;
}

/**
 * Reads one number of an older test's table: its result line is the first that holds nothing but as many numbers as it should.
 *
 * @param fields numbers on that line
 * @param index which of them, from 0
 */
export function parseNetperfTable(
  text: string,
  title: string,
  fields: number,
  index: number,
): number {
  if (!text.includes(title)) throw new ReferenceToolError(`netperf did not run a ${title}`);
  const line = text.split("\n").map((row) => row.trim().split(/\s+/)).find((row) =>
    row.length === fields && row.every((word) => /^\d+(\.\d+)?$/.test(word))
  );
  return positive(line?.[index], "line of results");
}

/** One slice: a fresh netserver, one test, its figure. */
export async function netperfSlice(
  netperf: string,
  netserver: string,
  { test, options, read }: NetperfTest,
  { seconds, cores }: SliceOptions,
): Promise<number> {
  await using server = await serveTool({
    protocol: "tcp",
    words: (port) => onCore(cores?.serve, [netserver, "-D", "-4", "-L", "127.0.0.1", "-p", port]),
  });
  const where = ["-4", "-H", "127.0.0.1", "-L", "127.0.0.1", "-p", server.place];
  const output = await runTool(
    onCore(cores?.drive, [netperf, ...where, ...test, "-l", String(seconds), "--", ...options]),
    (seconds + 15) * 1e3,
  );
  checkTool("netperf", output);
  return read(output.out);
}

/** The version that `netperf -V` prints, as in `2.7.1`. */
export function parseNetperfVersion(text: string): string | undefined {
  return /Netperf version (\d+(?:\.\d+)*)/.exec(text)?.[1];
}
