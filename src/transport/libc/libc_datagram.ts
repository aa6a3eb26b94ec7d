// Datagram channels over blocking system calls, shared by `udp`, `udp6` and `unixpacket`.
//
// A socket with a remote is connected to it and uses `send` and `recv`, as sockperf does; the kernel then looks the route up once, and lets
// nobody else through. One that serves a single client is connected to it as soon as its first message is there. One that serves several
// answers with `sendto` what it took with `recvfrom`. Deno's own sockets are never connected: they use `sendto` at both ends.

import type { LibcSymbols } from "../../kernel/libc.ts";
import { readSettings } from "../../kernel/socket_settings.ts";
import { ADDRESS_BYTES } from "../../kernel/socket_address.ts";
import { ERRNO } from "../../kernel/system_error.ts";
import type { DatagramChannel, Endpoint, ForeignMessages, MaybePromise } from "../channel.ts";
import { MessageTooLargeError } from "../channel.ts";
import { LibcSenders } from "./libc_senders.ts";
import { type LibcSocket, MSG, refusesSize } from "./libc_socket.ts";
import { POLL } from "./waiting.ts";

/** What differs between the transports that share {@link LibcDatagramChannel}. */
export interface LibcDatagramKind {
  readonly name: string;
  /** The largest message where the protocol fixes it; `null` where the kernel's settings do. */
  readonly limitBytes: number | null;
}

