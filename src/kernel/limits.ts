// How many file descriptors and local ports there may be.

import { readKernelFile } from "./kernel_file.ts";
import { openKernel } from "./libc.ts";

/** How many there may be; absent: not known here. `openFiles`: once Deno has raised its soft limit to the hard one; `ports`: those of connections and port 0. */
export type Limits = Readonly<
  { openFiles?: number; ports?: readonly [first: number, last: number] }
>;

/** Where the limits stand. Both need libc or another reader, as Deno opens neither without `--allow-all`. */
export const LIMIT_FILES = {
  openFiles: "/proc/self/limits",
  ports: "/proc/sys/net/ipv4/ip_local_port_range",
} as const;

export function parseLimits(textOf: (path: string) => string | undefined): Limits {
  const files = /^Max open files\s+(\d+)/m.exec(textOf(LIMIT_FILES.openFiles) ?? "");
  const range = /^(\d+)\s+(\d+)/.exec(textOf(LIMIT_FILES.ports) ?? "");
  return {
    ...(files !== null && { openFiles: Number(files[1]) }),
    ...(range !== null && { ports: [Number(range[1]), Number(range[2])] as const }),
  };
}

const RLIMIT_NOFILE = 7;

/** Reads the limits through libc: empty where it may not be called. Needs no descriptor for that of descriptors. Never throws. */
export function readLimits(): Limits {
  const kernel = openKernel();
  if (!kernel.available) return {};
  const { ports } = parseLimits(read);
  // struct rlimit: the soft limit and the hard one, 64 bits each.
  const limit = new BigUint64Array(2);
  const isKnown = kernel.libc.symbols.getrlimit(RLIMIT_NOFILE, new Uint8Array(limit.buffer)) === 0;
  return { ...(isKnown && { openFiles: Number(limit[0]) }), ...(ports !== undefined && { ports }) };
}

function read(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}

/** Memory of this process that is in use, in bytes (proc(5), statm); undefined where the kernel cannot be asked. */
export function readResidentBytes(): number | undefined {
  if (!openKernel().available) return undefined;
  const pages = /^\d+ (\d+)/.exec(read("/proc/self/statm") ?? "");
  return pages === null ? undefined : Number(pages[1]) * 4_096;
}
