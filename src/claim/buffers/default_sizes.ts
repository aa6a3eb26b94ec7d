// Claim 1.

import { requireLibc } from "../../kernel/libc.ts";
import { getOption, unreadBytes } from "../../kernel/options.ts";
import type { ClaimDeclaration, ClaimFacts, Lab } from "../claim.ts";
import { CannotTry, cannotTry } from "../claim.ts";
import { request } from "../claim_figures.ts";
import { formatBytes, formatFigureWithCount } from "../format_figure.ts";
import { fillUp, openRawPair, type RawKind } from "../sockets.ts";

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

const cell = (transport: string) =>
  request("backpressure", transport, { bytes: 65_536, pause: 40 });

type Sizes = readonly [kind: string, send: number, receive: number];

export const defaultBuffers: ClaimDeclaration = {
  id: "default-buffers",
  sentence: "Every socket has an input and an output buffer, 8 KiB each by default",
  source: "socket(7), SO_SNDBUF; tcp(7), tcp_wmem and tcp_rmem; Linux net/unix/af_unix.c",
  method:
    "SO_SNDBUF and SO_RCVBUF of fresh sockets were read back from the kernel, and of a TCP socket again once it was connected; then bytes were written, by system calls and through Deno, to a peer that reads nothing, until a write had to wait, and SO_MEMINFO told at which end the kernel charged them",
  rule: {
    "holds": "both sizes of every kind of socket are 8,192 B",
    "holds in part": "those of some kinds are",
    "does not hold":
      "those of none are; or, where no size can be read, more than 16 KiB were taken",
    "undecided": "no size can be read, and less was taken",
  },
  control: "the same sockets with their buffers set to 8 KiB: the sentence then holds",
  cases: [cell("tcp"), cell("unix")],
  // deno-lint-ignore require-await
  experiment: async (lab) => readSizes(lab),
  decide({ figures, facts, failure }) {
    const accepted = ["tcp", "unix"].flatMap((transport) => {
      const figure = figures.figure(cell(transport), "acceptedBytes");
      return figure === undefined ? [] : [{ transport, figure }];
    });
    const sizes = (facts?.sizes ?? []) as readonly Sizes[];
    const filled = (facts?.filled ?? []) as readonly Filled[];
    const connected = facts?.connected as readonly [number, number] | undefined;
    if (sizes.length === 0 && accepted.length === 0) {
      return cannotTry(failure ?? figures.skip(cell("tcp")) ?? "nothing was measured");
    }
    const claimed = sizes.filter(([, send, receive]) =>
      send === CLAIMED_BYTES && receive === CLAIMED_BYTES
    );
    const tcp = sizes.find(([kind]) => kind === "tcp");
    const first = accepted[0];
    return {
      verdict: sizes.length === 0
        ? first!.figure.value > 2 * CLAIMED_BYTES ? "does not hold" : "undecided"
        : claimed.length === sizes.length
        ? "holds"
        : claimed.length > 0
        ? "holds in part"
        : "does not hold",
      answer: tcp !== undefined
        ? `a fresh TCP socket: ${formatBytes(tcp[1])} to send, ${formatBytes(tcp[2])} to receive`
        : `${first!.transport} took ${formatFigureWithCount(first!.figure)} before a write waited`,
      seen: [
        ...(failure === undefined ? [] : [`The sizes could not be read back: ${failure}`]),
        ...accepted.map(({ transport, figure }) =>
          `Through Deno, ${transport} took ${formatFigureWithCount(figure)} before a write waited`
        ),
        ...filled.map(({ kind, bytes, sender, receiver, unread }) =>
          `By system calls, ${kind} took ${formatBytes(bytes)}; ` +
          `the kernel then charged ${formatBytes(sender)} to the sender and ` +
          `${formatBytes(receiver)} to the receiver, which had ${formatBytes(unread)} to read`
        ),
        ...(connected === undefined ? [] : [
          "Connected, the TCP socket " +
          `had ${formatBytes(connected[0])} to send and ${formatBytes(connected[1])} to receive`,
        ]),
      ],
      ...(sizes.length > 0 && {
        tables: [{
          caption: "Default sizes as the kernel has them, its own book-keeping included",
          columns: ["socket", "SO_SNDBUF", "SO_RCVBUF", "times 8 KiB"],
          rows: sizes.map(([kind, send, receive]) => [
            kind,
            formatBytes(send),
            formatBytes(receive),
            `${(send / CLAIMED_BYTES).toFixed(1)}, ${(receive / CLAIMED_BYTES).toFixed(1)}`,
          ]),
        }],
      }),
      why: [
        "Sizes are the system's choice. Linux gives a fresh TCP socket the middle values of net.ipv4.tcp_wmem and tcp_rmem and lets both grow: the send buffer with the handshake (tcp_init_buffer_space, net/ipv4/tcp_input.c), both with the traffic. How far the handshake takes it depends on the size of a segment, the congestion control and what the kernel remembers of earlier connections to that address (ip tcp_metrics). Other sockets get net.core.wmem_default and rmem_default. 8 KiB was the default of 4.4BSD (netinet/tcp_usrreq.c, tcp_sendspace)",
        "A Unix-domain connection has one queue, not two: a write puts its bytes into the peer's receive queue at once and has them charged to the sender's SO_SNDBUF until they are read; SO_RCVBUF has no effect there (unix(7))",
      ],
    };
  },
  meaning:
    "Do not size a protocol by a buffer that you have not read back, and do not expect a write to wait early: several megabytes may be under way to a peer that has stopped reading. Where that matters, count what is unanswered yourself",
  code: [
    'import { findFd, getOption, setOption } from "@sockbench/sockbench/kernel";',
    'console.log(getOption(findFd(conn), "SO_SNDBUF")); // needs --allow-ffi',
  ].join("\n"),
};

/** What a sender could write to a peer that reads nothing; memory charged at each end (SO_MEMINFO), and bytes to be read (SIOCINQ). */
type Filled = Readonly<
  { kind: string; bytes: number; sender: number; receiver: number; unread: number }
>;

export function readSizes(lab: Lab, prepare: (fd: number) => void = () => {}): ClaimFacts {
  if (!lab.kernel.available) throw new CannotTry(lab.kernel.reason);
  const libc = requireLibc();
  const sizes = Object.entries(KINDS).flatMap(([kind, [family, type]]): Sizes[] => {
    const fd = libc.symbols.socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return [];
    try {
      prepare(fd);
      return [[kind, getOption(fd, "SO_SNDBUF"), getOption(fd, "SO_RCVBUF")]];
    } finally {
      libc.symbols.close(fd);
    }
  });
  const connected: number[] = [];
  const filled = (["tcp", "unix"] satisfies RawKind[]).map((kind): Filled => {
    using pair = openRawPair(kind, lab);
    if (kind === "tcp") {
      connected.push(getOption(pair.client, "SO_SNDBUF"), getOption(pair.client, "SO_RCVBUF"));
    }
    const { bytes } = fillUp(pair.client, new Uint8Array(4_096));
    const { sendBytes, writeQueueBytes } = getOption(pair.client, "SO_MEMINFO");
    return {
      kind,
      bytes,
      sender: sendBytes + writeQueueBytes,
      receiver: getOption(pair.server, "SO_MEMINFO").receiveBytes,
      unread: unreadBytes(pair.server),
    };
  });
  return { sizes, connected, filled };
}
