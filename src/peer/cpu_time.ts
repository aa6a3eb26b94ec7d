// CPU time of the own process.

import process from "node:process";

/**
 * User and system time this process has used since it started, in nanoseconds (getrusage(2): all threads, steps of 1 µs). Needs
 * no permission. Returns `undefined` where the kernel does not tell, as under a seccomp profile.
 */
export function processCpuNs(): number | undefined {
  const { user, system } = process.cpuUsage();
  // No process has got here for nothing: 0 is what Deno says where the kernel refuses.
  return user + system > 0 ? (user + system) * 1e3 : undefined;
}
