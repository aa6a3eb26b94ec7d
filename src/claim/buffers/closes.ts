/**
 * Claims 7 and 8: what a close does to what is under way.
 *
 * @module
 */

import { readCounters } from "../../kernel/counters.ts";
import { unreadBytes } from "../../kernel/options.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { waitUntil } from "../connections/raw_sockets.ts";
import { openChannels, usableStreams } from "../connections/usable_streams.ts";
import { formatFigure, sayBytes } from "../format_figure.ts";
import { openRawPair, type RawKind, receiveNow, sendNow } from "../raw_pair.ts";

const MIB = 1_024 * 1_024;
const LIMIT_MS = 5_000;

const UNSENT: readonly CaseRequest[] = ["tcp", "unix"].map((transport) => ({
  scenario: "close",
  transport,
  params: { close: "unsent", bytes: MIB },
}));

/** A connection that was closed right after writing. */
interface Closed {
  readonly kind: RawKind;
  /** What the kernel took. */
  readonly written: number;
  /** Of it not yet sent when the socket was closed; `null` where there is no output buffer. */
  readonly unsent: number | null;
  /** What the peer, which began to read after that, got. */
  readonly arrived: number;
}

/** "After close() the output buffer's remainder is still delivered." */
export const closeDeliversTheRest: Claim = {
  id: "close-delivers-the-rest",
  number: 7,
  group: "buffers",
  sentence: "After close() the output buffer's remainder is still delivered",
  source: "RFC 9293, section 3.6; socket(7), SO_LINGER; Linux net/ipv4/tcp.c, __tcp_close",
  method:
    `${
      sayBytes(MIB)
    } were offered to a peer that read nothing, the bytes that TCP had not yet sent were read from TCP_INFO (tcpi_notsent_bytes), the socket was closed, and ` +
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
    const closed = (facts?.closed ?? []) as unknown as readonly Closed[];
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
      verdict: !isWhole ? "does not hold" : (tcp?.unsent ?? 0) > 0 ? "holds" : "undecided",
      answer: tcp === undefined
        ? `${isWhole ? "all" : "not all"} arrived; what was unsent could not be read`
        : `${sayBytes(tcp.unsent!)} unsent at the close; ${sayBytes(tcp.arrived)} of ${
          sayBytes(tcp.written)
        } arrived`,
      seen: [
        ...closed.map(({ kind, written, unsent, arrived }) =>
          `${kind}: of ${written} B that were taken ${
            unsent === null ? "all lay in the peer's queue" : `${unsent} B were unsent`
          } at the close; ${arrived} B arrived`
        ),
        ...rows.map(({ request, delivered, connections }) =>
          `Deno over ${request.transport}: ${
            formatFigure(delivered)
          } of the bytes arrived, ${connections} connections`
        ),
        ...(failure === undefined ? [] : [`What was unsent could not be read: ${failure}`]),
      ],
      why: [
        "Closing takes away the program's hold on the socket, not the kernel's: TCP goes on sending what is queued and ends the stream after " +
        "it. That stands as long as nothing unread lies in the closing end's own receive buffer (claim 8), and as long as the peer lives. " +
        "A Unix-domain stream has no output buffer: what was written is in the peer's receive queue already, and stays there",
      ],
    };
  },
  meaning:
    "Write, then `close()`, is safe for what was written, if the peer has nothing more to say. Deno's `close()` sends the end of the stream " +
    "by shutting the sending direction down first",
  code: [
    "await conn.closeWrite(); // says: no more from here",
    "while (await conn.read(buffer) !== null); // and hears the peer out",
    "conn.close();",
  ].join("\n"),
};

/**
 * Writes, closes, and only then reads at the other end.
 *
 * @param prepare is called with the end that will be closed; default: it stays as it is
 */
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
  return { closed } as unknown as ClaimFacts;
}

const CLOSES = 20;
const UNREAD_BYTES = 102_400;
const ABORTED = "TcpExt.TCPAbortOnClose";

/** What the peer of closed connections met, and what the kernel counted. */
interface Met {
  readonly who: string;
  /** Whether the closing end had read everything: the control. */
  readonly isDrained: boolean;
  readonly closes: number;
  /** Bytes that the closing end had not read, of one connection. */
  readonly unread: number;
  /** Connections on which the peer's next read failed with ECONNRESET. */
  readonly resets: number;
  /** Connections on which it met the end of the stream. */
  readonly ends: number;
  /** Resets that the kernel sent because bytes were unread (TCPAbortOnClose); `null` where it does not count them. */
  readonly aborted: number | null;
}

/** Whether the peer, or the kernel's counter, knows of a reset on every connection. */
const isReset = ({ closes, resets, aborted }: Met) => resets === closes || (aborted ?? 0) >= closes;
/** Whether neither knows of one. */
const isOrderly = ({ closes, ends, aborted }: Met) => ends === closes && (aborted ?? 0) < closes;

