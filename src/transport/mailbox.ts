// What has arrived by callbacks, for those who wait for it by calls.

import type { Endpoint, MaybePromise, StreamChannel, StreamListener } from "./channel.ts";

/** A Mailbox keeps what arrived, in order, until it is taken. At most one caller waits at a time. */
export class Mailbox<T> {
  readonly #arrived: T[] = [];
  #waiting: ((item: T | null) => void) | undefined;
  #isEnded = false;

  /** Puts one item in; after the end it is dropped. */
  put(item: T): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#arrived.push(item);
      return;
    }
    this.#waiting = undefined;
    waiting(item);
  }

  /** Nothing more will arrive; what is there can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.(null);
    this.#waiting = undefined;
  }

  /** Ends it and takes out all that is there. */
  empty(): readonly T[] {
    this.end();
    return this.#arrived.splice(0);
  }

  /** Takes the oldest item, or waits for one; `null` after the end. */
  take(): MaybePromise<T | null> {
    const oldest = this.#arrived.shift();
    if (oldest !== undefined) return oldest;
    if (this.#isEnded) return null;
    return new Promise((resolve) => this.#waiting = resolve);
  }
}

/** Copies a whole message and returns its bytes. Throws Error when the buffer is smaller: the message is lost then. */
export function copyMessage(message: Uint8Array, buffer: Uint8Array): number {
  if (message.length > buffer.length) {
    throw new Error(
      `Cannot read a message of ${message.length} bytes into a buffer of ${buffer.length}`,
    );
  }
  buffer.set(message);
  return message.length;
}

/** A listener whose connections arrive by callbacks. It fails once, with what kept it from accepting more. */
export abstract class MailboxListener<T extends StreamChannel = StreamChannel>
  implements StreamListener {
  abstract readonly endpoint: Endpoint;
  protected readonly accepted: Mailbox<T> = new Mailbox();
  protected fault: unknown = new Error("the listener was closed");
  protected isClosed = false;

  /** Releases what it listened with, once; what was accepted and not taken is closed after it. */
  protected abstract release(): void;

  async accept(): Promise<StreamChannel> {
    const channel = await this.accepted.take();
    if (channel === null) throw this.fault;
    return channel;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.release();
    for (const channel of this.accepted.empty()) channel.close();
  }

  /** It accepts no more, as where descriptors have run out. */
  protected fail(error: unknown): void {
    if (!this.isClosed) this.fault = error;
    this.close();
  }
}
