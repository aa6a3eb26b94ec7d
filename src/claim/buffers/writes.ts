// Claims 2 and 3: when a write returns, and when one that waits goes on.

import { getOption, unreadBytes } from "../../kernel/options.ts";
import type { ClaimDeclaration, ClaimFacts, Lab } from "../claim.ts";
import { CannotTry, cannotTry, firstMet } from "../claim.ts";
import { request } from "../claim_figures.ts";
import { fillUp, hasRoom, openRawPair, receiveNow, waitUntil } from "../sockets.ts";
import { formatBytes, formatFigure, formatFigureWithCount } from "../format_figure.ts";

const TRANSPORTS = ["tcp", "unix"];
const SIZES = [64, 16_384, 131_072];

const returning = (transport: string, bytes: number) =>
  request("write-return", transport, { bytes });
const pausing = (transport: string, bytes: number, pause: number) =>
  request("backpressure", transport, { bytes, pause });

const RETURNS = TRANSPORTS.flatMap((transport) =>
  SIZES.map((bytes) => returning(transport, bytes))
);
const UNREAD = TRANSPORTS.map((transport) => pausing(transport, 65_536, 40));

export const writeReturnsEarly: ClaimDeclaration = {
  id: "write-returns-early",
  sentence:
    "write() returns once the data is in the output buffer, not when it is sent or received",
  source: "send(2); write(2), notes; Linux net/ipv4/tcp.c, tcp_sendmsg_locked",
  method:
    "The time that a write takes was measured beside the time until the peer's receipt for the whole message was back; and a peer that reads nothing for 40 ms was written to",
  rule: {
    "holds":
      "while the peer read nothing, more was written than the largest of the measured messages has: each of these writes returns before anything is received",
    "holds in part":
      "bytes were taken, and no more than that message has: its write waits for the peer",
    "does not hold": "nothing was taken while the peer read nothing",
  },
  control:
    "the same through a channel whose write waits until the peer has read it: the sentence then does not hold",
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
    // Not by the times: on a busy machine a write over loopback, which delivers in the same call, takes as long as the rest.
    const isEarly = unread.every(({ accepted }) => accepted.low! > Math.max(...SIZES));
    return {
      verdict: firstMet(
        { holds: isBuffered && isEarly, "holds in part": isBuffered },
        "does not hold",
      ),
      answer: `${first.request.transport}, ${first.request.params.bytes} B: ` +
        `write ${formatFigure(first.returned)}, receipt ${formatFigure(first.delivered)}`,
      seen: unread.map(({ transport, accepted }) =>
        `${transport} took ${formatFigureWithCount(accepted)} while the peer read nothing at all`
      ),
      tables: [{
        caption: "Median times, " +
          `${figures.placement(first.request)}; delivered: message there and receipt back`,
        columns: ["message", "write returned", "delivered"],
        rows: rows.map(({ request, returned, delivered }) => [
          `${request.transport}, ${request.params.bytes} B`,
          returned,
          delivered,
        ]),
      }],
      why: [
        "Over TCP the system call copies the bytes into the socket's send queue and returns; what follows is the kernel's work. Over loopback much of that work is done within the same call, down to the peer's receive queue, which is why a write takes microseconds and not less. A Unix-domain socket has no send queue: the call puts the bytes into the peer's receive queue itself (net/unix/af_unix.c, unix_stream_sendmsg). Either way the peer's program has read nothing by then",
      ],
    };
  },
  meaning:
    "A `write` that resolved means that the kernel has the bytes, nothing more: the peer may never read them, may be gone, and an error may only show at the next call. What must have arrived needs an answer of the peer",
  code: [
    "await conn.write(message);",
    "await conn.read(receipt); // only this says that the peer has it",
  ].join("\n"),
};

/** How much later than the pause's end a write may go on, for the scheduler: a share of the pause, and nanoseconds. */
const LATE = { share: 0.1, ns: 10e6 };
/** What the workload reports of a connection that took everything. */
const UNHELD = "no write waited for the peer";
const STEP_BYTES = 4_096;
const ROOM_LIMIT_MS = 2_000;
const PAUSES = [40, 100];
const PAUSING = TRANSPORTS.flatMap((transport) =>
  PAUSES.map((pause) => pausing(transport, 65_536, pause))
);

