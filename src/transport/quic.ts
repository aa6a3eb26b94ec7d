// QUIC (RFC 9000) on the loopback interface, by Deno's own endpoints: a connection with one stream of bytes in each direction.
//
// An endpoint of Deno keeps its UDP socket until it is collected as garbage: each thread has one that serves and one that connects, for
// all listeners and connections. A stream is not visible at the other end until data is sent on it: the first bytes name the listener,
// and its answer is a byte, so that connecting takes the handshake and one round trip. Closing a connection discards what is under
// way: each end ends its stream, and the connecting one closes the connection once it has seen the end of both.

import { systemClock } from "../clock.ts";
import { explainHandshake, ownCertificate } from "./certificate.ts";
import type { Endpoint, StreamChannel, StreamListener } from "./channel.ts";
import { Mailbox } from "./mailbox.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

const HOSTNAME = "127.0.0.1";
const ALPN = ["sockbench"];
/** What one write hands over at most, in bytes, and the size of the buffer that reads go through. */
const MAX_BYTES = 65_536;

/** QUIC between two ends on 127.0.0.1, a connection with one stream for each channel. */
export const quic: StreamTransport = {
  name: "quic",
  driver: "deno",
  mode: "stream",
  title: "QUIC over UDP on IPv4 loopback; connecting includes the handshake and a round trip",
  async listen() {
    return (await (serving ??= QuicServer.open())).listen();
  },
  connect,
  rest() {
    serving?.then((server) => {
      if (server.rest()) serving = undefined;
    }, () => serving = undefined);
  },
  probe: (options) =>
    // Without its flag an unstable API that is called ends the process.
    typeof Deno.QuicEndpoint === "undefined"
      ? Promise.resolve({
        available: false,
        reason: "this Deno has no QUIC, or was started without --unstable-net",
      })
      : probeStream(quic, options),
};

let serving: Promise<QuicServer> | undefined;
let connecting: Deno.QuicEndpoint | undefined;

async function connect(endpoint: Endpoint): Promise<StreamChannel> {
  if (endpoint.kind !== "ip" || endpoint.certificate === undefined) {
    throw new TypeError("Cannot connect quic to an endpoint without a certificate");
  }
  const { hostname, port, certificate, listener = 0 } = endpoint;
  connecting ??= new Deno.QuicEndpoint({ hostname: HOSTNAME, port: 0 });
  const startedNs = systemClock.nowNs();
  const options = { hostname, port, endpoint: connecting, alpnProtocols: ALPN };
  const conn = await Deno.connectQuic<false>({ ...options, caCerts: [certificate] })
    .catch((error) => {
      throw explainHandshake("quic", error);
    });
  const handshakeNs = systemClock.nowNs() - startedNs;
  try {
    const channel = new QuicChannel(conn, await conn.createBidirectionalStream(), handshakeNs);
    await channel.write(new Uint8Array(new Uint32Array([listener]).buffer));
    if (await channel.read(new Uint8Array(1)) === null) throw new Error("the stream has ended");
    return channel;
  } catch (error) {
    conn.close();
    throw new Error(`Cannot connect quic: nobody listens there (${(error as Error).message})`);
  }
}

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
  constructor(
    conn: Deno.QuicConn,
    { readable, writable }: Deno.QuicBidirectionalStream,
    readonly handshakeNs?: number,
  ) {
    this.#conn = conn;
    this.#reader = readable.getReader({ mode: "byob" });
    this.#writer = writable.getWriter();
    for (const closed of [this.#reader.closed, this.#writer.closed, conn.closed]) {
      closed.catch(() => {});
    }
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

/** The serving endpoint of a thread, and the listeners that share it. */
class QuicServer {
  readonly #listeners = new Map<number, QuicListener>();
  readonly #endpoint: Extract<Endpoint, { kind: "ip" }>;
  readonly #socket: Deno.QuicEndpoint;
  #opened = 0;

  constructor(listener: Deno.QuicListener, certificate: string) {
    const { port } = listener.endpoint.addr;
    this.#socket = listener.endpoint;
    this.#endpoint = { kind: "ip", hostname: HOSTNAME, port, certificate };
    this.#acceptAll(listener);
  }

  static async open(): Promise<QuicServer> {
    const certificate = await ownCertificate();
    const endpoint = new Deno.QuicEndpoint({ hostname: HOSTNAME, port: 0 });
    return new QuicServer(
      endpoint.listen({ ...certificate, alpnProtocols: ALPN }),
      certificate.cert,
    );
  }

  /** Closes the endpoint where nobody listens. Returns whether it did. */
  rest(): boolean {
    if (this.#listeners.size > 0) return false;
    this.#socket.close();
    return true;
  }

  listen(): StreamListener {
    const id = ++this.#opened;
    const endpoint = { ...this.#endpoint, listener: id };
    const listener = new QuicListener(endpoint, () => this.#listeners.delete(id));
    this.#listeners.set(id, listener);
    return listener;
  }

  async #acceptAll(listener: Deno.QuicListener): Promise<void> {
    for (;;) {
      try {
        const incoming = await listener.incoming();
        this.#welcome(incoming).catch(() => {});
      } catch {
        return;
      }
    }
  }

  /** Reads which listener a client wants, and has it answer; a client that wants none that is open is turned away. */
  async #welcome(incoming: Deno.QuicIncoming): Promise<void> {
    const conn = await incoming.accept();
    const streams = conn.incomingBidirectionalStreams.getReader();
    const { value: stream } = await streams.read();
    streams.releaseLock();
    if (stream === undefined) return;
    const channel = new QuicChannel(conn, stream);
    const wanted = new Uint8Array(4);
    for (let filled = 0; filled < 4;) {
      const bytes = await channel.read(wanted.subarray(filled));
      if (bytes === null) return conn.close();
      filled += bytes;
    }
    const listener = this.#listeners.get(new Uint32Array(wanted.buffer)[0]!);
    if (listener === undefined) return conn.close();
    await channel.write(new Uint8Array(1));
    listener.accepted.put(channel);
  }
}

class QuicListener implements StreamListener {
  readonly accepted = new Mailbox<StreamChannel>();
  readonly #forget: () => void;

  constructor(readonly endpoint: Endpoint, forget: () => void) {
    this.#forget = forget;
  }

  async accept(): Promise<StreamChannel> {
    const channel = await this.accepted.take();
    if (channel === null) throw new Error("the listener was closed");
    return channel;
  }

  close(): void {
    this.#forget();
    for (const channel of this.accepted.empty()) channel.close();
  }
}
