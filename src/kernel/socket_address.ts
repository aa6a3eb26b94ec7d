// Socket addresses as the kernel writes them: sockaddr_in, sockaddr_in6 (ip(7), ipv6(7)) and sockaddr_un (unix(7)).

/** Address families of Linux, `AF_…`. */
export const FAMILY = { unix: 1, ipv4: 2, ipv6: 10 } as const;

/** The level of options that every socket has, and of messages about them. */
export const SOL_SOCKET = 1;

/** Bytes that hold any address this room decodes: sizeof(struct sockaddr_un) and a NUL that a longest path goes without. */
export const ADDRESS_BYTES = 111;

/** Where a socket is. */
export type SocketAddress =
  | {
    /** TCP, UDP and what else has ports. */
    readonly kind: "ip";
    /** A numeric address: `127.0.0.1`, `::1`, `fe80::1%2` with the scope's index. */
    readonly hostname: string;
    /** 0…65535. */
    readonly port: number;
  }
  | {
    /** A Unix-domain socket. */
    readonly kind: "unix";
    /** Path of the socket file; of an abstract socket its name after a `\0`; "" for one without a name. */
    readonly path: string;
  };

const PATH_BYTES = 108;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes of an address as `bind` and `connect` take it. Throws TypeError for a name, RangeError for a port or path out of range. */
export function encodeAddress(address: SocketAddress): Uint8Array<ArrayBuffer> {
  if (address.kind === "unix") return encodeUnix(address.path);
  const { hostname, port } = address;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Cannot use port ${port}: a port is a whole number from 0 to 65535`);
  }
  return hostname.includes(":") ? encodeIpv6(hostname, port) : encodeIpv4(hostname, port);
}

/** The family of an address, for `socket(2)`. Returns one of {@linkcode FAMILY}. */
export function addressFamily(address: SocketAddress): number {
  if (address.kind === "unix") return FAMILY.unix;
  return address.hostname.includes(":") ? FAMILY.ipv6 : FAMILY.ipv4;
}

/** An address that the kernel wrote; undefined for another family, or one cut short. */
export function decodeAddress(bytes: Uint8Array, length: number): SocketAddress | undefined {
  if (length === 0) return { kind: "unix", path: "" };
  const family = length < 2 ? -1 : bytes[0]! | bytes[1]! << 8;
  if (family === FAMILY.unix) {
    return { kind: "unix", path: decodePath(bytes.subarray(2, Math.min(length, bytes.length))) };
  }
  if (family === FAMILY.ipv4 && length >= 16) {
    return { kind: "ip", hostname: bytes.subarray(4, 8).join("."), port: readPort(bytes) };
  }
  if (family === FAMILY.ipv6 && length >= 28) {
    return { kind: "ip", hostname: decodeIpv6(bytes), port: readPort(bytes) };
  }
  return undefined;
}

function encodeUnix(path: string): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(path);
  const isAbstract = name[0] === 0;
  // The NUL after a path is not asked for by Linux, and is what every other program writes.
  const used = name.length + (isAbstract || name.length === 0 ? 0 : 1);
  if (used > PATH_BYTES) {
    throw new RangeError(
      `Cannot use the socket path ${JSON.stringify(path)}: ` +
        `it has ${name.length} bytes, the most is ${PATH_BYTES - (isAbstract ? 0 : 1)}`,
    );
  }
  if (!isAbstract && name.includes(0)) {
    throw new RangeError(`Cannot use the socket path ${JSON.stringify(path)}: it contains a NUL`);
  }
  const bytes = new Uint8Array(2 + used);
  bytes[0] = FAMILY.unix;
  bytes.set(name, 2);
  return bytes;
}

function encodeIpv4(hostname: string, port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  bytes[0] = FAMILY.ipv4;
  writePort(bytes, port);
  bytes.set(parseIpv4(hostname) ?? notNumeric(hostname), 4);
  return bytes;
}

function encodeIpv6(hostname: string, port: number): Uint8Array<ArrayBuffer> {
  const [address, scope, ...rest] = hostname.split("%");
  const groups = parseIpv6(address!);
  if (
    groups === undefined || rest.length > 0 || (scope !== undefined && !/^\d{1,9}$/.test(scope))
  ) {
    notNumeric(hostname);
  }
  const bytes = new Uint8Array(28);
  bytes[0] = FAMILY.ipv6;
  writePort(bytes, port);
  groups.forEach((group, i) => {
    bytes[8 + 2 * i] = group >> 8;
    bytes[9 + 2 * i] = group & 255;
  });
  new DataView(bytes.buffer).setUint32(24, Number(scope ?? 0), true);
  return bytes;
}

function notNumeric(hostname: string): never {
  throw new TypeError(
    `Cannot use ${JSON.stringify(hostname)} as an address: ` +
      "it must be numeric, as in 127.0.0.1 or ::1",
  );
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

/** The eight groups of an address in the text forms of RFC 4291, section 2.2. */
function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
      continue;
    }
    const octets = isLast && i === parts.length - 1 ? parseIpv4(part) : undefined;
    if (octets === undefined) return undefined;
    groups.push(octets[0]! << 8 | octets[1]!, octets[2]! << 8 | octets[3]!);
  }
  return groups;
}

/** The text of RFC 5952: lower case, the longest run of two zero groups or more as `::`, an IPv4-mapped address dotted. */
function decodeIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[8 + 2 * i]! << 8 | bytes[9 + 2 * i]!);
  const scope = bytes[24]! + bytes[25]! * 2 ** 8 + bytes[26]! * 2 ** 16 + bytes[27]! * 2 ** 24;
  const suffix = scope === 0 ? "" : `%${scope}`;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(20, 24).join(".")}${suffix}`;
  }
  let from = 0, length = 0;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [from, length] = [i, end - i];
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":") + suffix;
  return `${hex.slice(0, from).join(":")}::${hex.slice(from + length).join(":")}${suffix}`;
}

function decodePath(name: Uint8Array): string {
  // An abstract name is all of its bytes; a path ends at its NUL.
  if (name.length === 0 || name[0] === 0) return decoder.decode(name);
  const end = name.indexOf(0);
  return decoder.decode(end < 0 ? name : name.subarray(0, end));
}

const readPort = (bytes: Uint8Array) => bytes[2]! << 8 | bytes[3]!;

function writePort(bytes: Uint8Array, port: number): void {
  bytes[2] = port >> 8;
  bytes[3] = port & 255;
}
