// Messages between two threads of a process, or within one: a MessageChannel for each connection, whose messages are copied (structured clone).
//
// Ports have no brake: what a reader does not take lies in memory. So the reader tells the writer what it took, half a window at a time, and a write
// waits while more than {@linkcode WINDOW_BYTES} are under way.

import { type MaybePromise, MessageTooLargeError, type StreamChannel } from "./channel.ts";
import { copyMessage, Mailbox } from "./mailbox.ts";
import { closePorts, PortListener, sendToListener } from "./port_listener.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

const NAME = "message-port";
/** Ports have no limit; this bounds what a connection holds in memory. */
const LARGEST_BYTES = 16 * 1_024 * 1_024;
const WINDOW_BYTES = 4 * 1_024 * 1_024;
/** What is sent beside messages, as a number: that a direction has ended, that a channel is closed, and else how many bytes were taken. */
const ENDED = -1;
const CLOSED = -2;

/** A MessageChannel between two threads of this process: connections that keep message boundaries. */
export const messagePort: StreamTransport = {
  name: NAME,
  driver: "deno",
  mode: "stream",
  keepsBoundaries: true,
  inProcess: true,
  rest: closePorts,
  title: "MessagePort between two threads or within one, no socket: postMessage, which copies",
  listen: () =>
    Promise.resolve(new PortListener(NAME, (port) => new PortChannel(port as MessagePort))),
  connect(endpoint) {
    const { port1, port2 } = new MessageChannel();
    try {
      sendToListener(NAME, endpoint, port2, [port2]);
      return Promise.resolve(new PortChannel(port1));
    } catch (error) {
      for (const port of [port1, port2]) port.close();
      return Promise.reject(error);
    }
  },
  async probe(options) {
    const found = await probeStream(messagePort, options);
    return found.available ? { ...found, largestMessageBytes: LARGEST_BYTES } : found;
  },
};

class PortChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #port: MessagePort;
  readonly #messages = new Mailbox<Uint8Array>();
  /** Bytes sent and not known to be taken, and bytes taken and not told. */
  #underWay = 0;
  #taken = 0;
  #room = Promise.withResolvers<void>();
  #hasEnded = false;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Uint8Array | number>) => this.#receive(data);
  }

  read(buffer: Uint8Array): MaybePromise<number | null> {
    const message = this.#messages.take();
    return message instanceof Promise
      ? message.then((one) => this.#take(one, buffer))
      : this.#take(message, buffer);
  }

  write(data: Uint8Array): MaybePromise<number> {
    if (data.length > LARGEST_BYTES) {
      throw new MessageTooLargeError(NAME, data.length, LARGEST_BYTES);
    }
    if (this.#isClosed || this.#hasEnded) {
      throw new Error(`Cannot write to ${NAME}: the connection is closed`);
    }
    this.#underWay += data.length;
    // Of a part, the whole of its buffer would be copied.
    this.#port.postMessage(data.length === data.buffer.byteLength ? data : data.slice());
    return this.#underWay <= WINDOW_BYTES
      ? data.length
      : this.#untilThereIsRoom().then(() => data.length);
  }

  closeWrite(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#port.postMessage(ENDED);
  }

  close(): void {
    if (!this.#isClosed) this.#port.postMessage(CLOSED);
    this.#shut();
    this.#messages.empty();
  }

  #receive(data: Uint8Array | number): void {
    if (typeof data !== "number") return this.#messages.put(data);
    if (data < 0) this.#messages.end();
    if (data === CLOSED) return this.#shut();
    if (data > 0) this.#underWay -= data;
    this.#room.resolve();
  }

  #shut(): void {
    this.#isClosed = true;
    this.#room.resolve();
    this.#port.close();
  }

  #take(message: Uint8Array | null, buffer: Uint8Array): number | null {
    if (message === null) return null;
    this.#taken += message.length;
    if (this.#taken >= WINDOW_BYTES / 2 && !this.#isClosed) {
      this.#port.postMessage(this.#taken);
      this.#taken = 0;
    }
    return copyMessage(message, buffer);
  }

  async #untilThereIsRoom(): Promise<void> {
    while (this.#underWay > WINDOW_BYTES && !this.#isClosed) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
  }
}
