/**
 * Claim 22: the queues before accept().
 *
 * @module
 */

import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamChannel } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import { sendNow } from "../raw_pair.ts";
import { RawSockets, waitUntil } from "./raw_sockets.ts";
import { readSettingsOf, readSocketTable } from "./socket_table.ts";
import { usableStreams } from "./usable_streams.ts";

const CONNECTS = 16;
const MESSAGE_BYTES = 10;
const LIMIT_MS = 3_500;
const COOKIES = "net.ipv4.tcp_syncookies";

/** A server that accepts late. */
interface Late {
  readonly transport: string;
  /** Connects that completed, and wrote, before anything was accepted. */
  readonly connected: number;
  /** Bytes that those connections, accepted afterwards, then had to read. */
  readonly read: number;
}

/** How many connections stood where. */
interface Queues {
  readonly when: string;
  readonly clientsOpen: number;
  readonly halfOpen: number | null;
  readonly acceptQueue: number;
}

/** "A connection is established before accept()." */
export const establishedBeforeAccept: Claim = {
  id: "established-before-accept",
  number: 22,
  group: "connections",
  sentence:
    "A connection is established before accept(): the kernel keeps an accept queue and a SYN queue",
  source: "C",
  method:
    `${CONNECTS} clients connected to a server that accepted nothing, wrote ${MESSAGE_BYTES} B each, and only then were accepted and read from. The accept ` +
    "queue's length was read from the listener's TCP_INFO; the SYN queue was made to show by losing the third segment of every handshake for a while",
  experiment: watchQueues,
  decide({ facts }) {
    const late = facts!.late as unknown as readonly Late[];
    const queues = (facts!.queues ?? []) as unknown as readonly Queues[];
    const isEarly = late.filter(({ connected, read }) =>
      connected === CONNECTS && read === CONNECTS * MESSAGE_BYTES
    );
    const [full, half, done] = queues;
    const isQueued = full === undefined || full.acceptQueue === CONNECTS;
    const isHalf = half === undefined || half.halfOpen === null ||
      (half.halfOpen === CONNECTS && half.acceptQueue === 0);
    const connected = late.reduce((sum, row) => sum + row.connected, 0);
    return {
      verdict: isEarly.length === late.length && isQueued && isHalf
        ? "holds"
        : isEarly.length > 0
        ? "holds in part"
        : "does not hold",
      answer: `${connected} of ${
        late.length * CONNECTS
      } connects done and written to before any accept`,
      seen: [
        ...late.map(({ transport, connected, read }) =>
          `${transport}: ${connected} of ${CONNECTS} connects completed before the first accept; their ${
            connected * MESSAGE_BYTES
          } B written before it were ${
            read === connected * MESSAGE_BYTES ? "all" : `read up to ${read} B`
          }${read === connected * MESSAGE_BYTES ? " there to read after it" : ""}`
        ),
        ...(half === undefined || done === undefined || half.halfOpen === null ? [] : [
          `With the third segments lost, ${half.clientsOpen} clients took themselves for connected while ${half.halfOpen} connections stood half open ` +
          `in the SYN queue; once the segments were let through, ${done.acceptQueue} moved on to the accept queue`,
        ]),
        ...(isHalf || facts!.syncookies === null ? [] : [
          `The SYN queue was not used: net.ipv4.tcp_syncookies is ${
            facts!.syncookies
          }, and with 2 the kernel keeps nothing of a client before its third segment`,
        ]),
        ...(facts!.unseen === undefined
          ? []
          : [`The queues themselves could not be looked at: ${facts!.unseen}`]),
      ],
      ...(queues.length > 0 && {
        tables: [{
          caption: `Where ${CONNECTS} connections of TCP stood, nothing accepted`,
          columns: ["when", "clients connected", "in the SYN queue", "in the accept queue"],
          rows: queues.map((row) => [
            row.when,
            String(row.clientsOpen),
            row.halfOpen === null ? "not known" : String(row.halfOpen),
            String(row.acceptQueue),
          ]),
        }],
      }),
      why: [
        "The handshake is the kernel's work. Between SYN and the client's ACK a connection is a small entry beside the listener, counted against " +
        "net.ipv4.tcp_max_syn_backlog; then it becomes a socket with buffers of its own and waits in the accept queue, counted against the backlog (claim 23). " +
        "What the client writes meanwhile lies in that socket's receive buffer",
        "A Unix-domain connect makes both sockets itself and puts one into the listener's queue: there is no handshake, and no second queue",
      ],
    };
  },
  meaning:
    "A server that is busy for a while turns nobody away: clients connect, write, and wait for an answer. A client therefore notices a stuck server by the " +
    "missing reply, and not by the connect; and a health check that only connects checks the kernel",
  code: [
    "await conn.write(ping);",
    "const answer = await Promise.race([conn.read(buffer), after(1_000)]); // connecting proves nothing",
  ].join("\n"),
};

