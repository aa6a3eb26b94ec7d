// lmbench (github.com/intel/lmbench): lat_tcp, lat_udp, lat_unix, bw_tcp and bw_unix. It prints on standard error; its IP servers fork and listen
// at ports of their own, so that one of a kind can run at a time.

import { checkTool, ReferenceToolError, type SliceOptions } from "./reference_tool.ts";
import { onCore, runTool, serveTool } from "./tool_process.ts";

/** Programs of lmbench that time a round trip, and where their server listens; without one they fork their other end. */
const LATENCY = {
  lat_tcp: { title: "TCP latency", protocol: "tcp", port: 31234 },
  // It means 31238 and binds its negative, taken as 16 bits.
  lat_udp: { title: "UDP latency", protocol: "udp", port: 34298 },
  lat_unix: { title: "AF_UNIX sock stream latency", protocol: undefined, port: undefined },
} as const;

/** A program of lmbench that times round trips. */
export type LmbenchLatency = keyof typeof LATENCY;

/** A program of lmbench that moves bytes. */
export type LmbenchBandwidth = "bw_tcp" | "bw_unix";

/** bw_tcp's port. */
const BANDWIDTH_PORT = 31236;
/** lmbench repeats its interval and prints the median of the repetitions. */
const REPETITIONS = "3";

/**
 * Reads what lat_tcp, lat_udp or lat_unix prints.
 *
 * @returns the mean round trip in nanoseconds
 */
export function parseLmbenchLatency(program: LmbenchLatency, text: string): number {
  const line = text.split("\n").find((row) => row.startsWith(LATENCY[program].title)) ?? "";
  const microseconds = Number(/: ([\d.]+) microseconds$/.exec(line.trim())?.[1] ?? NaN);
  if (!(microseconds > 0)) throw new ReferenceToolError(`${program} printed no latency`);
  return microseconds * 1e3;
}

/**
 * Reads what bw_tcp (`megabytes rate MB/sec`) or bw_unix prints; a megabyte is a million bytes.
 *
 * @returns bytes per second
 */
export function parseLmbenchBandwidth(program: LmbenchBandwidth, text: string): number {
  const pattern = program === "bw_unix"
    ? /^AF_UNIX sock stream bandwidth: ([\d.]+) MB\/sec$/m
    : /^[\d.]+ ([\d.]+) MB\/sec$/m;
  const megabytes = Number(pattern.exec(text)?.[1] ?? NaN);
  if (!(megabytes > 0)) throw new ReferenceToolError(`${program} printed no bandwidth`);
  return megabytes * 1e6;
}

/** One slice of a latency program. */
export async function lmbenchLatency(
  program: LmbenchLatency,
  path: string,
  bytes: number,
  options: SliceOptions,
): Promise<number> {
  const { protocol, port } = LATENCY[program];
  const sizes = ["-m", String(bytes), "-N", REPETITIONS];
  return parseLmbenchLatency(program, await ask(program, path, sizes, protocol, port, options));
}

/** One slice of a bandwidth program. */
export async function lmbenchBandwidth(
  program: LmbenchBandwidth,
  path: string,
  bytes: number,
  options: SliceOptions,
): Promise<number> {
  const sizes = ["-m", String(bytes), "-N", REPETITIONS];
  const [protocol, port] = program === "bw_tcp" ? ["tcp", BANDWIDTH_PORT] as const : [];
  return parseLmbenchBandwidth(program, await ask(program, path, sizes, protocol, port, options));
}

/**
 * How long each repetition takes. Left to itself lmbench looks for the shortest interval that its clock resolves, for half a minute where other
 * processes run, and takes its own overhead off, which nobody else here does.
 */
function intervalOf(seconds: number): Readonly<Record<string, string>> {
  const microseconds = Math.round(seconds * 1e6 / Number(REPETITIONS));
  return { ENOUGH: String(microseconds), TIMING_O: "0", LOOP_O: "0" };
}

async function ask(
  program: string,
  path: string,
  sizes: readonly string[],
  protocol: "tcp" | "udp" | undefined,
  port: number | undefined,
  { seconds, cores }: SliceOptions,
): Promise<string> {
  if (protocol === undefined && cores !== undefined && cores.drive !== cores.serve) {
    throw new ReferenceToolError(`${program} forks its other end, which cannot be pinned apart`);
  }
  await using _server = protocol === undefined ? undefined : await serveTool({
    protocol,
    port: port!,
    forks: true,
    words: () => onCore(cores?.serve, [path, "-s"]),
  });
  const where = protocol === undefined ? [] : ["127.0.0.1"];
  const output = await runTool(
    onCore(cores?.drive, [path, ...sizes, ...where]),
    (seconds + 15) * 1e3,
    intervalOf(seconds),
  );
  checkTool(program, output);
  return output.err + output.out;
}
