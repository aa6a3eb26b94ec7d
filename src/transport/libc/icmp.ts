// ICMP echo (RFC 792) over a raw socket on the loopback interface: the kernel itself answers, in the sender's own system call. The round
// trip without a second program is what is left of UDP's when nobody has to be woken.
//
// What a raw socket leaves to its owner is measured with it: the checksum, the search for one's own replies, and a copy each way.

import { openKernel } from "../../kernel/libc.ts";
import { encodeAddress } from "../../kernel/socket_address.ts";
import type { DatagramChannel, Endpoint, MaybePromise } from "../channel.ts";
import { MessageTooLargeError } from "../channel.ts";
import type { Availability, DatagramTransport, OpenOptions } from "../transport.ts";
import { LibcDatagramChannel } from "./libc_datagram.ts";
import { LibcSocket, SOCKET_TYPE } from "./libc_socket.ts";
import { refusedSocket } from "./local_endpoint.ts";

const AF_INET = 2;
const IPPROTO_ICMP = 1;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
/** What ICMP_FILTER keeps out, a bit for each type: all but echo replies, as loopback shows the socket its own requests too. */
const REPLIES_ONLY = new Uint8Array(new Uint32Array([~1]).buffer);
const ECHO_REQUEST = 8;
const IP_HEADER_BYTES = 20;
const ECHO_HEADER_BYTES = 8;
/** 65,535 bytes of an IP packet, less the headers (RFC 791, RFC 792). */
const LIMIT_BYTES = 65_507;
/** The largest packet, and to the next whole word: a multiple of 4. */
const PACKET_ROOM_BYTES = ECHO_HEADER_BYTES + LIMIT_BYTES + 5;
const LOOPBACK: Endpoint = { kind: "ip", hostname: "127.0.0.1", port: 0 };

/** ICMP echo requests to 127.0.0.1, which the kernel answers. Needs CAP_NET_RAW. */
export const icmpLibc: DatagramTransport = {
  name: "icmp",
  driver: "libc",
  mode: "datagram",
  blocking: true,
  answeredBy: "kernel",
  title: "ICMP echo over IPv4 loopback, answered by the kernel, by blocking system calls",
  bind: ({ remote, ...options }) =>
    Promise.resolve(remote === undefined ? new IdleChannel() : new EchoChannel(options)),
  probe: (options) => probe(options),
};

