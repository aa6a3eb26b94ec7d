// Claim 35: TLS and Nagle's algorithm.

import { readCounters } from "../../kernel/counters.ts";
import { median } from "../../stats/quantile.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { defineClaim, firstMet, type Lab } from "../claim.ts";
import { readAll, usableStreams, writeAll } from "../channels.ts";

const CONNECTIONS = 5;
const MESSAGE_BYTES = 64;
/** The shortest time for which Linux delays an acknowledgement (TCP_DELACK_MIN), less a tick of 4 ms by which a timer may be early. */
const DELAY_MS = 36;
const DELAYED = "TcpExt.DelayedACKs";

/** Nagle at the two ends. */
const ARMS = [
  { what: "As Deno opens it", server: undefined, client: undefined },
  { what: "Nagle off at the server", server: "off", client: undefined },
  { what: "Nagle off at the client", server: undefined, client: "off" },
  { what: "Nagle off at both ends", server: "off", client: "off" },
] as const;

type Nagle = "on" | "off" | undefined;

/** `openedMs`: from the connect until the client had its first answer; `delayed`: delayed ACKs meanwhile, `null` where not counted. */
type FirstExchanges = Readonly<
  { what: string; openedMs: readonly number[]; delayed: number | null }
>;

export const tlsMeetsNagle = defineClaim<{ arms: readonly FirstExchanges[] }>({
  id: "tls-meets-nagle-twice",
  sentence: "TLS as Deno opens it meets Nagle twice",
  source:
    "RFC 896; RFC 1122, section 4.2.3.2 (delayed acknowledgements); RFC 8446, sections 4.4.4 and 4.6.1; Linux include/net/tcp.h, TCP_DELACK_MIN; tcp(7), TCP_NODELAY",
  method:
    `${CONNECTIONS} TLS connections each were opened over loopback with Nagle's algorithm as Deno leaves it, off at one end, and off at both; the time from the connect until the client had the answer to its first ${MESSAGE_BYTES} B was measured, the server staying open until the client had its answer`,
  rule: {
    "holds": `as Deno opens it the median connection with its first exchange took at least ${
      2 * DELAY_MS
    } ms, two delayed acknowledgements, and with Nagle off at both ends less than ${DELAY_MS} ms`,
    "holds in part": `as Deno opens it it took at least ${DELAY_MS} ms, one of them`,
    "does not hold": "as Deno opens it it took less",
    "undecided": `it took at least ${DELAY_MS} ms with Nagle off at both ends as well`,
  },
  control:
    "the same with Nagle off at both ends in the place of Deno's own setting: the sentence then does not hold",
  experiment: (lab) => openConnections(lab),
  decide({ facts }) {
    const { arms } = facts!;
    const [asDeno, off] = [arms[0]!, arms.at(-1)!].map(({ openedMs }) => median(openedMs));
    return {
      verdict: firstMet({
        "does not hold": asDeno! < DELAY_MS,
        undecided: off! >= DELAY_MS,
        holds: asDeno! >= 2 * DELAY_MS,
      }, "holds in part"),
      answer: `connect and first exchange ${asDeno!.toFixed(1)} ms; ` +
        `Nagle off at both ends ${off!.toFixed(1)} ms`,
      seen: arms.map(({ what, openedMs, delayed }) =>
        `${what}: ${
          median(openedMs).toFixed(1)
        } ms from the connect to the first answer, in the median of ${openedMs.length} connections (${
          Math.min(...openedMs).toFixed(1)
        } to ${Math.max(...openedMs).toFixed(1)} ms)${
          delayed === null ? "" : `, with ${delayed} delayed acknowledgements in all of them`
        }`
      ),
      why: [
        "In TLS 1.3 each end writes something that nobody answers right before its first data: the client its Finished message, the server its session tickets. With Nagle on, the data is a small segment behind an unacknowledged one and waits; the other end's kernel delays its acknowledgement by 40 ms or more, as there is nothing to send that could carry it. That happens once at each end. Later exchanges do not meet it: each segment is then an answer and carries the acknowledgement",
        "A connection of TLS in Deno has no `setNoDelay`. A client can set it on the TCP connection before `startTls`; a server accepts sockets that take the option from their listener, which `Deno.listenTls` does not offer: a server of node:tls does, by its option `noDelay`",
      ],
    };
  },
  meaning:
    "A short-lived TLS connection between Deno and Deno takes two delayed acknowledgements longer than it needs. The client's half is one line; for the server's use node:tls, or keep connections, of which only the first exchange pays",
  code: [
    'const tcp = await Deno.connect({ hostname: "example.com", port: 443 });',
    "tcp.setNoDelay(true); // before TLS begins: a TlsConn has no such method",
    'const conn = await Deno.startTls(tcp, { hostname: "example.com" });',
  ].join("\n"),
});

/** Opens connections with each setting of Nagle. */
export async function openConnections(
  lab: Lab,
  arms: readonly { what: string; server: Nagle; client: Nagle }[] = ARMS,
): Promise<{ arms: readonly FirstExchanges[] }> {
  const [[, tls]] = usableStreams(["tls"], lab);
  const found: FirstExchanges[] = [];
  for (const { what, server, client } of arms) {
    const countDelayed = () => lab.kernel.available ? readCounters()[DELAYED] ?? null : null;
    const before = countDelayed();
    const times: number[] = [];
    while (times.length < CONNECTIONS && !lab.signal.aborted) {
      times.push(await timeFirst(tls, [server, client], lab));
    }
    const after = countDelayed();
    const delayed = before === null || after === null ? null : after - before;
    found.push({ what, openedMs: times, delayed });
  }
  return { arms: found };
}

async function timeFirst(
  tls: StreamTransport,
  [server, client]: readonly [Nagle, Nagle],
  { clock, directory, signal }: Lab,
): Promise<number> {
  const of = (nagle: Nagle) => ({ directory, ...(nagle !== undefined && { nagle }) });
  const listener = await tls.listen(of(server));
  const open: { close(): void }[] = [listener];
  const close = () => open.splice(0).reverse().forEach((one) => one.close());
  signal.addEventListener("abort", close);
  try {
    const startNs = clock.nowNs();
    const answering = (async () => {
      const accepted = await listener.accept();
      open.push(accepted);
      await readAll(accepted, MESSAGE_BYTES);
      await writeAll(accepted, new Uint8Array(MESSAGE_BYTES));
    })();
    // Awaited below, unless the client fails first.
    answering.catch(() => {});
    // The server's end of the handshake is not waited for: a client writes as soon as its own is done.
    const conn = await tls.connect(listener.endpoint, of(client));
    open.push(conn);
    await writeAll(conn, new Uint8Array(MESSAGE_BYTES));
    await readAll(conn, MESSAGE_BYTES);
    const elapsedNs = clock.nowNs() - startNs;
    await answering;
    return elapsedNs / 1e6;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
