/**
 * The kernel room as a library: what Deno's sockets do not show, through libc and FFI. Linux on x86-64 and arm64, with `--allow-ffi`.
 *
 * @example What the kernel has for a connection of Deno's
 * ```ts
 * import { findFd, getOption, openKernel, readTcpInfo, setOption } from "@sockbench/sockbench/kernel";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const [server, client] = await Promise.all([
 *   listener.accept(),
 *   Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port }),
 * ]);
 * const kernel = openKernel();
 * if (kernel.available) {
 *   const fd = findFd(client);
 *   console.log(setOption(fd, "SO_SNDBUF", 65_536)); // 131072: the kernel doubles what it is asked for
 *   console.log(getOption(fd, "TCP_NODELAY"), readTcpInfo(fd).sndMss);
 * } else {
 *   console.log(kernel.reason);
 * }
 * for (const socket of [client, server, listener]) socket.close();
 * ```
 *
 * @module
 */

export { currentCore, getAffinity, setAffinity } from "./affinity.ts";
export { counterDeltas, type Counters, describeCounter, readCounters } from "./counters.ts";
export {
  describeFd,
  type FindableSocket,
  findFd,
  openSockets,
  type SocketDescription,
  TYPES,
} from "./find_fd.ts";
export { type KernelAccess, Libc, type LibcSymbols, openKernel, SYMBOLS } from "./libc.ts";
export { rawMonotonicNs } from "./monotonic.ts";
export * from "./options.ts";
export { readUsage, type Usage } from "./rusage.ts";
export type { SocketAddress } from "./socket_address.ts";
export { readSettings } from "./socket_settings.ts";
export { SystemError } from "./system_error.ts";
export * from "./tcp_info.ts";
