/**
 * Claim 18.
 *
 * @module
 */

import { cannotTry, type Claim } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import type { Figure } from "../figure.ts";
import { sayFigure, sayRatio } from "../format_figure.ts";

const PEERS = [1, 10, 100, 1_000];
const TRANSPORTS = ["udp", "unixpacket", "tcp", "unix"];

const cell = (transport: string, peers: number): CaseRequest => ({
  scenario: "fan-in",
  transport,
  params: { bytes: 64, peers },
});

/** "One UDP socket serves many peers." */
export const oneSocketManyPeers: Claim = {
  id: "one-socket-many-peers",
  number: 18,
  group: "messages",
  sentence: "One UDP socket serves many peers without connections; both ends bind, neither listens",
  source: "A, B, C",
  method:
    "1 to 1,000 clients, each with a socket of its own, exchanged 64 B in turn with one serving socket; beside it the same number of " +
    "connections to one listener",
  cases: TRANSPORTS.flatMap((transport) => PEERS.map((peers) => cell(transport, peers))),
  decide({ figures }) {
    const most = PEERS.findLast((peers) => figures.trials(cell("udp", peers)).length > 0);
    if (most === undefined) {
      return cannotTry(figures.skip(cell("udp", 1)) ?? "nothing was measured");
    }
    const ratio = most === 1 ? undefined : figures.ratio(cell("udp", most), cell("udp", 1), "p50");
    const one = figures.figure(cell("udp", 1), "p50");
    const many = figures.figure(cell("udp", most), "p50");
    const refused = PEERS.filter((peers) => peers > most).map((peers) =>
      `udp with ${peers} clients: ${figures.skip(cell("udp", peers))}`
    );
    return {
      verdict: most === PEERS.at(-1) ? "holds" : "holds in part",
      answer: many === undefined
        ? `one socket answered ${most} clients`
        : `one socket, ${most} clients: ${sayFigure(many)} an exchange`,
      seen: [
        `One UDP socket answered ${most} clients; every exchange was whole`,
        ...(one !== undefined && many !== undefined
          ? [
            `An exchange took ${sayFigure(one)} with one client and ${
              sayFigure(many)
            } with ${most}`,
          ]
          : []),
        ...(ratio === undefined ? [] : [
          `Paired by round, ${most} clients against one: ${
            sayRatio(ratio)
          }, where below 1 is slower`,
        ]),
        ...refused,
      ],
      tables: [{
        caption: "Median round trip of 64 B by number of clients, peer process",
        columns: ["clients", ...TRANSPORTS],
        rows: PEERS.map((peers) => [
          String(peers),
          ...TRANSPORTS.map((transport): string | Figure =>
            figures.figure(cell(transport, peers), "p50") ?? "–"
          ),
        ]),
      }],
      why: [
        "A datagram carries its sender's address, so that one socket can answer anybody; the kernel finds it by its port alone. A " +
        "connection costs a socket at each end. What grows with their number is memory and cache misses, more than the look-up, which is a hash",
      ],
    };
  },
  meaning:
    "A UDP service needs one socket, however many clients it has; its state per client is the program's own",
  code: [
    'const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });',
    "for await (const [message, from] of socket) await socket.send(message, from);",
  ].join("\n"),
};
