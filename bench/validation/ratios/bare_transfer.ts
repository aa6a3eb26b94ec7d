/**
 * A hand-written TCP transfer in one direction: the reference benchmark for the suite's throughput. Nothing of the suite is used here.
 *
 * The reading end is a function of its own, so that it can run on the writer's event loop or in a worker (see bare_reader_worker.ts).
 *
 * @module
 */

import type { BareBudget } from "./bare_loops.ts";

/** Size of the read buffer, in bytes: the suite's own. */
const READ_BYTES = 64 * 1024;

/** Whoever reads: on this event loop or elsewhere. */
export interface BareReader {
  /** Listens, reads one connection to its end; resolves with the port as soon as it listens. */
  listen(): Promise<number>;
  /** Opens the window: bytes from the next read on count. */
  mark(): void;
  /** Bytes per second of the window, once the connection has ended. */
  rate(): Promise<number>;
}

/** A reader on the calling thread's event loop. */
export function bareReader(): BareReader {
  let marked = false;
  let reading: Promise<number> | undefined;
  const read = async (listener: Deno.TcpListener): Promise<number> => {
    const conn = await listener.accept();
    listener.close();
    const buffer = new Uint8Array(READ_BYTES);
    while (!marked) await conn.read(buffer);
    const startMs = performance.now();
    let total = 0;
    for (;;) {
      const bytes = await conn.read(buffer);
      if (bytes === null) break;
      total += bytes;
    }
    const elapsedMs = performance.now() - startMs;
    conn.close();
    return total / elapsedMs * 1e3;
  };
  return {
    listen() {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      marked = false;
      reading = read(listener);
      return Promise.resolve(listener.addr.port);
    },
    mark() {
      marked = true;
    },
    rate: () => reading!,
  };
}

/** Bytes per second that arrive when `bytes` are written at a time. */
export async function bareTransfer(
  reader: BareReader,
  bytes: number,
  { warmupNs, measureNs }: BareBudget,
): Promise<number> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: await reader.listen() });
  conn.setNoDelay(true);
  await writeFor(conn, bytes, warmupNs / 1e6);
  reader.mark();
  await writeFor(conn, bytes, measureNs / 1e6);
  await conn.closeWrite();
  const rate = await reader.rate();
  conn.close();
  return rate;
}

async function writeFor(conn: Deno.TcpConn, bytes: number, durationMs: number): Promise<void> {
  const data = new Uint8Array(bytes);
  const endMs = performance.now() + durationMs;
  do {
    let written = await conn.write(data);
    while (written < bytes) written += await conn.write(data.subarray(written));
  } while (performance.now() < endMs);
}
