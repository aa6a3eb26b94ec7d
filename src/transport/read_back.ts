// The settings of Deno's own sockets as the kernel has them, where it can be asked.

import { type FindableSocket, findFd } from "../kernel/find_fd.ts";
import { openKernel } from "../kernel/libc.ts";
import { readSettings } from "../kernel/socket_settings.ts";

/** Reads back what a socket of Deno was set to: looks for its descriptor once, when it is first asked. */
export class ReadBack {
  readonly #socket: FindableSocket;
  readonly #asked: Readonly<Record<string, string>>;
  readonly #known: number | undefined;
  #isSearched = false;
  #fd: number | undefined;
  #reason: string | undefined;
  #isClosed = false;

  /** `asked`: by setting, shown where it cannot be read back; `fd`: absent where it is looked for. */
  constructor(socket: FindableSocket, asked: Readonly<Record<string, string>> = {}, fd?: number) {
    this.#socket = socket;
    this.#asked = asked;
    this.#known = fd;
  }

  /** The descriptor of the socket while it is open; `undefined` where it cannot be known. */
  descriptor(): number | undefined {
    if (!this.#isSearched && !this.#isClosed) this.#search();
    return this.#isClosed ? undefined : this.#fd;
  }

  /** The settings as they are now, by name; or those that were asked for, with the reason why they are not read back. */
  settings(): Readonly<Record<string, string>> {
    const fd = this.descriptor();
    if (fd !== undefined) return readSettings(fd);
    const why = this.#reason ?? "the socket is closed";
    return Object.fromEntries(
      Object.entries(this.#asked).map((
        [name, value],
      ) => [name, `${value} (not read back: ${why})`]),
    );
  }

  /** Forgets the descriptor: the socket is about to be closed, and the number may be another's soon. */
  close(): void {
    this.#isClosed = true;
  }

  #search(): void {
    this.#isSearched = true;
    const kernel = openKernel();
    if (!kernel.available) {
      this.#reason = kernel.reason;
      return;
    }
    try {
      this.#fd = this.#known ?? findFd(this.#socket);
    } catch {
      // Ends of Unix-domain connections have no address of their own, and two that look alike are not told apart by guessing.
      this.#reason = "its descriptor was not found";
    }
  }
}
