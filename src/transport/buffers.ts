// The kernel's buffers of a socket, and TCP's congestion control: what is asked of them, for every driver alike.
//
// tcp(7) has them set before `listen` and `connect`, as the handshake fixes by how much windows are scaled. Sockets of driver `libc` are
// opened so. Deno connects and listens in one call each: its connecting end is set right after, and then keeps the scale that the
// kernel's own maximum (net.ipv4.tcp_rmem) gave it, which is enough for any size; its listener is set before anybody connects to it,
// and TCP's accepted sockets have their sizes from there.

import { type FindableSocket, findFd } from "../kernel/find_fd.ts";
import { openKernel } from "../kernel/libc.ts";
import { getOption, setOption, tryGetOption } from "../kernel/options.ts";
import type { ChannelOptions } from "./channel.ts";

/** What of the options this file sees to. */
export type BufferOptions = Pick<ChannelOptions, "sendBuffer" | "receiveBuffer" | "congestion">;

const IPPROTO_TCP = 6;

/** Whether anything is to be set at all: finding Deno's descriptor takes 80 µs, and most connections need not pay for it. */
export function asksForBuffers(
  { sendBuffer, receiveBuffer, congestion }: BufferOptions,
): boolean {
  return [sendBuffer, receiveBuffer, congestion].some((asked) => asked !== undefined);
}

/** Asks for buffers, of which the kernel takes twice as much within its limits, and for TCP's congestion control. Throws SystemError. */
export function setBuffers(
  fd: number,
  { sendBuffer, receiveBuffer, congestion }: BufferOptions,
): void {
  if (congestion !== undefined && getOption(fd, "SO_PROTOCOL") === IPPROTO_TCP) {
    setOption(fd, "TCP_CONGESTION", congestion);
  }
  if (sendBuffer !== undefined) setOption(fd, "SO_SNDBUF", sendBuffer);
  if (receiveBuffer !== undefined) setOption(fd, "SO_RCVBUF", receiveBuffer);
}

/** Asks for buffers of a socket of Deno. Throws Error when its descriptor cannot be found, or the kernel refuses. */
export function setDenoBuffers(
  socket: FindableSocket & { close(): void },
  options: BufferOptions,
): void {
  if (!asksForBuffers(options)) return;
  try {
    setBuffers(findFd(socket), options);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Whether a TCP socket of this process may have a congestion control; `undefined` where the kernel cannot be asked. */
export function mayHaveCongestion(congestion: string): boolean | undefined {
  if (!openKernel().available) return undefined;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const fd = findFd(listener);
    setBuffers(fd, { congestion });
    return tryGetOption(fd, "TCP_CONGESTION") === congestion;
  } catch {
    return false;
  } finally {
    listener.close();
  }
}
