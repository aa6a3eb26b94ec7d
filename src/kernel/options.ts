// Socket options by the names of socket(7), tcp(7), ip(7) and ipv6(7): a table, and one way to read and to set them.

import { type Libc, requireLibc } from "./libc.ts";

/** How a value stands in memory. */
export interface Format<T> {
  /** Bytes to offer to getsockopt(2). */
  readonly bytes: number;
  /** The value in the first `length` bytes. */
  decode(bytes: DataView<ArrayBuffer>, length: number): T;
  /** Range of a number: beyond it the kernel would meet another value than was asked for. Absent: that of an int. */
  readonly range?: readonly [low: number, high: number];
  /** The bytes of a value; absent: the kernel takes none. */
  encode?(value: T): Uint8Array<ArrayBuffer>;
}

/** `readAs`: the option that shows the value, where it is another. */
type Option<T> = Readonly<{ level: number; number: number; format: Format<T>; readAs?: number }>;

/** Memory of a socket (SO_MEMINFO), in bytes as the kernel accounts them: with the overhead of its packet buffers. */
export interface SocketMemory {
  /** Held by what was received and not read yet. */
  readonly receiveBytes: number;
  /** The most of it: SO_RCVBUF. */
  readonly receiveBufferBytes: number;
  /** Held by packets that are on their way. */
  readonly sendBytes: number;
  /** The most of it: SO_SNDBUF. */
  readonly sendBufferBytes: number;
  /** Reserved ahead. */
  readonly forwardBytes: number;
  /** Held by what was written and not acknowledged yet. */
  readonly writeQueueBytes: number;
  /** Held by options. */
  readonly optionBytes: number;
  /** Received while the socket was locked by a reader. */
  readonly backlogBytes: number;
  /** Packets dropped because the buffer was full: datagrams a reader never saw. */
  readonly drops: number;
}

const WHOLE: Format<number> = {
  bytes: 4,
  decode: (view) => view.getInt32(0, true),
  encode: (value) => new Uint8Array(Int32Array.of(value).buffer),
};

