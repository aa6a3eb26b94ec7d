// Claim 6: what reads return.

import type { StreamChannel } from "../../transport/channel.ts";
import { type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { openChannels, usableStreams } from "../channels.ts";

const WAIT_MS = 30;
const PIECES = 10;
const PIECE_BYTES = 100;
const CUP_BYTES = 64;

/** `accumulated`: what one read returned after all pieces had been written; `small`: what reads into a small buffer returned. */
type ReadFacts = {
  transport: string;
  waitedMs: number;
  delayMs: number;
  pieces: number;
  pieceBytes: number;
  accumulated: number;
  small: readonly number[];
};

export const readTakesWhatIsThere: ClaimDeclaration = {
  id: "read-takes-what-is-there",
  sentence:
    "read() waits until something is there, returns what is there, and the rest accumulates",
  source: "read(2); recv(2); RFC 9293, section 3.9.1.3",
  method:
    `A read was begun ${WAIT_MS} ms before anything was written; then ${PIECES} writes of ${PIECE_BYTES} B were made before one read with room for all, and again before reads with room for ${CUP_BYTES} B. Nagle's algorithm was off, so that no write was held back at the sender`,
  rule: {
    "holds":
      "on every transport the read returned no sooner than the write, one read took all pieces, and the small reads took every byte",
    "holds in part":
      "the first read waited on every transport, and one read took more than a piece on some",
    "does not hold":
      "a read returned before anything was written, or on no transport more than one piece",
  },
  control:
    "the same over Unix datagrams, where each read takes one message: the sentence then does not hold",
  experiment: tryReads,
  decide({ facts }) {
    const rows = facts!.rows as readonly ReadFacts[];
    const total = ({ pieces, pieceBytes }: ReadFacts) => pieces * pieceBytes;
    const sumOf = ({ small }: ReadFacts) => small.reduce((sum, bytes) => sum + bytes, 0);
    const waits = rows.every(({ waitedMs, delayMs }) => waitedMs >= delayMs);
    const isWhole = rows.every((row) =>
      row.accumulated === total(row) && sumOf(row) === total(row)
    );
    const first = rows[0]!;
    return {
      verdict: firstMet({
        holds: waits && isWhole,
        "holds in part": waits &&
          rows.some(({ accumulated, pieceBytes }) => accumulated > pieceBytes),
      }, "does not hold"),
      answer:
        `${first.pieces} writes of ${first.pieceBytes} B, then one read: ${first.accumulated} B`,
      seen: rows.map((row) =>
        `${row.transport}: the read waited ${row.waitedMs.toFixed(1)} ms ` +
        `for a write that came after ${row.delayMs.toFixed(1)} ms; ` +
        `after ${row.pieces} writes one read took ${row.accumulated} B; small reads took ` +
        `${sumOf(row)} B in ${row.small.length} calls, the last of ${row.small.at(-1) ?? 0} B`
      ),
      why: [
        "The receive queue is one run of bytes. A read takes from its front up to the size of its buffer, whatever the writes were, and waits only when the queue is empty. With Nagle's algorithm on, TCP would keep small writes at the sender until the first is acknowledged (RFC 896), and the read would meet only that one",
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
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    using pair = await openChannels(transport, lab, { nagle: "off" });
    rows.push(await tryReadsOver(id, pair.client, pair.server, lab));
  }
  return { rows: rows };
}

/** Writes and reads over one connection; the control hands in ends that keep message boundaries. */
export async function tryReadsOver(
  transport: string,
  writer: Pick<StreamChannel, "write">,
  reader: Pick<StreamChannel, "read">,
  { clock }: Pick<Lab, "clock">,
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
  for (let read = accumulated; read < PIECES * PIECE_BYTES;) read += await reader.read(buffer) ?? 0;
  await pile();
  const small: number[] = [];
  const cup = new Uint8Array(CUP_BYTES);
  for (let read = 0; read < PIECES * PIECE_BYTES;) {
    const bytes = await reader.read(cup);
    if (bytes === null) break;
    small.push(bytes);
    read += bytes;
  }
  return {
    transport,
    waitedMs: waitedNs / 1e6,
    delayMs: delayNs / 1e6,
    pieces: PIECES,
    pieceBytes: PIECE_BYTES,
    accumulated,
    small,
  };
}
