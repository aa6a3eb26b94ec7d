// Claim 26: TIME_WAIT.

import { requireLibc } from "../../kernel/libc.ts";
import { setOption } from "../../kernel/options.ts";
import { loseNoSegments, loseSegments } from "../../kernel/socket_filter.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { readSystemFiles } from "../../run/system_files.ts";
import type { Endpoint } from "../../transport/channel.ts";
import type { StreamTransport } from "../../transport/transport.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, type Lab } from "../claim.ts";
import { RawSockets, waitUntil } from "../sockets.ts";
import { readSettingsOf, readTimeWait, type TableRow } from "../socket_table.ts";
import { limitPorts, PORTS, type Reused, TRIED, usePorts } from "./time_wait_ports.ts";
import { usableStreams } from "../channels.ts";

const CLOSES = 8;
const LIMIT_MS = 500;
const TOGETHER_LIMIT_MS = 5_000;
const SHUT_WR = 1;
const MAX_TRIES = 3;
/** Twice the maximum segment lifetime of RFC 9293, section 3.4.2: 2 min. */
const TWICE_MSL_S = 240;
/** The timer was read some milliseconds after it was set. */
const TOLERANCE_S = 5;
const UNIX_TABLE = "/proc/net/unix";
const SETTINGS = [
  "net.ipv4.tcp_tw_reuse",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_max_tw_buckets",
];

/** TIME-WAIT entries of both ends after connections were closed, and what was left on the longest timer. */
export type Left = {
  transport: string;
  first: "client" | "server";
  clientSide: number;
  serverSide: number;
  seconds: number;
};

