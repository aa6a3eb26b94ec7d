// Claims 11 and 12.

import type { ClaimDeclaration, ClaimTable, ClaimVerdict } from "../claim.ts";
import { cannotTry, firstMet } from "../claim.ts";
import type { Params } from "../../model/params.ts";
import type { CaseRequest, ClaimFigures } from "../claim_figures.ts";
import { formatFigure, formatFigureWithCount } from "../format_figure.ts";

const BYTES = 3;
/** So many messages in one read are more than a reader that was late once in a while. */
const MIN_TOGETHER = 1.05;

function streamCell(transport: string, gap: number, nagle?: "on" | "off"): CaseRequest {
  const params: Params = nagle === undefined ? { bytes: BYTES, gap } : { nagle, bytes: BYTES, gap };
  return { scenario: "coalescing", transport, params };
}

const STREAM_CELLS: readonly CaseRequest[] = [
  streamCell("tcp", 0, "off"),
  streamCell("tcp", 0, "on"),
  streamCell("tcp", 100, "off"),
  streamCell("tcp", 100, "on"),
  streamCell("tcp", 2_000, "off"),
  streamCell("unix", 0),
  streamCell("unix", 100),
];

const DATAGRAM_CELLS: readonly CaseRequest[] = ["udp", "unixpacket"].flatMap((transport) =>
  [3, 1_024].map((bytes) => ({ scenario: "coalescing", transport, params: { bytes, gap: 100 } }))
);

function name({ transport, params }: CaseRequest): string {
  const nagle = params.nagle === undefined ? "" : `, Nagle ${params.nagle}`;
  const gap = params.gap === 0 ? "no gap" : `gap ${params.gap} µs`;
  return `${transport}${nagle}, ${params.bytes} B, ${gap}`;
}

function tableOf(cells: readonly CaseRequest[], figures: ClaimFigures): ClaimTable {
  return {
    caption: `Medians of trials, ${
      cells.map((cell) => figures.placement(cell)).find((words) => words !== "") ?? ""
    }; the reader's buffer holds 256 KiB`,
    columns: ["cell", "messages per read", "reads of one whole message", "messages sent"],
    rows: cells.flatMap((cell) => {
      const perRead = figures.figure(cell, "messagesPerRead");
      const whole = figures.figure(cell, "wholeReadShare");
      if (perRead === undefined || whole === undefined) return [];
      const sent = figures.trials(cell).reduce(
        (sum, { tally }) => sum + (tally.sentMessages ?? 0),
        0,
      );
      return [[name(cell), perRead, whole, String(sent)]];
    }),
  };
}

export const readsDifferFromWrites: ClaimDeclaration = {
  id: "reads-differ-from-writes",
  sentence:
    'On streams reads and writes differ in number: three writes of "abc" may arrive as one read, or as "abcab" and "cabc"',
  source: "RFC 9293, section 3.9.1.2 (no record boundaries); RFC 896; recv(2)",
  method:
    "Messages of 3 B were written one by one, without a gap and with gaps of 0.1 and 2 ms, and read into a large buffer; each read was compared with the messages' boundaries",
  rule: {
    "holds": `in some cell the interval of messages in one read lies above ${MIN_TOGETHER}`,
    "does not hold": "in no cell does it reach beyond 1",
    "undecided": "neither",
  },
  control:
    "the same with Unix datagrams, of which a read takes one: the sentence then does not hold",
  cases: STREAM_CELLS,
  decide({ figures }) {
    const measured = STREAM_CELLS.flatMap((cell) => {
      const perRead = figures.figure(cell, "messagesPerRead");
      return perRead === undefined ? [] : [{ cell, perRead }];
    });
    const [first] = measured;
    if (first === undefined) {
      return cannotTry(figures.skip(STREAM_CELLS[0]!) ?? "nothing was measured");
    }
    const most = measured.reduce((a, b) => b.perRead.value > a.perRead.value ? b : a);
    const least = measured.reduce((a, b) => b.perRead.value < a.perRead.value ? b : a);
    return {
      verdict: firstMet({
        holds: most.perRead.low! > MIN_TOGETHER,
        "does not hold": most.perRead.high! <= 1,
      }, "undecided"),
      answer: `${name(most.cell)}: ${formatFigure(most.perRead)} messages in one read`,
      seen: [
        "Most together: " +
        `${name(most.cell)}, ${formatFigureWithCount(most.perRead)} messages per read`,
        `Fewest: ${name(least.cell)}, ${formatFigureWithCount(least.perRead)}`,
      ],
      tables: [tableOf(STREAM_CELLS, figures)],
      why: [
        "A stream has no messages: the kernel appends each write to one queue of bytes, and a read takes what lies there. Without a gap the writer is ahead of the reader, and with Nagle on the sending side joins what is written while a segment is unacknowledged. With a gap longer than the reader needs to wake up each write is read alone, by luck of timing and not by a promise",
      ],
    };
  },
  meaning:
    "Never take a read for a message. Frame messages by a length or a delimiter and read until one is whole; a program that does not works in tests, where messages come one by one, and fails under load",
  code: [
    "const frame = new Uint8Array(4 + body.length);",
    "new DataView(frame.buffer).setUint32(0, body.length);",
    "frame.set(body, 4); // one write of length and body; the reader reads 4 bytes, then as many as they say",
  ].join("\n"),
};

