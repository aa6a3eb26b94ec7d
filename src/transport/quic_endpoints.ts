// The endpoints of QUIC (RFC 9000) of a thread, by Deno's own API: one that serves and one that connects, for all listeners and connections.
//
// An endpoint of Deno keeps its UDP socket until it is collected as garbage: hence one of each. A stream is not visible at the other
// end until data is sent on it: the first bytes name the listener, and its answer is a byte, so that connecting takes the handshake and one
// round trip. Nobody who was not told a listener's number, which is drawn at random, gets through to it.

import { systemClock } from "../clock.ts";
import { explainHandshake, ownCertificate } from "./certificate.ts";
import type { Endpoint } from "./channel.ts";
import type { Availability } from "./transport.ts";

const HOSTNAME = "127.0.0.1";
const ALPN = ["sockbench"];
const NUMBER_BYTES = 4;

/** Why there is no QUIC here; `undefined` where there is. Without its flag an unstable API that is called ends the process. */
export function quicFault(): Availability | undefined {
  if ("QuicEndpoint" in Deno) return undefined;
  const reason = "this Deno has no QUIC, or was started without --unstable-net";
  return { available: false, reason };
}

/** One end of a connection that a listener is to have, with the stream that it began with. */
export interface QuicEnd {
  readonly conn: Deno.QuicConn;
  readonly stream: Deno.QuicBidirectionalStream;
}

type Accept = (end: QuicEnd) => void;
type IpEndpoint = Extract<Endpoint, { kind: "ip" }>;

interface Listening {
  readonly endpoint: IpEndpoint;
  readonly stop: () => void;
}

let serving: Promise<QuicServer> | undefined;
let connecting: Deno.QuicEndpoint | undefined;

/** Listens: has `accept` called with each connection that names the endpoint, until it is stopped. */
export async function listenQuic(accept: Accept): Promise<Listening> {
  return (await (serving ??= QuicServer.open())).listen(accept);
}

/** Closes the serving endpoint where nobody listens: it would keep a program from ending. */
export function restQuic(): void {
  serving?.then((server) => {
    if (server.rest()) serving = undefined;
  }, () => serving = undefined);
}

/** Connects to a listener. The connection, how long its handshake took, and the address that it has here. */
export async function connectQuic(
  name: string,
  endpoint: Endpoint,
): Promise<QuicEnd & { readonly handshakeNs: number; readonly local: Deno.NetAddr }> {
  if (endpoint.kind !== "ip" || endpoint.certificate === undefined) {
    throw new TypeError(`Cannot connect ${name} to an endpoint without a certificate`);
  }
  const { hostname, port, certificate, listener = 0 } = endpoint;
  connecting ??= new Deno.QuicEndpoint({ hostname: HOSTNAME, port: 0 });
  const local = connecting.addr;
  const startedNs = systemClock.nowNs();
  const options = { hostname, port, endpoint: connecting, alpnProtocols: ALPN };
  const conn = await Deno.connectQuic<false>({ ...options, caCerts: [certificate] })
    .catch((error) => {
      throw explainHandshake(name, error);
    });
  const handshakeNs = systemClock.nowNs() - startedNs;
  conn.closed.catch(() => {});
  try {
    const stream = await conn.createBidirectionalStream();
    await begin(stream, new Uint8Array(new Uint32Array([listener]).buffer));
    if (await beginning(stream, 1) === undefined) throw new Error("the stream has ended");
    return { conn, stream, handshakeNs, local };
  } catch (error) {
    conn.close();
    throw new Error(`Cannot connect ${name}: nobody listens there (${(error as Error).message})`);
  }
}

/** The serving endpoint of a thread, and the listeners that share it. */
class QuicServer {
  readonly #listeners = new Map<number, Accept>();
  readonly #endpoint: IpEndpoint;
  readonly #socket: Deno.QuicEndpoint;

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

  listen(accept: Accept): Listening {
    const [listener = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#listeners.set(listener, accept);
    return {
      endpoint: { ...this.#endpoint, listener },
      stop: () => this.#listeners.delete(listener),
    };
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
    conn.closed.catch(() => {});
    const streams = conn.incomingBidirectionalStreams.getReader();
    const { value: stream } = await streams.read();
    streams.releaseLock();
    if (stream === undefined) return;
    const wanted = await beginning(stream, NUMBER_BYTES);
    const accept = wanted && this.#listeners.get(new Uint32Array(wanted.buffer)[0]!);
    if (accept === undefined) return conn.close();
    await begin(stream, new Uint8Array(1));
    accept({ conn, stream });
  }
}

async function begin(stream: Deno.QuicBidirectionalStream, bytes: Uint8Array): Promise<void> {
  const writer = stream.writable.getWriter();
  writer.closed.catch(() => {});
  await writer.write(bytes);
  writer.releaseLock();
}

/** The first so many bytes of a stream; `undefined` where it ends before. */
async function beginning(stream: Deno.QuicBidirectionalStream, bytes: number) {
  const reader = stream.readable.getReader({ mode: "byob" });
  reader.closed.catch(() => {});
  const all = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const { value, done } = await reader.read(new Uint8Array(bytes - filled));
    if (done) return undefined;
    all.set(value, filled);
    filled += value.length;
  }
  reader.releaseLock();
  return all;
}
