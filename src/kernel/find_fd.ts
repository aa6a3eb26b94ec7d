// The descriptor of a socket of Deno, found by asking the kernel for the addresses of the process's: no /proc, no `--allow-all`.

import { requireLibc } from "./libc.ts";
import { tryGetOption } from "./options.ts";
import type { SocketAddress } from "./socket_address.ts";
import { ADDRESS_BYTES, decodeAddress, encodeAddress } from "./socket_address.ts";

/** Names of socket types by number: SOCK_STREAM and what follows. */
export const TYPES = ["stream", "datagram", "raw", "rdm", "seqpacket"] as const;

/** A SocketDescription is what the kernel reports of an open socket. */
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
  const wanted = descriptionOf(socket);
  const candidates: Found[] = [];
  for (const fd of openFds()) {
    const cookie = cookieWhere(fd, wanted, (cookie) => claimed.has(cookie) || since?.has(cookie));
    if (cookie === undefined) continue;
    candidates.push({ fd, cookie });
    // No second socket has both addresses of a TCP connection.
    if (wanted.isUnique) break;
  }
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

type Found = Pick<SocketDescription, "fd" | "cookie">;

/** What was found before, by the socket of Deno. */
const found = new WeakMap<FindableSocket, Found>();

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
 * Describes every open socket of this process, by descriptor. Takes about 70 µs where seven are open, most of it for numbers that are free.
 *
 * The kernel gives the lowest free number to whatever is opened: the search ends at the first 1024 numbers, from 0 or a multiple of 1024,
 * that are all free. A process that held more, and closed those below, hides what is above.
 */
export function openSockets(): readonly SocketDescription[] {
  return [...openFds()].map(describeFd).filter((socket) => socket !== undefined);
}

/** How many closed descriptors in a row end the search. */
const CHUNK = 1024;
/** How many are looked at first: most processes have no more open, and who stops there need not ask for the others. */
const FIRST_CHUNK = 128;
const POLLNVAL = 0x20;

/** struct pollfd of each number: an int and two shorts. */
const polled = new Int32Array(2 * CHUNK);

/** Open descriptors, ascending, as far as {@linkcode openSockets} looks; all numbers of the first where the kernel does not say. */
function* openFds(): Generator<number, void> {
  const first = fdsOf(0, FIRST_CHUNK);
  yield* first;
  let chunk = fdsOf(FIRST_CHUNK, CHUNK - FIRST_CHUNK);
  yield* chunk;
  let isEmpty = first.length + chunk.length === 0;
  for (let from = CHUNK; !isEmpty; from += CHUNK) {
    chunk = fdsOf(from, CHUNK);
    yield* chunk;
    isEmpty = chunk.length === 0;
  }
}

/** Which of so many numbers are open descriptors. No events are asked for: POLLNVAL comes back for what is not open. */
function fdsOf(from: number, count: number): number[] {
  for (let i = 0; i < count; i++) {
    polled[2 * i] = from + i;
    polled[2 * i + 1] = 0;
  }
  const fds: number[] = [];
  // poll(2) refuses more than RLIMIT_NOFILE at once: where it does, they are all asked one by one, and there are none beyond.
  const isKnown = requireLibc().symbols.poll(polled, BigInt(count), 0) >= 0;
  if (!isKnown && from >= CHUNK) return fds;
  for (let i = 0; i < count; i++) {
    if (!isKnown || ((polled[2 * i + 1]! >>> 16) & POLLNVAL) === 0) fds.push(from + i);
  }
  return fds;
}

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

/** What the kernel must say of a descriptor for it to be this socket of Deno's. */
interface Wanted {
  /** SOCK_STREAM or SOCK_DGRAM. */
  readonly type: number;
  readonly local: string | undefined;
  /** Absent: whatever it is. */
  readonly remote?: string | undefined;
  readonly listening: boolean;
  /** Whether the addresses are of one socket alone. */
  readonly isUnique: boolean;
}

function descriptionOf(socket: FindableSocket): Wanted {
  const isConnection = "localAddr" in socket;
  const own = isConnection ? socket.localAddr : socket.addr;
  const isDatagram = own.transport === "udp" || own.transport === "unixpacket";
  return {
    type: isDatagram ? 2 : 1,
    local: keyOf(own),
    listening: !isConnection && !isDatagram,
    isUnique: isConnection && own.transport === "tcp",
    ...(!isDatagram && { remote: isConnection ? keyOf(socket.remoteAddr) : undefined }),
  };
}

/** The cookie of a descriptor that is what is wanted; the cheapest questions and those that most others fail come first. */
function cookieWhere(fd: number, wanted: Wanted, isOther: (cookie: bigint) => boolean | undefined) {
  if (tryGetOption(fd, "SO_TYPE") !== wanted.type) return undefined;
  const { getsockname, getpeername } = requireLibc().symbols;
  if (key(address(getsockname, fd)) !== wanted.local) return undefined;
  if ("remote" in wanted && key(address(getpeername, fd)) !== wanted.remote) return undefined;
  if ((tryGetOption(fd, "SO_ACCEPTCONN") === 1) !== wanted.listening) return undefined;
  const cookie = tryGetOption(fd, "SO_COOKIE") ?? 0n;
  return isOther(cookie) ? undefined : cookie;
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
    ? `the ${socket.localAddr.transport} connection ` +
      `${text(socket.localAddr)} → ${text(socket.remoteAddr)}`
    : `the ${socket.addr.transport} socket ${text(socket.addr)}`;
}
