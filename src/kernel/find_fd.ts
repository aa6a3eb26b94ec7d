/**
 * The file descriptor of an open socket of Deno, which Deno itself does not tell: found by asking the kernel for the addresses of the
 * process's open descriptors. No /proc, no `--allow-all`.
 *
 * @module
 */

import { requireLibc } from "./libc.ts";
import { tryGetOption } from "./options.ts";
import {
  ADDRESS_BYTES,
  decodeAddress,
  encodeAddress,
  type SocketAddress,
} from "./socket_address.ts";

/** Names of socket types by number: SOCK_STREAM and what follows. */
export const TYPES = ["stream", "datagram", "raw", "rdm", "seqpacket"] as const;

/** A SocketDescription is what the kernel says of an open socket. */
export interface SocketDescription {
  /** Its descriptor. */
  readonly fd: number;
  /** Its type. */
  readonly type: typeof TYPES[number] | `type ${number}`;
  /** Its own address; undefined in a family that this room does not know. */
  readonly local: SocketAddress | undefined;
  /** The other end's; undefined while it is not connected. */
  readonly remote: SocketAddress | undefined;
  /** Whether it accepts connections. */
  readonly listening: boolean;
  /** A number that no other socket has had since the machine started. */
  readonly cookie: bigint;
}

/** A socket of Deno, as far as it is looked for: a connection has two addresses, listeners and datagram sockets one. */
export type FindableSocket =
  | { readonly localAddr: Deno.Addr; readonly remoteAddr: Deno.Addr }
  | { readonly addr: Deno.Addr };

/**
 * Finds the descriptor of a socket.
 *
 * The unnamed ends of Unix-domain connections to one path look alike. A socket that was found once is left out afterwards, so that
 * finding each connection right after it is opened needs no more than that; `since` helps where others, or other threads, opened some.
 *
 * @param socket a connection, listener or datagram socket of Deno that is open
 * @param since cookies of sockets that were open before this one ({@linkcode openSockets}): none of them is it
 * @returns its descriptor
 * @throws {Error} when no open socket has its addresses, and when more than one has: it does not guess
 */
export function findFd(socket: FindableSocket, since?: ReadonlySet<bigint>): number {
  const known = found.get(socket);
  if (known !== undefined && tryGetOption(known.fd, "SO_COOKIE") === known.cookie) return known.fd;
  const isIt = matcher(socket);
  const candidates = openSockets().filter((open) =>
    !claimed.has(open.cookie) && !since?.has(open.cookie) && isIt(open)
  );
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new Error(`Cannot find the descriptor of ${show(socket)}: no open socket is it`);
  }
  if (others.length > 0) {
    const fds = candidates.map(({ fd }) => fd).join(", ");
    throw new Error(
      `Cannot tell which descriptor ${show(socket)} has: ${fds} have the same addresses`,
    );
  }
  claimed.add(only.cookie);
  found.set(socket, only);
  return only.fd;
}

/** What was found before, by the socket of Deno. */
const found = new WeakMap<FindableSocket, SocketDescription>();

/** Cookies of what was found before: they are never given twice, so that none has to be taken out again. */
const claimed = new Set<bigint>();

/**
 * Describes the socket behind a descriptor.
 *
 * @param fd any number
 * @returns undefined when it is not open, or not a socket
 */
export function describeFd(fd: number): SocketDescription | undefined {
  const type = tryGetOption(fd, "SO_TYPE");
  if (type === undefined) return undefined;
  const { getsockname, getpeername } = requireLibc().symbols;
  return {
    fd,
    type: TYPES[type - 1] ?? `type ${type}`,
    local: address(getsockname, fd),
    remote: address(getpeername, fd),
    listening: tryGetOption(fd, "SO_ACCEPTCONN") === 1,
    cookie: tryGetOption(fd, "SO_COOKIE") ?? 0n,
  };
}

/**
 * Describes the socket behind a descriptor that has to be one.
 *
 * @param fd any number
 * @throws {Error} as in `Cannot use file descriptor 99: Bad file descriptor (EBADF)`, and `… Socket operation on non-socket (ENOTSOCK)`
 */
