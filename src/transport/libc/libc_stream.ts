// Stream channels over blocking system calls, shared by `tcp`, `tcp6`, `mptcp`, `unix`, `seqpacket` and what else has connections.

import type { LibcSymbols } from "../../kernel/libc.ts";
import { readSettings } from "../../kernel/socket_settings.ts";
import { type MaybePromise, MessageTooLargeError, type StreamChannel } from "../channel.ts";
import { ERRNO } from "../../kernel/system_error.ts";
import { connectedEnds } from "../connected_ends.ts";
import { TcpPushes } from "../tcp_pushes.ts";
import { type LibcSocket, MSG, refusesSize } from "./libc_socket.ts";
import { POLL } from "./waiting.ts";

const SHUT_WR = 1;

/** A StreamChannel over a connected {@link LibcSocket}: `recv` and `send` return numbers, promises only where a slice was not enough. */
export class LibcStreamChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #socket: LibcSocket;
  readonly #recv: LibcSymbols["recv"];
  readonly #send: LibcSymbols["send"];
  // Lengths as the table takes a size_t without leaving its fast path: as bigint, made once per length and not once per call.
  #readBytes = -1;
  #readSize = 0n;
  #writeBytes = -1;
  #writeSize = 0n;
  #readsInSlices = false;
  #writesInSlices = false;
  readonly #messagesOf: string | undefined;
  readonly #readFlags: number;

  /** `messagesOf`: the transport's name where each write is one message; absent: bytes. */
  constructor(socket: LibcSocket, messagesOf?: string) {
    this.#socket = socket;
    this.#messagesOf = messagesOf;
    // Asks for the length of the message and not of what of it fits. In TCP the flag would mean to throw bytes away.
    this.#readFlags = messagesOf === undefined ? 0 : MSG.truncate;
    this.#recv = socket.libc.symbols.recv;
    this.#send = socket.libc.symbols.send;
  }

  get settings(): Readonly<Record<string, string>> {
    const fd = this.descriptor();
    return fd === undefined ? {} : readSettings(fd);
  }

  descriptor(): number | undefined {
    return this.#socket.fd < 0 ? undefined : this.#socket.fd;
  }

  ends(): { local: string; remote: string } | undefined {
    const fd = this.descriptor();
    return fd === undefined ? undefined : connectedEnds(fd);
  }

  read(buffer: Uint8Array<ArrayBuffer>): MaybePromise<number | null> {
    if (buffer.length !== this.#readBytes) this.#prepareRead(buffer.length);
    const socket = this.#socket;
    const read = this.#recv(socket.fd, buffer, this.#readSize, socket.waitFlags | this.#readFlags);
    return read > 0 && read <= this.#readBytes ? read : this.#readRest(read, buffer);
  }

  tryRead(buffer: Uint8Array<ArrayBuffer>): number | null | undefined {
    const size = BigInt(buffer.length);
    // Twice: the runtime may overwrite errno between the call and its reading (a collection of garbage maps memory).
    for (let attempt = 1;; attempt++) {
      const read = this.#recv(this.#socket.fd, buffer, size, MSG.dontWait | this.#readFlags);
      if (read > 0 && read <= buffer.length) return read;
      if (read >= 0) return this.#checked(read, buffer.length);
      const { errno } = this.#socket.libc;
      if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) return undefined;
      if (attempt > 1) throw this.#socket.libc.error("recv", errno);
    }
  }

  write(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (data.length !== this.#writeBytes) this.#prepareWrite(data.length);
    const socket = this.#socket;
    const written = this.#send(socket.fd, data, this.#writeSize, socket.waitFlags | MSG.noSignal);
    return written >= 0 ? written : this.#writeLater(data);
  }

  /** See {@link StreamChannel.bareExchange}: where a slice was not enough, the rest of the exchange is that of the other methods. */
  async bareExchange(bytes: number, count: number): Promise<void> {
    const request = new Uint8Array(bytes);
    const reply = new Uint8Array(bytes);
    this.#prepareRead(bytes);
    this.#prepareWrite(bytes);
    const { recv, send } = this.#socket.libc.symbols;
    const { fd, waitFlags } = this.#socket;
    const size = BigInt(bytes);
    const sendFlags = waitFlags | MSG.noSignal;
    for (let i = 0; i < count; i++) {
      if (send(fd, request, size, sendFlags) !== bytes) throw this.#bareFault("send");
      const read = recv(fd, reply, size, waitFlags);
      if (read !== bytes) await this.#bareRead(read, reply);
    }
  }

  async bareAnswer(bytes: number): Promise<void> {
    const buffer = new Uint8Array(bytes);
    this.#prepareRead(bytes);
    this.#prepareWrite(bytes);
    const { recv, send } = this.#socket.libc.symbols;
    const { fd, waitFlags } = this.#socket;
    const size = BigInt(bytes);
    const sendFlags = waitFlags | MSG.noSignal;
    for (;;) {
      const read = recv(fd, buffer, size, waitFlags);
      if (read !== bytes && !await this.#bareRead(read, buffer)) return;
      if (send(fd, buffer, size, sendFlags) !== bytes) throw this.#bareFault("send");
    }
  }

  bareCalls(count: number): void {
    const { __errno_location } = this.#socket.libc.symbols;
    for (let i = 0; i < count; i++) __errno_location();
  }

  closeWrite(): void {
    const { libc, fd } = this.#socket;
    if (fd < 0) throw new Error("Cannot shutdown: the socket is closed");
    libc.check(libc.symbols.shutdown(fd, SHUT_WR), "shutdown");
  }

  close(): void {
    this.#socket.close();
  }

  #prepareRead(bytes: number): void {
    if (!this.#readsInSlices && !this.#socket.spins) this.#socket.sliceReceives();
    this.#readsInSlices = true;
    this.#readBytes = bytes;
    this.#readSize = BigInt(bytes);
  }

  #prepareWrite(bytes: number): void {
    if (!this.#writesInSlices && !this.#socket.spins) this.#socket.sliceSends();
    this.#writesInSlices = true;
    this.#writeBytes = bytes;
    this.#writeSize = BigInt(bytes);
  }

  /** What a bare read does that brought less than all: false at the end of the stream. */
  async #bareRead(read: number, buffer: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const later = await this.#readRest(read, buffer);
    if (later === null) return false;
    if (later !== buffer.length) throw this.#bareFault("recv");
    return true;
  }

  #bareFault(call: string): Error {
    return new Error(`a ${call} of a bare exchange took or brought less than all`);
  }

  /** A read that found the end of the stream, nothing, or a message that did not fit. */
  #readRest(read: number, buffer: Uint8Array<ArrayBuffer>): MaybePromise<number | null> {
    if (read >= 0) return this.#checked(read, buffer.length);
    const socket = this.#socket;
    const size = this.#readSize;
    const later = socket.retry(
      "recv",
      POLL.in,
      (flags) => this.#recv(socket.fd, buffer, size, flags | this.#readFlags),
    );
    return typeof later === "number"
      ? this.#checked(later, buffer.length)
      : later.then((bytes) => this.#checked(bytes, buffer.length));
  }

  #checked(read: number, bufferBytes: number): number | null {
    if (read > bufferBytes) {
      throw new Error(
        `Cannot read a ${this.#messagesOf} message of ${read} bytes into ${bufferBytes}: the rest of it is lost`,
      );
    }
    return read === 0 && bufferBytes > 0 ? null : read;
  }

  #writeLater(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    const socket = this.#socket;
    const size = this.#writeSize;
    try {
      return socket.retry(
        "send",
        POLL.out,
        (flags) => this.#send(socket.fd, data, size, flags | MSG.noSignal),
      );
    } catch (error) {
      if (this.#messagesOf === undefined || !refusesSize(error)) throw error;
      throw new MessageTooLargeError(this.#messagesOf, data.length, null);
    }
  }
}

/** A {@link LibcStreamChannel} over TCP, with what only TCP has. */
export class LibcTcpChannel extends LibcStreamChannel {
  #pushes: TcpPushes | undefined;

  setCork(isOn: boolean): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).setCork(isOn);
  }

  acknowledgeNow(): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).acknowledgeNow();
  }
}
