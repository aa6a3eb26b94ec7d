/**
 * Claims 29 and 30: servers that close after each reply, and servers that take one client at a time.
 *
 * @module
 */

import type { StreamChannel, StreamListener } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import {
  CannotTry,
  cannotTry,
  type Claim,
  type ClaimFacts,
  type ClaimTable,
  type Lab,
} from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { casesOf, compareCells, type Comparison, countRows, tableOf } from "../comparison_rows.ts";
import { formatFigure, sayFigure, sayRatio } from "../format_figure.ts";
import { waitUntil } from "./raw_sockets.ts";
import { readTimeWait, type TableRow } from "./socket_table.ts";
import { usableStreams } from "./usable_streams.ts";

const REQUESTS = 20;
const LIMIT_MS = 500;

const perRequest = (transport: string, connection: "fresh" | "kept"): CaseRequest => ({
  scenario: "connect-per-request",
  transport,
  params: { connection, bytes: 64 },
});

const KEPT_OR_FRESH: readonly Comparison[] = ["tcp", "unix"].flatMap((transport) =>
  [["p50", "request"], ["requestsPerSecond", "requests/s"]].map(([metric, what]) => ({
    what: `${transport}, ${what}`,
    first: perRequest(transport, "kept"),
    base: perRequest(transport, "fresh"),
    metric: metric!,
  }))
);

/** What a server that closes left behind. */
interface Served {
  readonly transport: string;
  /** Requests that were answered on a connection of their own. */
  readonly answered: number;
  /** Second requests on such a connection that were answered. */
  readonly again: number;
  /** Entries in TIME-WAIT at the server's port afterwards; `null` where there is no such state, or it could not be read. */
  readonly timeWait: number | null;
  /** The same for as many requests over one connection. */
  readonly timeWaitKept: number | null;
}

/** "A server that closes after each reply forces a new connection per request." */
export const closingServerForcesConnections: Claim = {
  id: "closing-server-forces-connections",
  number: 29,
  group: "connections",
  sentence: "A server that closes after each reply forces a new connection per request",
  source: "D",
  method:
    `A server answered one request on each connection and closed it; ${REQUESTS} times a second request was tried on the same connection, and the kernel's table read for what stayed of ` +
    "them at the server. Requests of 64 B over a fresh connection each were measured beside the same over one that is kept",
  cases: casesOf(KEPT_OR_FRESH),
  experiment: closeAfterReplies,
  decide({ figures, facts, failure }) {
    const rows = compareCells(KEPT_OR_FRESH, figures);
    const served = (facts?.rows ?? []) as unknown as readonly Served[];
    if (served.length === 0) {
      return cannotTry(failure ?? "nothing could be served");
    }
    const isForced = served.every(({ answered, again }) => answered === REQUESTS && again === 0);
    const again = served.reduce((sum, row) => sum + row.again, 0);
    const tcp = rows.find(({ what }) => what === "tcp, request");
    return {
      verdict: isForced ? "holds" : again > 0 ? "does not hold" : "undecided",
      answer: tcp === undefined
        ? `${again} of ${served.length * REQUESTS} second requests were answered`
        : `tcp: ${formatFigure(tcp.theirs)} a request, ${formatFigure(tcp.ours)} on one kept`,
      seen: [
        ...served.flatMap(({ transport, answered, again, timeWait, timeWaitKept }) => [
          `${transport}: ${answered} of ${REQUESTS} first requests were answered, and ${again} of ${REQUESTS} second ones on the same connections`,
          ...(timeWait === null || timeWaitKept === null ? [] : [
            `${transport}: ${timeWait} entries in TIME-WAIT stayed at the server for ${REQUESTS} requests; with one connection that the server closes after all of them, ${timeWaitKept}`,
          ]),
        ]),
        ...(tcp === undefined ? [] : [
          `A kept connection answers a request over TCP ${sayRatio(tcp.ratio)} times as fast`,
        ]),
        ...(rows.length === 0
          ? [`The cost was not measured: ${figures.skip(KEPT_OR_FRESH[0]!.first) ?? "no trials"}`]
          : [
            `In ${
              countRows(rows).better
            } of ${rows.length} comparisons the kept connection is better`,
          ]),
      ],
      ...(rows.length > 0 && {
        tables: [
          tableOf("Requests of 64 B, peer process; medians of trials", ["kept", "fresh"], rows),
        ],
      }),
      why: [
        "A connection that was closed takes no second request; the client has to make another, with a handshake, two sockets, an accept and a close for each. Over loopback those are system calls; over a network " +
        "the handshake adds a round trip to each request, so that the request takes two instead of one, and TLS makes it more",
        "And the server is then the end that closes first: all of the TIME_WAIT entries are its own (claim 26)",
      ],
    };
  },
  meaning:
    "`fetch` and `Deno.serve` keep connections by themselves, as HTTP/1.1 does. With sockets of one's own it takes a protocol that says where a message ends, so that the end of the stream need not",
  code: [
    "for (const request of requests) { // one connection for all of them",
    "  await conn.write(frame(request));",
    "  replies.push(await readFrame(conn));",
    "}",
  ].join("\n"),
};

