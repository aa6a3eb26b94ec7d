/**
 * Claim 23: the backlog.
 *
 * @module
 */

import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamListener } from "../../transport/channel.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import type { RawKind } from "../raw_pair.ts";
import { type ConnectState, RawSockets, waitUntil } from "./raw_sockets.ts";
import { readSettingsOf } from "./socket_table.ts";

const BACKLOGS = [0, 1, 4, 16, 128];
/** Connects beyond the backlog that are tried before there is said to be no bound. */
const BEYOND = 8;
/** How long a connect may take before it is said to wait, and how long the queue stays full, in milliseconds. */
const FULL_MS = 50;
/** A dropped SYN is sent again after 1 s, and at worst once more. */
const LIMIT_MS = 3_500;
const HUGE = 1_000_000;

/** Who connects, and to whom. */
const DRIVERS = ["tcp", "tcp, Deno", "unix"] as const;

interface Bound {
  readonly who: typeof DRIVERS[number];
  readonly backlog: number;
  readonly completed: number;
  /** What the connect after those met within {@linkcode FULL_MS}. */
  readonly next: ConnectState;
}

/** What the next connect met, once a place was made by accepting one connection. */
interface Next {
  readonly who: string;
  /** The error's name where it was refused at once. */
  readonly refused: string | null;
  /** From the accept to the end of the connect; `null` where it did not end in time. */
  readonly waitedMs: number | null;
}

/** "listen's backlog bounds the waiting connections." */
export const backlogBoundsWaiting: Claim = {
  id: "backlog-bounds-waiting",
  number: 23,
  group: "connections",
  sentence: "listen's backlog bounds the waiting connections",
  source: "A, D",
  method:
    `Listeners with backlogs from ${BACKLOGS[0]} to ${
      BACKLOGS.at(-1)
    } accepted nothing while clients connected one after another until one was not done within ${FULL_MS} ms. ` +
    `Then one connection was accepted, and the time counted until the client that had found no room was in`,
  experiment: fillBacklogs,
  decide({ facts }) {
    const bounds = facts!.bounds as unknown as readonly Bound[];
    const next = facts!.next as unknown as readonly Next[];
    const judged = bounds.filter(({ next }) => !isShortage(next));
    const bounded = judged.filter(({ backlog, completed }) => completed < backlog + BEYOND);
    const isOneMore = judged.every(({ backlog, completed }) => completed === backlog + 1);
    const isExact = judged.every(({ backlog, completed }) => completed === backlog);
    const { capped, somaxconn, unseen } = facts!;
    return {
      verdict: judged.length === 0
        ? "undecided"
        : bounded.length === judged.length
        ? "holds"
        : bounded.length > 0
        ? "holds in part"
        : "does not hold",
      answer: isOneMore
        ? `a backlog of n lets n + 1 connects complete (${
          DRIVERS.filter((who) => bounds.some((bound) => bound.who === who)).join("; ")
        })`
        : isExact
        ? "a backlog of n lets n connects complete"
        : `a backlog of 16 lets ${sayBounds(bounds, 16)} connects complete`,
      seen: [
        ...next.map(({ who, refused, waitedMs }) =>
          `${who}, the queue full: ${
            refused === null
              ? waitedMs === null
                ? `not in ${LIMIT_MS} ms after a place was free`
                : `in ${
                  waitedMs < 10 ? waitedMs.toFixed(1) : waitedMs.toFixed(0)
                } ms after a place was free`
              : `refused at once with ${refused}`
          }`
        ),
        ...(capped === undefined ? [] : [
          `A backlog of ${HUGE} was cut to ${capped} without a word (net.core.somaxconn ${
            somaxconn ?? "not read"
          })`,
        ]),
        ...(judged.length === bounds.length ? [] : [
          "Where a connect failed for want of ports, descriptors or memory, the row says nothing of the backlog",
        ]),
        ...(unseen === undefined ? [] : [`Only Deno's own TCP could be tried: ${unseen}`]),
      ],
      tables: [{
        caption:
          `Connects that completed while nothing was accepted, and what the next one met within ${FULL_MS} ms`,
        columns: ["backlog", ...DRIVERS.flatMap((who) => [who, "the next"])],
        rows: BACKLOGS.map((backlog) => [
          String(backlog),
          ...DRIVERS.flatMap((who) => {
            const found = bounds.find((bound) => bound.who === who && bound.backlog === backlog);
            return found === undefined ? ["–", "–"] : [String(found.completed), found.next];
          }),
        ]),
      }],
      why: WHY,
    };
  },
  meaning:
    "Deno asks for 511 (TCP) and 1,024 (Unix) waiting connections. A server that stops accepting for longer than they take to come in makes its TCP clients wait " +
    "for whole seconds: accept in a loop that awaits nothing else, and give a server that meets crowds a larger `tcpBacklog`, and net.core.somaxconn with it. " +
    "A client of a Unix-domain socket is better told to try again: in Deno its connect does not wait for room but fails (EAGAIN)",
  code: [
    "const listener = Deno.listen({ port: 8000, tcpBacklog: 4096 });",
    "for await (const conn of listener) void handle(conn); // not awaited: the next is accepted meanwhile",
  ].join("\n"),
};

