// Datagrams to receivers that do not read: what is lost, what is refused, and what waiting costs.

import { requireLibc } from "../../kernel/libc.ts";
import { getOption } from "../../kernel/options.ts";
import { readUsage } from "../../kernel/rusage.ts";
import { encodeAddress } from "../../kernel/socket_address.ts";
import { ERRNO, errnoName } from "../../kernel/system_error.ts";
import type { DatagramTransport } from "../../transport/transport.ts";
import type { ClaimFacts, Lab } from "../claim.ts";
import { loopback, RawSockets, waitUntil } from "../connections/raw_sockets.ts";
import { readSettingsOf } from "../connections/socket_table.ts";
import { openChannels, usableStreams } from "../connections/usable_streams.ts";
import { receiveNow } from "../raw_pair.ts";

/** Kinds of datagram sockets. */
export type DatagramKind = "udp" | "unixpacket";

/** What became of datagrams to a socket that read nothing. */
export interface Crowded {
  readonly kind: DatagramKind;
  readonly bytes: number;
  /** Sends that succeeded. */
  readonly sent: number;
  /** Of them received in the end. */
  readonly received: number;
  /** Drops that the kernel counted at the receiver. */
  readonly dropped: number;
  /** Of them those that it had counted as soon as the send in question had returned. */
  readonly dropsAtReturn: number;
  /** The error with which a send was refused; `null` where none was. */
  readonly refused: string | null;
  /** Whether a datagram that was sent once all had been received came. */
  readonly marker: boolean;
}

/** How many Unix datagrams a socket that reads nothing takes. */
export interface Queued {
  readonly bytes: number;
  readonly count: number;
  /** net.unix.max_dgram_qlen; `null` where it could not be read. */
  readonly queueLength: string | null;
  readonly sendBuffer: number;
}

/** What a send of Deno that waits costs. */
export interface Waiting {
  readonly what: string;
  readonly waitedMs: number;
  readonly cpuMs: number;
}

const BYTES = 1_000;
const MORE = 10;
const MAX_SENDS = 200_000;
const LIMIT_MS = 1_000;
const WAIT_MS = 200;
/** Of a send that is done sooner nobody says that it waits. */
const PENDING_MS = 20;
const QUEUED_BYTES = [64, 65_536];

/** Sends to sockets that do not read. */
export async function crowdReceivers(
  lab: Lab,
  kinds: readonly DatagramKind[] = ["udp", "unixpacket"],
): Promise<ClaimFacts> {
  const crowded: Crowded[] = [];
  for (const kind of kinds) crowded.push(await crowd(kind, lab));
  const name = "net.unix.max_dgram_qlen";
  const queueLength = (await readSettingsOf([name]))[name] ?? null;
  const queued = QUEUED_BYTES.map((bytes): Queued => {
    using sockets = new RawSockets(lab);
    const [sender] = openPair("unixpacket", sockets);
    let count = 0;
    while (send(sender, new Uint8Array(bytes)) === null) count++;
    return { bytes, count, queueLength, sendBuffer: getOption(sender, "SO_SNDBUF") };
  });
  return { crowded, queued, waiting: await watchWaiting(lab) } as unknown as ClaimFacts;
}

function openPair(
  kind: DatagramKind,
  sockets: RawSockets,
): readonly [sender: number, receiver: number] {
  const libc = requireLibc();
  const [sender, receiver] = [sockets.socket(kind), sockets.socket(kind)];
  const any = kind === "udp" ? loopback(0) : encodeAddress({ kind: "unix", path: "" });
  libc.check(libc.symbols.bind(receiver, any, any.length), "bind");
  const address = sockets.addressOf(receiver);
  libc.check(libc.symbols.connect(sender, address, address.length), "connect");
  return [sender, receiver];
}

/** @returns the error's name, or `null` when it was taken */
function send(fd: number, data: Uint8Array<ArrayBuffer>): string | null {
  const libc = requireLibc();
  if (libc.symbols.send(fd, data, BigInt(data.length), 0) >= 0) return null;
  return libc.errno === ERRNO.EAGAIN ? "EAGAIN" : errnoName(libc.errno);
}

