// What the parts of the transport contract share: bytes that tell their position, and ways to move them.

import { assert } from "@std/assert";
import type { MaybePromise, StreamChannel } from "../transport/channel.ts";
import type { OpenOptions } from "../transport/transport.ts";

/** Sizes of messages, in bytes, around what buffers and segments hold. */
export const STREAM_SIZES = [1, 2, 63, 1_000, 65_536, 1_000_003];

/** Registers one test of the contract, with a directory of its own. */
export type Test = (name: string, fn: (options: OpenOptions) => Promise<void>) => void;

/** Bytes that tell their position, so that a lost or doubled one shows. */
export function pattern(bytes: number): Uint8Array {
  const data = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) data[i] = (i * 31 + (i >> 8)) & 0xff;
  return data;
}

/** Writes all of it, in as many parts as the channel takes. */
export async function writeAll(channel: StreamChannel, data: Uint8Array): Promise<void> {
  for (let sent = 0; sent < data.length;) sent += await channel.write(data.subarray(sent));
}

/** Reads so many bytes, in as many parts as the channel gives. */
export async function readExactly(channel: StreamChannel, bytes: number): Promise<Uint8Array> {
  const data = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const n = await channel.read(data.subarray(filled));
    assert(n !== null, `the stream ended after ${filled} of ${bytes} bytes`);
    filled += n as number;
  }
  return data;
}

/** Sends back so many bytes as they come. */
export async function echo(
  channel: StreamChannel,
  bytes: number,
  bufferBytes: number,
): Promise<void> {
  const buffer = new Uint8Array(bufferBytes);
  for (let done = 0; done < bytes;) {
    const n = await channel.read(buffer);
    assert(n !== null);
    await writeAll(channel, buffer.subarray(0, n as number));
    done += n as number;
  }
}

/** How a promise came out, without its rejection. */
export function settled<T>(pending: MaybePromise<T>): Promise<{ rejected: boolean; value?: T }> {
  return Promise.resolve(pending).then(
    (value) => ({ rejected: false, value }),
    () => ({ rejected: true }),
  );
}
