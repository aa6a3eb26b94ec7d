/**
 * Claims 20 and 21: when connect() and accept() return.
 *
 * @module
 */

import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamChannel } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { sayFigure } from "../format_figure.ts";
import { RawSockets, waitUntil } from "./raw_sockets.ts";
import { usableStreams } from "./usable_streams.ts";

const CONNECTS = 20;
/** How long a segment is kept from arriving, in milliseconds: it is then sent again, after 1 s at the soonest. */
const LOST_MS = 50;
/** A lost first segment is sent again after 1 s (RFC 6298, section 2); three of them are waited for. */
const LIMIT_MS = 3_500;

const CONNECT: CaseRequest = { scenario: "connect", transport: "tcp", params: {} };
const ROUND_TRIP: CaseRequest = {
  scenario: "round-trip",
  transport: "tcp",
  params: { bytes: 64 },
};

interface Ends {
  readonly client: string;
  readonly server: string;
}

/** What became of a handshake of which one segment was lost. */
interface Disturbed {
  /** Time until the client's connect was done; absent: it was not within the limit. */
  readonly connectedMs: number | null;
  /** Time until accept had a connection. */
  readonly acceptedMs: number | null;
  /** Whether accept had one while the segment was being lost. */
  readonly acceptedMeanwhile: boolean;
}

/** "connect() returns when the three-way handshake is done; accept() returns then too." */
export const connectReturnsAfterHandshake: Claim = {
  id: "connect-returns-after-handshake",
  number: 20,
  group: "connections",
  sentence: "connect() returns when the three-way handshake is done; accept() returns then too",
  source: "A, C, D",
  method:
    `The segments that each end had sent and received were read from TCP_INFO as soon as connect and accept had returned, ${CONNECTS} times. Then ` +
    "a filter on the listener lost a segment of the handshake, once the first and once the third, and the two calls were timed; and a connect through " +
    "Deno was measured beside a round trip",
  cases: [CONNECT, ROUND_TRIP],
  experiment: watchHandshakes,
  decide({ figures, facts, failure }) {
    const connect = figures.figure(CONNECT, "connectP50");
    const roundTrip = figures.figure(ROUND_TRIP, "p50");
    const cost = connect === undefined || roundTrip === undefined ? [] : [
      `Through Deno a connect over loopback took ${
        sayFigure(connect)
      }, a round trip of 64 B on an open connection ${sayFigure(roundTrip)}`,
    ];
    if (facts === undefined) {
      const reason = failure ?? "there are no facts";
      return { verdict: "cannot be tried here", answer: reason, seen: cost, why: [] };
    }
    const ends = facts.ends as unknown as readonly Ends[];
    const first = facts.firstLost as unknown as Disturbed;
    const third = facts.thirdLost as unknown as Disturbed;
    const isCounted = ends.every(({ client }) => client === "ESTABLISHED, 2 sent, 1 received") &&
      ends.every(({ server }) => server.startsWith("ESTABLISHED"));
    const isConnectHeld = first.connectedMs !== null && first.connectedMs > LOST_MS;
    // With forced SYN cookies the server has forgotten the client, and waits for a segment that does not come: held all the same.
    const isAcceptHeld = !third.acceptedMeanwhile &&
      (third.acceptedMs === null || third.acceptedMs > LOST_MS);
    const isConnectFree = third.connectedMs !== null && third.connectedMs < LOST_MS;
    return {
      verdict: isCounted && isConnectHeld && isAcceptHeld
        ? "holds"
        : isCounted || isConnectHeld || isAcceptHeld
        ? "holds in part"
        : "does not hold",
      answer: `${CONNECTS} of ${CONNECTS} connects returned with ${ends[0]!.client.slice(13)}`,
      seen: [
        `When connect had returned the client was ${sayCounts(ends.map(({ client }) => client))}`,
        `When accept had returned the server's socket was ${
          sayCounts(ends.map(({ server }) => server))
        }`,
        `The first segment lost for ${LOST_MS} ms: connect took ${
          sayMs(first.connectedMs)
        }, accept ${sayMs(first.acceptedMs)}, from when it was called`,
        `The third segment lost for as long: connect took ${sayMs(third.connectedMs)}, accept ${
          sayMs(third.acceptedMs)
        }${isConnectFree ? ", although the client took itself for connected all the while" : ""}`,
        ...cost,
      ],
      why: [
        "The client sends SYN, gets SYN and ACK, and answers with ACK: its connect is done when it has sent that third segment, after one " +
        "round trip. The server's connection is there when the third segment has come, half a round trip later, and its socket is made only then: it counts the two segments that came, and not the answer that was sent before it was. Accept " +
        "takes it from a queue and has no part in the handshake (claim 22)",
        "A segment of the handshake that is lost is sent again after 1 s, whatever the distance: nothing is known of the path yet. That second is why a " +
        "connect that is slow now and then is slow by whole seconds",
        ...(connect === undefined ? [] : [
          "Over loopback the three segments pass within the system call, and what is measured through Deno is mostly the making of a socket and the event loop's turns",
        ]),
      ],
    };
  },
  meaning:
    "A resolved `Deno.connect` says that the other kernel answered, not that a program there has noticed. Budget one round trip for it, keep " +
    "connections that are needed again, and bound the wait: a lost first segment costs a second",
  code: [
    "const conn = await Deno.connect({ hostname, port, signal: AbortSignal.timeout(5_000) });",
  ].join("\n"),
};

