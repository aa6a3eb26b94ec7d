// Claim 24: the listening socket and the connected ones.

import { describeFd } from "../../kernel/find_fd.ts";
import { SystemError } from "../../kernel/system_error.ts";
import type { StreamChannel } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { hasRoom, type RawKind, RawSockets, receiveNow, waitUntil } from "../sockets.ts";
import { formatTally } from "../format_figure.ts";
import { type Channels, exchange, usableStreams } from "../channels.ts";

const CONNECTIONS = 10;
const WAITING = 3;
const LIMIT_MS = 1_000;

type Pair = Pick<Channels, "client" | "server">;

/** `exchanged`: connections that exchanged a byte each way; `survives`: whether the last one did once the listener was closed. */
type Kept = Readonly<
  { transport: string; connections: number; exchanged: number; livesOn: boolean; survives: boolean }
>;

/** Sockets of one server, the listener among them, told apart by the kernel's own number. */
type Identities = Readonly<
  { connections: number; sockets: number; ports: number; listening: number }
>;

export const listenerIsAnotherSocket: ClaimDeclaration = {
  id: "listener-is-another-socket",
  sentence:
    "The listening socket and the connected socket are two sockets; the listening one lives on",
  source:
    "accept(2); listen(2); RFC 9293, section 3.9.1.1; Linux net/ipv4/inet_connection_sock.c, inet_csk_listen_stop",
  method:
    `${CONNECTIONS} connections were accepted from one listener, used in both directions while all were open, and closed; then another was accepted, the listener closed, and that last connection used. By system calls, the kernel's own number (SO_COOKIE) and the port of each socket were read; and ${WAITING} clients that nobody had accepted read after their listener had been closed`,
  rule: {
    "holds":
      "over every transport all connections exchanged data, the listener accepted another after they were closed, and that one went on without it; and the kernel knew a socket for each connection and one that listens",
    "holds in part": "over some transport the listener accepted another",
    "does not hold": "over none did it",
  },
  control:
    "the same through a listener that ends with the first connection that it hands over: the sentence then does not hold",
  experiment: (lab) => useConnections(lab),
  decide({ facts }) {
    const rows = facts!.rows as readonly Kept[];
    const identities = facts!.identities as Identities | undefined;
    const isSo =
      rows.every(({ connections, exchanged, livesOn, survives }) =>
        exchanged === connections && livesOn && survives
      ) && (identities === undefined ||
        (identities.sockets === identities.connections + 1 && identities.listening === 1));
    const livesOn = rows.filter((row) => row.livesOn).length;
    return {
      verdict: firstMet({ holds: isSo, "holds in part": livesOn > 0 }, "does not hold"),
      answer: identities === undefined
        ? `${rows[0]!.exchanged} connections accepted; ` +
          `${livesOn} of ${rows.length} listeners lived on`
        : `${identities.sockets - identities.listening} accepted: ` +
          `${identities.sockets} sockets, ${identities.ports} port`,
      seen: [
        ...rows.map((row) =>
          `${row.transport}: ${row.exchanged} of ${row.connections} connections exchanged data while all were open; once they were closed the listener ${
            row.livesOn ? "accepted another" : "accepted none"
          }, which ${row.survives ? "went on" : "did not go on"} after the listener was closed`
        ),
        ...(identities === undefined ? [] : [
          `By system calls: ${identities.sockets} different sockets at the serving end for ${identities.connections} connections, ${identities.listening} of them listening, all on ${
            identities.ports === 1 ? "one port" : `${identities.ports} ports`
          }`,
        ]),
        ...Object.entries((facts!.queued ?? {}) as Readonly<Record<string, string>>).map((
          [kind, outcome],
        ) => `A ${kind} client in the accept queue of a listener that was closed: ${outcome}`),
        ...(facts!.unseen === undefined
          ? []
          : [`The kernel could not be asked for the sockets' numbers: ${facts!.unseen}`]),
      ],
      why: [
        "A listener has no other end: it is an address and a queue. Accept takes a finished connection from the queue and gives it a descriptor of its own. The port is shared, because TCP tells connections apart by four numbers, both addresses and both ports: no new port is opened for a client, as is often said",
      ],
    };
  },
  meaning:
    "Closing the listener ends the taking of new connections, not those that have been accepted. Clients that still wait in its queue are reset, whatever they have written: a graceful shutdown accepts what waits before it closes. And closing a connection never frees the server's port",
  code: [
    "listener.close(); // nobody new; who waits in its queue is reset",
    "await Promise.all(serving); // those that were accepted, to their end",
  ].join("\n"),
};

