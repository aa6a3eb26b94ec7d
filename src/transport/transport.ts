// Transports: how bytes move, and how an end is opened.

import type {
  ChannelOptions,
  DatagramChannel,
  Endpoint,
  MaybePromise,
  StreamChannel,
  StreamListener,
} from "./channel.ts";

/** Whether a transport works on this machine with these permissions, and its size limit; or why not. */
export type Availability =
  | {
    readonly available: true;
    /** Largest message in bytes; absent for streams of bytes, which have no messages. */
    readonly largestMessageBytes?: number;
    /** The most bytes in a segment of its connections, once they are in use; absent where there are none, or the kernel cannot be asked. */
    readonly segmentBytes?: number;
  }
  | {
    readonly available: false;
    /** One sentence for the report: "no IPv6 loopback address here". */
    readonly reason: string;
  };

/** Where the kernel room stands among what was probed: no transport's id has a blank. */
export const KERNEL_ROOM = "kernel room";

/** What every open needs to know. */
export interface OpenOptions extends ChannelOptions {
  /** A private directory (mode 0700) for socket files; the opener owns it. Not used by IP transports. */
  readonly directory: string;
  /**
   * How many connections may wait to be accepted, as the listener asks for (listen(2)); the kernel caps it (net.core.somaxconn). Absent:
   * the runtime's own, in Deno 511 for TCP and 1,024 for Unix-domain sockets. Ignored where there is no way to ask, as for the latter in Deno.
   */
  readonly backlog?: number;
  /** A listener's port that others may listen on as well, each on a thread of its own (SO_REUSEPORT), 0 for a free one; absent: it listens alone. */
  readonly sharedPort?: number;
}

/** What stream and datagram transports have in common. */
export interface TransportBase {
  /** As written in case ids: `tcp`, `unixpacket`, or a user's own. Lower case, digits and dashes. */
  readonly name: string;
  /** The API that reaches the transport: `deno`, `libc` (system calls through FFI), later `node`. */
  readonly driver: string;
  /** Its calls block their thread: the two ends must not share one. Absent: they wait in the event loop. */
  readonly blocking?: true;
  /** Both its ends are in one process: what they share cannot be handed to another. Absent: they may be in two. */
  readonly inProcess?: true;
  /**
   * `"kernel"`: each message is answered by the kernel itself and the serving end hears nothing, so that only request and reply can be
   * measured. Absent: the serving end of the trial answers.
   */
  readonly answeredBy?: "kernel";
  /** Its sockets have names in the run's directory. Absent: they have addresses of an interface, or none. */
  readonly usesDirectory?: true;
  /** How many operations of a process are slower than all later ones: they are discarded before anything is measured. Absent: a trial of them. */
  readonly coldOperations?: number;
  /** One line for `sockbench list`. */
  readonly title: string;
  /** Frees what it keeps between trials, which would keep a program from ending, where nothing of it is open. Absent: it keeps nothing. */
  rest?(): void;
  /** Opens, exchanges a message and closes, to learn whether the transport works here. Never throws, never prompts. */
  probe(options: OpenOptions): Promise<Availability>;
}

/** A transport of connections. */
export interface StreamTransport extends TransportBase {
  /** Connections: bytes in order, each of them delivered. */
  readonly mode: "stream";
  /**
   * Each write is one message and each read takes one, whole: a read buffer smaller than the message is an error, and so is a message
   * beyond the transport's largest. Absent: bytes without boundaries, as in TCP.
   */
  readonly keepsBoundaries?: true;
  /**
   * Request and reply in turn, as in HTTP: each end writes one message, the other reads it and writes its reply. A second write before the
   * reply is read is an error, and there is no half-close, so that only request and reply can be measured. Absent: both directions are free.
   */
  readonly inTurn?: true;
  /** Its listeners go by `sharedPort`. Absent: one listener has an address to itself. */
  readonly sharesPort?: true;
  /** Opens a listener on a free port or a fresh path. Options apply to each accepted channel. */
  listen(options: OpenOptions): Promise<StreamListener>;
  /** Connects to a listener's endpoint. */
  connect(endpoint: Endpoint, options: OpenOptions): MaybePromise<StreamChannel>;
}

/** What binding a datagram socket needs to know. */
export interface BindOptions extends OpenOptions {
  /** Where `send` goes, and the only one that is listened to; absent: the socket serves. */
  readonly remote?: Endpoint;
  /** How many sockets will send to one that serves; absent: one. */
  readonly clients?: number;
}

/** A transport of single messages. */
export interface DatagramTransport extends TransportBase {
  /** Datagrams keep message boundaries. */
  readonly mode: "datagram";
  /**
   * What the receiver does not take in time is dropped, and a sender never waits, so that none leaves its event loop. Absent: a sender waits
   * for room.
   */
  readonly dropsUnread?: true;
  /** A socket takes no send while a receive waits: requests cannot follow one another without their replies. Absent: it does. */
  readonly oneCall?: true;
  /** Binds a socket to a free port or a fresh path; with `remote`, `send` goes there. */
  bind(options: BindOptions): MaybePromise<DatagramChannel>;
}

/** Either kind of transport. */
export type Transport = StreamTransport | DatagramTransport;

/** The transport as written in case ids: `tcp` for the default driver, `tcp@libc` for another. */
export function transportId(transport: Pick<Transport, "name" | "driver">): string {
  return transport.driver === "deno" ? transport.name : `${transport.name}@${transport.driver}`;
}
