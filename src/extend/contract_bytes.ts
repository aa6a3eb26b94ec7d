// What the parts of the transport contract share: bytes that tell their position, and ways to move them.

import { assert, assertRejects } from "@std/assert";
import type { MaybePromise, StreamChannel, StreamListener } from "../transport/channel.ts";
import type { OpenOptions, StreamTransport } from "../transport/transport.ts";

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

/** Both ends of a connection, and the listener it came through. */
export interface Ends {
  readonly client: StreamChannel;
  readonly server: StreamChannel;
  readonly listener: StreamListener;
  close(): void;
}

async function connectTo(
  transport: StreamTransport,
  listener: StreamListener,
  options: OpenOptions,
): Promise<Ends> {
  const [client, server] = await Promise.all([
    transport.connect(listener.endpoint, options),
    listener.accept(),
  ]);
  const close = () => [client, server, listener].forEach((end) => end.close());
  return { client, server, listener, close };
}

/** Opens one connection through a listener of its own. */
export async function openEnds(transport: StreamTransport, options: OpenOptions): Promise<Ends> {
  return await connectTo(transport, await transport.listen(options), options);
}

/** What is true of listeners of any kind; `exchange` moves so many bytes over a connection and looks at them. */
export function testListening(
  transport: StreamTransport,
  test: Test,
  exchange: (ends: Ends, bytes: number) => Promise<void>,
): void {
  test("opens and closes without leaving a resource, and closing twice is harmless", async (options) => {
    const ends = await openEnds(transport, options);
    ends.close();
    ends.close();
  });

  test("connect() to a closed listener rejects", async (options) => {
    const listener = await transport.listen(options);
    listener.close();
    await assertRejects(async () => await transport.connect(listener.endpoint, options));
  });

  test("listen() serves several connections, each its own channel", async (options) => {
    const listener = await transport.listen(options);
    const all: Ends[] = [];
    for (let k = 1; k <= 5; k++) all.push(await connectTo(transport, listener, options));
    for (const [k, ends] of all.entries()) await exchange(ends, k + 1);
    for (const ends of all) ends.close();
  });
}
