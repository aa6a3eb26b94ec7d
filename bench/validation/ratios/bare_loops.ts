/**
 * What an engineer would write by hand to time a socket in Deno: the reference benchmark that the suite is compared with. Nothing of the suite
 * is used here, both ends share the event loop, and every function opens fresh sockets and closes them.
 *
 * @module
 */

/** How long a bare loop warms up and measures. */
export interface BareBudget {
  /** Discarded, in nanoseconds. */
  readonly warmupNs: number;
  /** Measured, in nanoseconds. */
  readonly measureNs: number;
}

/** Exchanges that a slice can hold: 20 ms of 1 µs each. */
const samplesMs = new Float64Array(1 << 16);

/** The median round trip in nanoseconds of `bytes` each way over TCP without Nagle. */
export async function bareTcpRoundTrip(bytes: number, budget: BareBudget): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, server] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  listener.close();
  client.setNoDelay(true);
  server.setNoDelay(true);
  return await roundTrip(client, server, bytes, budget);
}

/** The median round trip in nanoseconds of `bytes` each way over a Unix-domain stream socket at `path`. */
export async function bareUnixRoundTrip(
  path: string,
  bytes: number,
  budget: BareBudget,
): Promise<number> {
  const { client, server } = await connectUnix(path);
  return await roundTrip(client, server, bytes, budget);
}

/** Makes `count` exchanges of `bytes` each way over a Unix-domain stream socket at `path`, untimed. */
export async function bareUnixRoundTrips(
  path: string,
  bytes: number,
  count: number,
): Promise<void> {
  const { client, server } = await connectUnix(path);
  const echoing = echo(server, bytes);
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes);
  for (let i = 0; i < count; i++) {
    await client.write(request);
    await client.read(reply);
  }
  client.close();
  await echoing;
}

async function connectUnix(path: string): Promise<{ client: Deno.Conn; server: Deno.Conn }> {
  const listener = Deno.listen({ transport: "unix", path });
  const [client, server] = await Promise.all([
    Deno.connect({ transport: "unix", path }),
    listener.accept(),
  ]);
  listener.close();
  return { client, server };
}

async function roundTrip(
  client: Deno.Conn,
  server: Deno.Conn,
  bytes: number,
  { warmupNs, measureNs }: BareBudget,
): Promise<number> {
  const echoing = echo(server, bytes);
  await exchange(client, bytes, warmupNs / 1e6);
  const count = await exchange(client, bytes, measureNs / 1e6);
  client.close();
  await echoing;
  return medianNs(count);
}

async function echo(conn: Deno.Conn, bytes: number): Promise<void> {
  const message = new Uint8Array(bytes);
  for (;;) {
    const read = await conn.read(message);
    if (read === null) break;
    if (read !== bytes) throw new Error("a partial read");
    await conn.write(message);
  }
  conn.close();
}

async function exchange(conn: Deno.Conn, bytes: number, durationMs: number): Promise<number> {
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes);
  let count = 0;
  let doneMs = performance.now();
  const endMs = doneMs + durationMs;
  while (doneMs < endMs) {
    const sentMs = performance.now();
    await conn.write(request);
    const read = await conn.read(reply);
    doneMs = performance.now();
    if (read !== bytes) throw new Error("a partial read");
    samplesMs[count++] = doneMs - sentMs;
  }
  return count;
}

/** The median round trip in nanoseconds of `bytes` each way over UDP. */
export async function bareUdpRoundTrip(bytes: number, budget: BareBudget): Promise<number> {
  const bind = () => Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const client = bind();
  const server = bind();
  const echoing = echoDatagrams(server, bytes);
  await exchangeDatagrams(client, server.addr, bytes, budget.warmupNs / 1e6);
  const count = await exchangeDatagrams(client, server.addr, bytes, budget.measureNs / 1e6);
  client.close();
  server.close();
  await echoing;
  return medianNs(count);
}

async function echoDatagrams(conn: Deno.DatagramConn, bytes: number): Promise<void> {
  const message = new Uint8Array(bytes + 1);
  try {
    for (;;) {
      const [data, from] = await conn.receive(message);
      await conn.send(data, from);
    }
  } catch {
    // The socket was closed: the slice is over.
  }
}

async function exchangeDatagrams(
  conn: Deno.DatagramConn,
  to: Deno.Addr,
  bytes: number,
  durationMs: number,
): Promise<number> {
  const request = new Uint8Array(bytes);
  const reply = new Uint8Array(bytes + 1);
  let count = 0;
  let doneMs = performance.now();
  const endMs = doneMs + durationMs;
  while (doneMs < endMs) {
    const sentMs = performance.now();
    await conn.send(request, to);
    const [data] = await conn.receive(reply);
    doneMs = performance.now();
    if (data.length !== bytes) throw new Error("a reply of another size");
    samplesMs[count++] = doneMs - sentMs;
  }
  return count;
}

function medianNs(count: number): number {
  return samplesMs.slice(0, count).sort()[count >> 1]! * 1e6;
}
