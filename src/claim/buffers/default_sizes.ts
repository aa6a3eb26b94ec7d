/**
 * Claim 1.
 *
 * @module
 */

import { requireLibc } from "../../kernel/libc.ts";
import { getOption } from "../../kernel/options.ts";
import { CannotTry, cannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { CaseRequest } from "../case_request.ts";
import { sayBytes, sayFigure } from "../format_figure.ts";
import { fillUp, openRawPair, type RawKind } from "../raw_pair.ts";

const CLAIMED_BYTES = 8_192;
const SOCK_CLOEXEC = 0o2000000;

/** Family and type of a fresh socket of each kind. */
const KINDS: Readonly<Record<string, readonly [family: number, type: number]>> = {
  tcp: [2, 1],
  tcp6: [10, 1],
  unix: [1, 1],
  udp: [2, 2],
  udp6: [10, 2],
  unixpacket: [1, 2],
};

const cell = (transport: string): CaseRequest => ({
  scenario: "backpressure",
  transport,
  params: { bytes: 65_536, pause: 40 },
});

type Sizes = readonly [kind: string, send: number, receive: number];

/** "Every socket has an input and an output buffer, 8 KiB each by default." */
export const defaultBuffers: Claim = {
  id: "default-buffers",
  number: 1,
  group: "buffers",
  sentence: "Every socket has an input and an output buffer, 8 KiB each by default",
  source: "D",
  method:
    "SO_SNDBUF and SO_RCVBUF of fresh sockets were read back from the kernel; then bytes were written, by system calls and through Deno, " +
    "to a peer that reads nothing, until a write had to wait",
  cases: [cell("tcp"), cell("unix")],
  // deno-lint-ignore require-await
  experiment: async (lab) => readSizes(lab),
  decide({ figures, facts, failure }) {
    const accepted = ["tcp", "unix"].flatMap((transport) => {
      const figure = figures.figure(cell(transport), "acceptedBytes");
      return figure === undefined ? [] : [{ transport, figure }];
    });
    const sizes = (facts?.sizes ?? []) as readonly Sizes[];
    const filled = (facts?.accepted ?? {}) as Readonly<Record<string, number>>;
    if (sizes.length === 0 && accepted.length === 0) {
      return cannotTry(failure ?? figures.skip(cell("tcp")) ?? "nothing was measured");
    }
    const isEight = sizes.length > 0 &&
      sizes.every(([, send, receive]) => send === CLAIMED_BYTES && receive === CLAIMED_BYTES);
    const tcp = sizes.find(([kind]) => kind === "tcp");
    const first = accepted[0];
    return {
      verdict: sizes.length === 0
        ? first!.figure.value > 2 * CLAIMED_BYTES ? "does not hold" : "undecided"
        : isEight
        ? "holds"
        : "does not hold",
      answer: tcp !== undefined
        ? `a fresh TCP socket: ${sayBytes(tcp[1])} to send, ${sayBytes(tcp[2])} to receive`
        : `${first!.transport} took ${sayFigure(first!.figure)} before a write waited`,
      seen: [
        ...(failure === undefined ? [] : [`The sizes could not be read back: ${failure}`]),
        ...accepted.map(({ transport, figure }) =>
          `Through Deno, ${transport} took ${sayFigure(figure)} before a write waited`
        ),
        ...Object.entries(filled).map(([kind, bytes]) =>
          `By system calls, ${kind} took ${sayBytes(bytes)}`
        ),
      ],
      ...(sizes.length > 0 && {
        tables: [{
          caption: "Default sizes as the kernel has them, its own book-keeping included",
          columns: ["socket", "SO_SNDBUF", "SO_RCVBUF", "times 8 KiB"],
          rows: sizes.map(([kind, send, receive]) => [
            kind,
            sayBytes(send),
            sayBytes(receive),
            `${(send / CLAIMED_BYTES).toFixed(1)}, ${(receive / CLAIMED_BYTES).toFixed(1)}`,
          ]),
        }],
      }),
      why: [
        "That there are two buffers is so; their size is a matter of the system, and of the day. Linux starts a TCP socket from the middle " +
        "values of net.ipv4.tcp_wmem and tcp_rmem and lets both grow while the connection runs; the others start from " +
        "net.core.wmem_default and rmem_default. The figure of 8 KiB is that of systems of the 1980s and 1990s",
      ],
    };
  },
  meaning:
    "Do not size a protocol by a buffer that you have not read back, and do not expect a write to wait early: several megabytes may be " +
    "under way to a peer that has stopped reading. Where that matters, count what is unanswered yourself",
  code: [
    'import { findFd, getOption, setOption } from "@sockbench/sockbench/kernel";',
    'console.log(getOption(findFd(conn), "SO_SNDBUF")); // needs --allow-ffi',
  ].join("\n"),
};

function readSizes(lab: Lab): ClaimFacts {
  if (!lab.kernel.available) throw new CannotTry(lab.kernel.reason);
  const libc = requireLibc();
  const sizes = Object.entries(KINDS).flatMap(([kind, [family, type]]): Sizes[] => {
    const fd = libc.symbols.socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return [];
    try {
      return [[kind, getOption(fd, "SO_SNDBUF"), getOption(fd, "SO_RCVBUF")]];
    } finally {
      libc.symbols.close(fd);
    }
  });
  const accepted = (["tcp", "unix"] satisfies RawKind[]).map((kind) => {
    using pair = openRawPair(kind, lab);
    return [kind, fillUp(pair.client, new Uint8Array(4_096)).bytes] as const;
  });
  return { sizes, accepted: Object.fromEntries(accepted) };
}