export async function useConnections(
  lab: Lab,
  wrap: (transport: StreamTransport) => StreamTransport = (transport) => transport,
): Promise<ClaimFacts> {
  const rows: Kept[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    rows.push(await useOver(id, wrap(transport), lab));
  }
  return {
    rows,
    ...(lab.kernel.available
      ? {
        identities: await identify(lab),
        queued: { tcp: await closeQueued("tcp", lab), unix: await closeQueued("unix", lab) },
      }
      : { unseen: lab.kernel.reason }),
  };
}

/** What clients in the accept queue read once their listener is closed. */
async function closeQueued(kind: RawKind, lab: Lab): Promise<string> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen(kind, WAITING);
  const clients = Array.from({ length: WAITING }, () => sockets.connect(kind, listener.address).fd);
  await waitUntil(lab, () => clients.every((fd) => hasRoom(fd)), LIMIT_MS);
  sockets.close(listener.fd);
  const outcomes = clients.map((fd) => {
    try {
      const bytes = receiveNow(fd, new Uint8Array(1));
      return bytes === undefined ? "nothing" : bytes === 0 ? "the end of the stream" : "data";
    } catch (error) {
      return error instanceof SystemError ? error.code : "an error";
    }
  });
  return formatTally(outcomes, (outcome, times) => `${times} of ${WAITING} read ${outcome}`);
}

async function useOver(id: string, transport: StreamTransport, { directory }: Lab): Promise<Kept> {
  const listener = await transport.listen({ directory });
  const open: StreamChannel[] = [];
  const connect = async () => {
    const accepting = Promise.resolve(listener.accept());
    // Where the connect fails it is never awaited.
    accepting.catch(() => {});
    const client = await transport.connect(listener.endpoint, { directory });
    const server = await accepting;
    open.push(client, server);
    return { client, server };
  };
  const kept = { transport: id, connections: CONNECTIONS, livesOn: false, survives: false };
  const works = (pair: Pair) => exchange(pair, 1).then(() => true, () => false);
  try {
    const pairs: Pair[] = [];
    for (let pair; pairs.length < CONNECTIONS && (pair = await connect().catch(() => null));) {
      pairs.push(pair);
    }
    let exchanged = 0;
    for (const pair of pairs) if (await works(pair)) exchanged++;
    for (const channel of open) channel.close();
    const last = await connect().catch(() => undefined);
    if (last === undefined) return { ...kept, exchanged };
    const livesOn = await works(last);
    listener.close();
    return { ...kept, exchanged, livesOn, survives: await works(last) };
  } finally {
    for (const channel of open) channel.close();
    listener.close();
  }
}

async function identify(lab: Lab): Promise<Identities> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTIONS);
  const fds = [listener.fd];
  for (let k = 0; k < CONNECTIONS; k++) fds.push((await sockets.connectTo(listener, lab))[1]);
  const known = fds.map((fd) => describeFd(fd)!);
  return {
    connections: CONNECTIONS,
    sockets: new Set(known.map(({ cookie }) => cookie)).size,
    ports: new Set(known.map(({ local }) => local?.kind === "ip" && local.port)).size,
    listening: known.filter(({ listening }) => listening).length,
  };
}
