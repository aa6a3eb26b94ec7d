// The first channel of one end of a trial: the one whose settings and counters stand for all, since a trial's channels are opened alike.

import type { Channel } from "../transport/channel.ts";

/** Remembers the first channel and what its settings are. */
export class FirstChannel {
  #channel: Channel | undefined;
  #settings: Readonly<Record<string, string>> = {};

  /** Takes note of a channel that was opened: of the first, settings are read at once, in the warm-up, as it may be closed soon after. */
  take(channel: Channel): void {
    if (this.#channel !== undefined) return;
    this.#channel = channel;
    this.#settings = settingsOf(channel);
  }

  /** Its file descriptor; absent where there is none yet, or none any more, or it cannot be known. */
  get descriptor(): number | undefined {
    return this.#channel?.descriptor?.();
  }

  /** Its settings by name, as they were read last. */
  get settings(): Readonly<Record<string, string>> {
    return this.#settings;
  }

  /** Reads the settings again, if it is open still: the kernel tunes buffers while a connection runs. */
  readAgain(): void {
    if (this.descriptor !== undefined) this.#settings = settingsOf(this.#channel!);
  }
}

/** What cannot be read back is not said, and fails no trial. */
function settingsOf(channel: Channel): Readonly<Record<string, string>> {
  try {
    return channel.settings ?? {};
  } catch {
    return {};
  }
}
