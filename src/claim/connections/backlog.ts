// Claim 23: the backlog.

import { SystemError } from "../../kernel/system_error.ts";
import { readTcpInfo } from "../../kernel/tcp_info.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, firstMet, type Lab } from "../claim.ts";
import type { ConnectState, RawKind, RawListener } from "../sockets.ts";
import { RawSockets, waitUntil } from "../sockets.ts";
import { FULL_MS, LIMIT_MS, meetFull, meetFullTcp, nameOf, type Next } from "./full_queue.ts";
import { readSettingsOf } from "../socket_table.ts";

const BACKLOGS = [0, 1, 4, 16, 128];
/** Connects beyond the backlog that are tried before there is said to be no bound. */
const BEYOND = 8;
const HUGE = 1_000_000;

/** Who connects, and to whom. */
const DRIVERS = ["tcp", "tcp, Deno", "unix"] as const;

/** `next`: what the connect after those met within {@linkcode FULL_MS}. */
type Bound = Readonly<
  { who: typeof DRIVERS[number]; backlog: number; completed: number; next: ConnectState }
>;

export const backlogBoundsWaiting: ClaimDeclaration = {
  id: "backlog-bounds-waiting",
  sentence: "listen's backlog bounds the waiting connections",
  source:
    "listen(2), notes; RFC 9293, section 3.10.7.2; RFC 6298, section 2.1; Linux include/net/sock.h, sk_acceptq_is_full; net/ipv4/tcp_timer.c",
  method: `Listeners with backlogs from ${BACKLOGS[0]} to ${BACKLOGS.at(-1)} accepted nothing ` +
    `while clients connected one after another until one was not done within ${FULL_MS} ms. ` +
    `Then one connection was accepted, and the time counted until the client that had found no room was in`,
  rule: {
    "holds": `for every backlog fewer than ${BEYOND} connects beyond it were done`,
    "holds in part": "for some",
    "does not hold": `for none: ${BEYOND} beyond it were done`,
    "undecided": "every row failed because ports, descriptors or memory ran out",
  },
  control: "the same with a server that accepts meanwhile: the sentence then does not hold",
  experiment: (lab) => fillBacklogs(lab),
  decide({ facts }) {
    const { capped, somaxconn, unseen } = facts!;
    const missing = (facts!.missing ?? []) as readonly string[];
    const bounds = facts!.bounds as readonly Bound[];
    const next = facts!.next as readonly Next[];
    const judged = bounds.filter(({ next }) => !isShortage(next));
    const bounded = judged.filter(({ backlog, completed }) => completed < backlog + BEYOND);
    // What is asked for beyond net.core.somaxconn is cut to it.
    const isBeyond = (more: number) =>
      judged.length > 0 &&
      judged.every(({ backlog, completed }) =>
        completed === Math.min(backlog, Number(capped ?? Infinity)) + more
      );
    return {
      verdict: firstMet({
        undecided: judged.length === 0,
        holds: bounded.length === judged.length,
        "holds in part": bounded.length > 0,
      }, "does not hold"),
      answer: judged.length === 0
        ? `no backlog could be filled: ${missing[0] ?? bounds[0]?.next ?? "nothing was tried"}`
        : isBeyond(1)
        ? "a backlog of n lets n + 1 connects complete " +
          `(${DRIVERS.filter((who) => bounds.some((bound) => bound.who === who)).join("; ")})`
        : isBeyond(0)
        ? "a backlog of n lets n connects complete"
        : `a backlog of ${judged[0]!.backlog} lets ${formatBounds(judged)} connects complete`,
      seen: [
        ...next.map(({ who, refused, waitedMs }) =>
          `${who}, the queue full: ${
            refused === null
              ? waitedMs === null
                ? `not in ${LIMIT_MS} ms after a place was free`
                : `in ${waitedMs < 10 ? waitedMs.toFixed(1) : waitedMs.toFixed(0)} ms ` +
                  "after a place was free"
              : `refused at once with ${refused}`
          }`
        ),
        ...(capped === undefined || capped === null ? [] : [
          `A backlog of ${facts!.huge} ` +
          `was cut to ${capped} without a word (net.core.somaxconn ${somaxconn ?? "not read"})`,
        ]),
        ...(judged.length === bounds.length ? [] : [
          "Where a connect failed because ports, descriptors or memory ran out, the row decides nothing about the backlog",
        ]),
        ...missing.map((reason) => `Not tried: ${reason}`),
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
    "Deno asks for 511 (TCP) and 1,024 (Unix) waiting connections. A server that stops accepting for longer than they take to come in makes its TCP clients wait for whole seconds: accept in a loop that awaits nothing else, and give a server that meets crowds a larger `tcpBacklog`, and net.core.somaxconn with it. A client of a Unix-domain socket is better told to try again: in Deno its connect does not wait for room but fails (EAGAIN)",
  code: [
    "const listener = Deno.listen({ port: 8000, tcpBacklog: 4096 });",
    "for await (const conn of listener) void handle(conn); // not awaited: the next is accepted meanwhile",
  ].join("\n"),
};

const WHY = [
  "Linux holds a connection back when more than the backlog already wait (sk_acceptq_is_full compares with >), hence the one more. POSIX calls the number a hint, and other systems read it otherwise",
  "Over TCP a full queue makes the kernel drop the client's SYN and say nothing. The client sends it again after 1 s, then later and later; since Linux 6.5 the first of them at even steps of a second (tcp_syn_linear_timeouts, 4), then doubled: after 1, 2, 3, 4, 5, 7, 11 s. That client does not take a place that becomes free in between. With net.ipv4.tcp_abort_on_overflow the answer would be a reset instead, for connections whose third segment finds the queue full. A Unix-domain connect that may wait sleeps until there is room, and is woken; one that may not is refused with EAGAIN",
];

/** Whether a connect failed for lack of something else than room in the queue: ports, descriptors, memory. */
function isShortage(next: ConnectState): boolean {
  return ["EADDRNOTAVAIL", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(next);
}

function formatBounds(bounds: readonly Bound[]): string {
  return bounds.filter(({ backlog }) => backlog === bounds[0]!.backlog)
    .map(({ who, completed }) => `${completed} (${who})`).join(", ");
}

/** Fills backlogs of each size. What fails for lack of descriptors, ports or memory costs only itself. */
export async function fillBacklogs(lab: Lab, accepts = false): Promise<ClaimFacts> {
  const missing: string[] = [];
  const attempt = async <T>(what: string, part: () => Promise<readonly T[]>) => {
    try {
      return await part();
    } catch (error) {
      if (lab.signal.aborted || error instanceof CannotTry) throw error;
      missing.push(`${what}: ${nameOf(error)}`);
      return [];
    }
  };
  // Deno takes no backlog of 0. Side by side: each has a connect that ends only when its SYN is retransmitted.
  const ofDeno = accepts ? [] : BACKLOGS.filter((backlog) => backlog > 0);
  const byCalls = lab.kernel.available;
  const [met, metByCalls, ...denoBounds] = await Promise.all([
    attempt("tcp, the queue full", () => meetFull("tcp", "tcp", lab)),
    byCalls
      ? attempt("tcp by system calls, the queue full", async () => [await meetFullTcp(lab)])
      : [],
    ...ofDeno.map((one) => attempt(`tcp, Deno, backlog ${one}`, () => findDenoBound(one, lab))),
  ]);
  const bounds = denoBounds.flat();
  if (!lab.kernel.available) {
    if (bounds.length === 0) throw new CannotTry(lab.kernel.reason);
    return { bounds, next: met, missing, unseen: lab.kernel.reason };
  }
  for (const kind of ["tcp", "unix"] as const) {
    for (const backlog of BACKLOGS) {
      const what = `${kind}, backlog ${backlog}`;
      bounds.push(
        ...await attempt(what, async () => [await findBound(kind, backlog, lab, accepts)]),
      );
    }
  }
  const next = [
    ...met,
    ...metByCalls,
    ...await attempt("unix, the queue full", () => meetFull("unix", "unix@libc", lab)),
    ...await attempt("unix@libc, the queue full", () => meetFull("unix@libc", "unix@libc", lab)),
  ];
  // deno-lint-ignore require-await
  const [capped = null] = await attempt("a backlog beyond net.core.somaxconn", async () => {
    using sockets = new RawSockets(lab);
    return [readTcpInfo(sockets.listen("tcp", HUGE).fd).sacked];
  });
  const { "net.core.somaxconn": somaxconn = null } = await readSettingsOf(["net.core.somaxconn"]);
  return { bounds, next, missing, huge: HUGE, capped, somaxconn };
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

async function findBound(kind: RawKind, backlog: number, lab: Lab, accepts: boolean) {
  using sockets = new RawSockets(lab);
  const listener = sockets.listen(kind, backlog);
  for (let completed = 0; completed < backlog + BEYOND; completed++) {
    const { fd, state } = tryConnect(kind, listener, sockets);
    if (accepts) sockets.accept(listener);
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

/** A socket that cannot be had is a connect that failed for lack of it. */
function tryConnect(kind: RawKind, listener: RawListener, sockets: RawSockets) {
  try {
    return sockets.connect(kind, listener.address);
  } catch (error) {
    if (error instanceof SystemError && isShortage(error.code)) {
      return { fd: -1, state: error.code };
    }
    throw error;
  }
}
