// The names of the two ends of a connection: addresses, or the processes that hold sockets without one.

import process from "node:process";
import { describeFd } from "../kernel/find_fd.ts";
import { openKernel } from "../kernel/libc.ts";
import { SOL_SOCKET } from "../kernel/socket_address.ts";

const SO_PEERCRED = 17;

/** The ends of a connected socket; undefined where the kernel cannot be asked, or the other process is not visible here. */
export function connectedEnds(
  fd: number | undefined,
): { local: string; remote: string } | undefined {
  const kernel = openKernel();
  if (fd === undefined || !kernel.available) return undefined;
  const { local, remote } = describeFd(fd) ?? {};
  if (local?.kind === "ip" && remote?.kind === "ip") {
    return { local: endName(local), remote: endName(remote) };
  }
  // struct ucred of unix(7): pid, uid, gid.
  const credentials = new Int32Array(3);
  const length = Uint32Array.of(credentials.byteLength);
  const { getsockopt } = kernel.libc.symbols;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) return undefined;
  const [pid = 0] = credentials;
  return pid > 0 ? { local: `process ${process.pid}`, remote: `process ${pid}` } : undefined;
}

export function endName({ hostname, port }: { hostname: string; port: number }): string {
  return `${hostname} ${port}`;
}
