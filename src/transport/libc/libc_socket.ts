// A blocking socket made by system calls: what channels and listeners of this driver are built on.
//
// Blocking comes in slices. `SO_RCVTIMEO` and `SO_SNDTIMEO` end a call after one or two ticks of the kernel's clock (4 to 8 ms at
// 250 Hz, whatever smaller value is asked for); then the socket waits in `waiting.ts`, where the event loop gets its turns. A call that
// finds what it came for within its slice never touches the event loop.

import { type Libc, requireLibc } from "../../kernel/libc.ts";
import {
  addressFamily,
  encodeAddress,
  type SocketAddress,
  SOL_SOCKET,
} from "../../kernel/socket_address.ts";
import { ERRNO, SystemError } from "../../kernel/system_error.ts";
import type { ChannelOptions, MaybePromise } from "../channel.ts";
import { POLL, stopWaiting, waiting, whenReady } from "./waiting.ts";

/** Types of sockets, as `socket(2)` takes them. */
export const SOCKET_TYPE = { stream: 1, datagram: 2, raw: 3, dccp: 6, seqpacket: 5 } as const;

/** Flags of a single call. NOSIGNAL: a broken connection is an error, not a SIGPIPE. */
export const MSG = { truncate: 0x20, dontWait: 0x40, noSignal: 0x4000 } as const;

const SOCK_CLOEXEC = 0o2000000;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const EALREADY = 114;
const EISCONN = 106;

/** The shortest slice the kernel has: it rounds up to its tick. struct timeval of 64-bit Linux: seconds, microseconds. */
const SLICE = new Uint8Array(new BigInt64Array([0n, 1_000n]).buffer);

/** Tries of a spinning call before the event loop has its turns: some milliseconds. */
export const SPINS = 4_096;

export class LibcSocket {
  /** The file descriptor; -1 once closed, so that no later call can reach another socket with the same number. */
  fd: number;
  /** Whether calls ask again and again instead of sleeping. */
  readonly spins: boolean;
  readonly libc: Libc;

  /** `fd`: owned from now on; `options`: how it waits. */
  constructor(fd: number, { wait }: ChannelOptions) {
    this.fd = fd;
    this.spins = wait === "spin";
    this.libc = requireLibc();
  }

  /** Opens a socket; `protocol`: 0 for the family's own. Throws SystemError. */
  static open(family: number, type: number, protocol: number, options: ChannelOptions): LibcSocket {
    const libc = requireLibc();
    const fd = libc.check(libc.symbols.socket(family, type | SOCK_CLOEXEC, protocol), "socket");
    return new LibcSocket(fd, options);
  }

  /** Opens a socket for an address of its family and binds it there. */
  static bound(
    address: SocketAddress,
    type: number,
    protocol: number,
    options: ChannelOptions,
  ): LibcSocket {
    const socket = LibcSocket.open(addressFamily(address), type, protocol, options);
    try {
      socket.bind(encodeAddress(address));
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  bind(address: Uint8Array<ArrayBuffer>): void {
    this.libc.check(this.libc.symbols.bind(this.fd, address, address.length), "bind");
  }

  /** Connects to an encoded address; a promise where the other end keeps it waiting. Throws SystemError. */
  connect(address: Uint8Array<ArrayBuffer>): MaybePromise<void> {
    if (this.#tryConnect(address)) return;
    return this.#connectLater(address);
  }

  async #connectLater(address: Uint8Array<ArrayBuffer>): Promise<void> {
    do await whenReady(this, POLL.out, true); while (!this.#tryConnect(address));
  }

  #tryConnect(address: Uint8Array<ArrayBuffer>): boolean {
    const { libc } = this;
    if (libc.symbols.connect(this.fd, address, address.length) === 0) return true;
    const { errno } = libc;
    if (errno === EISCONN) return true;
    // A full backlog of a Unix listener, and a handshake that goes on after a slice or a signal: ask again.
    if (
      errno === ERRNO.EAGAIN || errno === ERRNO.EINPROGRESS || errno === EALREADY ||
      errno === ERRNO.EINTR
    ) return false;
    return libc.fail("connect", errno);
  }

  /** Ends sleeping receives after a slice. Once per socket, before its first. */
  sliceReceives(): void {
    if (this.fd < 0) return;
    this.setOption(SOL_SOCKET, SO_RCVTIMEO, SLICE, "SO_RCVTIMEO");
  }

  /** Ends sleeping sends, and connects, after a slice. Once per socket, before its first. */
  sliceSends(): void {
    if (this.fd < 0) return;
    this.setOption(SOL_SOCKET, SO_SNDTIMEO, SLICE, "SO_SNDTIMEO");
  }

  /** Sets a socket option to the bytes of its value. */
  setOption(level: number, option: number, value: Uint8Array<ArrayBuffer>, name: string): void {
    const { symbols } = this.libc;
    this.libc.check(
      symbols.setsockopt(this.fd, level, option, value, value.length),
      `setsockopt(${name})`,
    );
  }

  /** Flags for a call that may wait: not to, where it spins, and where another socket of the thread waits to be woken. */
  get waitFlags(): number {
    return this.spins || waiting.count > 0 ? MSG.dontWait : 0;
  }

  /** What a call does that failed: throws, tries again, or waits for `events`; the result of the attempt that succeeded. */
  retry(
    call: string,
    events: number,
    attempt: (waitFlags: number) => number,
    blocksOthers = true,
  ): MaybePromise<number> {
    for (let spins = 0;;) {
      const { errno } = this.libc;
      if (errno === ERRNO.EAGAIN) {
        if (!this.spins || ++spins > SPINS) {
          return this.retryLater(call, events, attempt, blocksOthers);
        }
      } else if (errno !== ERRNO.EINTR) throw this.#failure(call, errno);
      const result = attempt(this.waitFlags);
      if (result >= 0) return result;
    }
  }

  /** As {@linkcode LibcSocket.retry}, where the first thing to do is to wait until the socket is ready. */
  async retryLater(
    call: string,
    events: number,
    attempt: (waitFlags: number) => number,
    blocksOthers = true,
  ): Promise<number> {
    for (;;) {
      if (this.fd < 0) throw this.#failure(call, 0);
      await whenReady(this, events, blocksOthers);
      for (let spins = this.spins ? SPINS : 1; spins > 0; spins--) {
        const result = attempt(MSG.dontWait);
        if (result >= 0) return result;
        const { errno } = this.libc;
        if (errno !== ERRNO.EAGAIN && errno !== ERRNO.EINTR) throw this.#failure(call, errno);
      }
    }
  }

  #failure(call: string, errno: number): Error {
    return this.fd < 0
      ? new Error(`Cannot ${call}: the socket is closed`)
      : this.libc.error(call, errno);
  }

  /** Closes the socket; what waits for it is rejected. Safe to call twice. */
  close(): void {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    stopWaiting(this);
    // Its result is of no use: the descriptor is free whatever it is (close(2)).
    this.libc.symbols.close(fd);
  }
}

/** Whether an error is the kernel's refusal of a message's size: EMSGSIZE, or ENOBUFS where no memory holds it. */
export function refusesSize(error: unknown): boolean {
  return error instanceof SystemError &&
    (error.errno === ERRNO.EMSGSIZE || error.errno === ERRNO.ENOBUFS);
}
