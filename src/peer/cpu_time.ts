// CPU time of the own process.

import process from "node:process";

/** CPU time of this process in nanoseconds (getrusage(2): all threads, steps of 1 µs); `undefined` under a seccomp profile. */
export function processCpuNs(): number | undefined {
  const { user, system } = process.cpuUsage();
  // No process has got here for nothing: 0 is what Deno says where the kernel refuses.
  return user + system > 0 ? (user + system) * 1e3 : undefined;
}