/** The driving end: each message goes out as an echo request and comes back as its reply. */
class EchoChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly endpoint = LOOPBACK;
  readonly #channel: LibcDatagramChannel;
  readonly #packet = new Uint8Array(PACKET_ROOM_BYTES);
  readonly #words = new Uint32Array(this.#packet.buffer);
  readonly #header = new DataView(this.#packet.buffer);
  readonly #incoming = new Uint8Array(IP_HEADER_BYTES + ECHO_HEADER_BYTES + LIMIT_BYTES);
  readonly #reply = new DataView(this.#incoming.buffer);
  readonly #identifier = crypto.getRandomValues(new Uint16Array(1))[0]!;
  #outgoing = this.#packet.subarray(0, ECHO_HEADER_BYTES);
  #sequence = 0;

  constructor(options: OpenOptions) {
    const socket = LibcSocket.open(AF_INET, SOCKET_TYPE.raw, IPPROTO_ICMP, options);
    try {
      socket.setOption(SOL_RAW, ICMP_FILTER, REPLIES_ONLY, "ICMP_FILTER");
      const address = encodeAddress({ kind: "ip", hostname: "127.0.0.1", port: 0 });
      socket.libc.check(socket.libc.symbols.connect(socket.fd, address, address.length), "connect");
      const kind = { name: "icmp", limitBytes: LIMIT_BYTES };
      this.#channel = new LibcDatagramChannel(socket, kind, LOOPBACK, 0);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  get settings(): Readonly<Record<string, string>> {
    return this.#channel.settings;
  }

  descriptor(): number | undefined {
    return this.#channel.descriptor();
  }

  send(data: Uint8Array): MaybePromise<number> {
    if (data.length > LIMIT_BYTES) throw new MessageTooLargeError("icmp", data.length, LIMIT_BYTES);
    const bytes = ECHO_HEADER_BYTES + data.length;
    if (this.#outgoing.length !== bytes) this.#outgoing = this.#packet.subarray(0, bytes);
    // Bytes beyond the end, up to a whole word, count as 0 in the checksum.
    this.#packet.fill(0, bytes, bytes + 3);
    this.#packet.set(data, ECHO_HEADER_BYTES);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#header.setUint32(0, ECHO_REQUEST << 24);
    this.#header.setUint16(4, this.#identifier);
    this.#header.setUint16(6, this.#sequence);
    this.#header.setUint16(2, checksum(this.#words, bytes), true);
    const sent = this.#channel.send(this.#outgoing);
    return typeof sent === "number" ? data.length : sent.then(() => data.length);
  }

  receive(buffer: Uint8Array): MaybePromise<number> {
    for (;;) {
      const received = this.#channel.receive(this.#incoming);
      if (typeof received !== "number") return this.#receiveLater(received, buffer);
      if (this.#isMine(received)) return this.#take(received, buffer);
    }
  }

  // The kernel answers a driver, never the other way round.
  reply(): never {
    throw new Error("Cannot reply on an icmp socket: nothing is received here but replies");
  }

  close(): void {
    this.#channel.close();
  }

  async #receiveLater(pending: Promise<number>, buffer: Uint8Array): Promise<number> {
    const received = await pending;
    return this.#isMine(received) ? this.#take(received, buffer) : await this.receive(buffer);
  }

  /** Replies to other programs' requests come here too. */
  #isMine(received: number): boolean {
    return received >= IP_HEADER_BYTES + ECHO_HEADER_BYTES &&
      this.#reply.getUint16(IP_HEADER_BYTES + 4) === this.#identifier &&
      this.#reply.getUint16(IP_HEADER_BYTES + 6) === this.#sequence;
  }

  #take(received: number, buffer: Uint8Array): number {
    const from = IP_HEADER_BYTES + ECHO_HEADER_BYTES;
    const bytes = Math.min(received - from, buffer.length);
    buffer.set(this.#incoming.subarray(from, from + bytes));
    return bytes;
  }
}

/** The serving end: hears nothing until it is closed, and costs nothing meanwhile. */
class IdleChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly endpoint = LOOPBACK;
  readonly #closed = Promise.withResolvers<never>();

  constructor() {
    this.#closed.promise.catch(() => {});
  }

  send(): never {
    throw new Error("Cannot send on an icmp socket that was bound without a remote");
  }

  receive(): Promise<number> {
    return this.#closed.promise;
  }

  reply(): never {
    throw new Error("Cannot reply on an icmp socket that has received nothing yet");
  }

  close(): void {
    this.#closed.reject(new Error("the socket was closed"));
  }
}

/** The one's complement sum of RFC 1071; its own word must be 0. 32 bits at a time: 16 took three quarters of an exchange of 16 KiB. */
function checksum(words: Uint32Array, bytes: number): number {
  let sum = 0;
  const count = (bytes + 3) >> 2;
  for (let at = 0; at < count; at++) sum += words[at]!;
  while (sum > 0xffff) sum = sum % 0x10000 + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

async function probe(options: OpenOptions): Promise<Availability> {
  const kernel = openKernel();
  if (!kernel.available) return kernel;
  const refused = refusedSocket(AF_INET, SOCKET_TYPE.raw, IPPROTO_ICMP);
  if (refused !== undefined) return refused;
  const channel = new EchoChannel(options);
  try {
    await channel.send(new Uint8Array(1));
    const received = channel.receive(new Uint8Array(1));
    // The kernel answers before `send` returns: what has not come after a slice will not come.
    if (typeof received === "number") return { available: true, largestMessageBytes: LIMIT_BYTES };
    received.catch(() => {});
    const reason = "the kernel does not answer echo requests (net.ipv4.icmp_echo_ignore_all)";
    return { available: false, reason };
  } catch (error) {
    return { available: false, reason: (error as Error).message };
  } finally {
    channel.close();
  }
}