async function watchQueues(lab: Lab): Promise<ClaimFacts> {
  const late: Late[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    late.push(await acceptLate(id, transport, lab));
  }
  if (!lab.kernel.available) return { late, unseen: lab.kernel.reason } as unknown as ClaimFacts;
  const queues = [await fillAcceptQueue(lab), ...await fillSynQueue(lab)];
  const { [COOKIES]: syncookies = null } = await readSettingsOf([COOKIES]);
  return { late, queues, syncookies } as unknown as ClaimFacts;
}

async function acceptLate(
  id: string,
  transport: StreamTransport,
  { directory }: Lab,
): Promise<Late> {
  const listener = await transport.listen({ directory });
  const open: StreamChannel[] = [];
  try {
    for (let k = 0; k < CONNECTS; k++) {
      const client = await transport.connect(listener.endpoint, { directory });
      open.push(client);
      await client.write(new Uint8Array(MESSAGE_BYTES));
    }
    const connected = open.length;
    let read = 0;
    for (let k = 0; k < CONNECTS; k++) {
      const server = await listener.accept();
      open.push(server);
      read += await server.read(new Uint8Array(2 * MESSAGE_BYTES)) ?? 0;
    }
    return { transport: id, connected, read };
  } finally {
    for (const channel of open) channel.close();
    listener.close();
  }
}

async function fillAcceptQueue(lab: Lab): Promise<Queues> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTS);
  const clients = Array.from(
    { length: CONNECTS },
    () => sockets.connect("tcp", listener.address).fd,
  );
  const countOpen = () => clients.filter((fd) => sockets.connectState(fd) === "open").length;
  await waitUntil(lab, () => countOpen() === CONNECTS, LIMIT_MS);
  for (const fd of clients) sendNow(fd, new Uint8Array(MESSAGE_BYTES));
  return {
    when: "connected and written to",
    clientsOpen: countOpen(),
    halfOpen: await countHalfOpen(listener.port),
    acceptQueue: readTcpInfo(listener.fd).unacked,
  };
}

async function fillSynQueue(lab: Lab): Promise<readonly Queues[]> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTS);
  loseSegments(listener.fd, "all but SYN");
  const clients = Array.from(
    { length: CONNECTS },
    () => sockets.connect("tcp", listener.address).fd,
  );
  const look = async (when: string): Promise<Queues> => ({
    when,
    clientsOpen: clients.filter((fd) => sockets.connectState(fd) === "open").length,
    halfOpen: await countHalfOpen(listener.port),
    acceptQueue: readTcpInfo(listener.fd).unacked,
  });
  const half = await look("their third segments lost");
  loseNoSegments(listener.fd);
  // The server's kernel sends its SYN and ACK again after a second, and the client's answers it.
  await waitUntil(lab, () => readTcpInfo(listener.fd).unacked === CONNECTS, LIMIT_MS);
  return [half, await look("third segments let through, up to 1 s later")];
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
