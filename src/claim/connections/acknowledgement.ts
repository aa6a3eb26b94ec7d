// Claim 32: what an acknowledgement counts.

import { requireLibc } from "../../kernel/libc.ts";
import { unsentBytes } from "../../kernel/options.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import { openRawPair, receiveNow, sendNow, waitUntil } from "../sockets.ts";

const SIZES = [1, 100, 1_000, 10_000];
const LIMIT_MS = 1_000;
const SHUT_WR = 1;

/** How far the count of what was acknowledged moved, for a write of so many bytes. `client`: at the end that had connected; `server`: at the end that was accepted. */
type Moved = Readonly<{ bytes: number; client: number; server: number }>;

export const acknowledgementCountsBytes: ClaimDeclaration = {
  id: "acknowledgement-counts-bytes",
  sentence: "The acknowledgement number is the sequence number plus the bytes",
  source:
    "RFC 9293, section 3.4; RFC 4898, tcpEStatsAppHCThruOctetsAcked; Linux include/uapi/linux/tcp.h, tcpi_bytes_acked",
  method: `Writes of ${SIZES.join(", ")} B were made in each direction, ` +
    "and after each was acknowledged it was read by how much the kernel's count of acknowledged sequence numbers had moved " +
    "(bytes_acked of TCP_INFO); the same was read before the first write and after each end had closed its direction",
  rule: {
    "holds": "each write moved the acknowledged number by its bytes, at both ends",
    "does not hold": "each write moved it by one more",
    "undecided": "it moved otherwise",
  },
  control:
    "the same with the end of the stream sent along with each write, which takes up one number: the sentence then does not hold",
  experiment: (lab) => countAcknowledged(lab),
  decide({ facts }) {
    const { opened, moved, received } = facts as Counted;
    const isBytes = moved.every(({ bytes, client, server }) =>
      client === bytes && server === bytes
    );
    const isOneMore = moved.every(({ bytes, client, server }) =>
      client === bytes + 1 && server === bytes + 1
    );
    const most = moved.at(-1)!;
    return {
      verdict: firstMet({ holds: isBytes, "does not hold": isOneMore }, "undecided"),
      answer: `${most.bytes} B moved it by ${most.client}${isBytes ? ', without the "+ 1"' : ""}`,
      seen: [
        `Before any data the end that had connected counted ${opened.client} as acknowledged, and the end that was accepted ${opened.server}`,
        "When the other end had closed its direction, each end's count of what it had received " +
        `(bytes_received) had moved by ${received.join(" and ")}, without a byte of data`,
      ],
      tables: [{
        caption: "By how much the acknowledged number moved",
        columns: ["written", "connected end", "accepted end"],
        rows: moved.map(({ bytes, client, server }) => [
          `${bytes} B`,
          String(client),
          String(server),
        ]),
      }],
      why: [
        'Some textbooks add "+ 1". The acknowledgement names the next byte that is expected: sequence number plus length. With a first byte of number s and n bytes, the last is s + n − 1 and the next is s + n, which is where a "+ 1" that is counted from the last byte comes from',
        "SYN and FIN take up one number each although they carry no byte, so that they can be acknowledged and retransmitted: there the acknowledgement is indeed the sequence number + 1. That is what most traces in textbooks begin with. Linux counts the one of the SYN in bytes_acked of the end that connected, and that of a FIN in bytes_acked of the end that sent it and in bytes_received of the other",
      ],
    };
  },
  meaning:
    "It matters to those who read traces, or compute from TCP_INFO: subtract one for the SYN, and one for the FIN, or the sums are out by that",
  code: [
    'import { findFd, readTcpInfo } from "@sockbench/sockbench/kernel";',
    "const { bytesAcked = 0 } = readTcpInfo(findFd(conn)); // needs --allow-ffi",
    "const delivered = bytesAcked - 1; // of a connection that this end opened",
  ].join("\n"),
};

/** `received`: by how much bytes_received moved with the other end's FIN: of the accepted end, then of the one that connected. */
type Counted = {
  opened: { readonly client: number; readonly server: number };
  moved: readonly Moved[];
  received: readonly number[];
};

export async function countAcknowledged(lab: Lab, withEnd = false): Promise<ClaimFacts> {
  using pair = openRawPair("tcp", lab);
  const { client, server } = pair;
  const acknowledged = (fd: number) => readTcpInfo(fd).bytesAcked ?? 0;
  const opened = { client: acknowledged(client), server: acknowledged(server) };
  const moved: Moved[] = [];
  for (const bytes of SIZES) {
    const by = async (from: number, to: number) => {
      const before = acknowledged(from);
      await deliver(from, to, bytes, lab);
      return acknowledged(from) - before;
    };
    moved.push(
      withEnd
        ? await countWithEnd(bytes, lab)
        : { bytes, client: await by(client, server), server: await by(server, client) },
    );
  }
  const received: number[] = [];
  for (const [from, to] of [[client, server], [server, client]] as const) {
    const before = readTcpInfo(to).bytesReceived ?? 0;
    const libc = requireLibc();
    libc.check(libc.symbols.shutdown(from, SHUT_WR), "shutdown");
    await waitUntil(lab, () => receiveNow(to, new Uint8Array(1)) === 0, LIMIT_MS);
    received.push((readTcpInfo(to).bytesReceived ?? 0) - before);
  }
  return { opened, moved, received };
}

/** What the receiving end counts (bytes_received), the FIN included: Linux lets it show there. */
async function countWithEnd(bytes: number, lab: Lab): Promise<Moved> {
  using pair = openRawPair("tcp", lab);
  const count = async (from: number, to: number) => {
    const before = readTcpInfo(to).bytesReceived ?? 0;
    await deliver(from, to, bytes, lab);
    const libc = requireLibc();
    libc.check(libc.symbols.shutdown(from, SHUT_WR), "shutdown");
    await waitUntil(lab, () => receiveNow(to, new Uint8Array(1)) === 0, LIMIT_MS);
    return (readTcpInfo(to).bytesReceived ?? 0) - before;
  };
  const { client, server } = pair;
  return { bytes, client: await count(client, server), server: await count(server, client) };
}

/** Writes, reads it at the other end, and waits until it is acknowledged. */
async function deliver(from: number, to: number, bytes: number, lab: Lab): Promise<void> {
  const buffer = new Uint8Array(65_536);
  let left = bytes;
  while (left > 0 && !lab.signal.aborted) {
    left -= sendNow(from, new Uint8Array(left));
    await waitUntil(lab, () => (receiveNow(to, buffer) ?? 0) > 0, LIMIT_MS);
  }
  await waitUntil(lab, () => unsentBytes(from) === 0, LIMIT_MS);
}
