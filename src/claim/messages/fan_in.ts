// Claim 18.

import type { ClaimDeclaration, ClaimFacts, Decision, Lab } from "../claim.ts";
import { cannotTry, firstMet } from "../claim.ts";
import { type ClaimFigures, type Figure, request } from "../claim_figures.ts";
import { RawSockets, receiveNow } from "../sockets.ts";
import { requireLibc } from "../../kernel/libc.ts";
import { ADDRESS_BYTES } from "../../kernel/socket_address.ts";
import { errnoName } from "../../kernel/system_error.ts";
import { formatFigure, formatFigureWithCount, formatPairedRatio } from "../format_figure.ts";

const CLIENT_COUNTS = [1, 10, 100, 1_000];
const UNBOUND = 10;
const MSG_NOSIGNAL = 0x4000;
const TRANSPORTS = ["udp", "unixpacket", "tcp", "unix"];

const cell = (transport: string, clients: number) =>
  request("fan-in", transport, { bytes: 64, clients });

export const oneSocketManyPeers: ClaimDeclaration = {
  id: "one-socket-many-peers",
  sentence: "One UDP socket serves many peers without connections; both ends bind, neither listens",
  source: "udp(7); ip(7), ip_local_port_range; listen(2), EOPNOTSUPP; RFC 768",
  method:
    `1 to 1,000 clients, each with a socket of its own, exchanged 64 B in turn with one serving socket; beside it the same number of connections to one listener. By system calls, ${UNBOUND} clients that had not called bind(2) sent to one bound socket, which answered each; their port was read before and after, and listen(2) was tried on it`,
  rule: {
    "holds":
      "one socket answered every client, listen was refused, and no client that had not bound was answered",
    "holds in part":
      "one socket answered every client, and a client need not bind, or the socket may listen",
    "does not hold": "one socket did not answer every client",
  },
  control:
    "the same with one TCP socket in the place of the UDP socket: the sentence then does not hold",
  cases: TRANSPORTS.flatMap((transport) =>
    CLIENT_COUNTS.map((clients) => cell(transport, clients))
  ),
  // deno-lint-ignore require-await
  experiment: async (lab) => serveWithOne("udp", lab),
  decide({ figures, facts, failure }) {
    const most = CLIENT_COUNTS.findLast((clients) =>
      figures.trials(cell("udp", clients)).length > 0
    );
    const served = facts as Served | undefined;
    if (most === undefined && served === undefined) {
      return cannotTry(failure ?? figures.skip(cell("udp", 1)) ?? "nothing was measured");
    }
    return {
      verdict: firstMet({
        undecided: served === undefined,
        "does not hold": served !== undefined && served.answered < served.clients,
        holds: served?.listen !== "listens" && (served?.portsBefore ?? 0) > 0,
      }, "holds in part"),
      ...measured(figures, most),
      ...describe(served, failure, figures, most),
      why: [
        "A datagram carries its sender's address, so that one socket can answer anybody; the kernel finds it by its own address and port. A client need not bind: the first send binds it to a free port (ip(7)). A datagram socket has no queue of connections, and listen(2) on it fails with EOPNOTSUPP. A connection costs a socket at each end. What grows with their number is memory and cache misses, more than the look-up, which is a hash",
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

/** One socket, and clients that had not bound; `listen`: what listen(2) on it came to: `listens`, or the error's name. */
type Served = {
  kind: "udp" | "tcp";
  clients: number;
  answered: number;
  portsBefore: number;
  portsAfter: number;
  listen: string;
};

/** One socket that answers clients which never called bind(2). */
export function serveWithOne(kind: "udp" | "tcp", lab: Lab): ClaimFacts {
  using sockets = new RawSockets(lab);
  const libc = requireLibc();
  const { symbols } = libc;
  const server = sockets.bind(kind);
  const to = sockets.addressOf(server);
  const message = new Uint8Array(8);
  const from = new Uint8Array(ADDRESS_BYTES);
  let [answered, portsBefore, portsAfter] = [0, 0, 0];
  for (let k = 0; k < UNBOUND; k++) {
    const client = sockets.socket(kind);
    if (sockets.portOf(client) > 0) portsBefore++;
    message[0] = k;
    // Over loopback a datagram is there when the call returns; no call here waits.
    symbols.sendto(client, message, 8n, MSG_NOSIGNAL, to, to.length);
    if (sockets.portOf(client) > 0) portsAfter++;
    const length = new Uint32Array([ADDRESS_BYTES]);
    if (symbols.recvfrom(server, message, 8n, 0, from, length) !== 8) continue;
    symbols.sendto(server, message, 8n, MSG_NOSIGNAL, from, length[0]!);
    if (receiveNow(client, message) === 8 && message[0] === k) answered++;
  }
  const listen = symbols.listen(server, 1) === 0 ? "listens" : errnoName(libc.errno);
  return { kind, clients: UNBOUND, answered, portsBefore, portsAfter, listen };
}

function measured(figures: ClaimFigures, most: number | undefined): { readonly answer: string } {
  const many = most === undefined ? undefined : figures.figure(cell("udp", most), "p50");
  return {
    answer: many === undefined
      ? "one socket answered clients that had not bound"
      : `one socket, ${most} clients: ${formatFigure(many)} an exchange`,
  };
}

function describe(
  served: Served | undefined,
  failure: string | undefined,
  figures: ClaimFigures,
  most: number | undefined,
): Pick<Decision, "seen" | "tables"> {
  const one = figures.figure(cell("udp", 1), "p50");
  const many = most === undefined ? undefined : figures.figure(cell("udp", most), "p50");
  const ratio = most === undefined || most === 1
    ? undefined
    : figures.ratio(cell("udp", most), cell("udp", 1), "p50");
  return {
    seen: [
      ...(served === undefined
        ? [`What an unbound client and listen(2) do was not seen: ${failure ?? "no facts"}`]
        : [
          `One ${served.kind} socket answered ${served.answered} of ${served.clients} clients that had not called bind; ${served.portsBefore} of them had a port before their first send and ${served.portsAfter} after it`,
          `listen(2) on the serving socket: ${served.listen}`,
        ]),
      ...(one === undefined || many === undefined ? [] : [
        `Through Deno an exchange took ${formatFigureWithCount(one)} ` +
        `with one client and ${formatFigureWithCount(many)} with ${most}`,
      ]),
      ...(ratio === undefined ? [] : [
        "Paired by round, " +
        `${most} clients against one: ${formatPairedRatio(ratio)}, where below 1 is slower`,
      ]),
      ...CLIENT_COUNTS.filter((clients) => most !== undefined && clients > most).map((clients) =>
        `udp with ${clients} clients: ${figures.skip(cell("udp", clients))}`
      ),
    ],
    ...(most !== undefined && {
      tables: [{
        caption: "Median round trip of 64 B by number of clients, " +
          `${figures.placement(cell("udp", most))}`,
        columns: ["clients", ...TRANSPORTS],
        rows: CLIENT_COUNTS.map((clients) => [
          String(clients),
          ...TRANSPORTS.map((transport): string | Figure =>
            figures.figure(cell(transport, clients), "p50") ?? "–"
          ),
        ]),
      }],
    }),
  };
}
