// Sockets by system calls: for experiments that look at what Deno hides. No call of theirs waits, unless a blocking one is asked for.

import { describeFd } from "../kernel/find_fd.ts";
import { requireLibc } from "../kernel/libc.ts";
import { getOption, setOption } from "../kernel/options.ts";
import type { SocketAddress } from "../kernel/socket_address.ts";
import { ADDRESS_BYTES, decodeAddress, encodeAddress } from "../kernel/socket_address.ts";
import { ERRNO, errnoName } from "../kernel/system_error.ts";
import { CannotTry, type Lab } from "./claim.ts";

const FAMILY = { unix: 1, unixpacket: 1, tcp: 2, udp: 2 } as const;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const POLLOUT = 4;
const ACCEPT_LIMIT_MS = 1_000;
/** Looks after which something may be given up, however late it is. */
const MIN_LOOKS = 10;

export type RawKind = "tcp" | "unix";

export type AnyKind = keyof typeof FAMILY;

/** A listener's descriptor, its address as connect(2) takes it, and its port: 0 for a Unix-domain socket, whose name no file has. */
export type RawListener = Readonly<{ fd: number; address: Uint8Array<ArrayBuffer>; port: number }>;

/** How far a connect is: `open`, `waiting`, or the name of the error, as in `EAGAIN`. */
export type ConnectState = string;

/** Sockets of one experiment; disposing closes what is still open. */
export class RawSockets implements Disposable {
  readonly #open = new Set<number>();
  readonly #flags: number;

  constructor({ kernel }: Pick<Lab, "kernel">, isBlocking = false) {
    if (!kernel.available) throw new CannotTry(kernel.reason);
    this.#flags = SOCK_CLOEXEC | (isBlocking ? 0 : SOCK_NONBLOCK);
  }

  socket(kind: AnyKind): number {
    const libc = requireLibc();
    const isDatagram = kind === "udp" || kind === "unixpacket";
    const type = (isDatagram ? SOCK_DGRAM : SOCK_STREAM) | this.#flags;
    const family = FAMILY[kind];
    const fd = libc.check(libc.symbols.socket(family, type, 0), "socket");
    this.#open.add(fd);
    return fd;
  }

  /** A socket that is bound: to a free port of loopback unless a place is named, or to a name of the kernel's choice. */
  bind(kind: AnyKind, port = 0, hostname = "127.0.0.1", isShared = false): number {
    const libc = requireLibc();
    const fd = this.socket(kind);
    if (isShared) setOption(fd, "SO_REUSEADDR", 1);
    // An empty name has the kernel choose an abstract one (unix(7), autobind): no file is made.
    const wanted = encodeAddress(
      FAMILY[kind] === 1 ? { kind: "unix", path: "" } : { kind: "ip", hostname, port },
    );
    libc.check(libc.symbols.bind(fd, wanted, wanted.length), "bind");
    return fd;
  }

  listen(kind: RawKind, backlog: number, port = 0, hostname?: string): RawListener {
    const libc = requireLibc();
    const fd = this.bind(kind, port, hostname);
    libc.check(libc.symbols.listen(fd, backlog), "listen");
    const address = this.addressOf(fd);
    const decoded = decodeAddress(address, address.length);
    return { fd, address, port: decoded?.kind === "ip" ? decoded.port : 0 };
  }

  /** A datagram socket that sends to an address, as connect(2) takes it. */
  sender(kind: AnyKind, address: Uint8Array<ArrayBuffer>): number {
    const libc = requireLibc();
    const fd = this.socket(kind);
    libc.check(libc.symbols.connect(fd, address, address.length), "connect");
    return fd;
  }

  /** Where a socket is bound, as connect(2) takes it. */
  addressOf(fd: number): Uint8Array<ArrayBuffer> {
    const libc = requireLibc();
    const address = new Uint8Array(ADDRESS_BYTES);
    const length = new Uint32Array([ADDRESS_BYTES]);
    libc.check(libc.symbols.getsockname(fd, address, length), "getsockname");
    return address.slice(0, length[0]!);
  }

  connect(kind: RawKind, address: Uint8Array<ArrayBuffer>): { fd: number; state: ConnectState } {
    const fd = this.socket(kind);
    return { fd, state: this.connectWith(fd, address) };
  }

  connectWith(fd: number, address: Uint8Array<ArrayBuffer>): ConnectState {
    const libc = requireLibc();
    if (libc.symbols.connect(fd, address, address.length) === 0) return "open";
    return libc.errno === ERRNO.EINPROGRESS ? "waiting" : errnoName(libc.errno);
  }

