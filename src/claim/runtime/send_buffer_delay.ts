// Claim 39: what waits in a send buffer.

import { getOption, setOption, unsentBytes } from "../../kernel/options.ts";
import { median } from "../../stats/quantile.ts";
import { defineClaim, firstMet, type Lab } from "../claim.ts";
import { RawSockets, receiveNow, sendNow, waitUntil } from "../sockets.ts";
import { formatBytes, formatFigure } from "../format_figure.ts";

const RATE_BYTES_PER_S = 16 * 2 ** 20;
const RECEIVE_BYTES = 65_536;
const CHUNK_BYTES = 16_384;
const LOWAT_BYTES = 131_072;
const RUN_MS = 1_500;
/** From then on the buffers are full, and each byte has waited behind them. */
const WARM_UP_MS = 700;

/** A writer that always has more, to a reader of a steady pace. `queued`: median of what lay in the send queue; `delayMs`: median time from the write of a byte to its read. */
type Queue = Readonly<
  { what: string; sendBuffer: number; queued: number; delayMs: number; bytesPerSecond: number }
>;

type Queues = { readonly plain: Queue; readonly limited: Queue };

/** What a rate delivers in a delay. */
const worth = ({ delayMs, bytesPerSecond }: Queue) => Math.round(delayMs * bytesPerSecond / 1e3);

export const sendBufferIsDelay = defineClaim<Queues>({
  id: "send-buffer-is-delay",
  sentence: "A send buffer of 4 MiB is 4 MiB of delay",
  source:
    "tcp(7), tcp_wmem; RFC 8289, section 1 (bufferbloat); Linux net/ipv4/tcp.c, do_tcp_setsockopt (TCP_NOTSENT_LOWAT); include/net/tcp.h, tcp_stream_memory_free; Documentation/networking/ip-sysctl.rst, tcp_notsent_lowat",
  method:
    `Over loopback a writer that always had more wrote ${formatBytes(CHUNK_BYTES)} whenever ` +
    `the kernel took it, to a reader that took ${formatBytes(RATE_BYTES_PER_S)} a second, ` +
    `with a receive buffer asked for at ${formatBytes(RECEIVE_BYTES)}; ` +
    "the time of each byte from its write to its read " +
    `was taken for ${(RUN_MS - WARM_UP_MS) / 1e3} s once the buffers were full. The send buffer ` +
    `was the kernel's own, and then limited by TCP_NOTSENT_LOWAT at ${formatBytes(LOWAT_BYTES)}`,
  rule: {
    "holds":
      "the median byte waited for at least as long as half of the send buffer takes at the reader's rate, and with TCP_NOTSENT_LOWAT for less than a quarter of that time, at no less than 0.9 of the rate",
    "holds in part": "it waited so long, and as long or at a smaller rate with TCP_NOTSENT_LOWAT",
    "does not hold": "it waited for less than half of the send buffer takes",
  },
  control:
    "TCP_NOTSENT_LOWAT in the place of the kernel's own setting: the sentence then does not hold",
  experiment: async (lab) => {
    const [plain, limited] = await Promise.all([writeAhead(lab, false), writeAhead(lab, true)]);
    return { plain, limited };
  },
  decide({ facts }) {
    const { plain, limited } = facts!;
    const isDelay = worth(plain) >= plain.sendBuffer / 2;
    const isLess = limited.delayMs < plain.delayMs / 4 &&
      limited.bytesPerSecond >= 0.9 * plain.bytesPerSecond;
    return {
      verdict: firstMet({ "does not hold": !isDelay, holds: isLess }, "holds in part"),
      answer: `${plain.delayMs.toFixed(0)} ms behind ${formatBytes(plain.queued)}; ` +
        `with TCP_NOTSENT_LOWAT ${limited.delayMs.toFixed(0)} ms`,
      seen: [
        ...[plain, limited].map((queue) =>
          `${queue.what}: ` +
          `of a send buffer of ${formatBytes(queue.sendBuffer)} ${formatBytes(queue.queued)} ` +
          `lay written and not acknowledged; a byte waited ${queue.delayMs.toFixed(0)} ms ` +
          `until it was read, in which the reader takes ${formatBytes(worth(queue))} ` +
          `(${formatFigure({ value: queue.bytesPerSecond, unit: "bytes/s" })})`
        ),
      ],
      why: [
        "A byte is read when all that was written before it has been. What lies in the buffers, divided by the rate, is how long that takes; TCP's send buffer grows by itself, for the sake of long fast paths: to twice the congestion window (under BBR three times), at least 10 segments' worth of it, and no further than net.ipv4.tcp_wmem's third value, 4 MiB by default (tcp_sndbuf_expand, net/ipv4/tcp_input.c). A writer that always has more fills what there is. Loopback's segments of 64 KiB make that megabytes from the start; with segments of 1,448 B it begins below 100 KiB and reaches megabytes only with the window. The receive buffer comes on top",
        "What has been sent and not acknowledged is needed by TCP; what has not been sent yet only waits. TCP_NOTSENT_LOWAT bounds the second alone: send takes nothing while that much is unsent, and who waits is woken once less than half of it is (tcp_stream_memory_free). The path stays full, and the data that is sent next is younger",
      ],
    };
  },
  meaning:
    "To cancel, reprioritise or replace what has been written is impossible: the newest frame of a live stream queues behind all that the send buffer holds. Deno sets none of these options; let the receiver acknowledge, and do not write more ahead than the path needs, or run behind a server that sets TCP_NOTSENT_LOWAT (net.ipv4.tcp_notsent_lowat sets it for all)",
  code: [
    "// never more than this under way, whatever the kernel would buffer",
    "while (sentBytes - acknowledgedBytes > 128 * 1024) acknowledgedBytes = await readReceipt(conn);",
    "sentBytes += await conn.write(frame);",
  ].join("\n"),
});