export function requireSocket(fd: number): SocketDescription {
  const socket = describeFd(fd);
  if (socket === undefined) {
    throw requireLibc().error("getsockopt(SO_TYPE)", undefined, `Cannot use file descriptor ${fd}`);
  }
  return socket;
}

/** How many descriptors are looked at together, and how many closed ones in a row end the search. */
const CHUNK = 1024;

/**
 * Describes every open socket of this process, by descriptor. Takes about 80 µs where seven are open, most of it for numbers that are free.
 *
 * The kernel gives the lowest free number to whatever is opened: the search ends at the first 1024 numbers, from 0 or a multiple of 1024,
 * that are all free. A process that held more, and closed those below, hides what is above.
 */
export function openSockets(): readonly SocketDescription[] {
  const { poll } = requireLibc().symbols;
  const sockets: SocketDescription[] = [];
  // struct pollfd: an int and two shorts. No events are asked for: POLLNVAL comes back for what is not open.
  const polled = new Int32Array(2 * CHUNK);
  // poll(2) refuses more than RLIMIT_NOFILE at once: where it does, they are all asked one by one.
  for (let from = 0;; from += CHUNK) {
    for (let i = 0; i < CHUNK; i++) {
      polled[2 * i] = from + i;
      polled[2 * i + 1] = 0;
    }
    const isKnown = poll(polled, BigInt(CHUNK), 0) >= 0;
    let open = 0;
    for (let i = 0; i < CHUNK; i++) {
      if (isKnown && (polled[2 * i + 1]! >>> 16) & POLLNVAL) continue;
      open++;
      const socket = describeFd(from + i);
      if (socket !== undefined) sockets.push(socket);
    }
    if (open === 0 || !isKnown) return sockets;
  }
}

const POLLNVAL = 0x20;

const addressBytes = new Uint8Array(ADDRESS_BYTES);
const addressLength = new Uint32Array(1);

type AddressCall = (
  fd: number,
  address: Uint8Array<ArrayBuffer>,
  length: Uint32Array<ArrayBuffer>,
) => number;

function address(call: AddressCall, fd: number): SocketAddress | undefined {
  addressLength[0] = ADDRESS_BYTES;
  if (call(fd, addressBytes, addressLength) < 0) return undefined;
  return decodeAddress(addressBytes, Math.min(addressLength[0]!, ADDRESS_BYTES));
}

/** What an open socket must be to be this one of Deno's. */
function matcher(socket: FindableSocket): (open: SocketDescription) => boolean {
  const isConnection = "localAddr" in socket;
  const own = isConnection ? socket.localAddr : socket.addr;
  const local = keyOf(own);
  const remote = isConnection ? keyOf(socket.remoteAddr) : undefined;
  const isDatagram = own.transport === "udp" || own.transport === "unixpacket";
  return (open) =>
    open.type === (isDatagram ? "datagram" : "stream") &&
    open.listening === (!isConnection && !isDatagram) &&
    key(open.local) === local &&
    (isDatagram || key(open.remote) === remote);
}

/** An address of Deno as one text; undefined for what this room does not know (vsock). */
function keyOf(address: Deno.Addr): string | undefined {
  if (address.transport === "unix" || address.transport === "unixpacket") {
    // Deno has null where a socket has no name, whatever its types say.
    return key({ kind: "unix", path: (address.path as string | null) ?? "" });
  }
  if (!("hostname" in address) || !("port" in address)) return undefined;
  const bytes = encodeAddress({ kind: "ip", hostname: address.hostname, port: address.port });
  return key(decodeAddress(bytes, bytes.length));
}

function key(address: SocketAddress | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (address.kind === "unix") return `unix ${address.path}`;
  // Deno does not tell the scope of an IPv6 address.
  return `${address.port} ${address.hostname.replace(/%.*/, "")}`;
}

function show(socket: FindableSocket): string {
  const text = (address: Deno.Addr) =>
    "port" in address && "hostname" in address
      ? `${address.hostname}:${address.port}`
      : ("path" in address && address.path) || "(unnamed)";
  return "localAddr" in socket
    ? `the ${socket.localAddr.transport} connection ${text(socket.localAddr)} → ${
      text(socket.remoteAddr)
    }`
    : `the ${socket.addr.transport} socket ${text(socket.addr)}`;
}
