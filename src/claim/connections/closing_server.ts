// Claim 29: servers that close after each reply.

import type { StreamChannel, StreamListener } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import type { ClaimDeclaration, ClaimFacts, Lab } from "../claim.ts";
import { CannotTry, cannotTry, firstMet } from "../claim.ts";
import { request } from "../claim_figures.ts";
import {
  answerQuestions,
  casesOf,
  compareCells,
  type Comparison,
  countAnswers,
  tableOf,
} from "../comparison_rows.ts";
import { formatFigure, formatPairedRatio } from "../format_figure.ts";
import { readTimeWait } from "../socket_table.ts";
import { countEntries } from "./time_wait.ts";
import { usableStreams } from "../channels.ts";

const REQUESTS = 20;

const perRequest = (transport: string, connection: "fresh" | "kept") =>
  request("connect-per-request", transport, { connection, bytes: 64 });

const KEPT_OR_FRESH: readonly Comparison[] = ["tcp", "unix"].flatMap((transport) =>
  [["p50", "request"], ["requestsPerSecond", "requests/s"]].map(([metric, what]) => ({
    question: `${transport}, ${what}`,
    what: `${transport}, ${what}`,
    first: perRequest(transport, "kept"),
    base: perRequest(transport, "fresh"),
    metric: metric!,
  }))
);

/** What a server that closes left behind. `again`: second requests answered; `timeWait`: entries at its port, `null` where not read. */
type Served = {
  transport: string;
  requests: number;
  answered: number;
  again: number;
  met: string;
  timeWait: number | null;
  timeWaitKept: number | null;
};

export const closingServerForcesConnections: ClaimDeclaration = {
  id: "closing-server-forces-connections",
  sentence: "A server that closes after each reply forces a new connection per request",
  source:
    "RFC 9293, section 3.6; RFC 9112, section 9 (persistent connections); RFC 9110, section 7.6.1",
  method:
    `A server answered one request on each connection and closed it; ${REQUESTS} times a second request was then written on the same connection, and its reply waited for. Of as many further connections, on which nothing more was written, the kernel's table was read for what stayed of them at the server. Requests of 64 B over a fresh connection each, which there the client closes first, were measured beside the same over one that is kept`,
  rule: {
    "holds": "every first request was answered, and no second one on the same connection",
    "does not hold": "a second request was answered",
    "undecided": "a first request was not",
  },
  control:
    "the same with a server that keeps its connections open: the sentence then does not hold",
  cases: casesOf(KEPT_OR_FRESH),
  experiment: (lab) => closeAfterReplies(lab),
  decide({ figures, facts, failure }) {
    const rows = compareCells(KEPT_OR_FRESH, figures);
    const served = (facts?.rows ?? []) as readonly Served[];
    if (served.length === 0) {
      return cannotTry(failure ?? "nothing could be served");
    }
    const isForced = served.every((row) => row.answered === row.requests && row.again === 0);
    const again = served.reduce((sum, row) => sum + row.again, 0);
    const tcp = rows.find(({ what }) => what === "tcp, request");
    return {
      verdict: firstMet({ holds: isForced, "does not hold": again > 0 }, "undecided"),
      answer: tcp === undefined
        ? `${again} ` +
          `of ${served.reduce((sum, row) => sum + row.requests, 0)} second requests were answered`
        : `tcp: ${formatFigure(tcp.theirs)} a request, ${formatFigure(tcp.ours)} on one kept`,
      seen: [
        ...served.flatMap((
          { transport, requests, answered, again, met, timeWait, timeWaitKept },
        ) => [
          `${transport}: ${answered} of ${requests} first requests were answered, and ${again} of ${requests} second ones on the same connections${
            again < requests ? `, whose clients met ${met}` : ""
          }`,
          ...(timeWait === null || timeWaitKept === null ? [] : [
            `${transport}: ${timeWait} entries in TIME-WAIT stayed at the server for ${requests} requests; with one connection that the server closes after all of them, ${timeWaitKept}`,
          ]),
        ]),
        ...(tcp === undefined ? [] : [
          "A kept " +
          `connection answers a request over TCP ${formatPairedRatio(tcp.ratio)} times as fast`,
        ]),
        ...(rows.length === 0
          ? [`The cost: ${figures.skip(KEPT_OR_FRESH[0]!.first) ?? "there are no trials"}`]
          : [
            `In ${countAnswers(answerQuestions(KEPT_OR_FRESH, figures)).better} ` +
            `of ${rows.length} comparisons the kept connection is better`,
          ]),
      ],
      ...(rows.length > 0 && {
        tables: [
          tableOf("Requests of 64 B, medians of trials", ["kept", "fresh"], rows),
        ],
      }),
      why: [
        "A connection that was closed takes no second request; the client has to make another, with a handshake, two sockets, an accept and a close for each. Over loopback those are system calls; over a network the handshake adds a round trip to each request, so that the request takes two instead of one, and TLS makes it more",
        "The server is then the end that closes first: the TIME_WAIT entries are its own, and the clients' ports are free at once (claim 26)",
      ],
    };
  },
  meaning:
    "`fetch` and `Deno.serve` keep connections by themselves, as HTTP/1.1 does. With sockets of one's own it takes a protocol that marks where a message ends, so that the end of the stream need not",
  code: [
    "for (const request of requests) { // one connection for all of them",
    "  await conn.write(frame(request));",
    "  replies.push(await readFrame(conn));",
    "}",
  ].join("\n"),
};

