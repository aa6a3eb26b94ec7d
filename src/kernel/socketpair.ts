// Round trips over a socket pair in one thread: of all short measures that were tried this follows the speed of sockets best.

import { type Libc, requireLibc } from "./libc.ts";

/** Domain, type and flag of socketpair(2) and send(2) on Linux, x86-64 and arm64. */
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Bytes that go there and back. */
export const SOCKETPAIR_BYTES = 64;
const LENGTH = BigInt(SOCKETPAIR_BYTES);
const SEND = "send(socketpair)";
const RECV = "recv(socketpair)";

/** Both ends of an AF_UNIX stream pair, ready to exchange. */
export interface Socketpair extends Disposable {
  /** Sends {@link SOCKETPAIR_BYTES} to the other end and back, so many times. Throws SystemError. */
  exchange(times: number): void;
}

/** Opens the pair. To be called only where the kernel room is open. Throws SystemError when the kernel refuses. */
export function openSocketpair(): Socketpair {
  const libc = requireLibc();
  const fds = new Int32Array(2);
  const flags = SOCK_STREAM | SOCK_CLOEXEC;
  libc.check(libc.symbols.socketpair(AF_UNIX, flags, 0, fds), "socketpair(AF_UNIX)");
  let [near, far] = [fds[0]!, fds[1]!];
  const buffer = new Uint8Array(SOCKETPAIR_BYTES);
  return {
    exchange: (times) => exchange(libc, near, far, buffer, times),
    [Symbol.dispose]() {
      libc.symbols.close(near);
      libc.symbols.close(far);
      // Their numbers may be others' soon.
      near = far = -1;
    },
  };
}

/** A function of the module and no closure: the compiler's work on one pair then holds for the next one. */
function exchange(
  libc: Libc,
  near: number,
  far: number,
  buffer: Uint8Array<ArrayBuffer>,
  times: number,
): void {
  const { send, recv } = libc.symbols;
  for (let i = 0; i < times; i++) {
    if (send(near, buffer, LENGTH, MSG_NOSIGNAL) !== SOCKETPAIR_BYTES) libc.fail(SEND);
    if (recv(far, buffer, LENGTH, 0) !== SOCKETPAIR_BYTES) libc.fail(RECV);
    if (send(far, buffer, LENGTH, MSG_NOSIGNAL) !== SOCKETPAIR_BYTES) libc.fail(SEND);
    if (recv(near, buffer, LENGTH, 0) !== SOCKETPAIR_BYTES) libc.fail(RECV);
  }
}
