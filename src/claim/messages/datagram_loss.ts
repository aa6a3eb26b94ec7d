/**
 * Claims 13 and 14.
 *
 * @module
 */

import { cannotTry, type Claim, type ClaimTable, type ClaimVerdict } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import type { ClaimFigures } from "../claim_figures.ts";
import { formatFigure, sayFigure } from "../format_figure.ts";

const RATES = [10_000, 50_000, 0];
const SIZES = [64, 1_024, 16_384];

const cell = (transport: string, bytes: number, rate: number): CaseRequest => ({
  scenario: "datagram-loss",
  transport,
  params: { bytes, rate },
});
const CELLS = ["udp", "unixpacket"].flatMap((transport) =>
  SIZES.flatMap((bytes) => RATES.map((rate) => cell(transport, bytes, rate)))
);

interface Counted {
  readonly sent: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  readonly dropped: number | undefined;
}

function count(figures: ClaimFigures, transport: string): Counted {
  const cells = CELLS.filter((one) => one.transport === transport);
  const trials = cells.flatMap((one) => figures.trials(one));
  const sum = (
    key: "sentMessages" | "lostMessages" | "reorderedMessages" | "duplicatedMessages",
  ) => trials.reduce((total, { tally }) => total + (tally[key] ?? 0), 0);
  const dropped = cells.flatMap((one) => figures.counter(one, "Udp.RcvbufErrors") ?? []);
  return {
    sent: sum("sentMessages"),
    lost: sum("lostMessages"),
    reordered: sum("reorderedMessages"),
    duplicated: sum("duplicatedMessages"),
    dropped: dropped.length === 0 ? undefined : dropped.reduce((a, b) => a + b, 0),
  };
}

function table(figures: ClaimFigures): ClaimTable {
  return {
    caption:
      "Medians of trials, peer process; the default receive buffer; loss counted over whole trials",
    columns: ["cell", "offered per second", "lost", "sends held over 0.1 ms"],
    rows: CELLS.flatMap((one) => {
      const offered = figures.figure(one, "offeredPerSecond");
      const loss = figures.figure(one, "loss");
      const held = figures.figure(one, "heldShare");
      if (offered === undefined || loss === undefined || held === undefined) return [];
      const rate = one.params.rate === 0 ? "as fast as they go" : `${one.params.rate}/s`;
      return [[`${one.transport}, ${one.params.bytes} B, ${rate}`, offered, loss, held]];
    }),
  };
}

/** "Datagrams may be lost." */
export const datagramsMayBeLost: Claim = {
  id: "datagrams-may-be-lost",
  number: 13,
  group: "messages",
  sentence: "Datagrams may be lost, and are not sent again",
  source: "C, D",
  method:
    "Numbered datagrams were offered at 10,000 and 50,000 a second and as fast as they go; the receiver, reading as fast as it can, " +
    "counted what never came",
  cases: CELLS,
  decide({ figures }) {
    const udp = count(figures, "udp");
    const local = count(figures, "unixpacket");
    if (udp.sent === 0) return cannotTry(figures.skip(CELLS[0]!) ?? "nothing was measured");
    const worst = CELLS.filter((one) => one.transport === "udp")
      .map((one) => ({ one, loss: figures.figure(one, "loss") }))
      .reduce((a, b) => (b.loss?.value ?? 0) > (a.loss?.value ?? 0) ? b : a);
    return {
      verdict: udp.lost === 0
        ? "undecided"
        : local.sent > 0 && local.lost === 0
        ? "holds in part"
        : "holds",
      answer: worst.loss === undefined || udp.lost === 0
        ? `no datagram of ${udp.sent} was lost`
        : `udp, ${worst.one.params.bytes} B, unpaced: ${
          formatFigure(worst.loss)
        } lost; Unix datagrams: ${local.lost} of ${local.sent}`,
      seen: [
        `udp: ${udp.lost} of ${udp.sent} datagrams lost, at no rate was one sent again`,
        ...(udp.dropped === undefined ? [] : [
          `the kernel counted ${udp.dropped} drops for want of receive buffer (Udp.RcvbufErrors) meanwhile`,
        ]),
        `Unix datagrams: ${local.lost} of ${local.sent} lost; their sender is made to wait instead`,
      ],
      tables: [table(figures)],
      why: [
        "Loopback loses nothing by itself. A UDP datagram that finds the receiver's buffer full is dropped there, after the send has long " +
        "returned: sender and receiver both see success. A Unix datagram waits at the sender until the receiver's queue " +
        "(net.unix.max_dgram_qlen) has room",
      ],
    };
  },
  meaning:
    "UDP needs a pace that the receiver can keep, numbers to notice what is missing, and repetition where it matters; between " +
    "processes of one machine Unix datagrams bring back-pressure for free",
  code: [
    'const socket = Deno.listenDatagram({ transport: "unixpacket", path: "/run/app/in.sock" });',
    "await socket.send(message, peer); // waits while the peer's queue is full",
  ].join("\n"),
};

/** "Datagrams may arrive out of order." */
export const datagramsMayBeReordered: Claim = {
  id: "datagrams-may-be-reordered",
  number: 14,
  group: "messages",
  sentence: "Datagrams may arrive out of order",
  source: "C, D",
  method:
    "In the trials of claim 13 each number was held against the highest that had come before (RFC 4737, Type-P-Reordered)",
  cases: CELLS,
  decide({ figures }) {
    const both = ["udp", "unixpacket"].map((transport) => count(figures, transport));
    const [udp] = both;
    if (udp!.sent === 0) return cannotTry(figures.skip(CELLS[0]!) ?? "nothing was measured");
    const arrived = both.reduce((sum, one) => sum + one.sent - one.lost, 0);
    const reordered = both.reduce((sum, one) => sum + one.reordered, 0);
    const duplicated = both.reduce((sum, one) => sum + one.duplicated, 0);
    const verdict: ClaimVerdict = reordered > 0 ? "holds" : "does not hold";
    return {
      verdict,
      answer: `${reordered} of ${arrived} datagrams came out of order`,
      seen: [
        `${reordered} of ${arrived} datagrams came after one with a higher number; ${duplicated} came twice`,
        ...(reordered === 0
          ? [
            `With none in ${arrived}, at most about ${
              sayFigure({ value: 3 / arrived, unit: "ratio" })
            } are reordered on this path (95 %, rule of three)`,
          ]
          : []),
      ],
      why: [
        "This path has one queue from sender to receiver: nothing can overtake. Reordering needs two ways, as on networks with several " +
        "links, or several threads that send through sockets of their own",
      ],
    };
  },
  meaning:
    "On one machine the order holds, and no protocol should rely on it: the same program on a network meets reordering. A number in each message costs four bytes",
  code: [
    "const number = new DataView(message.buffer).getUint32(0);",
    "if (number > highest) highest = number; // else: late, or a copy",
  ].join("\n"),
};
