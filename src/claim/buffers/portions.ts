// Claims 4 and 5: how much a write takes.

import { requireLibc } from "../../kernel/libc.ts";
import { setOption } from "../../kernel/options.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { cannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { type CaseRequest, request } from "../claim_figures.ts";
import { openChannels, usableStreams } from "../channels.ts";
import { openRawPair, type RawKind, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { formatBytes, formatFigureWithCount } from "../format_figure.ts";

const MIB = 1_024 * 1_024;
/** SO_SNDBUF of the connections whose buffer is set, before the kernel doubles it. */
const SET_BYTES = 32_768;
/** More is not written, however large this machine's buffers are. */
const MAX_BYTES = 256 * MIB;
const PORTIONS = 6;
const MSG_NOSIGNAL = 0x4000;

const PORTION_CELLS: readonly CaseRequest[] = ["tcp", "unix"].map((transport) =>
  request("backpressure", transport, { bytes: MIB, pause: 40 })
);

/** What the writes of one large piece of data took, one after the other. */
type Portions = Readonly<{ who: string; offered: number; taken: readonly number[] }>;

export const largeDataInPortions: ClaimDeclaration = {
  id: "large-data-in-portions",
  sentence: "Data larger than the buffer is written in portions",
  source: "send(2), MSG_DONTWAIT; write(2), return value",
  method: "Data was handed to a write that must not wait, " +
    `then what was left of it each time the peer had read 64 KiB: ${formatBytes(MIB)} on ` +
    `a connection whose send buffer was set to ${formatBytes(2 * SET_BYTES)}, and on one with ` +
    `the system's own buffers as much as they do not hold, up to ${formatBytes(MAX_BYTES)}. ` +
    "Through Deno, 1 MiB a write was written against a peer that pauses",
  rule: {
    "holds": "on each connection the first write took less than it was given",
    "holds in part": "on some it did",
    "does not hold": "every write took all that it was given",
  },
  control: "the same with data of 1 KiB, which the buffer holds: the sentence then does not hold",
  cases: PORTION_CELLS,
  // deno-lint-ignore require-await
  experiment: async (lab) => writePortions(lab),
  decide({ figures, facts, failure }) {
    const rows = (facts?.portions ?? []) as readonly Portions[];
    const shares = PORTION_CELLS.flatMap((request) => {
      const short = figures.figure(request, "shortWriteShare");
      return short === undefined ? [] : [{ transport: request.transport, short }];
    });
    if (rows.length === 0 && shares.length === 0) {
      return cannotTry(failure ?? figures.skip(PORTION_CELLS[0]!) ?? "nothing was measured");
    }
    const isPartial = [
      ...rows.map(({ offered, taken }) => taken[0]! < offered),
      // Where the system's buffers hold more than a cell writes, its share is 0, and nothing follows.
      ...(rows.length > 0 ? [] : shares.map(({ short }) => short.value > 0)),
    ];
    const [first] = rows;
    return {
      verdict: firstMet({
        holds: isPartial.every(Boolean),
        "holds in part": isPartial.some(Boolean),
      }, "does not hold"),
      answer: first === undefined
        ? `${shares[0]!.transport}: ` +
          `${formatFigureWithCount(shares[0]!.short)} of the writes were short`
        : `${first.who}: ` +
          `of ${formatBytes(first.offered)} the first write took ${formatBytes(first.taken[0]!)}`,
      seen: [
        ...rows.map(({ who, offered, taken: [head, ...rest] }) =>
          `${who}: of ${formatBytes(offered)} the first write took ${formatBytes(head!)}${
            rest.length === 0
              ? ", which was all"
              : `, the next ones ${rest.map(formatBytes).join(", ")}`
          }`
        ),
        ...shares.map(({ transport, short }) =>
          `Deno over ${transport}: ` +
          `${formatFigureWithCount(short)} of the writes of 1 MiB took less than all`
        ),
      ],
      why: [
        "A write that must not wait takes what there is room for. What follows comes in portions as the peer reads: over TCP with each window that the peer opens, over a Unix-domain stream as soon as what was read is no longer charged to the writer. Deno's write waits for poll(2), which reports room late (claim 3), so that its portions are larger than the single reads that make room",
      ],
    };
  },
  meaning:
    "`conn.write()` returns how much it took, and that may be less than it was given: loop until all is written, or use a `WritableStream`, whose writer does so",
  code: [
    "for (let n = 0; n < data.length;) n += await conn.write(data.subarray(n));",
    "// or: await conn.writable.getWriter().write(data);",
  ].join("\n"),
};

export function writePortions(lab: Lab, setBytes = MIB, maxBytes = MAX_BYTES): ClaimFacts {
  const portions = (["tcp", "unix"] as const).flatMap((kind): Portions[] => {
    using small = openRawPair(kind, lab);
    for (const fd of [small.client, small.server]) {
      setOption(fd, "SO_SNDBUF", SET_BYTES);
      setOption(fd, "SO_RCVBUF", SET_BYTES);
    }
    const set = writeAll(`${kind}, buffer set`, small, new Uint8Array(setBytes));
    // The system's own buffers may hold any amount: what is offered grows until a write is short.
    for (let offered = Math.min(16 * MIB, maxBytes);; offered = Math.min(4 * offered, maxBytes)) {
      using pair = openRawPair(kind, lab);
      const own = writeAll(kind, pair, new Uint8Array(offered));
      if (own.taken[0]! < offered || offered === maxBytes) return [own, set];
    }
  });
  return { portions };
}

function writeAll(
  who: string,
  { client, server }: { readonly client: number; readonly server: number },
  data: Uint8Array<ArrayBuffer>,
): Portions {
  const buffer = new Uint8Array(65_536);
  const taken: number[] = [];
  let written = 0;
  let isStuck = false;
  while (taken.length < PORTIONS && written < data.length && !isStuck) {
    const bytes = sendNow(client, data.subarray(written));
    if (bytes > 0) taken.push(bytes);
    written += bytes;
    // The reader takes as much as it finds until there is room again; it never has to wait, as the writer is ahead.
    let read = 0;
    while (read < buffer.length) {
      const received = receiveNow(server, buffer);
      if (received === undefined) break;
      read += received;
    }
    isStuck = bytes === 0 && read === 0;
  }
  return { who, offered: data.length, taken };
}

/** One call, and whether it came back before its peer had read anything. `isEarly`: whether it returned while the peer read nothing. */
type Call = Readonly<{ who: string; offered: number; taken: number; isEarly: boolean }>;

/** How long a call may take to come back while nobody reads, in milliseconds: copying takes less. */
const UNREAD_MS = 100;
const LIMIT_MS = 5_000;

export const blockingWriteTakesAll: ClaimDeclaration = {
  id: "blocking-write-takes-all",
  sentence: "A blocking write returns only when all of the data is in the buffer",
  source: "send(2); POSIX.1-2024, send()",
  method:
    `More data than the connection takes unread was written in one call, by a blocking send of libc without a time limit and through Deno; the peer read nothing for ${UNREAD_MS} ms, and then everything. What was offered grew until the call had not come back by then, up to ${
      formatBytes(MAX_BYTES)
    }`,
  rule: {
    "holds": "every call had to wait and took all that it was given",
    "holds in part": "those of libc did, and one through Deno took less",
    "does not hold": "a blocking send of libc took less than it was given",
    "undecided": "a call took all without having to wait, or libc could not be asked",
  },
  control:
    "the same sends with a time limit (SO_SNDTIMEO) and a peer that never reads: the sentence then does not hold",
  experiment: (lab) => writeOnce(lab),
  decide({ facts }) {
    const calls = facts!.calls as readonly Call[];
    const of = (isLibc: boolean) => calls.filter(({ who }) => who.endsWith("@libc") === isLibc);
    const isShort = ({ offered, taken }: Call) => taken < offered;
    // A call that took all at once had room for it: that it would have waited is not seen.
    const isWhole = (call: Call) => !isShort(call) && !call.isEarly;
    const libc = of(true);
    const isLibcWhole = libc.length > 0 && libc.every(isWhole);
    return {
      verdict: firstMet({
        "does not hold": libc.some(isShort),
        holds: isLibcWhole && of(false).every(isWhole),
        "holds in part": isLibcWhole && of(false).some(isShort),
      }, "undecided"),
      answer: `the first call took: ${
        calls.map((call) => `${call.who} ${isShort(call) ? formatBytes(call.taken) : "all"}`).join(
          ", ",
        )
      }`,
      seen: [
        ...calls.map(({ who, offered, taken, isEarly }) =>
          `${who}: of ${formatBytes(offered)} the call took ${formatBytes(taken)}, ` +
          `and came back ${isEarly ? "while the peer read nothing" : "only once the peer read"}`
        ),
        ...(facts!.unseen === undefined ? [] : [`libc could not be asked: ${facts!.unseen}`]),
      ],
      why: [
        "A blocking send goes on, portion by portion, until it has handed over all, unless a signal or a time limit (SO_SNDTIMEO) ends it. Deno's sockets do not block: `write` is one attempt when there is room, and it returns what that took",
      ],
    };
  },
  meaning: "In Deno the sentence is wrong: check what `write` returns (claim 4)",
  code: "const taken = await conn.write(data); // may be less than data.length",
};

/** Writes more in one call than a connection takes unread. */
export async function writeOnce(lab: Lab, sendLimitNs?: number): Promise<ClaimFacts> {
  const calls: Call[] = [];
  for (const [id, transport] of usableStreams(["tcp", "unix"], lab)) {
    for (let offered = 16 * MIB;; offered *= 4) {
      const call = await writeThroughDeno(id, transport, offered, lab);
      if (call.taken < offered || offered >= MAX_BYTES) {
        calls.push(call);
        break;
      }
    }
  }
  if (!lab.kernel.available) return { calls, unseen: lab.kernel.reason };
  for (const kind of ["tcp", "unix"] as const) {
    calls.push(await sendBlocking(kind, lab, sendLimitNs));
  }
  return { calls };
}

/** One write is one attempt, which never waits while there is room: nobody has to read. */
async function writeThroughDeno(
  who: string,
  transport: StreamTransport,
  offered: number,
  lab: Lab,
): Promise<Call> {
  using pair = await openChannels(transport, lab);
  return { who, offered, taken: await pair.client.write(new Uint8Array(offered)), isEarly: true };
}

async function sendBlocking(kind: RawKind, lab: Lab, limitNs?: number): Promise<Call> {
  for (let offered = 16 * MIB;; offered *= 4) {
    using pair = openRawPair(kind, lab);
    if (limitNs !== undefined) setOption(pair.client, "SO_SNDTIMEO", limitNs);
    const buffer = new Uint8Array(262_144);
    const call: { taken?: number } = {};
    const data = new Uint8Array(offered);
    const sending = requireLibc().symbols
      .send_waiting(pair.client, data, BigInt(data.length), MSG_NOSIGNAL)
      .then((taken) => call.taken = Number(taken));
    const isDone = () => call.taken !== undefined;
    const isEarly = await waitUntil(lab, isDone, limitNs === undefined ? UNREAD_MS : LIMIT_MS);
    await waitUntil(lab, () => {
      while ((receiveNow(pair.server, buffer) ?? 0) > 0);
      return isDone();
    }, LIMIT_MS);
    // A peer that is gone ends a send that still waits.
    pair.close(pair.server);
    await sending;
    // Named again, so that nothing collects it while the other thread still reads it.
    if (data.length !== offered) throw new Error("the data is gone");
    const isLast = !isEarly || limitNs !== undefined || offered >= MAX_BYTES;
    if (isLast || lab.signal.aborted) {
      return { who: `${kind}@libc`, offered, taken: call.taken!, isEarly };
    }
  }
}
