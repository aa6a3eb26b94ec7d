// Claim 30: servers that take one client at a time.

import { cannotTry, type ClaimDeclaration, type ClaimTable, firstMet } from "../claim.ts";
import { request } from "../claim_figures.ts";
import { formatFigure, formatFigureWithCount, formatPairedRatio } from "../format_figure.ts";

const CLIENTS = [1, 2, 4, 8];
const MAX_CLIENTS = 8;
const SERVICE_US = 3_000;

const crowd = (server: "iterative" | "concurrent", clients: number) =>
  request("iterative-server", "tcp", { server, clients, service: SERVICE_US });

export const iterativeServesOne: ClaimDeclaration = {
  id: "iterative-serves-one",
  sentence: "An iterative server serves one client at a time",
  source: "accept(2); listen(2)",
  method: `1 to ${MAX_CLIENTS} clients asked at once a server that waits ${SERVICE_US / 1e3} ms ` +
    "before it answers, as for a disk, and takes its clients one after another; the waits of the first and the last were measured, and those at a " +
    "server that does the same side by side",
  rule: {
    "holds":
      "with k clients the last waited no less than k service times, less 1 %, for every k; and at the concurrent server less, with intervals apart",
    "does not hold":
      `the last of ${MAX_CLIENTS} waited less than half of ${MAX_CLIENTS} service times`,
    "undecided": "neither",
  },
  control:
    "the concurrent server in the place of the iterative one: the sentence then does not hold",
  cases: CLIENTS.flatMap((clients) => [crowd("iterative", clients), crowd("concurrent", clients)]),
  decide({ figures }) {
    const last = (server: "iterative" | "concurrent", clients: number) =>
      figures.figure(crowd(server, clients), "lastWaitP50");
    const one = last("iterative", 1);
    const many = last("iterative", MAX_CLIENTS);
    const beside = last("concurrent", MAX_CLIENTS);
    if (one === undefined || many === undefined || beside === undefined) {
      return cannotTry(figures.skip(crowd("iterative", MAX_CLIENTS)) ?? "nothing was measured");
    }
    const serviceNs = SERVICE_US * 1e3;
    // One after another is no shorter than the service times together; side by side is shorter than those of two.
    const isQueued = CLIENTS.every((clients) =>
      (last("iterative", clients)?.low ?? 0) >= clients * serviceNs * 0.99
    );
    const isBeside = beside.high! < many.low!;
    const ratio = figures.ratio(
      crowd("concurrent", MAX_CLIENTS),
      crowd("iterative", MAX_CLIENTS),
      "lastWaitP50",
    );
    const table: ClaimTable = {
      caption: `Median waits over TCP, ${figures.placement(crowd("iterative", MAX_CLIENTS))}, ` +
        `service time ${SERVICE_US / 1e3} ms; its timer is good to about 1 ms`,
      columns: ["clients", "iterative: first", "iterative: last", "concurrent: last"],
      rows: CLIENTS.map((clients) => [
        String(clients),
        figures.figure(crowd("iterative", clients), "firstWaitP50") ?? "–",
        last("iterative", clients) ?? "–",
        last("concurrent", clients) ?? "–",
      ]),
    };
    return {
      verdict: firstMet({
        holds: isQueued && isBeside,
        "does not hold": many.high! < (MAX_CLIENTS / 2) * serviceNs,
      }, "undecided"),
      answer: `client ${MAX_CLIENTS} waits ${formatFigure(many)}, ` +
        `side by side ${formatFigure(beside)}`,
      seen: [
        `Alone a client waited ${formatFigureWithCount(one)}; the last of ${MAX_CLIENTS} ${
          formatFigureWithCount(many)
        } at the iterative server and ${formatFigureWithCount(beside)} at the concurrent one`,
        ...(ratio === undefined ? [] : [
          "Paired by round, " +
          `the concurrent server's last client is ${formatPairedRatio(ratio)} times as fast`,
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
