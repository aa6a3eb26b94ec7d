/**
 * Claims 2 to 5: when a write returns, and how much it takes.
 *
 * @module
 */

import { cannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { formatFigure, sayBytes, sayFigure } from "../format_figure.ts";
import { openRawPair, receiveNow, sendNow } from "../raw_pair.ts";

const TRANSPORTS = ["tcp", "unix"];
const SIZES = [64, 16_384, 131_072];
const BIG_BYTES = 8 * 1_024 * 1_024;

const returning = (transport: string, bytes: number): CaseRequest => ({
  scenario: "write-return",
  transport,
  params: { bytes },
});
const pausing = (transport: string, bytes: number, pause: number): CaseRequest => ({
  scenario: "backpressure",
  transport,
  params: { bytes, pause },
});

const RETURNS = TRANSPORTS.flatMap((transport) =>
  SIZES.map((bytes) => returning(transport, bytes))
);
const UNREAD = TRANSPORTS.map((transport) => pausing(transport, 65_536, 40));

/** "write() returns once the data is in the output buffer." */
export const writeReturnsEarly: Claim = {
  id: "write-returns-early",
  number: 2,
  group: "buffers",
  sentence:
    "write() returns once the data is in the output buffer, not when it is sent or received",
  source: "D",
  method:
    "The time that a write takes was measured beside the time until the peer's receipt for the whole message was back; and a peer that " +
    "reads nothing for 40 ms was written to",
  cases: [...RETURNS, ...UNREAD],
  decide({ figures }) {
    const rows = RETURNS.flatMap((request) => {
      const returned = figures.figure(request, "writeReturnP50");
      const delivered = figures.figure(request, "p50");
      return returned === undefined || delivered === undefined
        ? []
        : [{ request, returned, delivered }];
    });
    const unread = UNREAD.flatMap((request) => {
      const accepted = figures.figure(request, "acceptedBytes");
      return accepted === undefined ? [] : [{ transport: request.transport, accepted }];
    });
    const [first] = rows;
    if (first === undefined || unread.length === 0) {
      return cannotTry(
        figures.skip(RETURNS[0]!) ?? figures.skip(UNREAD[0]!) ?? "nothing was measured",
      );
    }
    const isBuffered = unread.every(({ accepted }) => accepted.low! > 0);
    const isEarly = rows.every(({ returned, delivered }) => returned.high! < delivered.low!);
    return {
      verdict: isBuffered && isEarly ? "holds" : isBuffered ? "holds in part" : "does not hold",
      answer: `${first.request.transport}, 64 B: the write returns after ${
        formatFigure(first.returned)
      }, its receipt is there after ${formatFigure(first.delivered)}`,
      seen: unread.map(({ transport, accepted }) =>
        `${transport} took ${sayFigure(accepted)} while the peer read nothing at all`
      ),
      tables: [{
        caption:
          "Median times, peer process, not pinned; delivered: message there and receipt back",
        columns: ["message", "write returned", "delivered"],
        rows: rows.map(({ request, returned, delivered }) => [
          `${request.transport}, ${request.params.bytes} B`,
          returned,
          delivered,
        ]),
      }],
      why: [
        "The system call copies the bytes into the socket's send queue and returns; what follows is the kernel's work. Over loopback that " +
        "work is often done within the same call, down to the peer's receive queue, which is why a write takes microseconds and not less; " +
        "the peer's program has read nothing by then",
      ],
    };
  },
  meaning:
    "A `write` that resolved says that the kernel has the bytes, nothing more: the peer may never read them, may be gone, and an error " +
    "may only show at the next call. What must have arrived needs an answer of the peer",
  code: [
    "await conn.write(message);",
    "await conn.read(receipt); // only this says that the peer has it",
  ].join("\n"),
};

const PAUSES = [40, 100];
const PAUSING = TRANSPORTS.flatMap((transport) =>
  PAUSES.map((pause) => pausing(transport, 65_536, pause))
);

/** "When the buffer lacks room, write() blocks until there is room." */
export const fullBufferBlocks: Claim = {
  id: "full-buffer-blocks",
  number: 3,
  group: "buffers",
  sentence: "When the buffer lacks room, write() blocks until there is room",
  source: "D",
  method:
    "A peer read nothing for 40 or 100 ms, by its own clock; the time from the connect until the waiting write went on was held against that pause",
  cases: PAUSING,
  decide({ figures }) {
    const rows = PAUSING.flatMap((request) => {
      const freed = figures.figure(request, "unblockedP50");
      const pause = figures.figure(request, "peerPause");
      const wait = figures.figure(request, "writeWaitP50");
      return freed === undefined || pause === undefined || wait === undefined
        ? []
        : [{ request, freed, pause, wait }];
    });
    const last = rows.at(-1);
    if (last === undefined) return cannotTry(figures.skip(PAUSING[0]!) ?? "nothing was measured");
    // The wait may only end after the pause, and does so within a tenth of it and 10 ms for the scheduler.
    const follows = rows.every(({ freed, pause }) =>
      freed.high! >= pause.low! && freed.low! <= pause.high! * 1.1 + 10e6
    );
    return {
      verdict: follows ? "holds" : "undecided",
      answer: `${last.request.transport}: the peer paused ${
        formatFigure(last.pause)
      }, the write went on after ${formatFigure(last.freed)}`,
      seen: [
        `In every one of ${rows.length} cells the waiting write went on when the peer's pause ended${
          follows ? "" : ", or so it should; the figures do not allow to say it"
        }`,
      ],
      tables: [{
        caption:
          "Medians of trials, peer process; the pause by the peer's clock, both from the connect on",
        columns: ["cell", "peer's pause", "write went on after", "of which it waited"],
        rows: rows.map(({ request, pause, freed, wait }) => [
          `${request.transport}, ${request.params.pause} ms`,
          pause,
          freed,
          wait,
        ]),
      }],
      why: [
        "A TCP receiver whose buffer is full advertises a window of zero, and the sender's own buffer fills behind it; a Unix-domain stream " +
        "counts what it has queued against the sender's buffer. In Deno it is the promise that waits, not the thread: the event loop goes on",
      ],
    };
  },
  meaning:
    "This is back-pressure, and Deno gives it to you for one `await`. Whoever writes without awaiting gathers the data in memory instead",
  code: "for await (const chunk of source) await writer.write(chunk); // never without await",
};

const PORTIONS = TRANSPORTS.map((transport) => pausing(transport, 1_024 * 1_024, 40));

/** "Data larger than the buffer is written in portions." */
export const largeDataInPortions: Claim = {
  id: "large-data-in-portions",
  number: 4,
  group: "buffers",
  sentence: "Data larger than the buffer is written in portions",
  source: "D",
  method:
    "16 MiB were handed to one write that must not wait, then what is left again each time the peer had read 64 KiB; and 1 MiB a write " +
    "were written through Deno against a peer that pauses",
  cases: PORTIONS,
  // deno-lint-ignore require-await
  experiment: async (lab) => writePortions(lab),
  decide({ figures, facts, failure }) {
    const portions = (facts?.portions ?? {}) as Readonly<Record<string, readonly number[]>>;
    const shares = PORTIONS.flatMap((request) => {
      const short = figures.figure(request, "shortWriteShare");
      return short === undefined ? [] : [{ transport: request.transport, short }];
    });
    const entries = Object.entries(portions);
    if (entries.length === 0 && shares.length === 0) {
      return cannotTry(failure ?? figures.skip(PORTIONS[0]!) ?? "nothing was measured");
    }
    const isPartial = entries.some(([, sizes]) => sizes[0]! < 16 * 2 ** 20) ||
      shares.some(({ short }) => short.value > 0);
    const first = entries[0];
    return {
      verdict: isPartial ? "holds" : "does not hold",
      answer: first === undefined
        ? `${shares[0]!.transport}: ${
          formatFigure(shares[0]!.short)
        } of the writes took less than 1 MiB`
        : `${first[0]}: of 16 MiB the first write took ${sayBytes(first[1][0]!)}`,
      seen: [
        ...entries.map(([kind, sizes]) =>
          `${kind}: the first write took ${sayBytes(sizes[0]!)}, the next ones ${
            sizes.slice(1).map(sayBytes).join(", ")
          }`
        ),
        ...shares.map(({ transport, short }) =>
          `Deno over ${transport}: ${sayFigure(short)} of the writes of 1 MiB took less than all`
        ),
      ],
      why: [
        "A write takes what there is room for. What follows comes in portions as the peer reads: TCP frees room with each window that the " +
        "peer opens, a Unix-domain stream with each buffer that is read whole",
      ],
    };
  },
  meaning:
    "`conn.write()` returns how much it took, and that may be less than it was given: loop until all is written, or use a " +
    "`WritableStream`, whose writer does so",
  code: [
    "for (let n = 0; n < data.length;) n += await conn.write(data.subarray(n));",
    "// or: await conn.writable.getWriter().write(data);",
  ].join("\n"),
};

function writePortions(lab: Lab): ClaimFacts {
  const data = new Uint8Array(16 * 1_024 * 1_024);
  const buffer = new Uint8Array(65_536);
  const portions = (["tcp", "unix"] as const).map((kind) => {
    using pair = openRawPair(kind, lab);
    const sizes: number[] = [];
    let written = 0;
    while (sizes.length < 6 && written < data.length) {
      const taken = sendNow(pair.client, data.subarray(written));
      if (taken > 0) sizes.push(taken);
      written += taken;
      // The reader takes as much as it finds until there is room again; it never has to wait, as the writer is ahead.
      for (let read = 0; read < buffer.length;) {
        const received = receiveNow(pair.server, buffer);
        if (received === undefined) break;
        read += received;
      }
    }
    return [kind, sizes] as const;
  });
  return { portions: Object.fromEntries(portions) };
}

const BLOCKING: readonly CaseRequest[] = ["tcp", "tcp@libc", "unix", "unix@libc"].map((transport) =>
  returning(transport, BIG_BYTES)
);

/** "A blocking write returns only when all is in the buffer." */
export const blockingWriteTakesAll: Claim = {
  id: "blocking-write-takes-all",
  number: 5,
  group: "buffers",
  sentence: "A blocking write returns only when all of the data is in the buffer",
  source: "D",
  method:
    "8 MiB, more than any buffer here, were written in one call to a peer that reads them, through Deno and by a blocking send of libc, and the " +
    "bytes counted that the first call took",
  cases: BLOCKING,
  decide({ figures }) {
    const rows = BLOCKING.flatMap((request) => {
      const taken = figures.figure(request, "bytesPerWrite");
      return taken === undefined ? [] : [{ request, taken }];
    });
    const of = (driver: "deno" | "libc") =>
      rows.filter(({ request }) => request.transport.endsWith("@libc") === (driver === "libc"));
    const takesAll = (list: typeof rows) =>
      list.length > 0 && list.every(({ taken }) => taken.value >= BIG_BYTES);
    const deno = of("deno");
    const libc = of("libc");
    if (deno.length === 0) return cannotTry(figures.skip(BLOCKING[0]!) ?? "nothing was measured");
    // Sends of libc end after a few milliseconds here, so that one that has to wait for its peer may be cut by that: one that was not will do.
    const isSo = {
      deno: takesAll(deno),
      libc: libc.some(({ taken }) => taken.value >= BIG_BYTES),
    };
    return {
      verdict: libc.length === 0
        ? isSo.deno ? "holds" : "does not hold"
        : isSo.deno && isSo.libc
        ? "holds"
        : isSo.libc || isSo.deno
        ? "holds in part"
        : "does not hold",
      answer: `of 8 MiB the first call took: ${
        rows.map(({ request, taken: { value, unit } }) =>
          `${request.transport} ${formatFigure({ value, unit })}`
        ).join(", ")
      }`,
      seen: [
        ...rows.map(({ request, taken }) =>
          `${request.transport}: the first call took ${sayFigure(taken)} of 8 MiB`
        ),
        ...(libc.length === 0 ? [`libc could not be asked: ${figures.skip(BLOCKING[1]!)}`] : []),
      ],
      why: [
        "POSIX has a blocking send wait until all is taken. Deno's sockets do not block: `write` is one attempt when there is room, and it " +
        "returns what that took. libc's sends here end with a time limit of a few milliseconds as well, so that a send whose peer is slow returns " +
        "early, as it does when a signal comes",
      ],
    };
  },
  meaning: "In Deno the sentence is wrong: check what `write` returns (claim 4)",
  code: "const taken = await conn.write(data); // may be less than data.length",
};
