// Claim 20: when connect() and accept() return.

import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { type ClaimDeclaration, type ClaimFacts, type ClaimVerdict, type Lab } from "../claim.ts";
import { tryPart } from "../try_part.ts";
import { request } from "../claim_figures.ts";
import { formatFigureWithCount, formatTally } from "../format_figure.ts";
import { RawSockets, waitUntil } from "../sockets.ts";

const CONNECTS = 20;
/** How long a segment is kept from arriving, in milliseconds: it is then retransmitted, after 1 s at the soonest. */
const LOST_MS = 50;
/** A lost first segment is retransmitted after 1 s (RFC 6298, section 2); three of them are waited for. */
const LIMIT_MS = 3_500;

const CONNECT = request("connect", "tcp", {});
const ROUND_TRIP = request("round-trip", "tcp", { bytes: 64 });

type Ends = Readonly<{ client: string; server: string }>;

/** A handshake of which one segment was lost; `null`: the call did not end within the limit. */
type Disturbed = Readonly<
  { lostMs: number; connectedMs: number | null; acceptedMs: number | null }
>;

export const connectReturnsAfterHandshake: ClaimDeclaration = {
  id: "connect-returns-after-handshake",
  sentence: "connect() returns when the three-way handshake is done; accept() returns then too",
  source: "RFC 9293, section 3.5; connect(2); accept(2); RFC 6298, section 2.1",
  method:
    `The segments that each end had sent and received were read from TCP_INFO as soon as connect and accept had returned, ${CONNECTS} times. Then a filter on the listener (SO_ATTACH_FILTER) lost a segment of the handshake for ${LOST_MS} ms, once the first and once the third, and the two calls were timed; and a connect through Deno was measured beside a round trip`,
  rule: {
    "holds": "connect and accept both waited for the first segment, and both for the third",
    "holds in part":
      "both waited for the first and accept for the third, but connect returned without it, when the client had sent it",
    "does not hold": "connect or accept returned while the first segment was lost",
    "undecided": "segments could not be lost here, or one of the calls did not end",
  },
  control:
    "the same with TCP Fast Open, by which connect returns before any segment is sent: the sentence then does not hold",
  cases: [CONNECT, ROUND_TRIP],
  parts: { lost: (lab) => loseHandshakes(lab) },
  waits: true,
  experiment: watchHandshakes,
  decide({ figures, facts, failure }) {
    const connect = figures.figure(CONNECT, "connectP50");
    const roundTrip = figures.figure(ROUND_TRIP, "p50");
    const cost = connect === undefined || roundTrip === undefined ? [] : [
      `Through Deno a connect over loopback took ${formatFigureWithCount(connect)}, ` +
      `a round trip of 64 B on an open connection ${formatFigureWithCount(roundTrip)}`,
    ];
    if (facts === undefined) {
      const reason = failure ?? "there are no facts";
      return { verdict: "cannot be tried here", answer: reason, seen: cost, why: [] };
    }
    const ends = (facts.ends ?? []) as readonly Ends[];
    const first = facts.firstLost as Disturbed | undefined;
    const third = facts.thirdLost as Disturbed | undefined;
    return {
      verdict: decideHandshake(first, third),
      answer: third === undefined
        ? `${ends.length} connects returned with ${ends[0]?.client.slice(13)}`
        : "third segment lost: " +
          `connect ${formatMs(third.connectedMs)}, accept ${formatMs(third.acceptedMs)}`,
      seen: [
        ...(["client", "server"] as const).flatMap((end) =>
          ends.length === 0 ? [] : [
            `When ${end === "client" ? "connect" : "accept"} had returned the ${end}'s socket was ${
              formatTally(ends.map((one) => one[end]), (text, times) => `${text}, ${times} times`)
            }`,
          ]
        ),
        ...(first === undefined || third === undefined
          ? [`Segments could not be lost: ${facts.unlost}`]
          : [
            `The first segment lost for ${formatMs(first.lostMs)}: connect took ${
              formatMs(first.connectedMs)
            }, accept ${formatMs(first.acceptedMs)}, from when it was called`,
            `The third segment lost for ${formatMs(third.lostMs)}: ` +
            `connect took ${formatMs(third.connectedMs)}, accept ${formatMs(third.acceptedMs)}`,
          ]),
        ...cost,
      ],
      why: [
        "The client sends SYN, gets SYN and ACK, and answers with ACK: its connect is done when it has sent that third segment, after one round trip, whether it arrives or not. The server's connection is there when the third segment has come, half a round trip later, and its socket is made only then. Accept takes it from a queue and has no part in the handshake (claim 22)",
        "A SYN, or a SYN and ACK, that is lost is retransmitted after 1 s, whatever the distance: nothing is known of the path yet (RFC 6298, section 2.1). That second is why a connect that is slow now and then is slow by whole seconds. The third segment is not retransmitted by itself: the server repeats its SYN and ACK after a second, and that is answered; what the client writes meanwhile carries the same acknowledgement and completes the connection at once",
        ...(connect === undefined ? [] : [
          "Over loopback the three segments pass within the system call, and what is measured through Deno is mostly the making of a socket and the event loop's turns",
        ]),
      ],
    };
  },
  meaning:
    "A resolved `Deno.connect` means that the other kernel answered, not that a program there has noticed. Budget one round trip for it, keep connections that are needed again, and bound the wait: a lost first segment costs a second",
  code: [
    "const conn = await Deno.connect({ hostname, port, signal: AbortSignal.timeout(5_000) });",
  ].join("\n"),
};

