// Claim 13: datagrams that are lost.

import { type ClaimFigures, request } from "../claim_figures.ts";
import { cannotTry, type ClaimDeclaration, type ClaimTable, type ClaimVerdict } from "../claim.ts";
import { formatFigure, formatFigureWithCount } from "../format_figure.ts";
import { type Crowded, crowdReceivers, type Queued } from "./crowd_receivers.ts";

const RATES = [10_000, 50_000, 0];
const SIZES = [64, 1_024, 16_384];

const cell = (transport: string, bytes: number, rate: number) =>
  request("datagram-loss", transport, { bytes, rate });
const CELLS = [
  ...SIZES.flatMap((bytes) => RATES.map((rate) => cell("udp", bytes, rate))),
  ...SIZES.map((bytes) => cell("unixpacket", bytes, 0)),
];

function table(figures: ClaimFigures): ClaimTable {
  return {
    caption: `Medians of trials, ${
      CELLS.map((one) => figures.placement(one)).find((words) => words !== "") ?? ""
    }, the receiver reading as fast as it can; loss counted over whole trials`,
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

/** Sent with success and never received, and not for lack of waiting: the datagram that was sent after them came. */
const isLossy = ({ sent, received, marker }: Crowded) => marker && received < sent;
/** All that was taken arrived, and the sender was refused more. */
const isHeldBack = ({ sent, received, refused }: Crowded) => refused !== null && received === sent;

export const datagramsMayBeLost: ClaimDeclaration = {
  id: "datagrams-may-be-lost",
  sentence: "Datagrams may be lost, and are not retransmitted",
  source: "RFC 768; udp(7); unix(7), SOCK_DGRAM; Linux net/ipv4/udp.c, __udp_enqueue_schedule_skb",
  method:
    "Numbered datagrams were sent to a socket that read nothing, until the kernel refused one or its count of drops at the receiver (SO_MEMINFO) had moved, and ten more after that; then everything was received, and one more datagram sent and waited for.  Beside it, datagrams were offered at 10,000 and 50,000 a second and as fast as they go to a receiver that reads as fast as it can",
  rule: {
    "holds": "of each kind some that were sent with success never came, although a later one did",
    "holds in part": "of some kinds",
    "does not hold": "of no kind: all that was taken came, and the sender was refused more",
    "undecided": "neither",
  },
  control:
    "the same with Unix datagrams alone, whose sender is refused: the sentence then does not hold; and with UDP alone it holds",
  cases: CELLS,
  experiment: (lab) => crowdReceivers(lab),
  decide({ figures, facts, failure }) {
    if (facts === undefined) return cannotTry(failure ?? "there are no facts");
    const crowded = facts.crowded as readonly Crowded[];
    const queued = facts.queued as readonly Queued[];
    return {
      verdict: verdictOf(crowded),
      answer: crowded.map(({ kind, sent, received }) =>
        `${kind}: ${sent - received} of ${sent} lost`
      ).join(", "),
      seen: [
        ...crowded.map(({ kind, bytes, sent, received, dropsAtReturn, dropped, refused, marker }) =>
          `${kind}, ${bytes} B to a receiver that read nothing: ${sent} sends succeeded, ${received} datagrams came${
            refused === null ? "" : `, and the next send was refused with ${refused}`
          }${
            dropped === 0
              ? ""
              : `; of the ${dropped} drops that the kernel counted ${dropsAtReturn} were counted when the send returned`
          }${marker && received < sent ? "; one sent afterwards came, and none of the lost" : ""}`
        ),
        ...queued.map(({ bytes, count, queueLength, sendBuffer }) =>
          `A Unix datagram socket that read nothing took ${count} of ${bytes} B (net.unix.max_dgram_qlen ${
            queueLength ?? "not read"
          }, the sender's SO_SNDBUF ${sendBuffer} B)`
        ),
        ...worstOf(figures),
      ],
      ...(figures.trials(CELLS[0]!).length > 0 && { tables: [table(figures)] }),
      why: [
        "A UDP datagram that finds the receiver's buffer full is dropped there. Over loopback that happens within the send itself, and over a network long after it: either way sender and receiver both see success. A Unix datagram waits at the sender while the receiver's queue holds more than net.unix.max_dgram_qlen, or while what is queued fills the sender's SO_SNDBUF, which large datagrams meet first",
        "The Unix datagrams' back-pressure is not free in Deno: a send that waits asks again and again (claim 37), which every figure of CPU time for waiting Unix datagrams contains",
      ],
    };
  },
  meaning:
    "UDP needs a pace that the receiver can keep, numbers to notice what is missing, and repetition where it matters. Between processes of one machine Unix datagrams bring back-pressure, but a `send` that waits may cost Deno a whole core: while a Unix stream with a length before each message sleeps until there is room",
  code: [
    'const conn = await Deno.connect({ transport: "unix", path: "/run/app/in.sock" });',
    "for (let n = 0; n < frame.length;) n += await conn.write(frame.subarray(n)); // sleeps while the peer is behind",
  ].join("\n"),
};

function verdictOf(crowded: readonly Crowded[]): ClaimVerdict {
  if (crowded.length > 0 && crowded.every(isLossy)) return "holds";
  if (crowded.some(isLossy)) return "holds in part";
  return crowded.length > 0 && crowded.every(isHeldBack) ? "does not hold" : "undecided";
}

function worstOf(figures: ClaimFigures): readonly string[] {
  const losses = CELLS.flatMap((one) => {
    const loss = one.transport === "udp" ? figures.figure(one, "loss") : undefined;
    return loss === undefined ? [] : [{ one, loss }];
  });
  if (losses.length === 0) return [];
  const { one, loss } = losses.reduce((a, b) => b.loss.value > a.loss.value ? b : a);
  const dropped = CELLS.flatMap((each) => figures.counter(each, "Udp.RcvbufErrors") ?? []);
  return [
    `To a receiver that reads UDP lost most with ${one.params.bytes} ` +
    `B${one.params.rate === 0 ? " as fast as they go" : ` at ${one.params.rate}/s`}: ` +
    `${loss.value === 0 ? formatFigure(loss) : formatFigureWithCount(loss)}; ` +
    `in all of these trials the kernel counted ${dropped.reduce((a, b) => a + b, 0)} drops ` +
    "because a receive buffer was full (Udp.RcvbufErrors)",
  ];
}