/** "On close() unread input is lost." */
export const closeLosesUnreadInput: Claim = {
  id: "close-loses-unread-input",
  number: 8,
  group: "buffers",
  sentence: "On close() unread input is lost",
  source: "RFC 1122, section 4.2.2.13; RFC 2525, section 2.17; Linux net/ipv4/tcp.c, __tcp_close",
  method:
    `${
      sayBytes(UNREAD_BYTES)
    } were sent to an end that read one byte of them, what it had not read was asked of its kernel (SIOCINQ), and it was closed; then the peer read. ` +
    `The same was done with an end that had read everything. ${CLOSES} connections each, by system calls and through Deno; the kernel's count of ` +
    "resets for unread bytes (TCPAbortOnClose) was read around them",
  rule: {
    "holds":
      "wherever bytes were unread, every peer met ECONNRESET or the kernel counted a reset for every connection; where all had been read, every peer met the end of the stream",
    "holds in part": "so on some transports",
    "does not hold": "no close with unread bytes was told from one without",
  },
  control: "the same closes with everything read: the sentence then does not hold",
  experiment: (lab) => closeUnread(lab),
  decide({ facts }) {
    const met = facts!.met as unknown as readonly Met[];
    const unread = met.filter(({ isDrained }) => !isDrained);
    const drained = met.filter(({ isDrained }) => isDrained);
    const told = unread.filter((one) =>
      isReset(one) && drained.some((other) => other.who === one.who && isOrderly(other))
    );
    const [first] = unread;
    return {
      verdict: told.length === 0
        ? "does not hold"
        : told.length === unread.length
        ? "holds"
        : "holds in part",
      answer: `${first!.who}: ${first!.unread} B unread, ${first!.resets} of ${
        first!.closes
      } reset`,
      seen: met.map(({ who, isDrained, closes, unread, resets, ends, aborted }) =>
        `${who}, ${
          isDrained ? "everything read" : `${unread} B unread`
        }: of ${closes} peers ${resets} met ECONNRESET and ${ends} the end of the stream${
          aborted === null ? "" : `; the kernel counted ${aborted} resets for unread bytes`
        }`
      ),
      why: [
        "The closing kernel has bytes that nobody will read any more and reports that with a reset instead of an orderly end: over TCP with a " +
        "RST, over a Unix-domain socket with ECONNRESET at the peer. Deno shuts the sending direction down before it closes, so that over TCP " +
        "the end of the stream goes out first and the reset follows: the peer may read a clean end of the stream, and only its next write fails",
      ],
    };
  },
  meaning:
    "Read to the end before closing, or what the peer sent is lost and its next write fails; and do not take an end of the stream for proof that the other end has read everything",
  code: [
    "await conn.closeWrite();",
    "while (await conn.read(buffer) !== null); // nothing unread is left",
    "conn.close();",
  ].join("\n"),
};

/**
 * Closes ends with bytes unread, and ends without.
 *
 * @param readFirst what the first of the two reads before it is closed; default: a byte
 */
export async function closeUnread(lab: Lab, readFirst = 1): Promise<ClaimFacts> {
  if (!lab.kernel.available) throw new CannotTry(lab.kernel.reason);
  const met: Met[] = [];
  for (const isDrained of [false, true]) {
    const toRead = isDrained ? UNREAD_BYTES : readFirst;
    for (const kind of ["tcp", "unix"] as const) {
      met.push(await countMet(`${kind}@libc`, isDrained, () => closeRaw(kind, toRead, lab), lab));
    }
    for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
      met.push(await countMet(id, isDrained, () => closeChannel(transport, toRead, lab), lab));
    }
  }
  return { met } as unknown as ClaimFacts;
}

/** What one connection came to: what was unread at the close, and what the peer's next read met. */
type Outcome = readonly [unread: number, met: "reset" | "end" | "other"];

async function countMet(
  who: string,
  isDrained: boolean,
  closeOne: () => Promise<Outcome>,
  { signal }: Lab,
): Promise<Met> {
  const before = readCounters()[ABORTED] ?? 0;
  const outcomes: Outcome[] = [];
  while (outcomes.length < CLOSES && !signal.aborted) outcomes.push(await closeOne());
  const count = (wanted: string) => outcomes.filter(([, met]) => met === wanted).length;
  return {
    who,
    isDrained,
    closes: outcomes.length,
    unread: Math.max(0, ...outcomes.map(([unread]) => unread)),
    resets: count("reset"),
    ends: count("end"),
    aborted: who.startsWith("tcp") ? (readCounters()[ABORTED] ?? 0) - before : null,
  };
}

async function closeRaw(kind: RawKind, toRead: number, lab: Lab): Promise<Outcome> {
  using pair = openRawPair(kind, lab);
  const { client, server } = pair;
  const buffer = new Uint8Array(UNREAD_BYTES);
  let sent = sendNow(server, buffer);
  let read = 0;
  await waitUntil(lab, () => {
    // A small receive buffer takes the rest as it is read.
    if (sent < UNREAD_BYTES) sent += sendNow(server, buffer.subarray(sent));
    if (read < toRead) read += receiveNow(client, buffer.subarray(read, toRead)) ?? 0;
    return read >= toRead;
  }, LIMIT_MS);
  const unread = unreadBytes(client);
  pair.close(client);
  let met: Outcome[1] = "other";
  await waitUntil(lab, () => {
    try {
      const next = receiveNow(server, buffer);
      met = next === 0 ? "end" : "other";
      return next !== undefined;
    } catch (error) {
      met = error instanceof SystemError && error.code === "ECONNRESET" ? "reset" : "other";
      return true;
    }
  }, LIMIT_MS);
  return [unread, met];
}

async function closeChannel(
  transport: StreamTransport,
  toRead: number,
  lab: Lab,
): Promise<Outcome> {
  using pair = await openChannels(transport, lab);
  const { client, server } = pair;
  const data = new Uint8Array(UNREAD_BYTES);
  const writing = (async () => {
    for (let sent = 0; sent < data.length;) sent += await server.write(data.subarray(sent));
  })();
  const buffer = new Uint8Array(toRead);
  for (let read = 0; read < toRead;) read += await client.read(buffer.subarray(read)) ?? toRead;
  await writing;
  const fd = client.descriptor?.();
  const unread = fd === undefined ? 0 : unreadBytes(fd);
  client.close();
  try {
    return [unread, await server.read(new Uint8Array(1)) === null ? "end" : "other"];
  } catch (error) {
    return [unread, (error as Error).name === "ConnectionReset" ? "reset" : "other"];
  }
}
