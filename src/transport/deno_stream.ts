// Stream channels over Deno's own connections, shared by `tcp`, `tcp6` and `unix`.

import type { Endpoint, StreamChannel, StreamListener } from "./channel.ts";
import { connectedEnds, endName } from "./connected_ends.ts";
import { ReadBack } from "./read_back.ts";
import { TcpPushes } from "./tcp_pushes.ts";

/** A StreamChannel over a `Deno.Conn`. Methods hand through the runtime's promise: an `async` here would sit inside every exchange. */
export class DenoStreamChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #conn: Deno.Conn;
  readonly #asked: Readonly<Record<string, string>>;
  #readBack: ReadBack | undefined;
  #closed = false;

  /** `conn`: owned from now on; `asked`: of the socket, by setting; `handshakeNs`: of TLS, at a client. */
  constructor(
    conn: Deno.Conn,
    asked: Readonly<Record<string, string>> = {},
    readonly handshakeNs?: number,
  ) {
    this.#conn = conn;
    this.#asked = asked;
  }

  get settings(): Readonly<Record<string, string>> {
    return this.#reader().settings();
  }

  descriptor(): number | undefined {
    return this.#reader().descriptor();
  }

  ends(): { local: string; remote: string } | undefined {
    const { localAddr: local, remoteAddr: remote } = this.#conn;
    return local.transport === "tcp" && remote.transport === "tcp"
      ? { local: endName(local), remote: endName(remote) }
      : connectedEnds(this.descriptor());
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  write(data: Uint8Array): Promise<number> {
    return this.#conn.write(data);
  }

  async bareExchange(bytes: number, count: number): Promise<void> {
    const conn = this.#conn;
    const request = new Uint8Array(bytes);
    const reply = new Uint8Array(bytes);
    for (let i = 0; i < count; i++) {
      const written = await conn.write(request);
      const read = await conn.read(reply);
      if (written !== bytes || read !== bytes) throw new Error("an exchange came in parts");
    }
  }

  async bareAnswer(bytes: number): Promise<void> {
    const conn = this.#conn;
    const buffer = new Uint8Array(bytes);
    for (;;) {
      const read = await conn.read(buffer);
      if (read === null) return;
      const written = await conn.write(buffer);
      if (read !== bytes || written !== bytes) throw new Error("an exchange came in parts");
    }
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#readBack?.close();
    this.#conn.close();
  }

  // Made when first asked: most connections of a trial that opens thousands never are.
  #reader(): ReadBack {
    if (this.#readBack === undefined) {
      this.#readBack = new ReadBack(this.#conn, this.#asked);
      if (this.#closed) this.#readBack.close();
    }
    return this.#readBack;
  }
}

/** A {@link DenoStreamChannel} over TCP, with what only TCP has. */
export class DenoTcpChannel extends DenoStreamChannel {
  #pushes: TcpPushes | undefined;

  setCork(isOn: boolean): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).setCork(isOn);
  }

  acknowledgeNow(): void {
    (this.#pushes ??= new TcpPushes(this.descriptor())).acknowledgeNow();
  }
}

export class DenoStreamListener implements StreamListener {
  readonly #listener: Deno.Listener;
  readonly #wrap: (conn: Deno.Conn) => StreamChannel;
  readonly #cleanUp: () => void;
  #closed = false;

  /** `listener`: owned from now on; `wrap`: makes a channel of a connection; `cleanUp`: runs once after closing. */
  constructor(
    listener: Deno.Listener,
    readonly endpoint: Endpoint,
    wrap: (conn: Deno.Conn) => StreamChannel,
    cleanUp: () => void = () => {},
  ) {
    this.#listener = listener;
    this.#wrap = wrap;
    this.#cleanUp = cleanUp;
  }

  async accept(): Promise<StreamChannel> {
    return this.#wrap(await this.#listener.accept());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#cleanUp();
  }
}
