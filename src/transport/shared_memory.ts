// Memory that two threads of a process share: a ring of bytes for each direction in a SharedArrayBuffer, and Atomics.wait to sleep until it changes.
//
// Sleeping blocks the thread, as the calls of the driver libc do, and comes in slices as theirs does: then Atomics.waitAsync lets the event loop have its turns.

import { setImmediate } from "node:timers";
import type { ChannelOptions, MaybePromise, StreamChannel } from "./channel.ts";
import { closePorts, PortListener, sendToListener } from "./port_listener.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

const NAME = "shared-memory";
/** What a direction holds, in bytes: as much as a pipe. A power of two. */
const RING_BYTES = 65_536;
const HEADER_BYTES = 64;
/** Words of a ring's header. Written and read count bytes, and wrap; data and room change whenever who waits for them has to look again. */
const WORD = { written: 0, read: 1, ended: 2, abandoned: 3, data: 4, room: 5 } as const;
/** How long one call may keep the thread from its event loop, in milliseconds. */
const SLICE_MS = 4;
/** Tries of a spinning call before the event loop has its turns. */
const SPINS = 65_536;

/** Rings of bytes between two threads of this process. */
export const sharedMemory: StreamTransport = {
  name: NAME,
  driver: "deno",
  mode: "stream",
  blocking: true,
  inProcess: true,
  rest: closePorts,
  title: "Memory shared by two threads, no socket: SharedArrayBuffer, Atomics.wait and notify",
  listen: (options) =>
    Promise.resolve(
      new PortListener(NAME, (memory) => openEnd(memory as SharedArrayBuffer, 1, options)),
    ),
  // deno-lint-ignore require-await
  async connect(endpoint, options) {
    const memory = new SharedArrayBuffer(2 * (HEADER_BYTES + RING_BYTES));
    sendToListener(NAME, endpoint, memory);
    return openEnd(memory, 0, options);
  },
  async probe(options) {
    return mayMissWakes(Deno.version.deno)
      ? {
        available: false,
        reason: "before Deno 2.8 it may sleep through Atomics.waitAsync (2.4 does)",
      }
      : await probeStream(sharedMemory, options);
  },
};

/** Whether the event loop of a release may sleep while Atomics.waitAsync has ended: tried on 2.4 (it does), 2.8 and 2.9. */
export function mayMissWakes(release: string): boolean {
  const [major, minor] = release.split(".").map(Number);
  return major === 2 && minor! < 8;
}

/** The end of a client, 0, or of a server, 1. */
function openEnd(memory: SharedArrayBuffer, end: 0 | 1, options: ChannelOptions): SharedChannel {
  const rings = [new Ring(memory, 0), new Ring(memory, HEADER_BYTES + RING_BYTES)] as const;
  return new SharedChannel(rings[end], rings[1 - end]!, options);
}

/** One direction. */
class Ring {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.words = new Int32Array(memory, offset, HEADER_BYTES / 4);
    this.#bytes = new Uint8Array(memory, offset + HEADER_BYTES, RING_BYTES);
  }

  /** Bytes taken out; null at the end, undefined where nothing is there yet. */
  read(buffer: Uint8Array): number | null | undefined {
    // Before the count: what was written before the end is read before it.
    const hasEnded = Atomics.load(this.words, WORD.ended);
    const at = this.words[WORD.read]!;
    const bytes = Math.min(Atomics.load(this.words, WORD.written) - at | 0, buffer.length);
    if (bytes === 0 && buffer.length > 0) return hasEnded ? null : undefined;
    const from = at & RING_BYTES - 1;
    const first = Math.min(bytes, RING_BYTES - from);
    buffer.set(this.#bytes.subarray(from, from + first));
    if (bytes > first) buffer.set(this.#bytes.subarray(0, bytes - first), first);
    Atomics.store(this.words, WORD.read, at + bytes | 0);
    this.signal(WORD.room);
    return bytes;
  }

  /** Bytes put in; undefined where there is no room yet. */
  write(data: Uint8Array): number | undefined {
    if (Atomics.load(this.words, WORD.abandoned)) {
      throw new Error(`Cannot write to ${NAME}: the other end is closed`);
    }
    const at = this.words[WORD.written]!;
    const room = RING_BYTES - (at - Atomics.load(this.words, WORD.read) | 0);
    const bytes = Math.min(room, data.length);
    if (bytes === 0 && data.length > 0) return undefined;
    const from = at & RING_BYTES - 1;
    const first = Math.min(bytes, RING_BYTES - from);
    this.#bytes.set(first === data.length ? data : data.subarray(0, first), from);
    if (bytes > first) this.#bytes.set(data.subarray(first, bytes));
    Atomics.store(this.words, WORD.written, at + bytes | 0);
    this.signal(WORD.data);
    return bytes;
  }

  /** Says for good that one end is done: of the writer's, that it has ended. */
  finish(what: "ended" | "abandoned"): void {
    Atomics.store(this.words, WORD[what], 1);
    this.signal(WORD.data);
    this.signal(WORD.room);
  }

  signal(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }
}

/** How many calls of this thread wait in its event loop: while there is one, no other may block it. */
let waiting = 0;

class SharedChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #input: Ring;
  readonly #output: Ring;
  readonly #spins: boolean;
  #isClosed = false;

  constructor(input: Ring, output: Ring, { wait }: ChannelOptions) {
    this.#input = input;
    this.#output = output;
    this.#spins = wait === "spin";
  }

  read(buffer: Uint8Array): MaybePromise<number | null> {
    return this.#untilIt(this.#input.words, WORD.data, () => this.tryRead(buffer));
  }

  tryRead(buffer: Uint8Array): number | null | undefined {
    if (this.#isClosed) throw new Error(`Cannot read from ${NAME}: the connection is closed`);
    return this.#input.read(buffer);
  }

  write(data: Uint8Array): MaybePromise<number> {
    return this.#untilIt(this.#output.words, WORD.room, () => {
      if (this.#isClosed) throw new Error(`Cannot write to ${NAME}: the connection is closed`);
      return this.#output.write(data);
    });
  }

  closeWrite(): void {
    this.#output.finish("ended");
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#output.finish("ended");
    this.#input.finish("abandoned");
  }

  /** The first result of `attempt` that is one, which is asked again whenever the word has changed. */
  #untilIt<T>(
    words: Int32Array<SharedArrayBuffer>,
    word: number,
    attempt: () => T | undefined,
  ): MaybePromise<T> {
    for (let tries = 0;; tries++) {
      const seen = Atomics.load(words, word);
      const found = attempt();
      if (found !== undefined) return found;
      const goesOn = this.#spins
        ? tries < SPINS
        : waiting === 0 && Atomics.wait(words, word, seen, SLICE_MS) !== "timed-out";
      if (!goesOn) return this.#untilLater(words, word, attempt);
    }
  }

  async #untilLater<T>(
    words: Int32Array<SharedArrayBuffer>,
    word: number,
    attempt: () => T | undefined,
  ): Promise<T> {
    waiting++;
    try {
      for (;;) {
        const seen = Atomics.load(words, word);
        const found = attempt();
        if (found !== undefined) return found;
        await (this.#spins
          ? new Promise<void>((resolve) => setImmediate(resolve))
          : Atomics.waitAsync(words, word, seen).value);
      }
    } finally {
      waiting--;
    }
  }
}