async function closeAfterReplies(lab: Lab): Promise<ClaimFacts> {
  const rows: Served[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    const closing = await serveRequests(transport, REQUESTS, 1, lab);
    const kept = await serveRequests(transport, 1, REQUESTS, lab);
    rows.push({
      transport: id,
      answered: closing.answered,
      again: closing.again,
      timeWait: closing.timeWait,
      timeWaitKept: kept.timeWait,
    });
  }
  return { rows } as unknown as ClaimFacts;
}

/** Serves connections of so many requests each, which the server closes; the client then tries one more. */
async function serveRequests(
  transport: StreamTransport,
  connections: number,
  each: number,
  lab: Lab,
): Promise<{ answered: number; again: number; timeWait: number | null }> {
  const { directory } = lab;
  const listener = await transport.listen({ directory });
  const before = await timeWaitOf(listener);
  let answered = 0;
  let again = 0;
  try {
    for (let k = 0; k < connections; k++) {
      const accepting = listener.accept();
      const client = await transport.connect(listener.endpoint, { directory });
      const server = await accepting;
      for (let request = 0; request < each; request++) {
        if (await ask(client, server)) answered++;
      }
      server.close();
      if (await ask(client, undefined)) again++;
      client.close();
    }
  } finally {
    listener.close();
  }
  return { answered, again, timeWait: await countAtServer(listener, before, connections, lab) };
}

/** One byte there and back. The server has read nothing that it was not sent, so that closing it resets nothing. */
async function ask(client: StreamChannel, server: StreamChannel | undefined): Promise<boolean> {
  const byte = new Uint8Array(1);
  try {
    // A closed connection is asked by reading alone: a write would be answered by a reset, and leave no TIME-WAIT.
    if (server === undefined) return await client.read(byte) !== null;
    await client.write(byte);
    await server.read(byte);
    await server.write(byte);
    return await client.read(byte) === 1;
  } catch {
    return false;
  }
}

/** @returns `null` where there is no such state, or the table cannot be read */
async function timeWaitOf(
  { endpoint }: StreamListener,
  before: readonly TableRow[] = [],
): Promise<readonly TableRow[] | null> {
  if (endpoint.kind !== "ip") return null;
  const { port } = endpoint;
  try {
    return (await readTimeWait(port, before)).filter(({ localPort }) => localPort === port);
  } catch (error) {
    if (error instanceof CannotTry) return null;
    throw error;
  }
}

async function countAtServer(
  listener: StreamListener,
  before: readonly TableRow[] | null,
  expected: number,
  lab: Lab,
): Promise<number | null> {
  if (before === null) return null;
  let count: number | null = null;
  await waitUntil(lab, async () => {
    count = (await timeWaitOf(listener, before))?.length ?? null;
    return count === null || count >= expected;
  }, LIMIT_MS);
  return count;
}

