// What TCP has to say when segments and acknowledgements leave, for every driver alike: TCP_CORK and TCP_QUICKACK.

import { optionSetter } from "../kernel/options.ts";

/** The options of one open socket, prepared once: they are set within exchanges. */
export class TcpPushes {
  readonly #cork: () => void;
  readonly #uncork: () => void;
  readonly #acknowledge: () => void;

  /** `fd`: of an open TCP socket; throws Error when there is none. */
  constructor(fd: number | undefined) {
    if (fd === undefined) {
      throw new Error("Cannot set options of TCP: the socket's descriptor is not known");
    }
    this.#cork = optionSetter(fd, "TCP_CORK", 1);
    this.#uncork = optionSetter(fd, "TCP_CORK", 0);
    this.#acknowledge = optionSetter(fd, "TCP_QUICKACK", 1);
  }

  setCork(isOn: boolean): void {
    if (isOn) this.#cork();
    else this.#uncork();
  }

  /** Sets TCP_QUICKACK: what waits to be acknowledged is, now. */
  acknowledgeNow(): void {
    this.#acknowledge();
  }
}
