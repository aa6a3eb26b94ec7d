// Listeners over blocking system calls, shared by every transport of this driver that has connections.

import type {
  ChannelOptions,
  Endpoint,
  MaybePromise,
  StreamChannel,
  StreamListener,
} from "../channel.ts";
import type { OpenOptions } from "../transport.ts";
import { LibcSocket } from "./libc_socket.ts";
import { POLL, waiting } from "./waiting.ts";

const SOCK_CLOEXEC = 0o2000000;
/** Connections that may wait to be accepted where nobody asks for a number: as many as Deno asks for. */
const BACKLOG = 511;

export class LibcListener implements StreamListener {
  readonly #socket: LibcSocket;
  readonly #options: ChannelOptions;
  readonly #wrap: (socket: LibcSocket) => MaybePromise<StreamChannel>;
  readonly #cleanUp: () => void;
  #closed = false;

  /** `socket`: bound, owned from now on; `wrap`: makes a channel of a connection; `cleanUp`: runs once after closing. */
  constructor(
    socket: LibcSocket,
    readonly endpoint: Endpoint,
    options: ChannelOptions & Pick<OpenOptions, "backlog">,
    wrap: (socket: LibcSocket) => MaybePromise<StreamChannel>,
    cleanUp: () => void = () => {},
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#wrap = wrap;
    this.#cleanUp = cleanUp;
    try {
      socket.sliceReceives();
      socket.libc.check(
        socket.libc.symbols.listen(socket.fd, options.backlog ?? BACKLOG),
        "listen",
      );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  accept(): MaybePromise<StreamChannel> {
    // accept4 has no flag against sleeping: where another socket of the thread waits to be woken, being ready is waited for instead.
    const fd = waiting.count > 0 ? undefined : this.#acceptOnce();
    if (fd !== undefined && fd >= 0) return this.#opened(fd);
    const attempt = () => this.#acceptOnce();
    const accepted = fd === undefined
      ? this.#socket.retryLater("accept", POLL.in, attempt, false)
      : this.#socket.retry("accept", POLL.in, attempt, false);
    return typeof accepted === "number"
      ? this.#opened(accepted)
      : accepted.then((fd) => this.#opened(fd));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#cleanUp();
  }

  #acceptOnce(): number {
    const { libc, fd } = this.#socket;
    return libc.symbols.accept4(fd, null, null, SOCK_CLOEXEC);
  }

  #opened(fd: number): MaybePromise<StreamChannel> {
    return this.#wrap(new LibcSocket(fd, this.#options));
  }
}