/** A DatagramChannel over a bound {@link LibcSocket}: calls return numbers, promises only where a slice was not enough. */
export class LibcDatagramChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly #socket: LibcSocket;
  readonly #kind: LibcDatagramKind;
  readonly #clients: number;
  /** Whether the kernel lets one sender through and no other. */
  #isConnected: boolean;
  /** Whether it was connected to the client whose message came first; before that others' may have come, which are still to be read. */
  #hasAccepted = false;
  readonly #senders = new LibcSenders();
  readonly #cleanUp: () => void;
  readonly #symbols: LibcSymbols;
  /** The sender of the last message, where the kernel writes it and `sendto` reads it: nothing is made per message. */
  readonly #from = new Uint8Array(ADDRESS_BYTES);
  readonly #fromLength = new Uint32Array(1);
  // Lengths as the table takes a size_t without leaving its fast path: as bigint, made once per length and not once per call.
  #sendBytes = -1;
  #sendSize = 0n;
  #receiveBytes = -1;
  #receiveSize = 0n;
  #closed = false;

  /** `socket`: bound, owned from now on; `clients`: sockets that will send here, 0: it is connected to its remote. */
  constructor(
    socket: LibcSocket,
    kind: LibcDatagramKind,
    readonly endpoint: Endpoint,
    clients: number,
    cleanUp: () => void = () => {},
  ) {
    this.#socket = socket;
    this.#kind = kind;
    this.#clients = clients;
    this.#isConnected = clients === 0;
    this.#cleanUp = cleanUp;
    this.#symbols = socket.libc.symbols;
    if (socket.spins) return;
    socket.sliceReceives();
    socket.sliceSends();
  }

  get settings(): Readonly<Record<string, string>> {
    const fd = this.descriptor();
    return fd === undefined ? {} : readSettings(fd);
  }

  descriptor(): number | undefined {
    return this.#closed ? undefined : this.#socket.fd;
  }

  send(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (this.#clients > 0) {
      throw new Error(`Cannot send on a ${this.#kind.name} socket that was bound without a remote`);
    }
    return this.#sendConnected(data);
  }

  #sendConnected(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (data.length !== this.#sendBytes) this.#prepareSend(data.length);
    const socket = this.#socket;
    const flags = socket.waitFlags | MSG.noSignal;
    const sent = this.#symbols.send(socket.fd, data, this.#sendSize, flags);
    return sent >= 0 ? sent : this.#sendLater(data);
  }

  receive(buffer: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (buffer.length !== this.#receiveBytes) {
      this.#receiveBytes = buffer.length;
      this.#receiveSize = BigInt(buffer.length);
    }
    const socket = this.#socket;
    const size = this.#receiveSize;
    const received = this.#receiveOnce(buffer, size, socket.waitFlags);
    if (received >= 0) return received;
    return socket.retry("recv", POLL.in, (flags) => this.#receiveOnce(buffer, size, flags));
  }

  tryReceive(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const received = this.#receiveOnce(buffer, BigInt(buffer.length), MSG.dontWait);
    if (received >= 0) return received;
    const { errno } = this.#socket.libc;
    if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) return undefined;
    throw this.#socket.libc.error("recv", errno);
  }

  reply(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (this.#isConnected || this.#hasAccepted) return this.#sendConnected(data);
    if (this.#fromLength[0] === 0) {
      throw new Error(
        `Cannot reply on a ${this.#kind.name} socket that has received nothing yet`,
      );
    }
    if (data.length !== this.#sendBytes) this.#prepareSend(data.length);
    const sent = this.#replyOnce(data, this.#sendSize, this.#socket.waitFlags);
    return sent >= 0 ? sent : this.#replyLater(data);
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return this.#senders.foreign(own);
  }

  /** See {@link DatagramChannel.bareExchange}: where a slice was not enough, the rest of the exchange is that of the other methods. */
  async bareExchange(bytes: number, count: number): Promise<void> {
    if (this.#clients > 0) throw new Error("Cannot exchange without a remote");
    const request = new Uint8Array(bytes);
    const reply = new Uint8Array(bytes + 1);
    const { recv, send } = this.#symbols;
    const { fd, waitFlags } = this.#socket;
    const [size, room] = [BigInt(bytes), BigInt(bytes + 1)];
    const sendFlags = waitFlags | MSG.noSignal;
    for (let i = 0; i < count; i++) {
      if (send(fd, request, size, sendFlags) < 0) await this.send(request);
      let received = recv(fd, reply, room, waitFlags);
      if (received < 0) received = await this.receive(reply);
      if (received !== bytes) throw new Error(`the reply has ${received} bytes`);
    }
  }

  async bareAnswer(bytes: number): Promise<void> {
    const buffer = new Uint8Array(bytes + 1);
    const request = buffer.subarray(0, bytes);
    const { recv, send } = this.#symbols;
    const { fd, waitFlags } = this.#socket;
    const [size, room] = [BigInt(bytes), BigInt(bytes + 1)];
    const sendFlags = waitFlags | MSG.noSignal;
    for (;;) {
      // The first of all comes by the way that connects the socket.
      let received = this.#isConnected ? recv(fd, buffer, room, waitFlags) : -1;
      if (received < 0) received = await this.receive(buffer);
      if (received !== bytes) throw new Error(`the request has ${received} bytes`);
      const isSent = this.#isConnected && send(fd, request, size, sendFlags) >= 0;
      if (!isSent) await this.reply(request);
    }
  }

  bareCalls(count: number): void {
    const { __errno_location } = this.#symbols;
    for (let i = 0; i < count; i++) __errno_location();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#cleanUp();
  }

  #prepareSend(bytes: number): void {
    this.#sendBytes = bytes;
    this.#sendSize = BigInt(bytes);
  }

  #receiveOnce(buffer: Uint8Array<ArrayBuffer>, size: bigint, flags: number): number {
    if (!this.#isConnected) return this.#receiveFromAny(buffer, size, flags);
    const { fd } = this.#socket;
    const received = this.#symbols.recv(fd, buffer, size, flags);
    return received < 0 && this.#isTold() ? this.#symbols.recv(fd, buffer, size, flags) : received;
  }

  /** Whether a call failed because the client of a serving socket has gone. The kernel says so once, where it is connected, and goes on. */
  #isTold(): boolean {
    return this.#hasAccepted && this.#socket.libc.errno === ERRNO.ECONNREFUSED;
  }

  #receiveFromAny(buffer: Uint8Array<ArrayBuffer>, size: bigint, flags: number): number {
    const { fd, libc } = this.#socket;
    const from = this.#from;
    this.#fromLength[0] = ADDRESS_BYTES;
    const now = this.#hasAccepted ? flags | MSG.dontWait : flags;
    const received = this.#symbols.recvfrom(fd, buffer, size, now, from, this.#fromLength);
    if (received >= 0) {
      this.#senders.count(from, this.#fromLength[0]!);
      if (this.#clients === 1 && !this.#hasAccepted) this.#acceptClient();
      return received;
    }
    // A failed call leaves the length at the room there was, which is no sender.
    this.#fromLength[0] = 0;
    if (!this.#hasAccepted || libc.errno !== ERRNO.EAGAIN) return received;
    // All that came before the socket was connected is read.
    this.#isConnected = true;
    return this.#symbols.recv(fd, buffer, size, flags);
  }

  /** Connects the socket to the sender of the first message; a sender without a name, which nobody can answer, leaves it as it is. */
  #acceptClient(): void {
    const { fd } = this.#socket;
    this.#hasAccepted = this.#symbols.connect(fd, this.#from, this.#fromLength[0]!) === 0;
  }

  #replyOnce(data: Uint8Array<ArrayBuffer>, size: bigint, flags: number): number {
    const { fd } = this.#socket;
    const length = this.#fromLength[0]!;
    return this.#symbols.sendto(fd, data, size, flags | MSG.noSignal, this.#from, length);
  }

  #sendLater(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    const { fd, waitFlags } = this.#socket;
    const size = this.#sendSize;
    if (this.#isTold()) {
      const sent = this.#symbols.send(fd, data, size, waitFlags | MSG.noSignal);
      if (sent >= 0) return sent;
    }
    return this.#retrySend(
      data,
      (flags) => this.#symbols.send(fd, data, size, flags | MSG.noSignal),
    );
  }

  #replyLater(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    const size = this.#sendSize;
    return this.#retrySend(data, (flags) => this.#replyOnce(data, size, flags));
  }

  #retrySend(
    data: Uint8Array<ArrayBuffer>,
    attempt: (waitFlags: number) => number,
  ): MaybePromise<number> {
    try {
      return this.#socket.retry("send", POLL.out, attempt);
    } catch (error) {
      throw refusesSize(error)
        ? new MessageTooLargeError(this.#kind.name, data.length, this.#kind.limitBytes)
        : error;
    }
  }
}