async function watchHandshakes(lab: Lab): Promise<ClaimFacts> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CONNECTS);
  const look = (fd: number) => {
    const { state, segsOut, segsIn } = readTcpInfo(fd);
    return `${state}, ${segsOut} sent, ${segsIn} received`;
  };
  const ends: Ends[] = [];
  for (let k = 0; k < CONNECTS; k++) {
    const { fd } = sockets.connect("tcp", listener.address);
    await waitUntil(lab, () => sockets.connectState(fd) === "open", LIMIT_MS);
    const client = look(fd);
    let accepted: number | undefined;
    await waitUntil(lab, () => (accepted = sockets.accept(listener)) !== undefined, LIMIT_MS);
    if (accepted === undefined) throw new CannotTry("a connection was not accepted in time");
    ends.push({ client, server: look(accepted) });
    sockets.close(fd);
    sockets.close(accepted);
  }
  const firstLost = await disturb(lab, "everything");
  const thirdLost = await disturb(lab, "all but SYN");
  return { ends, firstLost, thirdLost } as unknown as ClaimFacts;
}

/** A handshake that loses segments at the listener for a while. */
async function disturb(lab: Lab, loss: "everything" | "all but SYN"): Promise<Disturbed> {
  using sockets = new RawSockets(lab);
  const { clock } = lab;
  const listener = sockets.listen("tcp", 1);
  loseSegments(listener.fd, loss);
  const startNs = clock.nowNs();
  const { fd } = sockets.connect("tcp", listener.address);
  let connectedMs: number | null = null;
  let acceptedMs: number | null = null;
  const look = () => {
    const nowMs = (clock.nowNs() - startNs) / 1e6;
    if (connectedMs === null && sockets.connectState(fd) === "open") connectedMs = nowMs;
    if (acceptedMs === null && sockets.accept(listener) !== undefined) acceptedMs = nowMs;
    return connectedMs !== null && acceptedMs !== null;
  };
  await waitUntil(lab, look, LOST_MS);
  const acceptedMeanwhile = acceptedMs !== null;
  loseNoSegments(listener.fd);
  await waitUntil(lab, look, LIMIT_MS);
  return { connectedMs, acceptedMs, acceptedMeanwhile };
}

function sayMs(ms: number | null): string {
  return ms === null
    ? `more than ${LIMIT_MS} ms`
    : ms < 10
    ? `${ms.toFixed(2)} ms`
    : `${ms.toFixed(0)} ms`;
}

