// Channels: one open end of a socket, as workloads see it.
//
// The seam is deliberately thin: a channel method returns the runtime's own promise where it can, or the value itself where the
// driver has it when the system call returns, so that what is measured is the socket and not the suite (`bench/harness_bench.ts` shows what is left).

/**
 * A value, or a promise of it. A driver that blocks its thread (`libc`) has the value when the call returns; a loop that takes it
 * without `await` then stays out of the event loop for as long as nothing has to be waited for.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Where a listener or a bound datagram socket can be reached. Plain data: it crosses threads and processes. */
export type Endpoint =
  | {
    readonly kind: "ip";
    readonly hostname: string;
    readonly port: number;
    /** The certificate of a server of TLS, PEM: who connects trusts it and no other. */
    readonly certificate?: string;
    /** Which of several listeners that share the address; absent: there is one. */
    readonly listener?: number;
  }
  | {
    readonly kind: "unix";
    readonly path: string;
    /** As for an address of kind `ip`. */
    readonly certificate?: string;
  }
  | {
    readonly kind: "memory";
    readonly name: string;
    /** Where connections are sent that stay in one process. It changes hands with the endpoint. */
    readonly port?: MessagePort;
    /** Shared memory: 1 once the listener is closed. */
    readonly closed?: Int32Array<SharedArrayBuffer>;
  };

/** What a workload may ask of a channel before it is used. */
export interface ChannelOptions {
  /**
   * Nagle's algorithm: `"on"` delays a small segment while data is unacknowledged (RFC 896), `"off"` sets TCP_NODELAY.
   * Ignored by transports without it. Absent: the runtime's default is left untouched (Deno leaves Nagle on).
   */
  readonly nagle?: "on" | "off";
  /**
   * How a blocking driver waits for what has not come yet: `"block"`, the default, sleeps in the kernel; `"spin"` asks again and again
   * and keeps its core busy meanwhile. Ignored by drivers that wait in the event loop.
   */
  readonly wait?: "block" | "spin";
  /** Asks for a send buffer of this many bytes (SO_SNDBUF). Absent: the kernel's own, which TCP tunes while it runs. */
  readonly sendBuffer?: number;
  /** Asks for a receive buffer of this many bytes (SO_RCVBUF). Absent: the kernel's own, which TCP tunes while it runs. */
  readonly receiveBuffer?: number;
  /** Asks for a congestion control of TCP (TCP_CONGESTION), as in `reno`. Ignored by other protocols. Absent: the kernel's own. */
  readonly congestion?: string;
}

/**
 * What both kinds of channel have for measuring the suite, and for nothing else: the same exchange of fixed size as the workload
 * `ping-pong` makes, written by hand against the driver's own calls, without channel methods, clock or histogram in the loop.
 */
export interface BareLoops {
  /** Sends `bytes` and waits for as many, `count` times, one exchange after the other. */
  bareExchange?(bytes: number, count: number): MaybePromise<void>;
  /** Answers requests of `bytes` with as many until the other end is done. Rejects where the socket is closed meanwhile. */
  bareAnswer?(bytes: number): MaybePromise<void>;
  /** Calls into the driver's library `count` times without any work for the kernel; absent where nothing is called that could be told apart. */
  bareCalls?(count: number): void;
}

/**
 * A StreamChannel is one end of a connection: bytes in order, partial reads and writes show. Methods may throw where they say that
 * they reject: `await` makes no difference of it.
 */
export interface StreamChannel extends BareLoops {
  /** Tells stream from datagram channels. */
  readonly mode: "stream";
  /** Socket settings by name, as read back or, where they cannot be, as asked for and marked so. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long the handshake of TLS or QUIC took within `connect`, in nanoseconds; absent at the serving end, and where there was none. */
  readonly handshakeNs?: number | undefined;
  /** The file descriptor while the channel is open; `undefined` or absent where it is not known. */
  descriptor?(): number | undefined;
  /** Names of its two ends, which the other end gives alike, while the channel is open; `undefined` or absent where they are not known. */
  ends?(): { readonly local: string; readonly remote: string } | undefined;
  /**
   * Waits for bytes and puts up to `buffer.length` of them into `buffer`.
   *
   * @returns the number of bytes read (≥ 1), or `null` at the end of the stream.
   */
  read(buffer: Uint8Array): MaybePromise<number | null>;
  /**
   * What `read` would bring if it did not wait: for loops that spin. Absent where the runtime cannot be asked without waiting.
   *
   * @returns as `read`; `undefined` where nothing is there yet
   */
  tryRead?(buffer: Uint8Array): number | null | undefined;
  /**
   * Hands bytes to the transport.
   *
   * @returns the number of bytes taken, which may be less than `data.length`.
   */
  write(data: Uint8Array): MaybePromise<number>;
  /**
   * Holds back what is not a full segment until it is called with `false` (TCP_CORK). One system call each. Absent on transports without it.
   *
   * @throws {Error} when the socket's descriptor cannot be known
   */
  setCork?(isOn: boolean): void;
  /**
   * Acknowledges what arrived at once, instead of waiting for data that could carry the acknowledgement (TCP_QUICKACK). Holds until the
   * kernel changes its mind: call it after each read. One system call. Absent on transports without it.
   *
   * @throws {Error} when the socket's descriptor cannot be known
   */
  acknowledgeNow?(): void;
  /** Half-close: the other end reads what is under way, then the end of the stream; reading here goes on. */
  closeWrite(): MaybePromise<void>;
  /** Closes both directions. A pending read or write settles (rejects, or reads `null`). Safe to call twice. */
  close(): void;
}