const WHY = [
  "Linux holds a connection back when more than the backlog already wait (sk_acceptq_is_full compares with >), hence the one more. POSIX calls the number a hint, and other systems read it otherwise",
  "Over TCP a full queue makes the kernel drop the client's SYN and say nothing. The client sends it again after 1 s, then later and later: a place that becomes free " +
  "in between stays empty until then. With net.ipv4.tcp_abort_on_overflow the answer would be a reset instead, for connections whose third segment finds the queue full. " +
  "A Unix-domain connect that may wait sleeps until there is room, and is woken; one that may not is refused with EAGAIN",
];

/** Whether a connect failed for want of something else than room in the queue: ports, descriptors, memory. */
function isShortage(next: ConnectState): boolean {
  return ["EADDRNOTAVAIL", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(next);
}

function sayBounds(bounds: readonly Bound[], backlog: number): string {
  return bounds.filter((bound) => bound.backlog === backlog)
    .map(({ who, completed }) => `${completed} (${who})`).join(", ");
}

async function fillBacklogs(lab: Lab): Promise<ClaimFacts> {
  // Deno takes no backlog of 0. Side by side: each has a connect that ends only when its SYN is sent again.
  const ofDeno = BACKLOGS.filter((backlog) => backlog > 0).map((one) => findDenoBound(one, lab));
  const bounds = (await Promise.all(ofDeno)).flat();
  const next = [...await meetFull("tcp", "tcp", lab)];
  if (!lab.kernel.available) {
    if (bounds.length === 0) throw new CannotTry(lab.kernel.reason);
    return { bounds, next, unseen: lab.kernel.reason } as unknown as ClaimFacts;
  }
  for (const kind of ["tcp", "unix"] as const) {
    for (const backlog of BACKLOGS) bounds.push(await findBound(kind, backlog, lab));
  }
  next.push(
    await meetFullTcp(lab),
    ...await meetFull("unix", "unix@libc", lab),
    ...await meetFull("unix@libc", "unix@libc", lab),
  );
  using sockets = new RawSockets(lab);
  const capped = readTcpInfo(sockets.listen("tcp", HUGE).fd).sacked;
  const { "net.core.somaxconn": somaxconn = null } = await readSettingsOf(["net.core.somaxconn"]);
  return { bounds, next, capped, somaxconn } as unknown as ClaimFacts;
}

/** Through Deno, as far as it takes a backlog: for TCP. */
async function findDenoBound(backlog: number, lab: Lab): Promise<readonly Bound[]> {
  const { directory } = lab;
  const tcp = lab.catalog.transports.get("tcp");
  if (tcp?.mode !== "stream" || !lab.availability.get("tcp")?.available) return [];
  const listener = await tcp.listen({ directory, backlog });
  const open: { close(): void }[] = [];
  const refused: string[] = [];
  const connecting: Promise<void>[] = [];
  const connect = async () => {
    try {
      open.push(await tcp.connect(listener.endpoint, { directory }));
    } catch (error) {
      refused.push(nameOf(error));
    }
  };
  try {
    while (open.length < backlog + BEYOND && refused.length === 0) {
      const { length } = open;
      connecting.push(connect());
      const isDone = () => open.length > length || refused.length > 0;
      if (!await waitUntil(lab, isDone, FULL_MS)) break;
    }
    const next = open.length === backlog + BEYOND ? "completes" : refused[0] ?? "waits";
    return [{ who: "tcp, Deno", backlog, completed: open.length, next }];
  } finally {
    // What still waits is refused by the listener's end, when it asks again.
    listener.close();
    await Promise.all(connecting);
    for (const channel of open) channel.close();
  }
}

function nameOf(error: unknown): string {
  const { code, name } = error as { code?: string; name: string };
  return code ?? name;
}

async function findBound(kind: RawKind, backlog: number, lab: Lab): Promise<Bound> {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen(kind, backlog);
  for (let completed = 0; completed < backlog + BEYOND; completed++) {
    const { fd, state } = sockets.connect(kind, listener.address);
    if (state === "open") continue;
    if (state !== "waiting") return { who: kind, backlog, completed, next: state };
    if (await waitUntil(lab, () => sockets.connectState(fd) !== "waiting", FULL_MS)) {
      if (sockets.connectState(fd) === "open") continue;
    }
    const next = sockets.connectState(fd) === "waiting"
      ? `waits, ${readTcpInfo(fd).state}`
      : sockets.connectState(fd);
    return { who: kind, backlog, completed, next };
  }
  return { who: kind, backlog, completed: backlog + BEYOND, next: "completes" };
}

/** By system calls, where the SYNs sent again can be counted. */
async function meetFullTcp(lab: Lab): Promise<Next> {
  using sockets = new RawSockets(lab);
  const { clock } = lab;
  const listener = sockets.listen("tcp", 1);
  for (let k = 0; k < 2; k++) sockets.connect("tcp", listener.address);
  const { fd } = sockets.connect("tcp", listener.address);
  await clock.sleepUntilNs(clock.nowNs() + FULL_MS * 1e6);
  sockets.accept(listener);
  const freedNs = clock.nowNs();
  const isIn = await waitUntil(lab, () => sockets.connectState(fd) === "open", LIMIT_MS);
  const waitedMs = (clock.nowNs() - freedNs) / 1e6;
  const again = readTcpInfo(fd).totalRetransmits;
  return {
    who: `tcp, by system calls (its SYN sent ${1 + again} times)`,
    refused: null,
    waitedMs: isIn ? waitedMs : null,
  };
}

/** Through a transport, against a listener of the other driver that can be told its backlog. */
async function meetFull(id: string, server: string, lab: Lab): Promise<readonly Next[]> {
  const { clock, directory, catalog, availability } = lab;
  const [client, listening] = [id, server].map((one) => catalog.transports.get(one));
  if (client?.mode !== "stream" || listening?.mode !== "stream") return [];
  if (![id, server].every((one) => availability.get(one)?.available)) return [];
  const listener = await listening.listen({ directory, backlog: 1 });
  const open: { close(): void }[] = [];
  const outcome: { error?: string; doneNs?: number } = {};
  const connect = async () => {
    try {
      open.push(await client.connect(listener.endpoint, { directory }));
      outcome.doneNs = clock.nowNs();
    } catch (error) {
      outcome.error = nameOf(error);
    }
  };
  let last: Promise<void> | undefined;
  try {
    for (let k = 0; k < 2; k++) await connect();
    delete outcome.doneNs;
    last = connect();
    await clock.sleepUntilNs(clock.nowNs() + FULL_MS * 1e6);
    const freedNs = await acceptOne(listener, open, clock);
    await waitUntil(
      lab,
      () => outcome.doneNs !== undefined || outcome.error !== undefined,
      LIMIT_MS,
    );
    const waitedMs = outcome.doneNs === undefined ? null : (outcome.doneNs - freedNs) / 1e6;
    return [{ who: sayWho(id), refused: outcome.error ?? null, waitedMs }];
  } finally {
    // What still waits is refused by the listener's end.
    listener.close();
    await last;
    for (const channel of open) channel.close();
  }
}

function sayWho(id: string): string {
  return id.endsWith("@libc")
    ? `${id.slice(0, -5)}, by a connect that may wait`
    : `${id}, through Deno`;
}

async function acceptOne(
  listener: StreamListener,
  open: { close(): void }[],
  clock: Lab["clock"],
): Promise<number> {
  open.push(await listener.accept());
  return clock.nowNs();
}
