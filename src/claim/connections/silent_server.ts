// Claim 21: whether connect() needs data.

import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamChannel } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { type ClaimDeclaration, type ClaimFacts, type Lab } from "../claim.ts";
import { waitUntil } from "../sockets.ts";
import { usableStreams } from "../channels.ts";

const CONNECTS = 20;

/** A connect that takes longer waits for something that does not come. */
const PATIENCE_MS = 1_000;

/** `receivedBytes`: bytes of data that the client's kernel had received by then; `null` where it cannot be asked. */
type Silent = {
  transport: string;
  connects: number;
  returned: number;
  longestMs: number;
  receivedBytes: number | null;
};

export const connectNeedsNoData: ClaimDeclaration = {
  id: "connect-returns-after-data",
  sentence: "connect() returns only after the client has received data from the server",
  source: "connect(2); RFC 9293, section 3.5",
  method:
    `${CONNECTS} connects each were made through Deno and by system calls to a server that never sends a byte, and those counted that returned within a second; TCP_INFO then told what had arrived`,
  rule: {
    "holds": "no connect returned",
    "does not hold": "every connect returned, and no byte had arrived",
    "undecided": "some returned and some did not, or bytes had arrived",
  },
  control:
    "the same through a client that waits for the server's greeting before it hands the connection over: the sentence then holds",
  experiment: (lab) => connectToSilence(lab),
  decide({ facts }) {
    const rows = facts!.rows as readonly Silent[];
    const connects = rows.reduce((sum, row) => sum + row.connects, 0);
    const returned = rows.reduce((sum, row) => sum + row.returned, 0);
    const isSilent = rows.every(({ receivedBytes }) =>
      receivedBytes === null || receivedBytes === 0
    );
    return {
      verdict: !isSilent
        ? "undecided"
        : returned === connects
        ? "does not hold"
        : returned === 0
        ? "holds"
        : "undecided",
      answer: `${returned} of ${connects} connects returned, no byte sent`,
      seen: rows.map((row) =>
        `${row.transport}: ${row.returned} of ${row.connects} connects returned, the slowest after ${
          row.longestMs.toFixed(2)
        } ms${row.receivedBytes === null ? "" : `, with ${row.receivedBytes} B received`}`
      ),
      why: [
        "A connection is a matter of the two kernels: three segments without data (claim 20), or for Unix-domain sockets an entry in the listener's queue. Data belongs to the programs. Where a server greets its clients first, as those of SMTP and FTP do, it is the read after the connect that waits, and not the connect",
      ],
    };
  },
  meaning:
    "A resolved `Deno.connect` is no sign of a server that works: one that hangs is connected to as quickly. Whoever needs to know that it answers has to ask it, with a time limit",
  code: [
    "const conn = await Deno.connect({ hostname, port }); // the kernel answered",
    "await conn.write(hello);",
    "await conn.read(greeting); // the program did",
  ].join("\n"),
};

export async function connectToSilence(
  lab: Lab,
  ids: readonly string[] = ["tcp", "unix", "tcp@libc", "unix@libc"],
): Promise<ClaimFacts> {
  const rows: Silent[] = [];
  for (const [id, transport] of usableStreams(ids, lab)) {
    rows.push(await connectSilently(id, transport, lab));
  }
  return { rows: rows };
}

async function connectSilently(id: string, transport: StreamTransport, lab: Lab): Promise<Silent> {
  const { clock, directory, kernel } = lab;
  const listener = await transport.listen({ directory, backlog: CONNECTS });
  const clients: StreamChannel[] = [];
  const servers: StreamChannel[] = [];
  const connecting: Promise<void>[] = [];
  let longestNs = 0;
  let refused = false;
  const connect = async () => {
    const startNs = clock.nowNs();
    try {
      clients.push(await transport.connect(listener.endpoint, { directory }));
      longestNs = Math.max(longestNs, clock.nowNs() - startNs);
    } catch {
      refused = true;
    }
  };
  try {
    for (let k = 0; k < CONNECTS; k++) {
      connecting.push(connect());
      if (!await waitUntil(lab, () => clients.length > k || refused, PATIENCE_MS) || refused) break;
      // Accepted, so that no queue is full; nothing is sent.
      servers.push(await listener.accept());
    }
    const counts = clients.flatMap((client) => {
      const fd = kernel.available && id.startsWith("tcp") ? client.descriptor?.() : undefined;
      return fd === undefined ? [] : [readTcpInfo(fd).bytesReceived ?? 0];
    });
    return {
      transport: id,
      connects: CONNECTS,
      returned: clients.length,
      longestMs: longestNs / 1e6,
      receivedBytes: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    };
  } finally {
    // A connect that still waits ends with the listener.
    listener.close();
    await Promise.allSettled(connecting);
    for (const channel of [...clients, ...servers]) channel.close();
  }
}
