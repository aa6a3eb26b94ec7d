// Datagrams to receivers that do not read: what is lost, what is refused, and what waiting costs.

import { requireLibc } from "../../kernel/libc.ts";
import { getOption } from "../../kernel/options.ts";
import { ERRNO, errnoName } from "../../kernel/system_error.ts";
import type { ClaimFacts, Lab } from "../claim.ts";
import { RawSockets, receiveNow, waitUntil } from "../sockets.ts";
import { readSettingsOf } from "../socket_table.ts";

/** Kinds of datagram sockets. */
export type DatagramKind = "udp" | "unixpacket";

/** Datagrams to a socket that read nothing. `dropsAtReturn`: counted as the send returned; `marker`: whether one sent afterwards came. */
export type Crowded = {
  kind: DatagramKind;
  bytes: number;
  sent: number;
  received: number;
  dropped: number;
  dropsAtReturn: number;
  refused: string | null;
  marker: boolean;
};

/** How many Unix datagrams a socket that reads nothing takes. `queueLength`: net.unix.max_dgram_qlen; `null` where it could not be read. */
export type Queued = Readonly<
  { bytes: number; count: number; queueLength: string | null; sendBuffer: number }
>;

const BYTES = 1_000;
const MORE = 10;
const MAX_SENDS = 200_000;
const LIMIT_MS = 1_000;
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
    const [sender] = sockets.datagramPair("unixpacket");
    let count = 0;
    while (send(sender, new Uint8Array(bytes)) === null) count++;
    return { bytes, count, queueLength, sendBuffer: getOption(sender, "SO_SNDBUF") };
  });
  return { crowded, queued };
}

/** @returns the error's name, or `null` when it was taken */
function send(fd: number, data: Uint8Array<ArrayBuffer>): string | null {
  const libc = requireLibc();
  if (libc.symbols.send(fd, data, BigInt(data.length), 0) >= 0) return null;
  return libc.errno === ERRNO.EAGAIN ? "EAGAIN" : errnoName(libc.errno);
}

async function crowd(kind: DatagramKind, lab: Lab): Promise<Crowded> {
  using sockets = new RawSockets(lab);
  const [sender, receiver] = sockets.datagramPair(kind);
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