/** As in `ESTABLISHED, 2 sent, 1 received, 20 times`. */
function sayCounts(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${text}, ${count} times`).join("; ");
}

/** A connect that takes longer waits for something that does not come. */
const PATIENCE_MS = 1_000;

interface Silent {
  readonly transport: string;
  readonly connects: number;
  readonly returned: number;
  readonly longestMs: number;
  /** Bytes of data that the client's kernel had received by then; `null` where it cannot be asked. */
  readonly receivedBytes: number | null;
}

/** "connect() returns only after the client has received data from the server." */
export const connectNeedsNoData: Claim = {
  id: "connect-returns-after-data",
  number: 21,
  group: "connections",
  sentence: "connect() returns only after the client has received data from the server",
  source: "D",
  method:
    `${CONNECTS} connects each were made through Deno and by system calls to a server that never sends a byte, and those counted that returned within a ` +
    "second; TCP_INFO then says what had arrived",
  experiment: connectToSilence,
  decide({ facts }) {
    const rows = facts!.rows as unknown as readonly Silent[];
    const connects = rows.reduce((sum, row) => sum + row.connects, 0);
    const returned = rows.reduce((sum, row) => sum + row.returned, 0);
    const isSilent = rows.every(({ receivedBytes }) =>
      receivedBytes === null || receivedBytes === 0
    );
    return {
      verdict: !isSilent
        ? "undecided"
        : returned === connects
        ? "does not hold"
        : returned === 0
        ? "holds"
        : "undecided",
      answer: `${returned} of ${connects} connects returned, no byte sent`,
      seen: rows.map((row) =>
        `${row.transport}: ${row.returned} of ${row.connects} connects returned, the slowest after ${
          row.longestMs.toFixed(2)
        } ms${row.receivedBytes === null ? "" : `, with ${row.receivedBytes} B received`}`
      ),
      why: [
        "A connection is a matter of the two kernels: three segments without data (claim 20), or for Unix-domain sockets an entry in the " +
        "listener's queue. Data belongs to the programs. D's listing shows a client whose server greets it first, as those of SMTP and FTP do: there the " +
        "read after the connect waits, not the connect",
      ],
    };
  },
  meaning:
    "`await Deno.connect()` is no sign of a server that works: one that hangs is connected to as quickly. Whoever needs to know that it answers has to " +
    "ask it, with a time limit",
  code: [
    "const conn = await Deno.connect({ hostname, port }); // the kernel answered",
    "await conn.write(hello);",
    "await conn.read(greeting); // the program did",
  ].join("\n"),
};

async function connectToSilence(lab: Lab): Promise<ClaimFacts> {
  const rows: Silent[] = [];
  const ids = ["tcp", "unix", "tcp@libc", "unix@libc"];
  for (const [id, transport] of usableStreams(ids, lab)) {
    rows.push(await connectSilently(id, transport, lab));
  }
  return { rows: rows as unknown as ClaimFacts[string] };
}

async function connectSilently(
  id: string,
  transport: StreamTransport,
  lab: Lab,
): Promise<Silent> {
  const { clock, directory, kernel } = lab;
  const listener = await transport.listen({ directory, backlog: CONNECTS });
  const clients: StreamChannel[] = [];
  const connecting: Promise<void>[] = [];
  let longestNs = 0;
  const connect = async () => {
    const startNs = clock.nowNs();
    clients.push(await transport.connect(listener.endpoint, { directory }));
    longestNs = Math.max(longestNs, clock.nowNs() - startNs);
  };
  try {
    for (let k = 0; k < CONNECTS; k++) {
      connecting.push(connect());
      if (!await waitUntil(lab, () => clients.length > k, PATIENCE_MS)) break;
    }
    const counts = clients.flatMap((client) => {
      const fd = kernel.available && id.startsWith("tcp") ? client.descriptor?.() : undefined;
      return fd === undefined ? [] : [readTcpInfo(fd).bytesReceived ?? 0];
    });
    return {
      transport: id,
      connects: CONNECTS,
      returned: clients.length,
      longestMs: longestNs / 1e6,
      receivedBytes: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    };
  } finally {
    // A connect that still waits ends with the listener.
    listener.close();
    await Promise.allSettled(connecting);
    for (const client of clients) client.close();
  }
}