const CLIENTS = [1, 2, 4, 8];
const MOST = 8;
const SERVICE_US = 3_000;

const crowd = (server: "iterative" | "concurrent", clients: number): CaseRequest => ({
  scenario: "iterative-server",
  transport: "tcp",
  params: { server, clients, service: SERVICE_US },
});

/** "An iterative server serves one client at a time." */
export const iterativeServesOne: Claim = {
  id: "iterative-serves-one",
  number: 30,
  group: "connections",
  sentence: "An iterative server serves one client at a time",
  source: "D",
  method:
    `1 to ${MOST} clients asked at once a server that waits ${
      SERVICE_US / 1e3
    } ms before it answers, as for a disk, and takes its clients one after another; the waits of the first and the last were measured, and those at a ` +
    "server that does the same side by side",
  cases: CLIENTS.flatMap((clients) => [crowd("iterative", clients), crowd("concurrent", clients)]),
  decide({ figures }) {
    const last = (server: "iterative" | "concurrent", clients: number) =>
      figures.figure(crowd(server, clients), "lastWaitP50");
    const one = last("iterative", 1);
    const many = last("iterative", MOST);
    const beside = last("concurrent", MOST);
    if (one === undefined || many === undefined || beside === undefined) {
      return cannotTry(figures.skip(crowd("iterative", MOST)) ?? "nothing was measured");
    }
    const serviceNs = SERVICE_US * 1e3;
    // One after another is no shorter than the service times together; side by side is shorter than those of two.
    const isQueued = CLIENTS.every((clients) =>
      (last("iterative", clients)?.low ?? 0) >= clients * serviceNs * 0.99
    );
    const isBeside = beside.high! < many.low!;
    const ratio = figures.ratio(crowd("concurrent", MOST), crowd("iterative", MOST), "lastWaitP50");
    const table: ClaimTable = {
      caption: `Median waits over TCP, peer process, service time ${
        SERVICE_US / 1e3
      } ms; its timer is good to about 1 ms`,
      columns: ["clients", "iterative: first", "iterative: last", "concurrent: last"],
      rows: CLIENTS.map((clients) => [
        String(clients),
        figures.figure(crowd("iterative", clients), "firstWaitP50") ?? "–",
        last("iterative", clients) ?? "–",
        last("concurrent", clients) ?? "–",
      ]),
    };
    return {
      verdict: isQueued && isBeside
        ? "holds"
        : many.high! < 2 * serviceNs
        ? "does not hold"
        : "undecided",
      answer: `client ${MOST} waits ${formatFigure(many)}, side by side ${formatFigure(beside)}`,
      seen: [
        `Alone a client waited ${sayFigure(one)}; the last of ${MOST} ${
          sayFigure(many)
        } at the iterative server and ${sayFigure(beside)} at the concurrent one`,
        ...(ratio === undefined ? [] : [
          `Paired by round, the concurrent server's last client is ${
            sayRatio(ratio)
          } times as fast`,
        ]),
      ],
      tables: [table],
      why: [
        "Client k waits for the service of the k − 1 before it and its own. All of them are connected meanwhile, and have been since before the server knew of them (claim 22): the queue is the kernel's, and the wait shows at the read",
        "The gain of a concurrent server is in the waiting, not in the work: while one request waits for its disk another goes on. Where the service is computing, clients share the core, and the last one waits as long as before",
      ],
    };
  },
  meaning:
    "In Deno the difference is one `await`: a loop that awaits its handler is an iterative server, and one that only starts it is a concurrent one. Work that computes needs a Worker besides",
  code: [
    "for await (const conn of listener) await handle(conn); // one at a time",
    "for await (const conn of listener) void handle(conn).catch(report); // side by side",
  ].join("\n"),
};