export const datagramsKeepBoundaries: ClaimDeclaration = {
  id: "datagrams-keep-boundaries",
  sentence: "Datagrams keep boundaries: as many receives as sends",
  source: "udp(7); unix(7), SOCK_DGRAM; recv(2)",
  method:
    "Datagrams of 3 B and 1 KiB were sent every 0.1 ms, which a receiver that is not held up can follow, and the receives counted and their lengths compared",
  rule: {
    "holds":
      "every receive took one message, of the length sent, and there were no more receives than sends",
    "does not hold": "some receive took another length, or there were more",
    "undecided": "nothing was received",
  },
  control: "the same over a TCP connection without gaps: the sentence then does not hold",
  cases: DATAGRAM_CELLS,
  decide({ figures }) {
    const rows = DATAGRAM_CELLS.flatMap((cell) => {
      const trials = figures.trials(cell);
      if (trials.length === 0) return [];
      const sum = (key: "sentMessages" | "receivedMessages") =>
        trials.reduce((total, { tally }) => total + (tally[key] ?? 0), 0);
      const whole = trials.every(({ values }) => values?.wholeReadShare === 1);
      return [{ cell, sent: sum("sentMessages"), received: sum("receivedMessages"), whole }];
    });
    if (rows.length === 0) {
      return cannotTry(figures.skip(DATAGRAM_CELLS[0]!) ?? "nothing was measured");
    }
    const sent = rows.reduce((total, row) => total + row.sent, 0);
    const received = rows.reduce((total, row) => total + row.received, 0);
    const isWhole = rows.every(({ whole }) => whole);
    // A datagram that is lost is no boundary that was not kept: that is claim 13.
    const verdict: ClaimVerdict = received === 0
      ? "undecided"
      : isWhole && received <= sent
      ? "holds"
      : "does not hold";
    return {
      verdict,
      answer: `${received} receives of ${sent} sends, ` +
        `${isWhole ? "each" : "not each"} of the size sent`,
      seen: [
        ...rows.map((row) =>
          `${row.cell.transport}, ${row.cell.params.bytes} B: ${row.sent} sent, ${row.received} received${
            row.whole ? ", each whole and alone" : ", some of another length"
          }`
        ),
        ...(received < sent
          ? [`${sent - received} datagrams were lost; none was joined or cut`]
          : []),
      ],
      why: [
        "A datagram travels as one unit with its length: the kernel queues it whole and hands over one per receive. A receive with a buffer that is too small still takes exactly one, and loses the rest of it (claim 15)",
      ],
    };
  },
  meaning:
    "One `receive` is one message: no framing is needed, and no message may be larger than the transport's limit",
  code: "const [message, from] = await socket.receive(); // one datagram, whole",
};
