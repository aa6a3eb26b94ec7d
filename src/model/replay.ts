// Replays: traffic of one's own, to be sent in its order and round again.

/**
 * Bytes at the beginning of each request of a replay: its reply's length, after its own (streams) or its number (datagrams). The serving end
 * thus needs no copy of what is replayed, whichever of several connections a request takes.
 */
export const REPLAY_HEADER_BYTES = 8;

/** One kind of request: made before anything is measured, so that sending it allocates nothing. */
export interface RequestShape {
  /** What is sent. */
  readonly request: Uint8Array<ArrayBuffer>;
  /** What must come back. */
  readonly replyBytes: number;
}

/** A size, and the line that asks for it. */
export interface ReplaySize {
  /** In bytes. */
  readonly bytes: number;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** A Replay is what a file asks to be sent: sizes of requests and replies, and the time before each. Made by {@linkcode parseReplay}. */
export class Replay {
  readonly #shapes: readonly RequestShape[];
  readonly #shapeOf: Uint32Array;

  /**
   * Puts the lines of a file together.
   *
   * @param name the file's name without its folder, as case ids have it
   * @param hash what tells its text from another's
   * @param shapes the different kinds of requests
   * @param shapeOf the kind of each request, in order
   * @param gapsNs the time before each request in nanoseconds: after the one before was due (`load`), or was answered (`round-trip`)
   * @param largest the largest request and reply
   * @param smallestReply the smallest reply
   */
  constructor(
    readonly name: string,
    readonly hash: string,
    shapes: readonly RequestShape[],
    shapeOf: Uint32Array,
    readonly gapsNs: Float64Array,
    readonly largest: { readonly request: ReplaySize; readonly reply: ReplaySize },
    readonly smallestReply: ReplaySize,
  ) {
    this.#shapes = shapes;
    this.#shapeOf = shapeOf;
  }

  /** Requests of one pass. */
  get count(): number {
    return this.#shapeOf.length;
  }

  /** Requests a second, were each sent when it is due; infinite where no time lies between them. */
  get ratePerSecond(): number {
    return this.count / (this.gapsNs.reduce((sum, gap) => sum + gap, 0) / 1e9);
  }

  /**
   * The kind of a request.
   *
   * @param index from 0; after the last the first follows
   */
  shapeAt(index: number): RequestShape {
    return this.#shapes[this.#shapeOf[index % this.#shapeOf.length]!]!;
  }

  /** Writes its length into each request over streams, whose serving end sees no end of a message. */
  prepareStreams(): void {
    for (const { request } of this.#shapes) writeUint32(request, 0, request.length);
  }

  /** What a record or a command keeps of it. */
  toJSON(): { readonly name: string; readonly hash: string } {
    return { name: this.name, hash: this.hash };
  }
}

/** Writes a number into four bytes, the highest first: a DataView for each request would be an allocation. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads such a number. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}
