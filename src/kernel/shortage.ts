// What has run out where a socket could not be opened: file descriptors or local ports, how many there are, and what gives more.

import type { Limits } from "./limits.ts";

/** What a piece of work wants; absent: not known. Sockets held at once, and connections opened in all. */
export type Needs = Readonly<{ sockets?: number; connections?: number }>;

/** Descriptors of Deno itself, its modules while they load, and the pipes of a peer. */
export const OWN_FILES = 64;

/** How the sentence of a process without descriptors begins. */
export const NO_DESCRIPTOR = "no file descriptor is left";

export type Shortage = "files" | "files of the system" | "ports" | "processes";

/** Whether an error is one of something that ran out. */
export function shortageOf(error: unknown, isOpening = false): Shortage | undefined {
  const text = error instanceof Error
    ? `${error.message} ${(error as { code?: unknown }).code ?? ""}`
    : String(error);
  if (/\bEMFILE\b|os error 24\b/.test(text)) return "files";
  if (/\bENFILE\b|os error 23\b/.test(text)) return "files of the system";
  const isOutOfPorts = /\bEADDRNOTAVAIL\b|os error 99\b|\bEADDRINUSE\b|os error 98\b/.test(text);
  return isOpening && isOutOfPorts ? "ports" : undefined;
}

/** What ran out, what was wanted, what the limit is and what lifts it, as a clause. */
export function formatShortage(what: Shortage, limits: Limits, needs: Needs = {}): string {
  if (what === "ports") return formatPorts(limits, needs);
  if (what === "processes") {
    return "no process or thread may be started (ulimit -u, or pids.max of the control group); as root, before it starts: ulimit -u 4096";
  }
  if (what === "files of the system") {
    return "the system has no file descriptor left (fs.file-max); as root: sysctl -w fs.file-max=1000000";
  }
  const { sockets } = needs;
  const limit = limits.openFiles;
  const least = Math.max(4_096, 2 * (limit ?? 0), (sockets ?? 0) + OWN_FILES);
  const wanted = sockets === undefined || sockets === 1
    ? ""
    : `; it needs about ${sockets + OWN_FILES}, for ${sockets} sockets and itself`;
  return `${NO_DESCRIPTOR}: ${
    limit === undefined ? "what a process may have is limited" : `a process may have ${limit} here`
  } (ulimit -n)${wanted}; as root, before it starts: ulimit -n ${powerOfTwo(least)}`;
}

function formatPorts({ ports }: Limits, { connections = 0 }: Needs): string {
  const range = ports === undefined
    ? "net.ipv4.ip_local_port_range limits them"
    : `net.ipv4.ip_local_port_range has ${ports[1] - ports[0] + 1} of them`;
  const wanted = connections <= 1 ? "" : `; it needs up to ${connections}`;
  return `no local port is left: ${range}${wanted}, and a connection keeps its own for a minute after it was closed; as root: sysctl -w net.ipv4.ip_local_port_range="1024 65535"`;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
