/**
 * Claims 6 to 8: what reads return, and what a close does to what is under way.
 *
 * @module
 */

import type { StreamChannel } from "../../transport/channel.ts";
import { CannotTry, cannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { formatFigure } from "../format_figure.ts";
import { openRawPair, receiveNow, sendNow } from "../raw_pair.ts";

const WAIT_MS = 30;
const PIECES = 10;
const PIECE_BYTES = 100;

interface ReadFacts {
  readonly transport: string;
  readonly waitedMs: number;
  readonly delayMs: number;
  readonly accumulated: number;
  readonly small: readonly number[];
}

/** "read() waits until something is there, returns what is there, and the rest accumulates." */
export const readTakesWhatIsThere: Claim = {
  id: "read-takes-what-is-there",
  number: 6,
  group: "buffers",
  sentence:
    "read() waits until something is there, returns what is there, and the rest accumulates",
  source: "D",
  method:
    `A read was begun ${WAIT_MS} ms before anything was written; then ${PIECES} writes of ${PIECE_BYTES} B were made before one read with room ` +
    "for all, and again before reads with room for 64 B",
  experiment: tryReads,
  decide({ facts }) {
    const rows = facts!.rows as unknown as readonly ReadFacts[];
    const all = PIECES * PIECE_BYTES;
    const isSo = rows.every(({ waitedMs, delayMs, accumulated, small }) =>
      waitedMs >= delayMs && accumulated === all &&
      small.reduce((sum, bytes) => sum + bytes, 0) === all
    );
    const first = rows[0]!;
    return {
      verdict: isSo ? "holds" : "holds in part",
      answer: `${PIECES} writes of ${PIECE_BYTES} B, then one read: ${first.accumulated} B`,
      seen: rows.flatMap(({ transport, waitedMs, delayMs, accumulated, small }) => [
        `${transport}: the read waited ${waitedMs.toFixed(1)} ms for a write that came after ${
          delayMs.toFixed(1)
        } ms; ${PIECES} writes were there in one read of ${accumulated} B; with room for 64 B they took ${small.length} reads, the last of ${
          small.at(-1)
        } B`,
      ]),
      why: [
        "The receive queue is one run of bytes. A read takes from its front up to the size of its buffer, whatever the writes were, and " +
        "waits only when the queue is empty",
      ],
    };
  },
  meaning:
    "A read returns anything from one byte to the buffer's size: never compare its length with that of a message. A larger buffer saves calls when data has piled up",
  code: [
    "let filled = 0;",
    "while (filled < message.length) {",
    "  const n = await conn.read(message.subarray(filled));",
    "  if (n === null) throw new Deno.errors.UnexpectedEof();",
    "  filled += n;",
    "}",
  ].join("\n"),
};

async function tryReads(lab: Lab): Promise<ClaimFacts> {
  const rows: ReadFacts[] = [];
  for (const id of ["tcp", "unix"]) {
    if (!lab.availability.get(id)?.available) continue;
    rows.push(await withPair(id, lab, (writer, reader) => tryReadsOver(id, writer, reader, lab)));
  }
  if (rows.length === 0) throw new CannotTry("no stream transport works here");
  return { rows: rows as unknown as ClaimFacts[string] };
}

async function tryReadsOver(
  transport: string,
  writer: StreamChannel,
  reader: StreamChannel,
  { clock }: Lab,
): Promise<ReadFacts> {
  const buffer = new Uint8Array(65_536);
  const begunNs = clock.nowNs();
  const reading = Promise.resolve(reader.read(buffer)).then(() => clock.nowNs() - begunNs);
  await clock.sleepUntilNs(begunNs + WAIT_MS * 1e6);
  const delayNs = clock.nowNs() - begunNs;
  await writer.write(new Uint8Array(1));
  const waitedNs = await reading;
  const pile = async () => {
    for (let k = 0; k < PIECES; k++) await writer.write(new Uint8Array(PIECE_BYTES));
  };
  await pile();
  const accumulated = await reader.read(buffer) ?? 0;
  await pile();
  const small: number[] = [];
  const cup = new Uint8Array(64);
  for (let read = 0; read < PIECES * PIECE_BYTES;) {
    const bytes = await reader.read(cup) ?? 0;
    small.push(bytes);
    read += bytes;
  }
  return { transport, waitedMs: waitedNs / 1e6, delayMs: delayNs / 1e6, accumulated, small };
}

async function withPair<T>(
  id: string,
  { catalog, directory, signal }: Lab,
  use: (client: StreamChannel, server: StreamChannel) => Promise<T>,
): Promise<T> {
  const transport = catalog.transports.get(id);
  if (transport?.mode !== "stream") throw new CannotTry(`there is no stream transport ${id}`);
  const listener = await transport.listen({ directory });
  const accepting = listener.accept();
  const client = await transport.connect(listener.endpoint, { directory });
  const server = await accepting;
  const close = () => {
    client.close();
    server.close();
    listener.close();
  };
  signal.addEventListener("abort", close);
  try {
    return await use(client, server);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

const closeCell = (transport: string, close: string): CaseRequest => ({
  scenario: "close",
  transport,
  params: { close, bytes: 102_400 },
});
const UNSENT = ["tcp", "unix"].map((transport) => closeCell(transport, "unsent"));
const UNREAD = ["tcp", "unix"].map((transport) => closeCell(transport, "unread"));

/** "After close() the output buffer's remainder is still delivered." */
export const closeDeliversTheRest: Claim = {
  id: "close-delivers-the-rest",
  number: 7,
  group: "buffers",
  sentence: "After close() the output buffer's remainder is still delivered",
  source: "D",
  method:
    "100 KiB were written and the socket closed at once, before the peer had read anything: it began to read 3 ms later, and counted",
  cases: UNSENT,
  decide({ figures }) {
    const rows = UNSENT.flatMap((request) => {
      const delivered = figures.figure(request, "deliveredShare");
      return delivered === undefined
        ? []
        : [{ request, delivered, connections: figures.operations(request) }];
    });
    if (rows.length === 0) return cannotTry(figures.skip(UNSENT[0]!) ?? "nothing was measured");
    const isWhole = rows.every(({ delivered }) => delivered.low === 1);
    const connections = rows.reduce((sum, row) => sum + row.connections, 0);
    return {
      verdict: isWhole
        ? "holds"
        : rows.some(({ delivered }) => delivered.value > 0)
        ? "holds in part"
        : "does not hold",
      answer: `${
        isWhole ? "all" : "not all"
      } of 100 KiB arrived on each of ${connections} connections`,
      seen: rows.map(({ request, delivered, connections }) =>
        `${request.transport}: ${
          formatFigure(delivered)
        } of the bytes arrived, ${connections} connections`
      ),
      why: [
        "Closing takes away the program's hold on the socket, not the kernel's: it goes on sending what is queued and ends the stream after " +
        "it. That stands as long as nothing unread lies in the closing end's own receive buffer (claim 8), and as long as the peer lives",
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

/** "On close() unread input is lost." */
export const closeLosesUnreadInput: Claim = {
  id: "close-loses-unread-input",
  number: 8,
  group: "buffers",
  sentence: "On close() unread input is lost",
  source: "D",
  method:
    "The peer sent 100 KiB, of which one byte was read before the socket was closed; what the peer met then was noted, through Deno and by " +
    "system calls",
  cases: UNREAD,
  // deno-lint-ignore require-await
  experiment: async (lab) => closeUnread(lab),
  decide({ figures, facts }) {
    const rows = UNREAD.flatMap((request) => {
      const resets = figures.figure(request, "resetShare");
      const ended = figures.figure(request, "endedFirstShare");
      return resets === undefined || ended === undefined
        ? []
        : [{ request, resets, ended, connections: figures.operations(request) }];
    });
    if (rows.length === 0) return cannotTry(figures.skip(UNREAD[0]!) ?? "nothing was measured");
    const isReset = rows.every(({ resets }) => resets.value > 0.5);
    const raw = (facts?.errors ?? {}) as Readonly<Record<string, string>>;
    return {
      verdict: isReset
        ? "holds"
        : rows.some(({ resets }) => resets.value > 0)
        ? "holds in part"
        : "does not hold",
      answer: `${
        rows.map(({ request, resets }) => `${request.transport}: ${formatFigure(resets)} reset`)
          .join(", ")
      }; 102,399 B each lost`,
      seen: [
        ...rows.map(({ request, resets, ended, connections }) =>
          `Deno over ${request.transport}: the peer met a reset on ${
            formatFigure(resets)
          } of ${connections} connections, and before it the end of the stream on ${
            formatFigure(ended)
          }`
        ),
        ...Object.entries(raw).map(([kind, error]) =>
          `close(2) over ${kind}: the peer's next read says ${error}`
        ),
      ],
      why: [
        "The closing kernel has bytes that nobody will read any more and says so with a reset (RFC 1122, 4.2.2.13) instead of an orderly " +
        "end. Deno shuts the sending direction down before it closes, so that over TCP an orderly end goes out first and the reset follows: " +
        "the peer may read a clean end of the stream, and only its next write fails",
      ],
    };
  },
  meaning:
    "Read to the end before closing, or what the peer sent is lost and its last writes fail; and do not take an end of the stream for proof that the other end has read everything",
  code: [
    "await conn.closeWrite();",
    "while (await conn.read(buffer) !== null); // nothing unread is left",
    "conn.close();",
  ].join("\n"),
};

function closeUnread(lab: Lab): ClaimFacts {
  const errors = (["tcp", "unix"] as const).map((kind) => {
    using pair = openRawPair(kind, lab);
    sendNow(pair.server, new Uint8Array(102_400));
    receiveNow(pair.client, new Uint8Array(1));
    pair.close(pair.client);
    try {
      const next = receiveNow(pair.server, new Uint8Array(1));
      return [kind, next === 0 ? "end of the stream" : `${next}`] as const;
    } catch (error) {
      return [kind, (error as { code?: string }).code ?? (error as Error).message] as const;
    }
  });
  return { errors: Object.fromEntries(errors) };
}