/** Writes as much as the kernel takes, to a reader of a steady pace. */
export async function writeAhead(lab: Lab, isLimited: boolean): Promise<Queue> {
  using sockets = new RawSockets(lab);
  const [client, server] = await sockets.openPair("tcp", lab);
  setOption(server, "SO_RCVBUF", RECEIVE_BYTES);
  if (isLimited) setOption(client, "TCP_NOTSENT_LOWAT", LOWAT_BYTES);
  const { clock } = lab;
  const [chunk, buffer] = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  /** Ends of writes in the stream, with the time of each; those in front have been read. */
  const written: { end: number; atNs: number }[] = [];
  const delays: number[] = [];
  const queues: number[] = [];
  let [sent, received, warmReceived] = [0, 0, 0];
  let warmNs: number | undefined;
  const startNs = clock.nowNs();
  await waitUntil(lab, () => {
    const elapsedNs = clock.nowNs() - startNs;
    const due = elapsedNs * RATE_BYTES_PER_S / 1e9;
    for (let got = 1; got > 0;) {
      for (let bytes; (bytes = sendNow(client, chunk)) > 0;) {
        sent += bytes;
        written.push({ end: sent, atNs: clock.nowNs() });
      }
      got = received < due ? receiveNow(server, buffer) ?? 0 : 0;
      received += got;
    }
    const isWarm = elapsedNs >= WARM_UP_MS * 1e6;
    if (isWarm && warmNs === undefined) [warmNs, warmReceived] = [clock.nowNs(), received];
    while (written.length > 0 && written[0]!.end <= received) {
      const { atNs } = written.shift()!;
      if (isWarm) delays.push((clock.nowNs() - atNs) / 1e6);
    }
    if (isWarm) queues.push(unsentBytes(client));
    return elapsedNs >= RUN_MS * 1e6;
  }, 2 * RUN_MS);
  const seconds = (clock.nowNs() - (warmNs ?? startNs)) / 1e9;
  return {
    what: isLimited ? "With TCP_NOTSENT_LOWAT" : "The kernel's own setting",
    sendBuffer: getOption(client, "SO_SNDBUF"),
    queued: Math.round(median(queues)),
    delayMs: median(delays),
    bytesPerSecond: (received - warmReceived) / seconds,
  };
}
