/**
 * Stream channels over blocking system calls, shared by `tcp`, `tcp6`, `mptcp`, `unix`, `seqpacket` and what else has connections.
 *
 * @module
 */

import type { LibcSymbols } from "../../kernel/libc.ts";
import { readSettings } from "../../kernel/socket_settings.ts";
import { type MaybePromise, MessageTooLargeError, type StreamChannel } from "../channel.ts";
import { type LibcSocket, MSG, refusesSize } from "./libc_socket.ts";
import { POLL } from "./waiting.ts";

const SHUT_WR = 1;

/** A StreamChannel over a connected {@link LibcSocket}: `recv` and `send` return numbers, promises only where a slice was not enough. */
export class LibcStreamChannel implements StreamChannel {
  /** See {@link StreamChannel.mode}. */
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

  /**
   * @param socket connected; owned from now on
   * @param messagesOf the transport's name where each write is one message and each read takes one whole; absent: bytes
   */
  constructor(socket: LibcSocket, messagesOf?: string) {
    this.#socket = socket;
    this.#messagesOf = messagesOf;
    // Asks for the length of the message and not of what of it fits. In TCP the flag would mean to throw bytes away.
    this.#readFlags = messagesOf === undefined ? 0 : MSG.truncate;
    this.#recv = socket.libc.symbols.recv;
    this.#send = socket.libc.symbols.send;
  }

  /** See {@link StreamChannel.settings}. */
  get settings(): Readonly<Record<string, string>> {
    const fd = this.descriptor();
    return fd === undefined ? {} : readSettings(fd);
  }

  /** See {@link StreamChannel.descriptor}. */
  descriptor(): number | undefined {
    return this.#socket.fd < 0 ? undefined : this.#socket.fd;
  }

  /** See {@link StreamChannel.read}. */
  read(buffer: Uint8Array<ArrayBuffer>): MaybePromise<number | null> {
    if (buffer.length !== this.#readBytes) this.#prepareRead(buffer.length);
    const socket = this.#socket;
    const read = this.#recv(
      socket.fd,
      buffer,
      this.#readSize,
      socket.waitFlags | this.#readFlags,
    );
    return read > 0 && read <= this.#readBytes ? read : this.#readRest(read, buffer);
  }

  /** See {@link StreamChannel.write}. */
  write(data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (data.length !== this.#writeBytes) this.#prepareWrite(data.length);
    const socket = this.#socket;
    const written = this.#send(socket.fd, data, this.#writeSize, socket.waitFlags | MSG.noSignal);
    return written >= 0 ? written : this.#writeLater(data);
  }

  /** See {@link StreamChannel.closeWrite}. */
  closeWrite(): void {
    const { libc, fd } = this.#socket;
    libc.check(libc.symbols.shutdown(fd, SHUT_WR), "shutdown");
  }

  /** See {@link StreamChannel.close}. */
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