/** Messages from sockets that do not belong to a trial. Plain data: it crosses threads and processes. */
export interface ForeignMessages {
  /** How many. */
  readonly messages: number;
  /** From how many sockets. */
  readonly senders: number;
  /** The addresses of some of these. */
  readonly some: readonly string[];
}

/**
 * A DatagramChannel is one bound datagram socket: whole messages, each of which may be lost or reordered. Methods may throw where they
 * say that they reject.
 */
export interface DatagramChannel extends BareLoops {
  /** Tells stream from datagram channels. */
  readonly mode: "datagram";
  /** Socket settings by name, as read back or, where they cannot be, as asked for and marked so. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The file descriptor while the channel is open; `undefined` or absent where it is not known. */
  descriptor?(): number | undefined;
  /** Where this socket is bound. */
  readonly endpoint: Endpoint;
  /**
   * Sends one message to the remote endpoint given at `bind`.
   *
   * @returns the number of bytes sent: all of them.
   * @throws {MessageTooLargeError} when the message is beyond what the transport carries.
   * @throws {Error} when the socket was bound without a remote endpoint.
   */
  send(data: Uint8Array): MaybePromise<number>;
  /**
   * Waits for one message. A message longer than `buffer` is cut by the kernel without a word: hand in one byte more than
   * the longest expected message to notice.
   *
   * @returns the message's length in bytes (0 for an empty datagram).
   */
  receive(buffer: Uint8Array): MaybePromise<number>;
  /**
   * What `receive` would bring if it did not wait: for loops that spin. Absent where the runtime cannot be asked without waiting.
   *
   * @returns as `receive`; `undefined` where nothing is there yet
   */
  tryReceive?(buffer: Uint8Array): number | undefined;
  /**
   * Sends one message to the sender of the last message received here: one socket may serve many peers.
   *
   * @throws {Error} when nothing was received yet.
   */
  reply(data: Uint8Array): MaybePromise<number>;
  /**
   * What came from other sockets than these, also when the channel is closed. A socket that was bound with a remote puts such messages aside;
   * one without cannot know and hands them on. Absent where the kernel lets none through, or nobody is told apart.
   *
   * @param own the endpoints of the sockets that may send here
   * @returns undefined where nothing did
   */
  foreign?(own: readonly Endpoint[]): ForeignMessages | undefined;
  /** Closes the socket and removes its socket file. A pending receive rejects. Safe to call twice. */
  close(): void;
}

/** Either kind of channel. */
export type Channel = StreamChannel | DatagramChannel;

/** A StreamListener accepts connections. */
export interface StreamListener {
  /** Where clients connect to. */
  readonly endpoint: Endpoint;
  /** Waits for one connection. Rejects when the listener is closed meanwhile. */
  accept(): MaybePromise<StreamChannel>;
  /** Stops listening and removes the socket file. Accepted channels live on. Safe to call twice. */
  close(): void;
}

/** Thrown when a message is larger than its transport carries. */
export class MessageTooLargeError extends Error {
  /** Always "MessageTooLargeError". */
  override readonly name = "MessageTooLargeError";
  /**
   * Makes the error of what was refused.
   *
   * @param transport the transport's name, as in `udp`
   * @param bytes the size that was refused
   * @param limitBytes the largest size it carries, where known
   */
  constructor(transport: string, readonly bytes: number, readonly limitBytes: number | null) {
    super(
      `Cannot send ${bytes} bytes in one ${transport} datagram: ` +
        (limitBytes === null ? "the kernel refuses the size" : `the limit is ${limitBytes} bytes`),
    );
  }
}
