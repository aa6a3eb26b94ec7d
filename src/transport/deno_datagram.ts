// Datagram channels over Deno's own sockets, shared by `udp`, `udp6` and `unixpacket`.

import type { DatagramChannel, Endpoint, ForeignMessages } from "./channel.ts";
import { MessageTooLargeError } from "./channel.ts";
import { ASKED_EACH, type DenoSenders, InternetSenders, UnixSenders } from "./deno_senders.ts";
import { ReadBack } from "./read_back.ts";

/** What differs between the transports that share {@link DenoDatagramChannel}. */
export interface DatagramKind {
  readonly name: string;
  /** A size up to which a message cannot be too large: sends up to it go straight to the runtime. */
  readonly safeBytes: number;
  /** The largest message where the protocol fixes it; `null` where the kernel's settings do. */
  readonly limitBytes: number | null;
}

export class DenoDatagramChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly #conn: Deno.DatagramConn;
  readonly #kind: DatagramKind;
  readonly #remote: Deno.Addr | undefined;
  readonly #cleanUp: () => void;
  readonly #readBack: ReadBack;
  readonly #senders: DenoSenders;
  readonly #remotePort: number;
  #received = -1;
  #buffer: Uint8Array = new Uint8Array(0);
  #closed = false;

  /** `conn`: owned from now on; `remote`: where `send` goes; `cleanUp`: runs once after closing. */
  constructor(
    conn: Deno.DatagramConn,
    kind: DatagramKind,
    readonly endpoint: Endpoint,
    remote: Deno.Addr | undefined,
    cleanUp: () => void = () => {},
  ) {
    this.#conn = conn;
    this.#kind = kind;
    this.#remote = remote;
    this.#cleanUp = cleanUp;
    this.#readBack = new ReadBack(conn);
    this.#remotePort = (remote as Deno.NetAddr | undefined)?.port ?? -1;
    this.#senders = endpoint.kind === "ip"
      ? new InternetSenders(remote as Deno.NetAddr | undefined)
      : new UnixSenders(remote as Deno.UnixAddr | undefined);
  }

  get settings(): Readonly<Record<string, string>> {
    return this.#readBack.settings();
  }

  descriptor(): number | undefined {
    return this.#readBack.descriptor();
  }

  send(data: Uint8Array): Promise<number> {
    if (this.#remote === undefined) {
      return Promise.reject(
        new Error(`Cannot send on a ${this.#kind.name} socket that was bound without a remote`),
      );
    }
    return data.length <= this.#kind.safeBytes
      ? this.#conn.send(data, this.#remote)
      : this.#sendLarge(data, this.#remote);
  }

  /** Not async, with one function for all messages: what that saves pays for looking at the sender. */
  receive(buffer: Uint8Array): Promise<number> {
    this.#buffer = buffer;
    return this.#conn.receive(buffer).then(this.#take);
  }

  /** Anybody may send to a socket that is not connected: what comes from others than the remote is left, and the next awaited. */
  readonly #take = ([data, from]: [Uint8Array, Deno.Addr]): number | Promise<number> => {
    // What comes from the remote's port is seldom from another host.
    if ((from as Deno.NetAddr).port === this.#remotePort && ++this.#received % ASKED_EACH !== 0) {
      return data.length;
    }
    return this.#senders.count(from).isHeard ? data.length : this.receive(this.#buffer);
  };

  reply(data: Uint8Array): Promise<number> {
    const to = this.#senders.last?.address;
    if (to === undefined) {
      return Promise.reject(
        new Error(`Cannot reply on a ${this.#kind.name} socket that has received nothing yet`),
      );
    }
    return data.length <= this.#kind.safeBytes
      ? this.#conn.send(data, to)
      : this.#sendLarge(data, to);
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return this.#senders.foreign(own);
  }

  async bareExchange(bytes: number, count: number): Promise<void> {
    const conn = this.#conn;
    const remote = this.#remote;
    if (remote === undefined) throw new Error("Cannot exchange without a remote");
    const request = new Uint8Array(bytes);
    const buffer = new Uint8Array(bytes + 1);
    for (let i = 0; i < count; i++) {
      await conn.send(request, remote);
      const [reply] = await conn.receive(buffer);
      if (reply.length !== bytes) throw new Error(`the reply has ${reply.length} bytes`);
    }
  }

  async bareAnswer(bytes: number): Promise<void> {
    const conn = this.#conn;
    const buffer = new Uint8Array(bytes + 1);
    for (;;) {
      const [request, from] = await conn.receive(buffer);
      await conn.send(request, from);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#readBack.close();
    this.#conn.close();
    this.#cleanUp();
  }

  // Apart from `send`, because a handler around every send would cost the small messages most.
  async #sendLarge(data: Uint8Array, to: Deno.Addr): Promise<number> {
    try {
      return await this.#conn.send(data, to);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "EMSGSIZE" || code === "ENOBUFS") {
        throw new MessageTooLargeError(this.#kind.name, data.length, this.#kind.limitBytes);
      }
      throw error;
    }
  }
}
