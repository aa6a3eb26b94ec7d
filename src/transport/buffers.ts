// The kernel's buffers of a socket: what is asked of them, for every driver alike.
//
// tcp(7) has them set before `listen` and `connect`, as the handshake fixes by how much windows are scaled. Sockets of driver `libc` are
// opened so. Deno connects and listens in one call each: its connecting end is set right after, and then keeps the scale that the
// kernel's own maximum (net.ipv4.tcp_rmem) gave it, which is enough for any size; its listener is set before anybody connects to it,
// and TCP's accepted sockets have their sizes from there.

import { type FindableSocket, findFd } from "../kernel/find_fd.ts";
import { setOption } from "../kernel/options.ts";
import type { ChannelOptions } from "./channel.ts";

/** What of the options this file sees to. */
export type BufferOptions = Pick<ChannelOptions, "sendBuffer" | "receiveBuffer">;

/** Whether buffers are to be set at all: finding Deno's descriptor takes 80 µs, and most connections need not pay for it. */
export function asksForBuffers({ sendBuffer, receiveBuffer }: BufferOptions): boolean {
  return sendBuffer !== undefined || receiveBuffer !== undefined;
}

/** Asks for buffers, of which the kernel takes twice as much within its limits. Throws SystemError. */
export function setBuffers(fd: number, { sendBuffer, receiveBuffer }: BufferOptions): void {
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