  /** How far a TCP connect that was begun is by now. */
  connectState(fd: number): ConnectState {
    const polled = new Int32Array([fd, POLLOUT]);
    if (requireLibc().symbols.poll(polled, 1n, 0) === 0) return "waiting";
    const error = getOption(fd, "SO_ERROR");
    return error === 0 ? "open" : errnoName(error);
  }

  /** Accepts what waits; the connection; `undefined` when none waits. */
  accept(listener: RawListener): number | undefined {
    const libc = requireLibc();
    const fd = libc.symbols.accept4(listener.fd, null, null, this.#flags);
    if (fd < 0) return libc.errno === ERRNO.EAGAIN ? undefined : libc.fail("accept");
    this.#open.add(fd);
    return fd;
  }

  /** The port that a socket is bound to; 0 where it is bound to none. */
  portOf(fd: number): number {
    const local = describeFd(fd)?.local;
    return local?.kind === "ip" ? local.port : 0;
  }

  /** The error's name with which a port of loopback cannot be bound; `null` where it can. */
  tryBind(kind: AnyKind, port: number): string | null {
    const libc = requireLibc();
    const address = loopback(port);
    const result = libc.symbols.bind(this.socket(kind), address, address.length);
    return result === 0 ? null : errnoName(libc.errno);
  }

  /** A bound socket, and one that sends to it. */
  datagramPair(kind: AnyKind): readonly [sender: number, receiver: number] {
    const receiver = this.bind(kind);
    return [this.sender(kind, this.addressOf(receiver)), receiver];
  }

  async openPair(
    kind: "tcp" | "udp",
    lab: Pick<Lab, "clock" | "signal">,
  ): Promise<readonly [client: number, server: number]> {
    if (kind === "udp") return this.datagramPair("udp");
    return await this.connectTo(this.listen("tcp", 1), lab);
  }

  async connectTo(
    listener: RawListener,
    lab: Pick<Lab, "clock" | "signal">,
    kind: RawKind = "tcp",
  ): Promise<readonly [client: number, server: number]> {
    const { fd } = this.connect(kind, listener.address);
    return [fd, await this.acceptSoon(listener, lab)];
  }

  /** The next connection, waited for. */
  async acceptSoon(listener: RawListener, lab: Pick<Lab, "clock" | "signal">): Promise<number> {
    let accepted: number | undefined;
    await waitUntil(lab, () => (accepted = this.accept(listener)) !== undefined, ACCEPT_LIMIT_MS);
    if (accepted === undefined) throw new CannotTry("a connection was not accepted in time");
    return accepted;
  }

  close(fd: number): void {
    if (this.#open.delete(fd)) requireLibc().symbols.close(fd);
  }

  [Symbol.dispose](): void {
    for (const fd of [...this.#open]) this.close(fd);
  }
}

/** Both ends' descriptors of a connection, which block; disposing closes what is still open. */
export interface RawPair extends Disposable {
  readonly client: number;
  readonly server: number;
  close(fd: number): void;
}

/** Opens a connected pair: over loopback the handshake is done within connect, and the connection waits in the accept queue. */
export function openRawPair(kind: RawKind, lab: Pick<Lab, "kernel">): RawPair {
  const sockets = new RawSockets(lab, true);
  const close = () => sockets[Symbol.dispose]();
  try {
    const listener = sockets.listen(kind, 1);
    const { fd: client, state } = sockets.connect(kind, listener.address);
    if (state !== "open") throw new CannotTry(`a connect ended with ${state}`);
    const server = sockets.accept(listener)!;
    sockets.close(listener.fd);
    return { client, server, close: (fd) => sockets.close(fd), [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Sends what the kernel takes at once; the number of bytes; 0 when there is no room. */
export function sendNow(fd: number, data: Uint8Array<ArrayBuffer>): number {
  const libc = requireLibc();
  const sent = libc.symbols.send(fd, data, BigInt(data.length), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return libc.errno === ERRNO.EAGAIN ? 0 : libc.fail("send");
}

/** Receives what is there; the number of bytes, 0 at the end of the stream; `undefined` when nothing is there. */
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

export function loopback(port: number): Uint8Array<ArrayBuffer> {
  const address: SocketAddress = { kind: "ip", hostname: "127.0.0.1", port };
  return encodeAddress(address);
}

/** Looks every millisecond whether something is so. */
export async function waitUntil(
  { clock, signal }: Pick<Lab, "clock" | "signal">,
  isSo: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const endNs = clock.nowNs() + limitMs * 1e6;
  for (let looks = 1;; looks++) {
    if (await isSo()) return true;
    // Where the event loop was held up, time alone has passed, and nothing has been looked at.
    if ((clock.nowNs() >= endNs && looks >= MIN_LOOKS) || signal.aborted) return false;
    await clock.sleepUntilNs(clock.nowNs() + 1e6);
  }
}
