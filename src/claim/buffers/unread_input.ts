// Claim 8: what a close does to what was not read.

import { readCounters } from "../../kernel/counters.ts";
import { unreadBytes } from "../../kernel/options.ts";
import { SystemError } from "../../kernel/system_error.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { openRawPair, type RawKind, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { openChannels, usableStreams } from "../channels.ts";
import { formatBytes } from "../format_figure.ts";

const LIMIT_MS = 5_000;

const CLOSES = 20;
/** Less than the smallest receive buffer takes. */
const UNREAD_BYTES = 2_000;
const ABORTED = "TcpExt.TCPAbortOnClose";

/** What the peer of closed connections met; `aborted`: resets because bytes were unread (TCPAbortOnClose), `null` where not counted. */
type Met = {
  who: string;
  isDrained: boolean;
  closes: number;
  unread: number;
  resets: number;
  ends: number;
  aborted: number | null;
};

/** Whether the peer, or the kernel's counter, knows of a reset on every connection. */
const isReset = ({ closes, resets, aborted }: Met) => resets === closes || (aborted ?? 0) >= closes;
/** Whether neither knows of one. */
const isOrderly = ({ closes, ends, aborted }: Met) => ends === closes && (aborted ?? 0) < closes;

export const closeLosesUnreadInput: ClaimDeclaration = {
  id: "close-loses-unread-input",
  sentence: "On close() unread input is lost",
  source: "RFC 1122, section 4.2.2.13; RFC 2525, section 2.17; Linux net/ipv4/tcp.c, __tcp_close",
  method: `${formatBytes(UNREAD_BYTES)} were sent to an end that read one byte of them, ` +
    "what it had not read was asked of its kernel (SIOCINQ), and it was closed; then the peer read. " +
    `The same was done with an end that had read everything. ${CLOSES} connections each, by system calls and through Deno; the kernel's count of resets for unread bytes (TCPAbortOnClose) was read around them`,
  rule: {
    "holds":
      "wherever bytes were unread, every peer met ECONNRESET or the kernel counted a reset for every connection; where all had been read, every peer met the end of the stream",
    "holds in part": "so on some transports",
    "does not hold": "no close with unread bytes was told from one without",
  },
  control: "the same closes with everything read: the sentence then does not hold",
  experiment: (lab) => closeUnread(lab),
  decide({ facts }) {
    const met = facts!.met as readonly Met[];
    const unread = met.filter(({ isDrained }) => !isDrained);
    const drained = met.filter(({ isDrained }) => isDrained);
    const told = unread.filter((one) =>
      isReset(one) && drained.some((other) => other.who === one.who && isOrderly(other))
    );
    const [first] = unread;
    return {
      verdict: firstMet({
        "does not hold": told.length === 0,
        holds: told.length === unread.length,
      }, "holds in part"),
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
        "The closing kernel has bytes that nobody will read any more and reports that with a reset instead of an orderly end: over TCP with a RST, over a Unix-domain socket with ECONNRESET at the peer. Deno shuts the sending direction down before it closes, so that over TCP the end of the stream goes out first and the reset follows: the peer may read a clean end of the stream, and only its next write fails",
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
  return { met };
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
