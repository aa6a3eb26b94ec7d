// Claim 34.

import { cannotTry, type ClaimDeclaration, type ClaimTable, firstMet } from "../claim.ts";
import type { CaseRequest, ClaimFigures } from "../claim_figures.ts";
import {
  casesOf,
  compareCells,
  inSize,
  onBothPlacements,
  reasonOf,
  tableOf,
} from "../comparison_rows.ts";
import { formatFigure, formatFigureWithCount } from "../format_figure.ts";
import { lookBelow, type Wire, type WireFacts } from "./wire.ts";

const SIZES = [64, 1_024, 16_384];
const RIDERS = ["websocket", "http"];
const DELAYED = "TcpExt.DelayedACKs";

const COMPARISONS = onBothPlacements(
  RIDERS.flatMap((rider) =>
    SIZES.map((bytes) => inSize(rider, "p50", ["round-trip", rider, "tcp"], { bytes }))
  ),
);

export const ridersOnStreams: ClaimDeclaration = {
  id: "http-and-websocket-ride-on-streams",
  sentence: "HTTP and WebSocket ride on stream sockets",
  source:
    "RFC 9112, section 9; RFC 6455, section 1.2; RFC 9114, section 3 (HTTP/3 over QUIC); RFC 9000, section 1",
  method:
    "A bare TCP connection wrote the text of a request, and of a WebSocket handshake, to Deno's server. Messages then went to and fro over Deno's own client and server while TCP_INFO of both ends was read: bytes and segments per message. Their round trips were measured beside those of a bare TCP connection, interleaved in one run, connections kept",
  rule: {
    "holds in part":
      "each of HTTP/1.1 and WebSocket, or one of them, answered what was written by hand on a bare TCP connection; not more than in part, as HTTP/3 rides on QUIC and so on UDP (RFC 9114)",
    "does not hold": "neither answered",
    "undecided": "nothing could be written by hand",
  },
  control:
    "the same with a server of bare TCP that echoes in their place: the sentence then does not hold",
  cases: casesOf(COMPARISONS),
  experiment: (lab) => lookBelow(lab, RIDERS, SIZES),
  decide({ figures, facts, failure }) {
    const rows = compareCells(COMPARISONS, figures);
    const below = facts as WireFacts | undefined;
    if (below === undefined && rows.length === 0) {
      return cannotTry(failure ?? reasonOf(COMPARISONS, figures));
    }
    const spoken = below?.handwritten ?? [];
    const understood = spoken.filter(({ isExpected }) => isExpected).length;
    const [small] = rows;
    return {
      verdict: firstMet(
        { undecided: spoken.length === 0, "holds in part": understood > 0 },
        "does not hold",
      ),
      answer: small === undefined
        ? `${understood} of ${spoken.length} answered a bare TCP connection`
        : `${small.what}: ${formatFigure(small.ours)}; bare: ${formatFigure(small.theirs)}`,
      seen: [
        ...spoken.map(({ transport, answer }) =>
          `To a request written by hand on a bare TCP connection, ${transport} answered "${answer}"`
        ),
        ...(failure === undefined ? [] : [`Nothing was seen of the stream below: ${failure}`]),
        ...(below?.unseen ? [`What the kernel counted was not seen: ${below.unseen}`] : []),
        ...rows.slice(0, RIDERS.length * SIZES.length).map(({ what, ours, theirs, placement }) =>
          `A round trip over ${what}, took ${formatFigureWithCount(ours)}, ` +
          `over bare TCP ${formatFigureWithCount(theirs)} (${placement})`
        ),
        ...delays(figures),
      ],
      tables: [
        ...(rows.length === 0
          ? []
          : [tableOf("Round trips, medians of trials", ["on the stream", "bare stream"], rows)]),
        ...(below === undefined || below.wires.length === 0 ? [] : [wireTable(below.wires)]),
      ],
      why: [
        "Up to HTTP/2 both ride on TCP. HTTP/3 is defined over QUIC, whose packets are UDP datagrams (RFC 9114, section 3; RFC 9000): a server that speaks it is reached by a datagram socket, and what follows is about the others",
        "Both begin as text on a TCP connection. HTTP wraps every message in headers, again and again; WebSocket asks once, by an HTTP request, and then puts 2 to 14 bytes before each message, with a mask of 4 bytes on the client's. That is little; what costs is the program: parsing, promises and streams of the runtime for each request",
        ...(slowPairs(figures).length === 0 ? [] : [
          "A round trip of about 40 ms is the old trap: the runtime writes one message in two segments, Nagle's algorithm, which is on at that end, keeps the second back until the first is acknowledged, and the other end's kernel waits with its acknowledgement for data to carry it. The kernel's counter of delayed acknowledgements shows it",
        ]),
      ],
    };
  },
  meaning:
    "What TCP does, HTTP and WebSocket do as well: Nagle, delayed acknowledgements, buffers and TIME-WAIT are theirs. Deno's WebSocket gives no handle on its socket's options, so that latencies of messages larger than a KiB have to be measured (claim 36). Keep connections, and take a bare stream where both ends are yours and microseconds count",
  code: [
    "const client = Deno.createHttpClient({ http2: false }); // its own pool of kept connections",
    'const response = await fetch(url, { method: "POST", body, client });',
    "await response.bytes(); // an unread body keeps its connection from being used again",
  ].join("\n"),
};

/** Cells in which more than one of ten exchanges waited for an acknowledgement. */
function slowPairs(figures: ClaimFigures): readonly CaseRequest[] {
  return COMPARISONS.map(({ first }) => first).filter((request) => {
    const delayed = figures.counter(request, DELAYED) ?? 0;
    return delayed > figures.operations(request) / 10;
  });
}

function delays(figures: ClaimFigures): readonly string[] {
  return slowPairs(figures).map((request) =>
    `${request.transport}, ${request.params.bytes} B, ${figures.placement(request)}: ` +
    `the kernel counted ${figures.counter(request, DELAYED)} delayed ` +
    `acknowledgements in ${figures.operations(request)} exchanges`
  );
}

function wireTable(wires: readonly Wire[]): ClaimTable {
  const number = (value: number) => Number(value.toFixed(1)).toString();
  const onOff = (isOn: boolean) => isOn ? "on" : "off";
  return {
    caption:
      "What TCP carried for each message, both ends in one process: bytes beyond the message, segments with data, and Nagle's algorithm as the kernel has it",
    columns: [
      "over",
      "message",
      "connections",
      "beyond: client",
      "beyond: server",
      "segments: client",
      "segments: server",
      "Nagle: client",
      "Nagle: server",
    ],
    rows: wires.map(({ transport, messageBytes, connections, client, server }) => [
      transport,
      `${messageBytes} B`,
      String(connections),
      `${number(client.bytes - messageBytes)} B`,
      `${number(server.bytes - messageBytes)} B`,
      number(client.segments),
      number(server.segments),
      onOff(client.nagle),
      onOff(server.nagle),
    ]),
  };
}
