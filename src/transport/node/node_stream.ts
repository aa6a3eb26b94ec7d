// Stream channels over sockets of node:net and node:tls, shared by all transports of driver `node`.

import type net from "node:net";
import type { FindableSocket } from "../../kernel/find_fd.ts";
import type { MaybePromise, StreamChannel } from "../channel.ts";
import { ReadBack } from "../read_back.ts";
import { TcpPushes } from "../tcp_pushes.ts";

/** What one write hands over at most, in bytes: more would be held in memory whole, and a reader that does not read would not be noticed. */
const MAX_WRITE_BYTES = 65_536;
/** What may have arrived and not been read before the socket is paused, in bytes. */
const MAX_UNREAD_BYTES = 1_048_576;

export class NodeStreamChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #socket: net.Socket;
  readonly #readBack: ReadBack;
  readonly #tls: Readonly<Record<string, string>>;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #buffer: Uint8Array | undefined;
  #resolve!: (bytes: number | null) => void;
  #reject!: (error: unknown) => void;
  #isEnded = false;
  #isClosed = false;
  #error: unknown;

  /** `socket`: open, with `allowHalfOpen`, owned from now on; `asked`: by setting; `handshakeNs`: of TLS, at a client. */
  constructor(
    socket: net.Socket,
    asked: Readonly<Record<string, string>>,
    readonly handshakeNs?: number,
  ) {
    this.#socket = socket;
    this.#readBack = new ReadBack(findable(socket), asked, toldFd(socket));
    this.#tls = tlsSettings(socket as Partial<TlsFacts>);
    socket.on("data", this.#take);
    socket.on("end", this.#end);
    socket.on("error", this.#fail);
    socket.on("close", this.#end);
  }

  get settings(): Readonly<Record<string, string>> {
    return { ...this.#readBack.settings(), ...this.#tls };
  }

  descriptor(): number | undefined {
    return this.#readBack.descriptor();
  }

  read(buffer: Uint8Array): MaybePromise<number | null> {
    if (this.#unreadBytes > 0) return this.#takeUnread(buffer);
    if (this.#isEnded || this.#error !== undefined) return this.#atEnd();
    return new Promise((resolve, reject) => {
      this.#buffer = buffer;
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  write(data: Uint8Array): MaybePromise<number> {
    if (this.#error !== undefined) throw this.#error;
    const socket = this.#socket;
    // What nothing is queued before goes to the kernel at once, and the caller may use its buffer again.
    if (data.length <= MAX_WRITE_BYTES && socket.writableLength === 0) {
      let failed: ((error: unknown) => void) | undefined;
      let done: (() => void) | undefined;
      socket.write(data, (error) => error ? failed?.(error) : done?.());
      if (socket.writableLength === 0) return data.length;
      return new Promise((resolve, reject) => {
        failed = reject;
        done = () => resolve(data.length);
      });
    }
    return new Promise((resolve, reject) => {
      const part = data.length > MAX_WRITE_BYTES ? data.subarray(0, MAX_WRITE_BYTES) : data;
      socket.write(part, (error) => error ? reject(error) : resolve(part.length));
    });
  }

  async bareExchange(bytes: number, count: number): Promise<void> {
    const request = new Uint8Array(bytes);
    const done = Promise.withResolvers<void>();
    let received = 0;
    const total = bytes * count;
    await this.#bare(done, (chunk) => {
      received += chunk.length;
      if (received % bytes !== 0) return;
      if (received < total) this.#socket.write(request);
      else done.resolve();
    }, request);
  }

  async bareAnswer(bytes: number): Promise<void> {
    const done = Promise.withResolvers<void>();
    let received = 0;
    await this.#bare(done, (chunk) => {
      received += chunk.length;
      if (received % bytes === 0) this.#socket.write(bytes === chunk.length ? chunk : pad(bytes));
    });
  }

  async closeWrite(): Promise<void> {
    // Deno 2.9.6 loses the end of a TLS stream that ends in the turn of its last write, now and then: the other end reads on for ever.
    if ("encrypted" in this.#socket) await new Promise((resolve) => setTimeout(resolve, 0));
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#readBack.close();
    // What a write handed over goes out first; a connection of TLS has a goodbye to send.
    if (this.#socket.writableLength > 0 || "encrypted" in this.#socket) this.#socket.destroySoon();
    else this.#socket.destroy();
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#end();
  }

  readonly #take = (chunk: Uint8Array): void => {
    const buffer = this.#buffer;
    if (buffer !== undefined && chunk.length <= buffer.length) {
      this.#buffer = undefined;
      buffer.set(chunk);
      return this.#resolve(chunk.length);
    }
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes > MAX_UNREAD_BYTES) this.#socket.pause();
    if (buffer === undefined) return;
    this.#buffer = undefined;
    this.#resolve(this.#takeUnread(buffer));
  };

  readonly #end = (): void => {
    this.#isEnded = true;
    if (this.#buffer === undefined) return;
    this.#buffer = undefined;
    if (this.#error === undefined) this.#resolve(null);
    else this.#reject(this.#error);
  };

  readonly #fail = (error: unknown): void => {
    if (!this.#isClosed) this.#error = error;
    this.#end();
  };

  #atEnd(): null {
    if (this.#error !== undefined) throw this.#error;
    return null;
  }

  #takeUnread(buffer: Uint8Array): number {
    const oldest = this.#unread[0]!;
    const bytes = Math.min(oldest.length, buffer.length);
    buffer.set(bytes < oldest.length ? oldest.subarray(0, bytes) : oldest);
    if (bytes < oldest.length) this.#unread[0] = oldest.subarray(bytes);
    else this.#unread.shift();
    this.#unreadBytes -= bytes;
    if (this.#unreadBytes <= MAX_UNREAD_BYTES && this.#socket.isPaused()) this.#socket.resume();
    return bytes;
  }

  /** Has `onData` get what arrives until it is done, or the stream ends. */
  async #bare(
    done: PromiseWithResolvers<void>,
    onData: (chunk: Uint8Array) => void,
    first?: Uint8Array,
  ): Promise<void> {
    const socket = this.#socket;
    const end = () => done.resolve();
    socket.off("data", this.#take);
    socket.on("data", onData).on("end", end).on("close", end).on("error", done.reject);
    // What came before somebody asked for it.
    this.#unreadBytes = 0;
    for (const chunk of this.#unread.splice(0)) onData(chunk);
    if (this.#isEnded) end();
    if (first !== undefined) socket.write(first);
    await done.promise;
    socket.off("data", onData).off("end", end).off("close", end).off("error", done.reject);
    socket.on("data", this.#take);
  }
}

/** A {@link NodeStreamChannel} over TCP, with what only TCP has. */
export class NodeTcpChannel extends NodeStreamChannel {
  #pushes: TcpPushes | undefined;

  setCork(isOn: boolean): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).setCork(isOn);
  }

  acknowledgeNow(): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).acknowledgeNow();
  }
}

const pads = new Map<number, Uint8Array>();

function pad(bytes: number): Uint8Array {
  if (!pads.has(bytes)) pads.set(bytes, new Uint8Array(bytes));
  return pads.get(bytes)!;
}

interface TlsFacts {
  getProtocol(): string | null;
  getCipher(): { readonly name: string };
  isSessionReused(): boolean;
}

/** What was agreed in the handshake; nothing for a socket without TLS. */
function tlsSettings(socket: Partial<TlsFacts>): Readonly<Record<string, string>> {
  if (socket.getProtocol === undefined) return {};
  return {
    tlsVersion: socket.getProtocol() ?? "unknown",
    tlsCipher: socket.getCipher!()?.name ?? "unknown",
    tlsHandshake: socket.isSessionReused!() ? "resumed" : "full",
  };
}

/** The descriptor, where the runtime tells: Deno does for Unix-domain sockets alone, from 2.7 on; Node and Bun for all. */
function toldFd(socket: net.Socket): number | undefined {
  const { fd } = (socket as { readonly _handle?: { readonly fd?: unknown } })._handle ?? {};
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}

/** A socket of Node as the kernel room looks for it. */
function findable(socket: net.Socket): FindableSocket {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  const address = (hostname: string | undefined, port: number | undefined): Deno.Addr =>
    hostname === undefined
      ? { transport: "unix", path: "" }
      : { transport: "tcp", hostname, port: port! };
  return {
    localAddr: address(localAddress, localPort),
    remoteAddr: address(remoteAddress, remotePort),
  };
}
