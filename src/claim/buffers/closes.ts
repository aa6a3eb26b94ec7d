// Claim 7: what a close does to what was written.

import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { type CaseRequest, request } from "../claim_figures.ts";
import { openRawPair, type RawKind, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { formatBytes, formatFigure } from "../format_figure.ts";

const MIB = 1_024 * 1_024;
const LIMIT_MS = 5_000;

const UNSENT: readonly CaseRequest[] = ["tcp", "unix"].map((transport) =>
  request("close", transport, { close: "unsent", bytes: MIB })
);

/** A connection closed right after writing: bytes taken, unsent at the close (`null`: no output buffer), and what the peer got. */
type Closed = Readonly<{ kind: RawKind; written: number; unsent: number | null; arrived: number }>;

export const closeDeliversTheRest: ClaimDeclaration = {
  id: "close-delivers-the-rest",
  sentence: "After close() the output buffer's remainder is still delivered",
  source:
    "RFC 9293, section 3.6; socket(7), SO_LINGER; Linux net/ipv4/tcp.c, __tcp_close; net/ipv4/tcp_timer.c, tcp_probe_timer",
  method: `${formatBytes(MIB)} were offered to a peer that read nothing, ` +
    "the bytes that TCP had not yet sent were read from TCP_INFO (tcpi_notsent_bytes), the socket was closed, and " +
    "only then the peer read and counted. Through Deno the same was measured with a peer that began to read 3 ms later",
  rule: {
    "holds":
      "something was unsent over TCP at the close, and every byte that was taken arrived on every connection",
    "does not hold": "bytes that had been taken never arrived",
    "undecided": "all arrived, and nothing was seen unsent at the close",
  },
  control:
    "the same with SO_LINGER at 0 s, by which close resets the connection: the sentence then does not hold",
  cases: UNSENT,
  experiment: (lab) => closeUnsent(lab),
  decide({ figures, facts, failure }) {
    const closed = (facts?.closed ?? []) as readonly Closed[];
    const rows = UNSENT.flatMap((request) => {
      const delivered = figures.figure(request, "deliveredShare");
      return delivered === undefined
        ? []
        : [{ request, delivered, connections: figures.operations(request) }];
    });
    if (rows.length === 0 && closed.length === 0) {
      return {
        verdict: "cannot be tried here",
        answer: failure ?? figures.skip(UNSENT[0]!) ?? "nothing was measured",
        seen: [],
        why: [],
      };
    }
    const isWhole = rows.every(({ delivered }) => delivered.low === 1) &&
      closed.every(({ written, arrived }) => arrived === written);
    const tcp = closed.find(({ unsent }) => unsent !== null);
    return {
      verdict: firstMet({ "does not hold": !isWhole, holds: (tcp?.unsent ?? 0) > 0 }, "undecided"),
      answer: tcp === undefined
        ? `${isWhole ? "all" : "not all"} arrived; what was unsent could not be read`
        : `${formatBytes(tcp.unsent!)} unsent at the close; ` +
          `${formatBytes(tcp.arrived)} of ${formatBytes(tcp.written)} arrived`,
      seen: [
        ...closed.map(({ kind, written, unsent, arrived }) =>
          `${kind}: of ${written} B that were taken ${
            unsent === null ? "all lay in the peer's queue" : `${unsent} B were unsent`
          } at the close; ${arrived} B arrived`
        ),
        ...rows.map(({ request, delivered, connections }) =>
          `Deno over ${request.transport}: ` +
          `${formatFigure(delivered)} of the bytes arrived, ${connections} connections`
        ),
        ...(failure === undefined ? [] : [`What was unsent could not be read: ${failure}`]),
      ],
      why: [
        "Closing takes away the program's hold on the socket, not the kernel's: TCP goes on sending what is queued and ends the stream after it. That stands as long as nothing unread lies in the closing end's own receive buffer (claim 8), and as long as the peer lives and reads: while its window stays shut, Linux probes a closed connection in ever longer gaps and gives it up once they have grown to 120 s (tcp_probe_timer, net/ipv4/tcp_timer.c). Tried once on Linux 6.18, that was after 5.5 minutes, and what had not been sent was lost. A Unix-domain stream has no output buffer: what was written is in the peer's receive queue already, and stays there",
      ],
    };
  },
  meaning:
    "Write, then `close()`, is safe for what was written, if the peer has nothing more to say and reads within minutes. Deno's `close()` sends the end of the stream by shutting the sending direction down first",
  code: [
    "await conn.closeWrite(); // says: no more from here",
    "while (await conn.read(buffer) !== null); // and hears the peer out",
    "conn.close();",
  ].join("\n"),
};

/** Writes, closes, and only then reads at the other end. */
export async function closeUnsent(
  lab: Lab,
  prepare: (fd: number) => void = () => {},
): Promise<ClaimFacts> {
  const closed: Closed[] = [];
  for (const kind of ["tcp", "unix"] as const) {
    using pair = openRawPair(kind, lab);
    prepare(pair.client);
    const written = sendNow(pair.client, new Uint8Array(MIB));
    const unsent = kind === "tcp" ? readTcpInfo(pair.client).notSentBytes ?? 0 : null;
    pair.close(pair.client);
    const buffer = new Uint8Array(65_536);
    let arrived = 0;
    await waitUntil(lab, () => {
      try {
        for (let bytes; (bytes = receiveNow(pair.server, buffer)) !== undefined; arrived += bytes) {
          if (bytes === 0) return true;
        }
        return false;
      } catch {
        return true;
      }
    }, LIMIT_MS);
    closed.push({ kind, written, unsent, arrived });
  }
  return { closed };
}