function decideHandshake(first?: Disturbed, third?: Disturbed): ClaimVerdict {
  if (first === undefined || third === undefined) return "undecided";
  const isHeld = (ms: number | null, { lostMs }: Disturbed) => ms !== null && ms > lostMs;
  if (
    [first.connectedMs, first.acceptedMs].some((ms) => ms !== null && ms <= first.lostMs)
  ) return "does not hold";
  if (!isHeld(first.connectedMs, first) || !isHeld(first.acceptedMs, first)) return "undecided";
  // With forced SYN cookies the server has forgotten the client, and waits for a segment that does not come: held all the same.
  if (third.acceptedMs !== null && third.acceptedMs <= third.lostMs) return "does not hold";
  if (third.connectedMs === null) return "undecided";
  return isHeld(third.connectedMs, third) ? "holds" : "holds in part";
}

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
    const accepted = await sockets.acceptSoon(listener, lab);
    ends.push({ client, server: look(accepted) });
    for (const one of [fd, accepted]) sockets.close(one);
  }
  const { facts, reason } = await tryPart(connectReturnsAfterHandshake, "lost", lab);
  return { ends, ...(facts ?? { unlost: reason }) };
}

/** Handshakes of which the first and the third segment are lost for a while. */
export async function loseHandshakes(
  lab: Lab,
  prepare: (fd: number) => void = () => {},
): Promise<{ readonly firstLost: Disturbed; readonly thirdLost: Disturbed }> {
  // Side by side: both wait for timers, on sockets of their own.
  const [firstLost, thirdLost] = await Promise.all([
    disturb(lab, "everything", prepare),
    disturb(lab, "all but SYN", prepare),
  ]);
  return { firstLost, thirdLost };
}

/** A handshake that loses segments at the listener for a while. */
async function disturb(
  lab: Lab,
  loss: "everything" | "all but SYN",
  prepare: (fd: number) => void,
): Promise<Disturbed> {
  using sockets = new RawSockets(lab);
  const { clock } = lab;
  const listener = sockets.listen("tcp", 1);
  loseSegments(listener.fd, loss);
  const fd = sockets.socket("tcp");
  prepare(fd);
  const startNs = clock.nowNs();
  const isOpen = sockets.connectWith(fd, listener.address) === "open";
  let connectedMs: number | null = isOpen ? (clock.nowNs() - startNs) / 1e6 : null;
  let acceptedMs: number | null = null;
  const look = () => {
    const nowMs = (clock.nowNs() - startNs) / 1e6;
    if (connectedMs === null && sockets.connectState(fd) === "open") connectedMs = nowMs;
    if (acceptedMs === null && sockets.accept(listener) !== undefined) acceptedMs = nowMs;
    return connectedMs !== null && acceptedMs !== null;
  };
  await waitUntil(lab, look, LOST_MS);
  const lostMs = (clock.nowNs() - startNs) / 1e6;
  loseNoSegments(listener.fd);
  await waitUntil(lab, look, LIMIT_MS);
  return { lostMs, connectedMs, acceptedMs };
}

function formatMs(ms: number | null): string {
  return ms === null
    ? `more than ${LIMIT_MS} ms`
    : ms < 10
    ? `${ms.toFixed(2)} ms`
    : `${ms.toFixed(0)} ms`;
}