export const firstToCloseWaits: ClaimDeclaration = {
  id: "first-to-close-waits",
  sentence: "The side that closes first waits in TIME_WAIT for twice the segment lifetime",
  source:
    "RFC 9293, section 3.4.2 and 3.6.1; RFC 6191; Linux include/net/tcp.h, TCP_TIMEWAIT_LEN; ip-sysctl, tcp_tw_reuse",
  method:
    `${CLOSES} connections each were closed by the client first and by the server first, through Deno and by system calls, and the kernel's table of sockets was read right after: whose entries stayed, and what was left on their timers. Then the same with resets, and over Unix-domain sockets. In network namespaces with ${PORTS} ports for clients, as many as ${TRIED} connections were opened and closed one after another, and once more 1.2 s later, by the end that closes first and by net.ipv4.tcp_tw_reuse`,
  rule: {
    "holds":
      `every entry was at the end that closed first, and its timer had twice the segment lifetime of RFC 9293, ${TWICE_MSL_S} s, within ${TOLERANCE_S} s`,
    "holds in part": "every entry was at the end that closed first, for another time",
    "does not hold": "entries stayed at the other end",
    "undecided": "entries are missing that should be there",
  },
  control:
    "the same with both ends closing before either knows of the other: entries then stay at the other end as well, and the sentence does not hold",
  parts: {
    ports: async (lab) => ({
      runs: [await usePorts("client", lab), await usePorts("server", lab)],
    }),
  },
  waits: true,
  experiment: watchTimeWait,
  decide({ facts }) {
    const rows = facts!.rows as readonly Left[];
    const closes = facts!.closes as number;
    const runs = (facts!.ports ?? []) as readonly Reused[];
    const settings = facts!.settings as Readonly<Record<string, string>>;
    const isFirst = rows.every(({ first, clientSide, serverSide }) =>
      first === "client"
        ? clientSide === closes && serverSide === 0
        : serverSide === closes && clientSide === 0
    );
    const isOther = rows.some(({ first, clientSide, serverSide }) =>
      (first === "client" ? serverSide : clientSide) > 0
    );
    const seconds = Math.max(...rows.map((row) => row.seconds));
    const isTwice = Math.abs(seconds - TWICE_MSL_S) <= TOLERANCE_S;
    const kept = rows.reduce((sum, row) => sum + row.clientSide + row.serverSide, 0);
    return {
      verdict: isFirst
        ? isTwice ? "holds" : "holds in part"
        : isOther
        ? "does not hold"
        : "undecided",
      answer: kept === 0
        ? `none of ${rows.length * closes} stayed`
        : `${kept} of ${rows.length * closes} stayed${
          isFirst ? ", all at the end that closed first" : isOther ? ", some at the other end" : ""
        }, for ${seconds.toFixed(0)} s`,
      seen: [
        ...(kept === 0 ? [] : [
          `The longest timer, read right after the close, had ${seconds.toFixed(1)} s left; ` +
          `twice the segment lifetime of RFC 9293 is ${TWICE_MSL_S} s`,
        ]),
        ...(isFirst || isOther ? [] : [
          "Entries are missing that should be there: the kernel keeps no more than tcp_max_tw_buckets and drops what is beyond",
        ]),
        ...(facts!.afterReset === null ? [] : [
          `Of ${closes} connections ` +
          `that were ended by a reset (SO_LINGER 0) ${facts!.afterReset} stayed`,
        ]),
        ...(facts!.unix === null ? [] : [
          `Of ${closes} Unix-domain connections ${facts!.unix} stayed in the kernel's table`,
        ]),
        ...(facts!.unseen === null
          ? []
          : [`Without system calls, resets could not be tried: ${facts!.unseen}`]),
        ...runs.map((run) =>
          `With ${run.ports} ports and tcp_tw_reuse ${run.reuse}, the ${run.first} closing first: ${run.opened} of ${run.tried} connections could be opened, and ${run.later} of ${run.tried} again 1.2 s later`
        ),
        ...(facts!.unlimited === undefined ? [] : [
          `How soon ports come back could not be tried: ${facts!.unlimited}`,
        ]),
        ...Object.entries(settings).map(([name, value]) => `${name} is ${value}`),
      ],
      tables: [{
        caption: `Entries in TIME-WAIT after ${closes} connections were closed`,
        columns: ["transport", "closes first", "client's ends", "server's ends", "timer"],
        rows: rows.map((row) => [
          row.transport,
          row.first,
          String(row.clientSide),
          String(row.serverSide),
          `${row.seconds.toFixed(1)} s`,
        ]),
      }],
      why: [
        "The end that sends the last acknowledgement has to remember the connection: that segment may be lost, and the other end will then send its FIN again. And the four numbers of the connection must rest until nothing of it is under way any more. The last acknowledgement is sent by whoever closed first",
        "Linux keeps such an entry for TCP_TIMEWAIT_LEN, a constant of 60 s, whatever the path: a segment lifetime of 30 s, if it is one. net.ipv4.tcp_fin_timeout, often taken for it, is about FIN-WAIT-2. An entry at the client's end holds one of the client's ports. With net.ipv4.tcp_tw_reuse it may be used again after a second (net.ipv4.tcp_tw_reuse_delay since Linux 6.14), when timestamps tell old segments from new ones; 2, the default since Linux 4.19, allows that over loopback only. An entry at the server's end holds no port of the client's: a new SYN from there takes its place at once (RFC 6191)",
      ],
    };
  },
  meaning:
    "Entries cost little memory, but at the client's end they cost ports: one client address has some 28,000 for each server address and port, and between machines each stays taken for a minute after the client has closed first. Keep connections; where each request needs a new one, let the server close first",
  code: [
    "// client: read to the end before closing, so that the server is first and the port is free at once",
    "while (await conn.read(buffer) !== null);",
    "conn.close();",
  ].join("\n"),
};

async function watchTimeWait(lab: Lab): Promise<ClaimFacts> {
  const rows: Left[] = [];
  for (const [id, transport] of usableStreams(["tcp", "tcp@libc"], lab)) {
    for (const first of ["client", "server"] as const) {
      rows.push(await closeFirst(id, transport, first, lab));
    }
  }
  return {
    closes: CLOSES,
    rows,
    afterReset: lab.kernel.available ? await countAfterReset(lab) : null,
    unseen: lab.kernel.available ? null : lab.kernel.reason,
    unix: await countUnix(lab),
    ...await limitPorts(firstToCloseWaits.id, lab),
    settings: await readSettingsOf(SETTINGS),
  };
}