async function crowd(kind: DatagramKind, lab: Lab): Promise<Crowded> {
  using sockets = new RawSockets(lab);
  const [sender, receiver] = openPair(kind, sockets);
  const countDrops = () => getOption(receiver, "SO_MEMINFO").drops;
  const message = new Uint8Array(BYTES);
  const view = new DataView(message.buffer);
  let sent = 0;
  let refused: string | null = null;
  let dropsAtReturn = 0;
  for (let more = MORE; more > 0 && sent < MAX_SENDS;) {
    const before = countDrops();
    view.setUint32(0, sent);
    refused = send(sender, message);
    if (refused !== null) break;
    sent++;
    dropsAtReturn += countDrops() - before;
    if (countDrops() > 0) more--;
  }
  const numbers = new Set<number>();
  const receiveAll = () => {
    while (receiveNow(receiver, message) !== undefined) numbers.add(view.getUint32(0));
  };
  receiveAll();
  // What was sent and is still under way would come before this one: one path, one queue.
  view.setUint32(0, MAX_SENDS);
  send(sender, message);
  const marker = await waitUntil(lab, () => {
    receiveAll();
    return numbers.delete(MAX_SENDS);
  }, LIMIT_MS);
  return {
    kind,
    bytes: BYTES,
    sent,
    received: numbers.size,
    dropped: countDrops(),
    dropsAtReturn,
    refused,
    marker,
  };
}

async function watchWaiting(lab: Lab): Promise<readonly Waiting[]> {
  const packets = lab.catalog.transports.get("unixpacket");
  if (packets?.mode !== "datagram" || !lab.availability.get("unixpacket")?.available) return [];
  const waiting = [await waitWithDatagrams(packets, lab)];
  const [[, unix]] = usableStreams(["unix"], lab);
  using pair = await openChannels(unix, lab);
  const data = new Uint8Array(65_536);
  const buffer = new Uint8Array(1_048_576);
  const found = await waitFor("write to a Unix stream", () => pair.client.write(data), async () => {
    await pair.server.read(buffer);
  }, lab);
  return [...waiting, found].filter((one) => one !== undefined);
}

async function waitWithDatagrams(
  transport: DatagramTransport,
  lab: Lab,
): Promise<Waiting | undefined> {
  const { directory, signal } = lab;
  const receiver = await transport.bind({ directory });
  const sender = await transport.bind({ directory, remote: receiver.endpoint });
  const close = () => {
    sender.close();
    receiver.close();
  };
  signal.addEventListener("abort", close);
  try {
    const buffer = new Uint8Array(BYTES);
    return await waitFor("send of a Unix datagram", () => sender.send(buffer), async () => {
      await receiver.receive(buffer);
    }, lab);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** Sends until a send is pending, watches it, and makes room for it; `undefined` where none ever was. */
async function waitFor(
  what: string,
  sendOne: () => unknown,
  makeRoom: () => Promise<void>,
  lab: Lab,
): Promise<Waiting | undefined> {
  const { clock } = lab;
  for (let k = 0; k < MAX_SENDS && !lab.signal.aborted; k++) {
    let isDone = false;
    const sending = Promise.resolve(sendOne()).then(() => isDone = true);
    // Awaited below, whatever ends the experiment meanwhile.
    sending.catch(() => {});
    for (let turn = 0; turn < 10 && !isDone; turn++) await Promise.resolve();
    if (isDone || await waitUntil(lab, () => isDone, PENDING_MS)) continue;
    const [startNs, before] = [clock.nowNs(), readUsage("thread")];
    await clock.sleepUntilNs(startNs + WAIT_MS * 1e6);
    const after = readUsage("thread");
    const waitedMs = (clock.nowNs() - startNs) / 1e6;
    await makeRoom();
    await sending;
    const cpuNs = after.userNs + after.systemNs - before.userNs - before.systemNs;
    return { what, waitedMs, cpuMs: cpuNs / 1e6 };
  }
  return undefined;
}
