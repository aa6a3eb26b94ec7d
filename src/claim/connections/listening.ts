/**
 * Claim 24: the listening socket and the connected ones.
 *
 * @module
 */

import { describeFd } from "../../kernel/find_fd.ts";
import type { StreamChannel, StreamListener } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import type { Claim, ClaimFacts, Lab } from "../claim.ts";
import { RawSockets, waitUntil } from "./raw_sockets.ts";
import { usableStreams } from "./usable_streams.ts";

const CONNECTIONS = 10;
const LIMIT_MS = 1_000;

interface Kept {
  readonly transport: string;
  /** Connections of which each exchanged a byte with its client, in both directions, while all were open. */
  readonly exchanged: number;
  /** Whether the listener accepted another once those were closed. */
  readonly livesOn: boolean;
  /** Whether that connection exchanged a byte after the listener was closed. */
  readonly survives: boolean;
}

/** What the kernel says of the sockets of one server. */
interface Identities {
  /** Sockets told apart by the kernel's own number, the listener among them. */
  readonly sockets: number;
  /** Ports that they have. */
  readonly ports: number;
  /** How many of them listen. */
  readonly listening: number;
}

/** "The listening socket and the connected socket are two sockets; the listening one lives on." */
export const listenerIsAnotherSocket: Claim = {
  id: "listener-is-another-socket",
  number: 24,
  group: "connections",
  sentence:
    "The listening socket and the connected socket are two sockets; the listening one lives on",
  source: "A, B, C, D",
  method:
    `${CONNECTIONS} connections were accepted from one listener, used in both directions while all were open, and closed; then another was accepted, the ` +
    "listener closed, and that last connection used. By system calls, the kernel's own number (SO_COOKIE) and the port of each socket were read",
  experiment: useConnections,
  decide({ facts }) {
    const rows = facts!.rows as unknown as readonly Kept[];
    const identities = facts!.identities as unknown as Identities | undefined;
    const isSo =
      rows.every(({ exchanged, livesOn, survives }) =>
        exchanged === CONNECTIONS && livesOn && survives
      ) && (identities === undefined ||
        (identities.sockets === CONNECTIONS + 1 && identities.listening === 1));
    const livesOn = rows.filter((row) => row.livesOn).length;
    return {
      verdict: isSo ? "holds" : livesOn > 0 ? "holds in part" : "does not hold",
      answer: identities === undefined
        ? `${rows[0]!.exchanged} accepted connections and their listener, all usable`
        : `${CONNECTIONS} accepted: ${identities.sockets} sockets, ${identities.ports} port`,
      seen: [
        ...rows.map((row) =>
          `${row.transport}: ${row.exchanged} of ${CONNECTIONS} connections exchanged data while all were open; once they were closed the listener ${
            row.livesOn ? "accepted another" : "accepted none"
          }, which ${row.survives ? "went on" : "did not go on"} after the listener was closed`
        ),
        ...(identities === undefined ? [] : [
          `By system calls: ${identities.sockets} different sockets at the serving end for ${CONNECTIONS} connections, ${identities.listening} of them listening, all on ${
            identities.ports === 1 ? "one port" : `${identities.ports} ports`
          }`,
        ]),
        ...(facts!.unseen === undefined
          ? []
          : [`The kernel could not be asked for the sockets' numbers: ${facts!.unseen}`]),
      ],
      why: [
        "A listener has no other end: it is an address and a queue. Accept takes a finished connection from the queue and gives it a descriptor of its own. " +
        "The port is shared, because TCP tells connections apart by four numbers, both addresses and both ports: no new port is opened for a client, as is often said",
      ],
    };
  },
  meaning:
    "Closing the listener ends the taking of new connections, not those that are there: that is all of a graceful shutdown. And closing a connection " +
    "never frees the server's port",
  code: [
    "listener.close(); // nobody new",
    "await Promise.all(serving); // those that are there, to their end",
  ].join("\n"),
};

async function useConnections(lab: Lab): Promise<ClaimFacts> {
  const rows: Kept[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    rows.push(await useOver(id, transport, lab));
  }
  return {
    rows,
    ...(lab.kernel.available ? { identities: await identify(lab) } : { unseen: lab.kernel.reason }),
  } as unknown as ClaimFacts;
}

async function useOver(
  id: string,
  transport: StreamTransport,
  { directory }: Lab,
): Promise<Kept> {
  const listener = await transport.listen({ directory });
  const open: StreamChannel[] = [];
  const connect = async () => {
    const pair = await openPair(transport, listener, directory);
    open.push(...pair);
    return pair;
  };
  try {
    const pairs: (readonly [StreamChannel, StreamChannel])[] = [];
    for (let k = 0; k < CONNECTIONS; k++) pairs.push(await connect());
    let exchanged = 0;
    for (const pair of pairs) if (await exchange(pair)) exchanged++;
    for (const channel of open) channel.close();
    const last = await connect();
    const livesOn = await exchange(last);
    listener.close();
    const survives = await exchange(last);
    return { transport: id, exchanged, livesOn, survives };
  } finally {
    for (const channel of open) channel.close();
    listener.close();
  }
}

async function openPair(
  transport: StreamTransport,
  listener: StreamListener,
  directory: string,
): Promise<readonly [client: StreamChannel, server: StreamChannel]> {
  const accepting = listener.accept();
  const client = await transport.connect(listener.endpoint, { directory });
  return [client, await accepting];
}

async function exchange(
  [client, server]: readonly [StreamChannel, StreamChannel],
): Promise<boolean> {
  for (const [from, to] of [[client, server], [server, client]] as const) {
    await from.write(new Uint8Array([7]));
    const byte = new Uint8Array(1);
    if (await to.read(byte) !== 1 || byte[0] !== 7) return false;
  }
  return true;
}

async function identify(lab: Lab): Promise<Identities> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTIONS);
  const fds = [listener.fd];
  for (let k = 0; k < CONNECTIONS; k++) {
    sockets.connect("tcp", listener.address);
    let fd: number | undefined;
    await waitUntil(lab, () => (fd = sockets.accept(listener)) !== undefined, LIMIT_MS);
    if (fd !== undefined) fds.push(fd);
  }
  const known = fds.map((fd) => describeFd(fd)!);
  return {
    sockets: new Set(known.map(({ cookie }) => cookie)).size,
    ports: new Set(known.map(({ local }) => local?.kind === "ip" && local.port)).size,
    listening: known.filter(({ listening }) => listening).length,
  };
}
