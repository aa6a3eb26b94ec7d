// Claim 22: the queues before accept().

import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamChannel, StreamListener } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { type RawListener, RawSockets, sendNow, waitUntil } from "../sockets.ts";
import { tryPart } from "../try_part.ts";
import { readSettingsOf, readSocketTable } from "../socket_table.ts";
import { usableStreams } from "../channels.ts";

const CONNECTS = 16;
const MESSAGE_BYTES = 10;
const LIMIT_MS = 3_500;
const SMALL = 4;
const PATIENCE_MS = 2_500;
const LOST = "their third segments lost";
const THROUGH = "third segments let through, up to 1 s later";
const MAX_SYN = "net.ipv4.tcp_max_syn_backlog";
const COOKIES = "net.ipv4.tcp_syncookies";

/** A server that accepts late. `connected`: connects that completed, and wrote, before anything was accepted; `read`: bytes that those connections, accepted afterwards, then had to read. */
type Late = Readonly<{ transport: string; tried: number; connected: number; read: number }>;

/** How many connections stood where. */
type Queues = {
  when: string;
  clients: number;
  clientsOpen: number;
  halfOpen: number | null;
  acceptQueue: number;
};

/** Half-open connections at a listener with a small backlog. `maxSynBacklog`: net.ipv4.tcp_max_syn_backlog; `null` where it could not be read. */
type Small = Readonly<
  { backlog: number; clients: number; halfOpen: number | null; maxSynBacklog: string | null }
>;

export const establishedBeforeAccept: ClaimDeclaration = {
  id: "established-before-accept",
  sentence:
    "A connection is established before accept(): the kernel keeps an accept queue and a SYN queue",
  source:
    "listen(2), notes; tcp(7), tcp_max_syn_backlog; Linux net/ipv4/tcp_input.c, tcp_conn_request; net/unix/af_unix.c, unix_stream_connect",
  method:
    `${CONNECTS} clients, or as many as net.core.somaxconn lets wait, connected to a server that accepted nothing, wrote ${MESSAGE_BYTES} B each, and only then were accepted and read from. The accept queue's length was read from the listener's TCP_INFO; the SYN queue was made to show by losing the third segment of every handshake for a while, with a backlog for all of the clients and with one of ${SMALL}`,
  rule: {
    "holds":
      "over every transport all connects were done and written to before the first accept, all that was written was read after it, and both queues were seen",
    "holds in part": "over some transport that was so, or a queue was not seen",
    "does not hold": "over no transport was a connect done before the first accept",
  },
  control:
    "the same with a listener that loses every segment until it accepts: the sentence then does not hold; and with net.ipv4.tcp_syncookies at 2, which keeps no SYN queue, it holds in part",
  parts: {
    "SYN queue": async (lab) => ({
      queues: await fillSynQueue(lab),
      small: await fillSmallQueue(lab),
    }),
  },
  waits: true,
  experiment: watchQueues,
  decide({ facts }) {
    const late = facts!.late as readonly Late[];
    const queues = (facts!.queues ?? []) as readonly Queues[];
    const isEarly = late.filter(({ tried, connected, read }) =>
      connected === tried && read === tried * MESSAGE_BYTES
    );
    const full = queues.find(({ clientsOpen, acceptQueue }) => clientsOpen === acceptQueue);
    const half = queues.find(({ when }) => when === LOST);
    const done = queues.find(({ when }) => when === THROUGH);
    const small = facts!.small as Small | undefined;
    const isHalf = half !== undefined && half.halfOpen !== null && half.halfOpen > 0 &&
      half.acceptQueue === 0;
    const connected = late.reduce((sum, row) => sum + row.connected, 0);
    const tried = late.reduce((sum, row) => sum + row.tried, 0);
    return {
      verdict: firstMet({
        holds: isEarly.length === late.length && full !== undefined && isHalf,
        "holds in part": isEarly.length > 0,
      }, "does not hold"),
      answer: `${connected} of ${tried} connects done and written to before any accept`,
      seen: [
        ...late.map(({ transport, tried, connected, read }) =>
          `${transport}: ${connected} of ${tried} connects completed before the first accept; of their ${
            connected * MESSAGE_BYTES
          } B written before it ${read} B were there to read after it`
        ),
        ...(half === undefined || done === undefined || half.halfOpen === null ? [] : [
          `With the third segments lost, ${half.clientsOpen} clients took themselves for connected while ${half.halfOpen} connections stood half open in the SYN queue; once the segments were let through, ${done.acceptQueue} moved on to the accept queue`,
        ]),
        ...(small === undefined || small.halfOpen === null ? [] : [
          `With a backlog of ${small.backlog}, ${small.halfOpen} of ${small.clients} half-open connections stood in the SYN queue (net.ipv4.tcp_max_syn_backlog ${
            small.maxSynBacklog ?? "not read"
          })`,
        ]),
        ...(isHalf || half === undefined || facts!.syncookies === null ? [] : [
          `The SYN queue was not used: net.ipv4.tcp_syncookies is ${facts!.syncookies}, ` +
          "and with 2 the kernel keeps nothing of a client before its third segment",
        ]),
        ...(facts!.unseen === undefined
          ? []
          : [`The queues themselves could not be looked at: ${facts!.unseen}`]),
      ],
      why: [
        "The handshake is the kernel's work. Between SYN and the client's ACK a connection is a small entry beside the listener. Linux bounds their number by the listener's backlog; beyond it, it answers with SYN cookies, which need no entry, and only with those off does it also look at net.ipv4.tcp_max_syn_backlog (tcp_conn_request). Then the connection becomes a socket with buffers of its own and waits in the accept queue, counted against the backlog as well (claim 23). What the client writes meanwhile lies in that socket's receive buffer",
        "A Unix-domain connect makes the server's socket, joins the client's to it and puts it into the listener's queue: there is no handshake, and no second queue",
      ],
    };
  },
  meaning:
    "A server that is busy for a while turns nobody away as long as its accept queue has room (claim 23): clients connect, write, and wait for an answer. A client therefore notices a stuck server by the missing reply, and not by the connect; and a health check that only connects checks the kernel",
  code: [
    "await conn.write(ping);",
    "const answer = await Promise.race([conn.read(buffer), after(1_000)]); // connecting proves nothing",
  ].join("\n"),
};