/** char[]: a name of at most TCP_CA_NAME_MAX bytes, ended by NUL. */
const NAME: Format<string> = {
  bytes: 16,
  decode(view, length) {
    const bytes = new Uint8Array(view.buffer, 0, length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  },
  encode: (value) => new TextEncoder().encode(value),
};

/** struct timeval, as nanoseconds; 0: no limit. The kernel keeps ticks (1 to 10 ms) and rounds up to them. */
const TIMEVAL_NS: Format<number> = {
  bytes: 16,
  range: [0, Number.MAX_SAFE_INTEGER],
  decode: (view) => Number(view.getBigInt64(0, true)) * 1e9 + view.getUint32(8, true) * 1e3,
  encode(value) {
    const micros = Math.ceil(value / 1e3);
    const pair = BigInt64Array.of(BigInt(Math.floor(micros / 1e6)), BigInt(micros % 1e6));
    return new Uint8Array(pair.buffer);
  },
};

/** struct linger. */
const LINGER: Format<number | "off"> = {
  bytes: 8,
  range: [0, 2 ** 31 - 1],
  decode: (view) => view.getInt32(0, true) === 0 ? "off" : view.getInt32(4, true),
  encode(value) {
    return new Uint8Array(
      Int32Array.of(Number(value !== "off"), Number(value !== "off" && value)).buffer,
    );
  },
};

const COOKIE: Format<bigint> = { bytes: 8, decode: (view) => view.getBigUint64(0, true) };

/** SK_MEMINFO_VARS of linux/sock_diag.h, one 32-bit number each. */
const MEMORY: Format<SocketMemory> = {
  bytes: 36,
  decode: (view) => ({
    receiveBytes: view.getUint32(0, true),
    receiveBufferBytes: view.getUint32(4, true),
    sendBytes: view.getUint32(8, true),
    sendBufferBytes: view.getUint32(12, true),
    forwardBytes: view.getUint32(16, true),
    writeQueueBytes: view.getUint32(20, true),
    optionBytes: view.getUint32(24, true),
    backlogBytes: view.getUint32(28, true),
    drops: view.getUint32(32, true),
  }),
};

const SOCKET = 1, IP = 0, TCP = 6, IPV6 = 41;

/** Numbers of asm-generic/socket.h, linux/tcp.h, linux/in.h and linux/in6.h: the same on x86-64 and arm64. */
export const OPTIONS = {
  /** Receive and send buffers in bytes. The kernel doubles what it is asked for, up to `net.core.rmem_max` and `wmem_max` doubled. */
  SO_SNDBUF: { level: SOCKET, number: 7, format: WHOLE },
  SO_RCVBUF: { level: SOCKET, number: 8, format: WHOLE },
  /** The same beyond the maximum: needs CAP_NET_ADMIN. */
  SO_SNDBUFFORCE: { level: SOCKET, number: 32, format: WHOLE, readAs: 7 },
  SO_RCVBUFFORCE: { level: SOCKET, number: 33, format: WHOLE, readAs: 8 },
  /** How long a receive, a send waits at most, in nanoseconds. */
  SO_RCVTIMEO: { level: SOCKET, number: 20, format: TIMEVAL_NS },
  SO_SNDTIMEO: { level: SOCKET, number: 21, format: TIMEVAL_NS },
  /** 1: an idle connection is probed. */
  SO_KEEPALIVE: { level: SOCKET, number: 9, format: WHOLE },
  SO_REUSEADDR: { level: SOCKET, number: 2, format: WHOLE },
  SO_REUSEPORT: { level: SOCKET, number: 15, format: WHOLE },
  /** 1 for a listener. */
  SO_ACCEPTCONN: { level: SOCKET, number: 30, format: WHOLE },
  /** SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_RAW 3, SOCK_SEQPACKET 5. */
  SO_TYPE: { level: SOCKET, number: 3, format: WHOLE },
  /** The address family. */
  SO_DOMAIN: { level: SOCKET, number: 39, format: WHOLE },
  /** IPPROTO_TCP 6, IPPROTO_UDP 17, … */
  SO_PROTOCOL: { level: SOCKET, number: 38, format: WHOLE },
  /** The error number that waits for the next call; reading it clears it. */
  SO_ERROR: { level: SOCKET, number: 4, format: WHOLE },
  /** A number that no other socket has had since the machine started. */
  SO_COOKIE: { level: SOCKET, number: 57, format: COOKIE },
  /** How long a receive polls the device before it sleeps, in microseconds. */
  SO_BUSY_POLL: { level: SOCKET, number: 46, format: WHOLE },
  SO_MEMINFO: { level: SOCKET, number: 55, format: MEMORY },
  /** How long `close` waits for unsent bytes, in seconds; 0: it resets the connection. */
  SO_LINGER: { level: SOCKET, number: 13, format: LINGER },
  /** 1: Nagle's algorithm is off. */
  TCP_NODELAY: { level: TCP, number: 1, format: WHOLE },
  /** 1: the next segments are acknowledged at once. The kernel goes back to delayed ones by itself. */
  TCP_QUICKACK: { level: TCP, number: 12, format: WHOLE },
  /** 1: only full segments leave, for 200 ms at most. */
  TCP_CORK: { level: TCP, number: 3, format: WHOLE },
  /** The most bytes in a segment; of a connection the one in force, in which options of the header are taken off. */
  TCP_MAXSEG: { level: TCP, number: 2, format: WHOLE },
  /** The congestion control, as in `cubic`. */
  TCP_CONGESTION: { level: TCP, number: 13, format: NAME },
  /** Unsent bytes above which a socket is not writable; 2³²−1 (shown as −1): no limit. */
  TCP_NOTSENT_LOWAT: { level: TCP, number: 25, format: WHOLE },
  /** How often a SYN that is not answered is retransmitted before the connect is given up; 0: as the system has it. */
  TCP_SYNCNT: { level: TCP, number: 7, format: WHOLE },
  /** Seconds without a segment after which the first probe is sent. */
  TCP_KEEPIDLE: { level: TCP, number: 4, format: WHOLE },
  /** Seconds between probes. */
  TCP_KEEPINTVL: { level: TCP, number: 5, format: WHOLE },
  /** Probes without an answer after which the connection is given up. */
  TCP_KEEPCNT: { level: TCP, number: 6, format: WHOLE },
  /** Milliseconds that written bytes may stay unacknowledged before the connection is given up; 0: as the retries have it. */
  TCP_USER_TIMEOUT: { level: TCP, number: 18, format: WHOLE },
  /** 1: connect returns at once, and the first write opens the connection with its data (RFC 7413), where the system allows it. */
  TCP_FASTOPEN_CONNECT: { level: TCP, number: 30, format: WHOLE },
  /** Seconds that an orphan waits in FIN-WAIT-2. */
  TCP_LINGER2: { level: TCP, number: 8, format: WHOLE },
  IP_TOS: { level: IP, number: 1, format: WHOLE },
  IPV6_V6ONLY: { level: IPV6, number: 26, format: WHOLE },
  IPV6_TCLASS: { level: IPV6, number: 67, format: WHOLE },
} as const satisfies Record<
  string,
  Option<number> | Option<string> | Option<bigint> | Option<number | "off"> | Option<SocketMemory>
>;

/** Name of an option that {@linkcode getOption} reads. */
export type OptionName = keyof typeof OPTIONS;

/** What an option's value is: a number for most, text for TCP_CONGESTION. */
export type OptionValue<Name extends OptionName> = (typeof OPTIONS)[Name]["format"] extends
  Format<infer T> ? T : never;

/** Name of an option that {@linkcode setOption} takes. */
export type WritableOptionName = Exclude<OptionName, ReadOnlyOptionName>;

/** Options that the kernel shows and nobody sets. */
export type ReadOnlyOptionName =
  | "SO_ACCEPTCONN"
  | "SO_TYPE"
  | "SO_DOMAIN"
  | "SO_PROTOCOL"
  | "SO_ERROR"
  | "SO_COOKIE"
  | "SO_MEMINFO";

const scratch = new DataView(new ArrayBuffer(64));
const scratchBytes = new Uint8Array(scratch.buffer);
const length = new Uint32Array(1);

/**
 * Reads an option of a socket, as the kernel has it. Costs about 0.6 µs, for text and structures 1 µs.
 *
 * @param fd an open socket
 * @param name one of the table
 * @returns its value
 * @throws {SystemError} when the kernel refuses, as in `Cannot read TCP_CORK: Operation not supported (EOPNOTSUPP)`
 */
export function getOption<Name extends OptionName>(fd: number, name: Name): OptionValue<Name> {
  const libc = requireLibc();
  const value = read(libc, fd, OPTIONS[name] as Option<unknown>);
  if (value === undefined) {
    throw libc.error(`getsockopt(${name})`, undefined, `Cannot read ${name}`);
  }
  return value as OptionValue<Name>;
}

/**
 * Reads an option where the socket has it.
 *
 * @param fd an open socket
 * @param name one of the table
 * @returns undefined when the kernel refuses, as it does for options of another protocol
 */
export function tryGetOption<Name extends OptionName>(
  fd: number,
  name: Name,
): OptionValue<Name> | undefined {
  return read(requireLibc(), fd, OPTIONS[name] as Option<unknown>) as OptionValue<Name> | undefined;
}

/**
 * Sets an option of a socket, and reads it back: the kernel rounds, doubles and limits without a word.
 *
 * @param fd an open socket
 * @param name one of the table
 * @param value what to ask for
 * @returns what the kernel took
 * @throws {SystemError} when it refuses, as in `Cannot set TCP_CONGESTION to "foo": No such file or directory (ENOENT)`
 * @throws {RangeError} when the value is no number that fits the option
 */
export function setOption<Name extends WritableOptionName>(
  fd: number,
  name: Name,
  value: OptionValue<Name>,
): OptionValue<Name> {
  const libc = requireLibc();
  const { level, number, format } = OPTIONS[name] as Option<unknown>;
  checkNumber(name, value, format);
  const bytes = format.encode!(value);
  const result = libc.symbols.setsockopt(fd, level, number, bytes, bytes.length);
  if (result < 0) {
    const shown = JSON.stringify(value);
    throw libc.error(`setsockopt(${name})`, undefined, `Cannot set ${name} to ${shown}`);
  }
  return getOption(fd, name);
}

/**
 * Prepares to set an option to one value again and again, as a hot loop does: one system call each time, and nothing is read back.
 *
 * @param fd an open socket
 * @param name one of the table
 * @param value what to ask for
 * @returns a function that sets it, and throws a {@linkcode SystemError} when the kernel refuses
 * @throws {RangeError} when the value is no number that fits the option
 */
export function optionSetter<Name extends WritableOptionName>(
  fd: number,
  name: Name,
  value: OptionValue<Name>,
): () => void {
  const libc = requireLibc();
  const { setsockopt } = libc.symbols;
  const { level, number, format } = OPTIONS[name] as Option<unknown>;
  checkNumber(name, value, format);
  const bytes = format.encode!(value);
  const size = bytes.length;
  return () => {
    if (setsockopt(fd, level, number, bytes, size) < 0) {
      const shown = JSON.stringify(value);
      throw libc.error(`setsockopt(${name})`, undefined, `Cannot set ${name} to ${shown}`);
    }
  };
}

/**
 * Bytes that were written and not acknowledged (TCP) or not taken by the receiver (others) yet: SIOCOUTQ. Of Unix-domain sockets it is
 * the memory that they hold, which is more.
 *
 * @param fd an open socket
 * @throws {SystemError} when the kernel refuses
 */
export function unsentBytes(fd: number): number {
  return ioctlNumber(fd, 0x5411n, "SIOCOUTQ", "Cannot count unsent bytes");
}

/**
 * Bytes that arrived and were not read yet: SIOCINQ. Of a UDP socket those of the next datagram alone.
 *
 * @param fd an open socket
 * @throws {SystemError} when the kernel refuses
 */
export function unreadBytes(fd: number): number {
  return ioctlNumber(fd, 0x541bn, "SIOCINQ", "Cannot count unread bytes");
}

function read<T>(libc: Libc, fd: number, { level, number, readAs, format }: Option<T>) {
  length[0] = format.bytes;
  const result = libc.symbols.getsockopt(fd, level, readAs ?? number, scratchBytes, length);
  return result < 0 ? undefined : format.decode(scratch, length[0]!);
}

function checkNumber(name: string, value: unknown, { range }: Format<unknown>): void {
  if (typeof value !== "number") return;
  const [low, high] = range ?? [-(2 ** 31), 2 ** 31 - 1];
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(
    `Cannot set ${name} to ${value}: it takes a whole number from ${low} to ${high}`,
  );
}

function ioctlNumber(fd: number, request: bigint, name: string, what: string): number {
  const libc = requireLibc();
  if (libc.symbols.ioctl(fd, request, scratchBytes) < 0) {
    throw libc.error(`ioctl(${name})`, undefined, what);
  }
  return scratch.getInt32(0, true);
}
