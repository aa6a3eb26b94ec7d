// The registry of environment facts, a row each; one that is not a kernel file's text has a reader in `src/run/environment.ts`.

import type { EnvironmentFact, Fact } from "./environment.ts";

/** What is known of a fact before it is read. */
export interface FactRow extends Omit<EnvironmentFact, "id" | "value"> {
  /** The file whose text it is; absent: it is read in another way. */
  readonly file?: string;
}

const SYSCTL = "/proc/sys";
const CLOCKS = "/sys/devices/system/clocksource/clocksource0";

/** A kernel setting under /proc/sys, whose label is its name. */
function sysctl(name: string): readonly [string, FactRow] {
  const file = `${SYSCTL}/${name.replaceAll(".", "/")}`;
  return [name, { label: name, compare: "should", file }];
}

export const FACT_ROWS: ReadonlyMap<string, FactRow> = new Map<string, FactRow>([
  ["platform", { label: "platform", compare: "must" }],
  ["kernel", { label: "kernel", compare: "must" }],
  ["cpu", { label: "CPU", compare: "must" }],
  ["cores", { label: "logical cores", compare: "must" }],
  ["cpu.quota", { label: "CPU quota in cores", compare: "should" }],
  ["memory", { label: "memory", compare: "info", unit: "bytes" }],
  ["virtualization", { label: "virtualization", compare: "should" }],
  ["load", { label: "load average at start", compare: "info" }],
  // How fast the machine was at the start, as far as system calls on sockets show it: noise, and no identity.
  ["socketpair", { label: "round trip over a socket pair at start", compare: "info", unit: "ns" }],
  // Hashed with the suite's own name: it tells machines apart, and says nothing to anybody else.
  ["machine", { label: "machine id", compare: "info" }],
  ["deno", { label: "Deno", compare: "must" }],
  // Subjects of one job alone run on these: they are what is compared.
  ["node", { label: "Node", compare: "info" }],
  ["bun", { label: "Bun", compare: "info" }],
  ["sockbench", { label: "sockbench", compare: "must" }],
  // As checked out: what was changed since and not committed does not show.
  ["commit", { label: "commit of sockbench", compare: "info" }],
  ["subject", { label: "subject", compare: "info" }],
  // Of a baseline's runs: they must be of one code, which a head need not be.
  ["modules", { label: "modules by content", compare: "info" }],
  ["typescript", { label: "TypeScript", compare: "info" }],
  ["v8", { label: "V8", compare: "must" }],
  ["clocksource", {
    label: "clocksource",
    compare: "should",
    file: `${CLOCKS}/current_clocksource`,
  }],
  ["cpufreq.scaling_governor", {
    label: "cpufreq.scaling_governor",
    compare: "should",
    file: "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
  }],
  ["lo.mtu", { label: "MTU of lo", compare: "should" }],
  sysctl("net.core.rmem_default"),
  sysctl("net.core.rmem_max"),
  sysctl("net.core.somaxconn"),
  sysctl("net.core.wmem_default"),
  sysctl("net.core.wmem_max"),
  sysctl("net.ipv4.ip_local_port_range"),
  sysctl("net.ipv4.tcp_congestion_control"),
  sysctl("net.ipv4.tcp_rmem"),
  sysctl("net.ipv4.tcp_tw_reuse"),
  sysctl("net.ipv4.tcp_wmem"),
  sysctl("net.unix.max_dgram_qlen"),
]);

/** A fact of the registry with its value. */
export function makeFact(id: string, value: Fact): EnvironmentFact {
  const { file: _file, ...row } = FACT_ROWS.get(id) ?? { label: id, compare: "should" as const };
  return { id, value, ...row };
}