export async function closeAfterReplies(lab: Lab, closes = true): Promise<ClaimFacts> {
  const rows: Served[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    const asking = await serveRequests(transport, REQUESTS, 1, closes, true, lab);
    const closing = await serveRequests(transport, REQUESTS, 1, true, false, lab);
    const kept = await serveRequests(transport, 1, REQUESTS, true, false, lab);
    rows.push({
      transport: id,
      requests: REQUESTS,
      answered: asking.answered,
      again: asking.again,
      met: [...new Set(asking.met)].join(", "),
      timeWait: closing.timeWait,
      timeWaitKept: kept.timeWait,
    });
  }
  return { rows };
}

/** Serves connections of so many requests each; where `asksAgain`, the client then writes one more and reads. */
async function serveRequests(
  transport: StreamTransport,
  connections: number,
  each: number,
  closes: boolean,
  asksAgain: boolean,
  lab: Lab,
): Promise<{ answered: number; again: number; met: readonly string[]; timeWait: number | null }> {
  const { directory } = lab;
  const listener = await transport.listen({ directory });
  const before = await tryTable(listener, (port) => readTimeWait(port));
  let answered = 0;
  let again = 0;
  const met: string[] = [];
  try {
    for (let k = 0; k < connections; k++) {
      const accepting = listener.accept();
      const client = await transport.connect(listener.endpoint, { directory });
      const server = await accepting;
      for (let request = 0; request < each; request++) {
        if (await ask(client, server) === "answered") answered++;
      }
      if (closes) server.close();
      if (asksAgain) {
        const outcome = await ask(client, closes ? undefined : server);
        if (outcome === "answered") again++;
        else met.push(outcome);
      } else {
        // A write would be answered by a reset, and leave no TIME-WAIT.
        await client.read(new Uint8Array(1));
      }
      client.close();
      server.close();
    }
  } finally {
    listener.close();
  }
  const entries = await tryTable(
    listener,
    (port) => countEntries(port, before ?? [], connections, lab),
  );
  return { answered, again, met, timeWait: entries?.serverSide ?? null };
}

/** One byte there and back. The server has read nothing that it was not sent, so that closing it resets nothing. */
async function ask(client: StreamChannel, server: StreamChannel | undefined): Promise<string> {
  const byte = new Uint8Array(1);
  try {
    await client.write(byte);
    if (server !== undefined) {
      await server.read(byte);
      await server.write(byte);
    }
    return await client.read(byte) === 1 ? "answered" : "the end of the stream";
  } catch (error) {
    return (error as Error).name;
  }
}

/** `null` where there is no such state, or the table cannot be read. */
async function tryTable<T>({ endpoint }: StreamListener, read: (port: number) => Promise<T>) {
  try {
    return endpoint.kind === "ip" ? await read(endpoint.port) : null;
  } catch (error) {
    if (error instanceof CannotTry) return null;
    throw error;
  }
}
