// Two connected sockets in this process, reached by system calls: for experiments that look at what Deno hides. No call of theirs waits.

import { requireLibc } from "../kernel/libc.ts";
import { ADDRESS_BYTES, encodeAddress } from "../kernel/socket_address.ts";
import { ERRNO } from "../kernel/system_error.ts";
import { CannotTry, type Lab } from "./claim.ts";

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const POLLOUT = 4;

/** Kinds of pairs. */
export type RawKind = "tcp" | "unix";

/** Both ends' descriptors; disposing closes what is still open. */
export interface RawPair extends Disposable {
  /** The end that connected. */
  readonly client: number;
  /** The end that was accepted. */
  readonly server: number;
  /** Closes one end now. */
  close(fd: number): void;
}

/**
 * Opens a connected pair.
 *
 * @throws {CannotTry} when the kernel room is closed
 * @throws {SystemError} when the kernel refuses
 */
export function openRawPair(kind: RawKind, { kernel }: Pick<Lab, "kernel">): RawPair {
  if (!kernel.available) throw new CannotTry(kernel.reason);
  const [client, server] = kind === "tcp" ? connectTcp() : socketPair();
  const open = new Set([client, server]);
  const close = (fd: number) => {
    if (open.delete(fd)) requireLibc().symbols.close(fd);
  };
  return {
    client,
    server,
    close,
    [Symbol.dispose]() {
      close(client);
      close(server);
    },
  };
}

function socketPair(): readonly [number, number] {
  const libc = requireLibc();
  const fds = new Int32Array(2);
  libc.check(libc.symbols.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair");
  return [fds[0]!, fds[1]!];
}

function connectTcp(): readonly [number, number] {
  const libc = requireLibc();
  const { symbols } = libc;
  const socket = () => libc.check(symbols.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const listener = socket();
  let client = -1;
  try {
    const any = encodeAddress({ kind: "ip", hostname: "127.0.0.1", port: 0 });
    libc.check(symbols.bind(listener, any, any.length), "bind");
    libc.check(symbols.listen(listener, 1), "listen");
    const address = new Uint8Array(ADDRESS_BYTES);
    const length = new Uint32Array([ADDRESS_BYTES]);
    libc.check(symbols.getsockname(listener, address, length), "getsockname");
    client = socket();
    // Loopback: the handshake is done within the call, and the connection waits in the accept queue.
    libc.check(symbols.connect(client, address, length[0]!), "connect");
    const server = libc.check(
      symbols.accept4(listener, null, null, SOCK_CLOEXEC),
      "accept",
    );
    return [client, server];
  } catch (error) {
    if (client >= 0) symbols.close(client);
    throw error;
  } finally {
    symbols.close(listener);
  }
}

/**
 * Sends what the kernel takes at once.
 *
 * @returns the number of bytes; 0 when there is no room
 * @throws {SystemError} of any other failure
 */
export function sendNow(fd: number, data: Uint8Array<ArrayBuffer>): number {
  const libc = requireLibc();
  const sent = libc.symbols.send(fd, data, BigInt(data.length), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return libc.errno === ERRNO.EAGAIN ? 0 : libc.fail("send");
}

/**
 * Receives what is there.
 *
 * @returns the number of bytes, 0 at the end of the stream; `undefined` when nothing is there
 * @throws {SystemError} of any other failure
 */
export function receiveNow(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined {
  const libc = requireLibc();
  const received = libc.symbols.recv(fd, buffer, BigInt(buffer.length), MSG_DONTWAIT);
  if (received >= 0) return received;
  return libc.errno === ERRNO.EAGAIN ? undefined : libc.fail("recv");
}

/** Sends until the kernel takes no more. Returns the bytes and calls. */
export function fillUp(
  fd: number,
  chunk: Uint8Array<ArrayBuffer>,
): { readonly bytes: number; readonly calls: number; readonly partial: number } {
  let bytes = 0;
  let calls = 0;
  let partial = 0;
  for (;;) {
    const sent = sendNow(fd, chunk);
    calls++;
    bytes += sent;
    if (sent < chunk.length) {
      if (sent > 0) partial++;
      // TCP may take more once segments have moved on; what it refuses twice in a row, it refuses.
      const more = sendNow(fd, chunk);
      if (more === 0) return { bytes, calls, partial };
      bytes += more;
      if (more < chunk.length) partial++;
    }
  }
}

/** Whether poll(2) reports room for a writer. */
export function hasRoom(fd: number): boolean {
  return requireLibc().symbols.poll(new Int32Array([fd, POLLOUT]), 1n, 0) === 1;
}