async function watchQueues(lab: Lab): Promise<ClaimFacts> {
  const most = lab.kernel.available ? countWaiting(lab) : CONNECTS;
  const late: Late[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    late.push(await acceptLate(id, transport, most, lab));
  }
  if (!lab.kernel.available) return { late, unseen: lab.kernel.reason };
  const full = await fillAcceptQueue(lab);
  const { facts, reason } = await tryPart(establishedBeforeAccept, "SYN queue", lab);
  const { [COOKIES]: syncookies = null } = await readSettingsOf([COOKIES]);
  const queues = [full, ...(facts?.queues ?? []) as readonly Queues[]];
  return {
    late,
    queues,
    ...(facts?.small !== undefined && { small: facts.small }),
    ...(reason !== undefined && { unseen: reason }),
    syncookies,
  };
}

/** How many connections may wait, at most {@linkcode CONNECTS}: net.core.somaxconn cuts what is asked for. */
function countWaiting(lab: Lab): number {
  using sockets = new RawSockets(lab);
  return Math.max(1, Math.min(CONNECTS, readTcpInfo(sockets.listen("tcp", CONNECTS).fd).sacked));
}

export async function acceptLate(
  id: string,
  transport: StreamTransport,
  tried: number,
  lab: Lab,
  prepare: (listener: StreamListener) => () => void = () => () => {},
  patienceMs = PATIENCE_MS,
): Promise<Late> {
  const { directory } = lab;
  const listener = await transport.listen({ directory });
  const undo = prepare(listener);
  const open: StreamChannel[] = [];
  const connecting: Promise<unknown>[] = [];
  try {
    while (open.length < tried) {
      const { length } = open;
      const connect = async () => {
        const client = await transport.connect(listener.endpoint, { directory });
        open.push(client);
        await client.write(new Uint8Array(MESSAGE_BYTES));
      };
      const one = connect().catch(() => {});
      connecting.push(one);
      if (!await waitUntil(lab, () => open.length > length, patienceMs)) break;
      await one;
    }
    const connected = open.length;
    undo();
    let read = 0;
    for (let k = 0; k < connected; k++) {
      const server = await listener.accept();
      open.push(server);
      read += await server.read(new Uint8Array(2 * MESSAGE_BYTES)) ?? 0;
    }
    return { transport: id, tried, connected, read };
  } finally {
    listener.close();
    // What still waits is refused by the listener's end.
    await Promise.all(connecting);
    for (const channel of open) channel.close();
  }
}

async function fillAcceptQueue(lab: Lab): Promise<Queues> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTS);
  const clients = connectAll(countWaiting(lab), listener, sockets);
  const isOpen = (fd: number) => sockets.connectState(fd) === "open";
  await waitUntil(lab, () => clients.every(isOpen), LIMIT_MS);
  for (const fd of clients) sendNow(fd, new Uint8Array(MESSAGE_BYTES));
  return await lookAt("connected and written to", clients, listener, sockets);
}

function connectAll(count: number, listener: RawListener, sockets: RawSockets): readonly number[] {
  return Array.from({ length: count }, () => sockets.connect("tcp", listener.address).fd);
}

async function lookAt(
  when: string,
  clients: readonly number[],
  { fd, port }: RawListener,
  sockets: RawSockets,
): Promise<Queues> {
  return {
    when,
    clients: clients.length,
    clientsOpen: clients.filter((client) => sockets.connectState(client) === "open").length,
    halfOpen: await countHalfOpen(port),
    acceptQueue: readTcpInfo(fd).unacked,
  };
}

async function fillSynQueue(lab: Lab): Promise<readonly Queues[]> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTS);
  loseSegments(listener.fd, "all but SYN");
  const clients = connectAll(countWaiting(lab), listener, sockets);
  const half = await lookAt(LOST, clients, listener, sockets);
  loseNoSegments(listener.fd);
  // The server's kernel sends its SYN and ACK again after a second, and the client's answers it.
  await waitUntil(lab, () => readTcpInfo(listener.fd).unacked === clients.length, LIMIT_MS);
  return [half, await lookAt(THROUGH, clients, listener, sockets)];
}

async function fillSmallQueue(lab: Lab): Promise<Small> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", SMALL);
  loseSegments(listener.fd, "all but SYN");
  connectAll(CONNECTS, listener, sockets);
  const { [MAX_SYN]: maxSynBacklog = null } = await readSettingsOf([MAX_SYN]);
  const halfOpen = await countHalfOpen(listener.port);
  return { backlog: SMALL, clients: CONNECTS, halfOpen, maxSynBacklog };
}

async function countHalfOpen(port: number): Promise<number | null> {
  try {
    const rows = await readSocketTable();
    return rows.filter(({ localPort, state }) => localPort === port && state === "SYN-RECEIVED")
      .length;
  } catch (error) {
    if (error instanceof CannotTry) return null;
    throw error;
  }
}
