// Datagrams over QUIC (RFC 9221) on the loopback interface: a connection for each socket that sends, and one socket that serves them all.
//
// They are encrypted and counted in QUIC's congestion control, and never sent again: what the receiver does not read in time, or the network
// loses, is lost. A sender waits where a megabyte of them has not left yet.

import type { DatagramChannel, Endpoint, MaybePromise } from "./channel.ts";
import { MessageTooLargeError } from "./channel.ts";
import { Mailbox } from "./mailbox.ts";
import { probeDatagram } from "./probe.ts";
import { connectQuic, listenQuic, quicFault, restQuic } from "./quic_endpoints.ts";
import type { DatagramTransport } from "./transport.ts";

const NAME = "quic-datagram";
/** What a packet of QUIC's smallest MTU, 1,200 bytes, has for a datagram: every connection carries it from the first one on. */
const LARGEST_BYTES = 1_162;

/** Datagrams between two ends on 127.0.0.1, over the endpoints that `quic` has, too. */
export const quicDatagram: DatagramTransport = {
  name: NAME,
  driver: "deno",
  mode: "datagram",
  title:
    "Datagrams over QUIC on IPv4 loopback: encrypted, with congestion control, never sent again",
  async bind({ remote }) {
    if (remote === undefined) return await ServingChannel.open();
    const { conn, local } = await connectQuic(NAME, remote);
    return new ConnectedChannel(conn, local);
  },
  rest: restQuic,
  probe: async (options) =>
    quicFault() ?? await probeDatagram(quicDatagram, options, LARGEST_BYTES),
};

async function send(conn: Deno.QuicConn, data: Uint8Array): Promise<number> {
  if (data.length > LARGEST_BYTES) {
    throw new MessageTooLargeError(NAME, data.length, LARGEST_BYTES);
  }
  await conn.sendDatagram(data);
  return data.length;
}

/** As the kernel does with what a buffer has no room for: cut, without a word. */
function cut(message: Uint8Array, buffer: Uint8Array): number {
  const bytes = Math.min(message.length, buffer.length);
  buffer.set(bytes < message.length ? message.subarray(0, bytes) : message);
  return bytes;
}

class ConnectedChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly endpoint: Endpoint;
  readonly #conn: Deno.QuicConn;
  #hasReceived = false;

  constructor(conn: Deno.QuicConn, { hostname, port }: Deno.NetAddr) {
    this.#conn = conn;
    this.endpoint = { kind: "ip", hostname, port };
  }

  send(data: Uint8Array): Promise<number> {
    return send(this.#conn, data);
  }

  async receive(buffer: Uint8Array): Promise<number> {
    const message = await this.#conn.readDatagram();
    this.#hasReceived = true;
    return cut(message, buffer);
  }

  async reply(data: Uint8Array): Promise<number> {
    if (!this.#hasReceived) throw nothingReceived();
    return await send(this.#conn, data);
  }

  close(): void {
    this.#conn.close();
  }
}

interface Arrived {
  readonly message: Uint8Array;
  readonly conn: Deno.QuicConn;
  /** Has the next one of its connection read. */
  readonly next: () => void;
}

class ServingChannel implements DatagramChannel {
  readonly mode = "datagram";
  declare readonly endpoint: Endpoint;
  declare readonly stop: () => void;
  readonly #conns = new Set<Deno.QuicConn>();
  readonly #arrived = new Mailbox<Arrived>();
  #last: Deno.QuicConn | undefined;

  static async open(): Promise<ServingChannel> {
    const channel = new ServingChannel();
    return Object.assign(channel, await listenQuic(({ conn }) => channel.#readAll(conn)));
  }

  send(): Promise<number> {
    return Promise.reject(
      new Error(`Cannot send on a ${NAME} socket that was bound without a remote`),
    );
  }

  receive(buffer: Uint8Array): MaybePromise<number> {
    const arrived = this.#arrived.take();
    return arrived instanceof Promise
      ? arrived.then((one) => this.#take(one, buffer))
      : this.#take(arrived, buffer);
  }

  async reply(data: Uint8Array): Promise<number> {
    if (this.#last === undefined) throw nothingReceived();
    return await send(this.#last, data);
  }

  close(): void {
    this.stop();
    this.#arrived.empty();
    for (const conn of this.#conns) conn.close();
  }

  /** One of a connection lies here, unread; more of them wait in its own buffer, which drops the oldest when it is full. */
  async #readAll(conn: Deno.QuicConn): Promise<void> {
    this.#conns.add(conn);
    try {
      for (;;) {
        const message = await conn.readDatagram();
        await new Promise<void>((next) => this.#arrived.put({ message, conn, next }));
      }
    } catch {
      // Closed, at either end: a socket that serves goes on without it.
      this.#conns.delete(conn);
    }
  }

  #take(arrived: Arrived | null, buffer: Uint8Array): number {
    if (arrived === null) throw new Error("the socket was closed");
    arrived.next();
    this.#last = arrived.conn;
    return cut(arrived.message, buffer);
  }
}

function nothingReceived(): Error {
  return new Error(`Cannot reply on a ${NAME} socket that has received nothing yet`);
}
