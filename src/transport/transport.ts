/**
 * Transports: how bytes move, and how an end is opened.
 *
 * @module
 */

import type {
  ChannelOptions,
  DatagramChannel,
  Endpoint,
  StreamChannel,
  StreamListener,
} from "./channel.ts";

/** Whether a transport works on this machine with these permissions, and its size limit; or why not. */
export type Availability =
  | {
    readonly available: true;
    /** Largest message in bytes; absent for streams, which have no messages. */
    readonly largestMessageBytes?: number;
  }
  | {
    readonly available: false;
    /** One sentence for the report: "no IPv6 loopback address here". */
    readonly reason: string;
  };

/** What every open needs to know. */
export interface OpenOptions extends ChannelOptions {
  /** A private directory (mode 0700) for socket files; the opener owns it. Not used by IP transports. */
  readonly directory: string;
}

/** What stream and datagram transports have in common. */
export interface TransportBase {
  /** As written in case ids: `tcp`, `unixpacket`, or a user's own. Lower case, digits and dashes. */
  readonly name: string;
  /** The API that reaches the transport: `deno`, later `libc` and `node`. */
  readonly driver: string;
  /** One line for `sockbench list`. */
  readonly title: string;
  /** Opens, exchanges a message and closes, to learn whether the transport works here. Never throws, never prompts. */
  probe(options: OpenOptions): Promise<Availability>;
}

/** A transport of connections. */
export interface StreamTransport extends TransportBase {
  /** Streams carry bytes without boundaries. */
  readonly mode: "stream";
  /** Opens a listener on a free port or a fresh path. Options apply to each accepted channel. */
  listen(options: OpenOptions): Promise<StreamListener>;
  /** Connects to a listener's endpoint. */
  connect(endpoint: Endpoint, options: OpenOptions): Promise<StreamChannel>;
}

/** A transport of single messages. */
export interface DatagramTransport extends TransportBase {
  /** Datagrams keep message boundaries. */
  readonly mode: "datagram";
  /** Binds a socket to a free port or a fresh path; with `remote`, `send` goes there. */
  bind(options: OpenOptions & { readonly remote?: Endpoint }): Promise<DatagramChannel>;
}

/** Either kind of transport. */
export type Transport = StreamTransport | DatagramTransport;

/** The transport as written in case ids: `tcp` for the default driver, `tcp@libc` for another. */
export function transportId(transport: Pick<Transport, "name" | "driver">): string {
  return transport.driver === "deno" ? transport.name : `${transport.name}@${transport.driver}`;
}
