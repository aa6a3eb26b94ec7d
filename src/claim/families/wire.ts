// What of HTTP and WebSocket can be seen at the stream below them: spoken to by a bare TCP connection, and looked at from the kernel.

import { openSockets, type SocketDescription } from "../../kernel/find_fd.ts";
import { tryGetOption } from "../../kernel/options.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { median } from "../../stats/quantile.ts";
import type { Endpoint } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type ClaimFacts, type Lab } from "../claim.ts";
import { exchange, openChannels, writeAll } from "../channels.ts";

/** One protocol's answer to what was written by hand. `answer`: the first line of what came back; `isExpected`: whether it is the protocol's own. */
export type Handwritten = Readonly<{ transport: string; answer: string; isExpected: boolean }>;

/** One end's connections while messages of one size went to and fro; bytes and segments per message. */
export type WireEnd = Readonly<{ bytes: number; segments: number; nagle: boolean }>;

/** Both ends of one protocol at one size. `connections`: TCP connections that were open after all exchanges; `exchangeMs`: median time of an exchange: a message and one of the same size back. */
export type Wire = {
  transport: string;
  messageBytes: number;
  connections: number;
  exchangeMs: number;
  client: WireEnd;
  server: WireEnd;
};

/** What was found of the protocols on streams. `unseen`: why the kernel could not be asked; null where it could. */
export type WireFacts = Readonly<
  { handwritten: readonly Handwritten[]; wires: readonly Wire[]; unseen: string | null }
>;

const EXCHANGES = 20;
/** First exchanges are others: connections are in quick-ACK mode, and headers are met for the first time. */
const WARM_UP_EXCHANGES = 5;

const REQUESTS: Readonly<Record<string, { readonly lines: readonly string[]; status: RegExp }>> = {
  http: {
    lines: ["GET / HTTP/1.1", "Host: 127.0.0.1", "Connection: close"],
    status: /^HTTP\/1\.1 201 /,
  },
  websocket: {
    lines: [
      "GET / HTTP/1.1",
      "Host: 127.0.0.1",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      // The example of RFC 6455: any 16 bytes in base64.
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ],
    status: /^HTTP\/1\.1 101 /,
  },
};

/** Looks below protocols that keep message boundaries. */
export async function lookBelow(
  lab: Lab,
  names: readonly string[],
  sizes: readonly number[],
): Promise<ClaimFacts> {
  const tcp = streamOf(lab, "tcp");
  const handwritten: Handwritten[] = [];
  for (const name of names) handwritten.push(await speak(lab, tcp, streamOf(lab, name)));
  const wires: Wire[] = [];
  if (lab.kernel.available) {
    for (const name of ["tcp", ...names]) {
      for (const bytes of sizes) wires.push(await watch(lab, streamOf(lab, name), bytes));
    }
  }
  const unseen = lab.kernel.available ? null : lab.kernel.reason;
  return { handwritten, wires, unseen };
}

function streamOf({ catalog, availability }: Lab, name: string): StreamTransport {
  const transport = catalog.transports.get(name);
  const found = availability.get(name);
  if (transport?.mode !== "stream") throw new CannotTry(`there is no transport ${name}`);
  if (!found?.available) throw new CannotTry(found?.reason ?? `${name} was not looked for`);
  return transport;
}

/** Writes the text of a request to a protocol's listener over a bare TCP connection. */
async function speak(lab: Lab, tcp: StreamTransport, rider: StreamTransport): Promise<Handwritten> {
  const { directory, signal } = lab;
  const { lines, status } = REQUESTS[rider.name]!;
  const listener = await rider.listen({ directory });
  const bare = await tcp.connect(listener.endpoint, { directory });
  const close = () => [bare, listener].forEach((one) => one.close());
  signal.addEventListener("abort", close);
  try {
    await writeAll(bare, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const buffer = new Uint8Array(1_024);
    let text = "";
    for (let bytes; !text.includes("\n") && (bytes = await bare.read(buffer)) !== null;) {
      text += new TextDecoder().decode(buffer.subarray(0, bytes));
    }
    const answer = text.split("\r\n")[0]!;
    return { transport: rider.name, answer, isExpected: status.test(answer) };
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** Exchanges messages within this process, and reads TCP_INFO of both ends before and after. */
export async function watch(
  lab: Lab,
  transport: StreamTransport,
  messageBytes: number,
  prepare: (fds: readonly number[]) => void = () => {},
): Promise<Wire> {
  using pair = await openChannels(transport, lab);
  for (let done = 0; done < WARM_UP_EXCHANGES; done++) await exchange(pair, messageBytes);
  const first = endsOf(pair.endpoint);
  prepare([...first.client, ...first.server].map(({ fd }) => fd));
  const before = endsOf(pair.endpoint);
  const times: number[] = [];
  while (times.length < EXCHANGES && !lab.signal.aborted) {
    const startNs = lab.clock.nowNs();
    await exchange(pair, messageBytes);
    times.push((lab.clock.nowNs() - startNs) / 1e6);
  }
  const after = endsOf(pair.endpoint);
  return {
    transport: transport.name,
    messageBytes,
    connections: after.client.length,
    exchangeMs: median(times),
    client: compare(before.client, after.client),
    server: compare(before.server, after.server),
  };
}

/** One socket's counts at one moment. */
type Counts = Readonly<{ fd: number; bytes: number; segments: number; nagle: boolean }>;

/** This process's connections through a listener: all of the client's, and all that were accepted. */
function endsOf(listener: Endpoint): { client: readonly Counts[]; server: readonly Counts[] } {
  const port = listener.kind === "ip" ? listener.port : -1;
  const isAt = (address: SocketDescription["local"]) =>
    address !== undefined && address.kind === "ip" && address.port === port;
  const open = openSockets().filter(({ type, listening }) => type === "stream" && !listening);
  return {
    client: open.filter(({ remote }) => isAt(remote)).map(({ fd }) => countsOf(fd)),
    server: open.filter(({ local }) => isAt(local)).map(({ fd }) => countsOf(fd)),
  };
}

function countsOf(fd: number): Counts {
  const { bytesSent = 0, dataSegsOut = 0 } = readTcpInfo(fd);
  return {
    fd,
    bytes: bytesSent,
    segments: dataSegsOut,
    nagle: tryGetOption(fd, "TCP_NODELAY") === 0,
  };
}

function compare(before: readonly Counts[], after: readonly Counts[]): WireEnd {
  const sum = (counts: readonly Counts[], of: (one: Counts) => number) =>
    counts.reduce((total, one) => total + of(one), 0);
  const moved = (of: (one: Counts) => number) => (sum(after, of) - sum(before, of)) / EXCHANGES;
  return {
    bytes: moved(({ bytes }) => bytes),
    segments: moved(({ segments }) => segments),
    nagle: after.some(({ nagle }) => nagle),
  };
}