/** Connections of which both ends close before either has heard of it: what they send is lost for a while. */
export async function closeTogether(lab: Lab): Promise<readonly Left[]> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", CLOSES);
  const before = await readTimeWait(listener.port);
  const fds: number[] = [];
  for (let k = 0; k < CLOSES; k++) {
    fds.push(...await sockets.connectTo(listener, lab));
  }
  const libc = requireLibc();
  for (const fd of fds) loseSegments(fd, "everything");
  for (const fd of fds) libc.check(libc.symbols.shutdown(fd, SHUT_WR), "shutdown");
  for (const fd of fds) loseNoSegments(fd);
  // Each FIN is retransmitted after some 200 ms, and they cross.
  await waitUntil(
    lab,
    () => fds.every((fd) => readTcpInfo(fd).state === "CLOSED"),
    TOGETHER_LIMIT_MS,
  );
  const entries = await countEntries(listener.port, before, 2 * CLOSES, lab);
  return [{ transport: "tcp, by system calls", first: "client", ...entries }];
}

/** A listener's place, and what stood in the table of its port before: of earlier sockets. */
type Place = Readonly<{ endpoint: Endpoint; before: readonly TableRow[] }>;

/** Opens and closes connections, one after another, and closes the listener after the last. */
async function closeAll(
  transport: StreamTransport,
  first: "client" | "server",
  { directory }: Lab,
): Promise<Place> {
  const listener = await transport.listen({ directory });
  const { endpoint } = listener;
  try {
    const before = endpoint.kind === "ip" ? await readTimeWait(endpoint.port) : [];
    for (let k = 0; k < CLOSES; k++) {
      const accepting = listener.accept();
      const client = await transport.connect(endpoint, { directory });
      const server = await accepting;
      const [one, other] = first === "client" ? [client, server] : [server, client];
      one.close();
      await other.read(new Uint8Array(1));
      other.close();
    }
    return { endpoint, before };
  } finally {
    listener.close();
  }
}

async function closeFirst(
  id: string,
  transport: StreamTransport,
  first: "client" | "server",
  lab: Lab,
): Promise<Left> {
  for (let tries = 1;; tries++) {
    const { endpoint, before } = await closeAll(transport, first, lab);
    if (endpoint.kind !== "ip") throw new CannotTry(`${id} has no port here`);
    const entries = await countEntries(endpoint.port, before, CLOSES, lab);
    // Of more entries than connections some belong to somebody who has got the port since.
    if (entries.clientSide + entries.serverSide <= CLOSES || tries === MAX_TRIES) {
      return { transport: id, first, ...entries };
    }
  }
}

/** Waits until as many entries are there as there should be, as the last segments may still be under way. */
export async function countEntries(
  port: number,
  before: readonly TableRow[],
  expected: number,
  lab: Lab,
): Promise<Pick<Left, "clientSide" | "serverSide" | "seconds">> {
  let rows: readonly TableRow[] = [];
  await waitUntil(lab, async () => {
    rows = await readTimeWait(port, before);
    return rows.length >= expected;
  }, LIMIT_MS);
  return {
    clientSide: rows.filter(({ remotePort }) => remotePort === port).length,
    serverSide: rows.filter(({ localPort }) => localPort === port).length,
    seconds: Math.max(0, ...rows.map(({ timerSeconds }) => timerSeconds)),
  };
}

async function countAfterReset(lab: Lab): Promise<number> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen("tcp", 1);
  const before = await readTimeWait(listener.port);
  for (let k = 0; k < CLOSES; k++) {
    const [client, server] = await sockets.connectTo(listener, lab);
    setOption(client, "SO_LINGER", 0);
    for (const fd of [client, server]) sockets.close(fd);
  }
  const { clientSide, serverSide } = await countEntries(listener.port, before, 0, lab);
  return clientSide + serverSide;
}

/** @returns how many of the connections' sockets are still in the kernel's table; `null` where it cannot be read */
async function countUnix(lab: Lab): Promise<number | null> {
  const unix = lab.catalog.transports.get("unix");
  if (unix?.mode !== "stream" || !lab.availability.get("unix")?.available) return null;
  const { endpoint } = await closeAll(unix, "client", lab);
  const { texts } = await readSystemFiles([UNIX_TABLE]);
  const text = texts.get(UNIX_TABLE);
  if (text === undefined || endpoint.kind !== "unix") return null;
  return text.split("\n").filter((line) => line.endsWith(endpoint.path)).length;
}
