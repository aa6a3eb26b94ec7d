// Claim 37: what a send costs that waits.

import { readHealthMark } from "../../peer/health_mark.ts";
import { CannotTry, defineClaim, firstMet, type Lab } from "../claim.ts";
import { waitUntil } from "../sockets.ts";
import { openChannels, usableStreams } from "../channels.ts";

const MESSAGE_BYTES = 1_000;
const CHUNK_BYTES = 65_536;
const MAX_SENDS = 10_000;
const WAIT_MS = 200;
/** Of a send that is done sooner nobody says that it waits. */
const PENDING_MS = 20;
/** More than half of the time in which it could run: such a thread does not sleep. */
const BUSY_SHARE = 0.5;
/** What a thread uses that sleeps is a small part of what one uses that asks again and again. */
const TIMES = 5;

/** What a thread used while something of it waited. `cpuMs`: CPU time of the thread; `keptOffMs`: for which it was ready to run and had no CPU. */
type Waiting = Readonly<{ what: string; waitedMs: number; cpuMs: number; keptOffMs: number }>;

type Waited = { readonly datagram: Waiting; readonly stream: Waiting };

/** Of the time in which the thread could have run, what it ran. */
const busyShare = ({ waitedMs, cpuMs, keptOffMs }: Waiting) =>
  cpuMs / Math.max(cpuMs, waitedMs - keptOffMs);

export const waitingDatagramBurns = defineClaim<Waited>({
  id: "waiting-datagram-burns-a-core",
  sentence: "A Unix datagram send that waits burns a core",
  source:
    "unix(7), SOCK_DGRAM; send(2), EAGAIN; epoll(7); Linux net/unix/af_unix.c, unix_dgram_sendmsg and unix_dgram_poll",
  method:
    `Through Deno, Unix datagrams were sent to a socket that read nothing until a send was pending; for ${WAIT_MS} ms the CPU time of the thread was read (/proc/thread-self/schedstat), and the time for which it was ready to run and was given no CPU. The same was done with a Unix stream`,
  rule: {
    "holds": `of the time in which it could run, the thread ran for more than ${
      BUSY_SHARE * 100
    } % while the datagram waited, and more than ${TIMES} times as long as while the stream waited`,
    "does not hold": "neither",
    "undecided": "one of the two",
  },
  control: "a Unix stream in the datagrams' place: the sentence then does not hold",
  experiment: async (lab) => ({
    datagram: await waitWithDatagrams(lab),
    stream: await waitWithStream(lab),
  }),
  decide({ facts }) {
    const { datagram, stream } = facts!;
    const isBusy = busyShare(datagram) > BUSY_SHARE;
    const isMore = datagram.cpuMs > TIMES * stream.cpuMs;
    return {
      verdict: firstMet({ holds: isBusy && isMore, undecided: isBusy || isMore }, "does not hold"),
      answer: `${datagram.cpuMs.toFixed(0)} ms of CPU ` +
        `in ${datagram.waitedMs.toFixed(0)} ms of waiting; a stream ${stream.cpuMs.toFixed(1)} ms`,
      seen: [datagram, stream].map(({ what, waitedMs, cpuMs, keptOffMs }) =>
        `While a ${what} of Deno waited ${waitedMs.toFixed(0)} ms for room, its thread used ${
          cpuMs.toFixed(1)
        } ms of CPU time and was kept off the CPU for ${keptOffMs.toFixed(1)} ms`
      ),
      why: [
        ...(isBusy
          ? [
            "A send that waits in this version of Deno asks again and again instead of sleeping. Deno sends on unconnected sockets (sendto), and of such a one the kernel reports room by its own send buffer alone: it looks at the receiver's queue only of a connected one (unix_dgram_poll). The refused send has charged a buffer to the sender and gives it back, which wakes who waits for room (sock_wfree, unix_write_space): epoll reports the socket at once, the send is refused with EAGAIN again, and so on",
          ]
          : []),
        "A stream is refused by what lies in its own buffer's account, and poll(2) reports room when that is given back: the thread sleeps until then",
      ],
    };
  },
  meaning:
    "Back-pressure by Unix datagrams costs a Deno program a whole core for as long as the receiver is behind, and everything else in that event loop suffers. Between processes of one machine take a Unix stream with a length before each message; or let the receiver acknowledge, and never have more under way than its queue takes (net.unix.max_dgram_qlen)",
  code: [
    'const conn = await Deno.connect({ transport: "unix", path: "/run/app/in.sock" });',
    "for (let n = 0; n < frame.length;) n += await conn.write(frame.subarray(n)); // sleeps while the peer is behind",
  ].join("\n"),
});

async function waitWithDatagrams(lab: Lab): Promise<Waiting> {
  const { directory, signal } = lab;
  const transport = lab.catalog.transports.get("unixpacket");
  const access = lab.availability.get("unixpacket");
  if (transport?.mode !== "datagram") throw new CannotTry("there is no transport unixpacket");
  if (access?.available === false) throw new CannotTry(access.reason);
  const receiver = await transport.bind({ directory });
  const sender = await transport.bind({ directory, remote: receiver.endpoint });
  const close = () => [sender, receiver].forEach((one) => one.close());
  signal.addEventListener("abort", close);
  try {
    const buffer = new Uint8Array(MESSAGE_BYTES);
    const makeRoom = async () => void await receiver.receive(buffer);
    return await watchWait("Unix datagram's send", () => sender.send(buffer), makeRoom, lab);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** The same with a stream. */
export async function waitWithStream(lab: Lab): Promise<Waiting> {
  const [[, unix]] = usableStreams(["unix"], lab);
  using pair = await openChannels(unix, lab);
  const data = new Uint8Array(CHUNK_BYTES);
  const buffer = new Uint8Array(16 * CHUNK_BYTES);
  const makeRoom = async () => void await pair.server.read(buffer);
  return await watchWait("Unix stream's write", () => pair.client.write(data), makeRoom, lab);
}

/** Sends until a send is pending, watches it, and makes room for it. */
async function watchWait(
  what: string,
  sendOne: () => unknown,
  makeRoom: () => Promise<void>,
  lab: Lab,
): Promise<Waiting> {
  const { clock } = lab;
  for (let k = 0; k < MAX_SENDS && !lab.signal.aborted; k++) {
    let isDone = false;
    const sending = Promise.resolve(sendOne()).then(() => isDone = true);
    // Awaited below, whatever ends the experiment meanwhile.
    sending.catch(() => {});
    if (await waitUntil(lab, () => isDone, PENDING_MS)) continue;
    const before = readHealthMark();
    await clock.sleepUntilNs(clock.nowNs() + WAIT_MS * 1e6);
    const after = readHealthMark();
    await makeRoom();
    await sending;
    if (before?.runNs === undefined || after?.runNs === undefined) {
      throw new CannotTry(
        lab.kernel.available ? "the kernel counts no CPU time of threads" : lab.kernel.reason,
      );
    }
    return {
      what,
      waitedMs: (after.atNs - before.atNs) / 1e6,
      cpuMs: (after.runNs - before.runNs) / 1e6,
      keptOffMs: (after.waitNs! - before.waitNs!) / 1e6,
    };
  }
  throw new CannotTry(`no ${what} ever waited`);
}