export const fullBufferBlocks: ClaimDeclaration = {
  id: "full-buffer-blocks",
  sentence: "When the buffer lacks room, write() blocks until there is room",
  source:
    "send(2); Linux include/net/sock.h, sk_stream_is_writeable; net/unix/af_unix.c, unix_writable",
  method:
    "A peer read nothing for 40 or 100 ms, by its own clock; the time from the connect until the waiting write went on was compared with that pause. By system calls, a full connection was read in steps of 4 KiB until poll(2) reported room for its writer",
  rule: {
    "holds":
      "in every cell the write went on no sooner than the pause had ended, and within a tenth of the pause and 10 ms after it",
    "does not hold": "in some cell it went on, or nothing waited, before the pause had ended",
    "undecided": "it went on after the pause, later than that",
  },
  control:
    "the same through a channel that gathers in memory what the kernel does not take: the sentence then does not hold",
  cases: PAUSING,
  experiment: readUntilRoom,
  decide({ figures, facts, failure }) {
    const rows = PAUSING.flatMap((request) => {
      const freed = figures.figure(request, "unblockedP50");
      const pause = figures.figure(request, "peerPause");
      const wait = figures.figure(request, "writeWaitP50");
      return freed === undefined || pause === undefined || wait === undefined
        ? []
        : [{ request, freed, pause, wait }];
    });
    const last = rows.at(-1);
    const rooms = (facts?.rooms ?? []) as readonly Room[];
    const unheld = PAUSING.filter((request) =>
      figures.errors(request).some((message) => message.includes(UNHELD))
    );
    if (last === undefined) {
      if (unheld.length === 0) {
        return cannotTry(figures.skip(PAUSING[0]!) ?? "nothing was measured");
      }
      return {
        verdict: "does not hold",
        answer: `no write waited in ${unheld.length} cells`,
        seen: unheld.map((request) => `${request.transport}: ${figures.errors(request)[0]}`),
        why: [],
      };
    }
    const isEarly = rows.some(({ freed, pause }) => freed.high! < pause.low!);
    const follows = rows.every(({ freed, pause }) =>
      freed.low! <= pause.high! * (1 + LATE.share) + LATE.ns
    );
    return {
      verdict: firstMet(
        { "does not hold": isEarly || unheld.length > 0, holds: follows },
        "undecided",
      ),
      answer: `${last.request.transport}: ` +
        `pause ${formatFigure(last.pause)}, the write went on after ${formatFigure(last.freed)}`,
      seen: [
        `In ${rows.filter(({ freed, pause }) => freed.high! >= pause.low!).length} ` +
        `of ${rows.length} cells the waiting write went on when the peer's pause had ended`,
        ...rooms.map(({ kind, buffer, filled, held, read }) =>
          `${kind}: of ${formatBytes(filled)} the peer had to ` +
          `read ${formatBytes(read)} before poll(2) reported room; the kernel then charged the ` +
          `writer for ${formatFigure({ value: held / buffer, unit: "ratio" })} of its buffer`
        ),
        ...(failure === undefined
          ? []
          : [`How much room is enough could not be tried: ${failure}`]),
      ],
      tables: [{
        caption: `Medians of trials, ${figures.placement(last.request)}; ` +
          "the pause by the peer's clock, both from the connect on",
        columns: ["cell", "peer's pause", "write went on after", "of which it waited"],
        rows: rows.map(({ request, pause, freed, wait }) => [
          `${request.transport}, ${request.params.pause} ms`,
          pause,
          freed,
          wait,
        ]),
      }],
      why: [
        "A TCP receiver whose buffer is full advertises a window of zero, and the sender's own buffer fills behind it; a Unix-domain stream charges what the peer has not read to the sender's buffer. In Deno it is the promise that waits, not the thread: the event loop goes on",
        "Deno's writes wait for poll(2), and Linux reports room only when it is worth a wake-up: over TCP when a third of the buffer is free (sk_stream_is_writeable), over a Unix-domain socket when no more than a quarter is in use (unix_writable). A blocking send is woken at the same marks (net/core/stream.c, sk_stream_write_space; net/unix/af_unix.c, unix_write_space)",
      ],
    };
  },
  meaning:
    "This is back-pressure, and Deno gives it to you for one `await`. Whoever writes without awaiting gathers the data in memory instead",
  code: "for await (const chunk of source) await writer.write(chunk); // never without await",
};

/** How much had to be read before a full connection had room. `buffer`: the writer's SO_SNDBUF; `held`: charged to the writer once there was room. */
type Room = Readonly<{ kind: string; buffer: number; filled: number; held: number; read: number }>;

async function readUntilRoom(lab: Lab): Promise<ClaimFacts> {
  if (!lab.kernel.available) throw new CannotTry(lab.kernel.reason);
  const rooms: Room[] = [];
  for (const kind of ["tcp", "unix"] as const) {
    using pair = openRawPair(kind, lab);
    const { bytes } = fillUp(pair.client, new Uint8Array(65_536));
    const step = new Uint8Array(STEP_BYTES);
    let read = 0;
    await waitUntil(lab, () => {
      // Window updates and acknowledgements come within the read or a little later: only an empty queue is waited for.
      while (!hasRoom(pair.client) && unreadBytes(pair.server) > 0) {
        read += receiveNow(pair.server, step) ?? 0;
      }
      return hasRoom(pair.client);
    }, ROOM_LIMIT_MS);
    const { sendBytes, writeQueueBytes } = getOption(pair.client, "SO_MEMINFO");
    const buffer = getOption(pair.client, "SO_SNDBUF");
    rooms.push({ kind, buffer, filled: bytes, held: sendBytes + writeQueueBytes, read });
  }
  return { rooms };
}
