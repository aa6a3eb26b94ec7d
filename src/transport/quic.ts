// QUIC on the loopback interface: a connection with one stream of bytes in each direction.
//
// Closing a connection discards what is under way: each end ends its stream, and the connecting one closes the connection once it has
// seen the end of both.

import type { Endpoint, StreamChannel } from "./channel.ts";
import { MailboxListener } from "./mailbox.ts";
import { probeStream } from "./probe.ts";
import { connectQuic, listenQuic, type QuicEnd, quicFault, restQuic } from "./quic_endpoints.ts";
import type { StreamTransport } from "./transport.ts";

/** What one write hands over at most, in bytes, and the size of the buffer that reads go through. */
const MAX_BYTES = 65_536;

/** QUIC between two ends on 127.0.0.1, a connection with one stream for each channel. */
export const quic: StreamTransport = {
  name: "quic",
  driver: "deno",
  mode: "stream",
  title: "QUIC over UDP on IPv4 loopback; connecting includes the handshake and a round trip",
  listen: () => QuicListener.open(),
  async connect(endpoint) {
    const end = await connectQuic("quic", endpoint);
    return new QuicChannel(end, end.handshakeNs);
  },
  rest: restQuic,
  probe: async (options) => quicFault() ?? await probeStream(quic, options),
};

class QuicChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #conn: Deno.QuicConn;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #own: Uint8Array<ArrayBuffer> = new Uint8Array(MAX_BYTES);
  #unread: Uint8Array = this.#own.subarray(0, 0);
  /** Waits for the read that is under way, which goes on when this end is closed. */
  #settle: ((bytes: null) => void) | undefined;
  #reading: Promise<number | null> | undefined;
  #isEnded = false;
  #isClosed = false;

  /** @param handshakeNs how long the handshake took; absent at the serving end, which leaves it to the other to close the connection */
  constructor({ conn, stream: { readable, writable } }: QuicEnd, readonly handshakeNs?: number) {
    this.#conn = conn;
    this.#reader = readable.getReader({ mode: "byob" });
    this.#writer = writable.getWriter();
    for (const { closed } of [this.#reader, this.#writer]) closed.catch(() => {});
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#unread.length > 0) return Promise.resolve(this.#take(buffer));
    if (this.#isEnded || this.#isClosed) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reading = this.#fill();
      this.#reading.then((bytes) => {
        this.#settle = undefined;
        if (!this.#isClosed) resolve(bytes === null ? null : this.#take(buffer));
      }, reject);
    });
  }

  async write(data: Uint8Array): Promise<number> {
    const part = data.length > MAX_BYTES ? data.subarray(0, MAX_BYTES) : data;
    await this.#writer.write(part);
    return part.length;
  }

  closeWrite(): Promise<void> {
    return this.#writer.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle?.(null);
    this.#finish().catch(() => {}).finally(() => {
      if (this.handshakeNs !== undefined) this.#conn.close();
    });
  }

  async #finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reading;
    while (!this.#isEnded) await this.#fill();
  }

  /** Reads what is there next; `null` at the end. The buffer of a read is lent and comes back as another. */
  async #fill(): Promise<number | null> {
    const { value, done } = await this.#reader.read(this.#own);
    if (value !== undefined) this.#own = new Uint8Array(value.buffer as ArrayBuffer);
    this.#isEnded = done;
    this.#unread = done ? this.#own.subarray(0, 0) : this.#own.subarray(0, value!.length);
    return done ? null : value!.length;
  }

  #take(buffer: Uint8Array): number {
    const bytes = Math.min(this.#unread.length, buffer.length);
    buffer.set(this.#unread.subarray(0, bytes));
    this.#unread = this.#unread.subarray(bytes);
    return bytes;
  }
}

class QuicListener extends MailboxListener<QuicChannel> {
  declare readonly endpoint: Endpoint;
  declare readonly stop: () => void;

  static async open(): Promise<QuicListener> {
    const listener = new QuicListener();
    const listening = await listenQuic((end) => listener.accepted.put(new QuicChannel(end)));
    return Object.assign(listener, listening);
  }

  protected release(): void {
    this.stop();
  }
}
