/**
 * An in-memory transport pair, so that the contract suite runs without sockets and faults can be scripted. Lives in tests only.
 *
 * @module
 */

import {
  type DatagramChannel,
  type Endpoint,
  MessageTooLargeError,
  type StreamChannel,
  type StreamListener,
} from "../../src/transport/channel.ts";
import type { DatagramTransport, StreamTransport } from "../../src/transport/transport.ts";

/** One direction of a memory stream: bounded, so that writes are partial and then wait. */
class Pipe {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #broken = false;
  #changed = Promise.withResolvers<void>();

  constructor(readonly capacity: number) {}

  async write(data: Uint8Array): Promise<number> {
    while (this.#bytes >= this.capacity && !this.#broken) await this.#changed.promise;
    if (this.#broken || this.#ended) throw new Error("Broken pipe");
    const taken = Math.min(data.length, this.capacity - this.#bytes);
    this.#chunks.push(data.slice(0, taken));
    this.#bytes += taken;
    this.#wake();
    return taken;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#bytes === 0) {
      if (this.#broken) throw new Error("operation canceled");
      if (this.#ended) return null;
      await this.#changed.promise;
    }
    let filled = 0;
    while (filled < buffer.length && this.#chunks.length > 0) {
      const head = this.#chunks[0]!;
      const part = head.subarray(0, buffer.length - filled);
      buffer.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.#chunks.shift();
      else this.#chunks[0] = head.subarray(part.length);
    }
    this.#bytes -= filled;
    this.#wake();
    return filled;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  break(): void {
    this.#broken = true;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function streamEnd(incoming: Pipe, outgoing: Pipe): StreamChannel {
  let closed = false;
  return {
    mode: "stream",
    read: (buffer) => closed ? Promise.reject(new Error("closed")) : incoming.read(buffer),
    write: (data) => closed ? Promise.reject(new Error("closed")) : outgoing.write(data),
    closeWrite() {
      outgoing.end();
      return Promise.resolve();
    },
    close() {
      if (closed) return;
      closed = true;
      outgoing.end();
      incoming.break();
    },
  };
}

/** A queue that hands items over in order and can be closed. */
class Queue<T> {
  readonly #items: T[] = [];
  readonly #waiting: PromiseWithResolvers<T>[] = [];

  push(item: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#items.push(item);
    else next.resolve(item);
  }

  take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    const next = Promise.withResolvers<T>();
    this.#waiting.push(next);
    return next.promise;
  }

  close(): void {
    for (const next of this.#waiting.splice(0)) next.reject(new Error("closed"));
  }
}

/** Makes a stream transport whose two ends live in this process. `capacityBytes` bounds what a write takes at once. */
export function memoryStream(capacityBytes = 8 * 1_024): StreamTransport {
  const listeners = new Map<string, Queue<StreamChannel>>();
  let named = 0;
  return {
    name: "memory",
    driver: "deno",
    mode: "stream",
    title: "In-memory stream",
    probe: () => Promise.resolve({ available: true }),
    listen(): Promise<StreamListener> {
      const name = `listener ${++named}`;
      const queue = new Queue<StreamChannel>();
      listeners.set(name, queue);
      return Promise.resolve({
        endpoint: { kind: "memory", name },
        accept: () => queue.take(),
        close() {
          listeners.delete(name);
          queue.close();
        },
      });
    },
    connect(endpoint) {
      const queue = endpoint.kind === "memory" ? listeners.get(endpoint.name) : undefined;
      if (queue === undefined) return Promise.reject(new Error("Connection refused"));
      const there = new Pipe(capacityBytes);
      const back = new Pipe(capacityBytes);
      queue.push(streamEnd(there, back));
      return Promise.resolve(streamEnd(back, there));
    },
  };
}

/** Largest message of {@link memoryDatagram}, in bytes. */
export const MEMORY_LARGEST_BYTES = 32 * 1_024;

/** What a scripted network does to the n-th datagram (from 0) sent to a socket. */
export type Fate = (index: number) => "deliver" | "drop" | "twice";

/** Makes a datagram transport within this process; `fate` scripts loss and duplication. */
export function memoryDatagram(fate: Fate = () => "deliver"): DatagramTransport {
  interface Message {
    readonly data: Uint8Array;
    readonly from: string;
  }
  const sockets = new Map<string, Queue<Message>>();
  let named = 0;
  let sent = 0;
  return {
    name: "memory-datagram",
    driver: "deno",
    mode: "datagram",
    title: "In-memory datagrams",
    probe: () => Promise.resolve({ available: true, largestMessageBytes: MEMORY_LARGEST_BYTES }),
    bind({ remote }): Promise<DatagramChannel> {
      const name = `socket ${++named}`;
      const endpoint: Endpoint = { kind: "memory", name };
      const inbox = new Queue<Message>();
      sockets.set(name, inbox);
      let lastFrom: string | undefined;
      let closed = false;
      function deliver(data: Uint8Array, to: string): Promise<number> {
        if (data.length > MEMORY_LARGEST_BYTES) {
          return Promise.reject(
            new MessageTooLargeError("memory-datagram", data.length, MEMORY_LARGEST_BYTES),
          );
        }
        const what = fate(sent++);
        const copies = what === "drop" ? 0 : what === "twice" ? 2 : 1;
        for (let i = 0; i < copies; i++) sockets.get(to)?.push({ data: data.slice(), from: name });
        return Promise.resolve(data.length);
      }
      return Promise.resolve({
        mode: "datagram",
        endpoint,
        send: (data) =>
          remote?.kind === "memory"
            ? deliver(data, remote.name)
            : Promise.reject(new Error("bound without a remote")),
        async receive(buffer) {
          if (closed) throw new Error("closed");
          const { data, from } = await inbox.take();
          lastFrom = from;
          const bytes = Math.min(buffer.length, data.length);
          buffer.set(data.subarray(0, bytes));
          return bytes;
        },
        reply: (data) =>
          lastFrom === undefined
            ? Promise.reject(new Error("has received nothing yet"))
            : deliver(data, lastFrom),
        close() {
          if (closed) return;
          closed = true;
          sockets.delete(name);
          inbox.close();
        },
      });
    },
  };
}
