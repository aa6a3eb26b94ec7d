// How many files and ports a run may have, and whether that is enough.

import type { Limits } from "../../kernel/limits.ts";

/** What the scenario with the most sockets holds open at each end, fan-in with 1,000 clients, and Deno's own. */
const MAX_FILES = 1_100;
/** A port stays with a closed connection for a minute: what the scenarios that connect use up in that time. */
const MAX_PORTS = 10_000;

/** Rows for the doctor: what, and what is to be said of it. */
export function describeLimits({ openFiles, ports }: Limits): [string, string][] {
  return [
    ["open files", openFiles === undefined ? "not known: see ulimit -n" : formatFiles(openFiles)],
    ["local ports", ports === undefined ? "not known" : formatPorts(ports)],
  ];
}

function formatFiles(count: number): string {
  const limit = `${count} per process (ulimit -n)`;
  return count >= MAX_FILES
    ? limit
    : `${limit}: too few for fan-in with 1,000 clients; as root, before it starts: ulimit -n 4096`;
}

function formatPorts([first, last]: readonly [number, number]): string {
  const count = last - first + 1;
  const limit = `${count} (net.ipv4.ip_local_port_range, ${first} to ${last})`;
  return count >= MAX_PORTS
    ? limit
    : `${limit}: few for scenarios that connect, as each keeps its port for a minute; as root: sysctl -w net.ipv4.ip_local_port_range="1024 65535"`;
}
