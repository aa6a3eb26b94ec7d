/**
 * The kernel's part of the yardstick: round trips over a socket pair, both ends in the calling thread.
 *
 * No other thread is woken and no runtime sits between: four system calls and four copies a round trip. Of all that was tried
 * as a yardstick this follows the speed of sockets best; arithmetic does not follow it.
 *
 * @module
 */

import { requireLibc } from "./libc.ts";

/** Domain, type and flag of socketpair(2) and send(2) on Linux, x86-64 and arm64. */
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Bytes that go there and back. */
export const SOCKETPAIR_BYTES = 64;

/** Both ends of an AF_UNIX stream pair, ready to exchange. */
export interface SocketpairYardstick extends Disposable {
  /**
   * Sends {@link SOCKETPAIR_BYTES} to the other end and back, so many times, one after another.
   *
   * @throws {SystemError} when a call fails or moves fewer bytes
   */
  exchange(times: number): void;
}

/**
 * Opens the pair. To be called only where the kernel room is open.
 *
 * @throws {SystemError} when the kernel refuses
 */
export function openSocketpairYardstick(): SocketpairYardstick {
  const libc = requireLibc();
  const { socketpair, send, recv, close } = libc.symbols;
  const fds = new Int32Array(2);
  libc.check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair(AF_UNIX)");
  let [near, far] = [fds[0]!, fds[1]!];
  const buffer = new Uint8Array(SOCKETPAIR_BYTES);
  const length = BigInt(SOCKETPAIR_BYTES);
  const pass = (from: number, to: number): void => {
    if (send(from, buffer, length, MSG_NOSIGNAL) !== SOCKETPAIR_BYTES) {
      libc.fail("send(socketpair)");
    }
    if (recv(to, buffer, length, 0) !== SOCKETPAIR_BYTES) libc.fail("recv(socketpair)");
  };
  return {
    exchange(times) {
      for (let i = 0; i < times; i++) {
        pass(near, far);
        pass(far, near);
      }
    },
    [Symbol.dispose]() {
      close(near);
      close(far);
      // Their numbers may be others' soon.
      near = far = -1;
    },
  };
}
