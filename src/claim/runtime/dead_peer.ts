// Claim 38: a peer that is gone without a word.

import { requireLibc } from "../../kernel/libc.ts";
import { getOption, setOption } from "../../kernel/options.ts";
import { loseSegments } from "../../kernel/socket_filter.ts";
import { errnoName } from "../../kernel/system_error.ts";
import { CannotTry, type ClaimDeclaration, defineClaim, firstMet, type Lab } from "../claim.ts";
import { RawSockets, sendNow, waitUntil } from "../sockets.ts";
import { readSettingsOf } from "../socket_table.ts";
import { isolateExperiment, tryPart } from "../try_part.ts";

/** The slowest that is told, a writer with two retransmissions, is after 3.3 s. */
const LIMIT_MS = 4_000;
const RETRIES = 2;
const RETRIES2 = "net.ipv4.tcp_retries2";

/** A client whose peer does not answer any more. `writes`: whether it wrote something after the peer was gone. */
type Arm = Readonly<{ what: string; writes?: true; keepalive?: true; userTimeoutMs?: number }>;

const ARMS: readonly Arm[] = [
  { what: "a reader" },
  { what: "a writer", writes: true },
  { what: "a reader with keepalive of 1 s", keepalive: true },
  { what: "a writer with TCP_USER_TIMEOUT of 1 s", writes: true, userTimeoutMs: 1_000 },
  { what: "a reader with TCP_USER_TIMEOUT of 1 s", userTimeoutMs: 1_000 },
  { what: "a writer with keepalive of 1 s", writes: true, keepalive: true },
];

/** When a client was told, and what. `isGuarded`: whether it had one of the two options; `isFitting`: whether that is the one for what it did; `error`: the error; `null` when there was none within the limit. */
type Told = {
  what: string;
  isGuarded: boolean;
  isFitting: boolean;
  error: string | null;
  afterMs: number;
};

/** `fewer`: a writer without options where the kernel sends again only so often; absent where it could not be tried; `retries2`: net.ipv4.tcp_retries2; `null` where it could not be read. */
type Facts = {
  told: readonly Told[];
  fewer?: Told;
  fewerRetries: number;
  untried?: string;
  retries2: string | null;
  limitMs: number;
};

export const deadPeerIsSilent: ClaimDeclaration = defineClaim<Facts>({
  id: "dead-peer-is-silent",
  sentence: "A dead peer is noticed only with keepalive or TCP_USER_TIMEOUT",
  source:
    "RFC 9293, section 3.8.4; RFC 1122, section 4.2.3.6; RFC 5482; tcp(7), tcp_keepalive_time, tcp_retries2 and TCP_USER_TIMEOUT; Linux net/ipv4/tcp_timer.c",
  method:
    `A filter on the peer's socket lost every segment, as when its machine is gone: no FIN, no reset, no answer. Clients that only read, and clients that wrote 8 B, waited up to ${
      LIMIT_MS / 1e3
    } s for an error: plainly, with SO_KEEPALIVE (TCP_KEEPIDLE and TCP_KEEPINTVL 1 s, TCP_KEEPCNT 1), and with TCP_USER_TIMEOUT at 1 s. In a network namespace a plain writer was watched with ${RETRIES2} at ${RETRIES}`,
  rule: {
    "holds": `within ${
      LIMIT_MS / 1e3
    } s neither reader nor writer was told without the options, not with ${RETRIES2} at ${RETRIES} either; a reader with keepalive was, and a writer with TCP_USER_TIMEOUT`,
    "holds in part":
      `the same, but with ${RETRIES2} at ${RETRIES} the plain writer was told: retransmissions notice as well`,
    "does not hold": "a client without the options was told with the kernel's own settings",
    "undecided": `with the options nobody was told, or ${RETRIES2} could not be changed`,
  },
  control:
    "a peer that resets the connection instead of falling silent: the sentence then does not hold",
  parts: {
    silent: (lab) => watchSilence(lab),
    retries: async (lab) => ({ fewer: await watchArm(ARMS[1]!, lab) }),
  },
  waits: true,
  async experiment(lab) {
    const [{ facts, reason }, fewer, settings] = await Promise.all([
      tryPart<{ told: readonly Told[] }>(deadPeerIsSilent, "silent", lab),
      isolateExperiment<{ fewer: Told }>(
        [deadPeerIsSilent.id, "retries"],
        lab.signal,
        `echo ${RETRIES} > /proc/sys/net/ipv4/tcp_retries2`,
      ).catch((error: Error) => ({ untried: error.message })),
      readSettingsOf([RETRIES2]),
    ]);
    if (facts === undefined) throw new CannotTry(reason);
    const retries2 = settings[RETRIES2] ?? null;
    return { ...facts, ...fewer, fewerRetries: RETRIES, retries2, limitMs: LIMIT_MS };
  },
  decide({ facts }) {
    const { told, fewer, fewerRetries, untried, retries2, limitMs } = facts!;
    const plain = told.filter(({ isGuarded }) => !isGuarded);
    const fitting = told.filter(({ isFitting }) => isFitting);
    const noticed = fitting.filter(({ error }) => error !== null);
    const isSilent = plain.every(({ error }) => error === null);
    const say = ({ what, error, afterMs }: Told) =>
      error === null
        ? `${what} was told nothing within ${(afterMs / 1e3).toFixed(1)} s`
        : `${what} was told ${error} after ${afterMs.toFixed(0)} ms`;
    return {
      verdict: firstMet({
        "does not hold": !isSilent,
        undecided: noticed.length < fitting.length || fewer === undefined,
        holds: fewer?.error === null,
      }, "holds in part"),
      answer: isSilent
        ? `plainly nothing in ${(limitMs / 1e3).toFixed(0)} s; with ` +
          `the options after ${noticed.map(({ afterMs }) => afterMs.toFixed(0)).join(" and ")} ms`
        : say(plain.find(({ error }) => error !== null)!),
      seen: [
        ...told.map((one) => `The peer gone silent, ${say(one)}`),
        ...(fewer === undefined ? [] : [
          `In a namespace with ${RETRIES2} at ${fewerRetries}, ${say(fewer)}`,
        ]),
        ...(untried === undefined ? [] : [`${RETRIES2} could not be changed: ${untried}`]),
        ...(retries2 === null ? [] : [`${RETRIES2} is ${retries2}`]),
      ],
      why: [
        "A connection is state at two ends and nothing between them. Who only reads sends nothing, so that nothing can fail to be acknowledged: without keepalive the wait has no end (RFC 9293, section 3.8.4, leaves keepalive off by default)",
        "Who writes is told in the end: the segment is retransmitted with growing gaps until about the time of tcp_retries2 timeouts has passed, with the default of 15 at least 924.6 s (Documentation/networking/ip-sysctl.rst). TCP_USER_TIMEOUT bounds that time, and so does nothing for who only reads; together with keepalive it bounds the probing as well (tcp(7)). Keepalive probes an idle connection: while data is unacknowledged it is the retransmissions that count (net/ipv4/tcp_timer.c, tcp_keepalive_timer), so that who writes needs TCP_USER_TIMEOUT",
      ],
    };
  },
  meaning:
    "`conn.setKeepAlive(true)` asks after net.ipv4.tcp_keepalive_time, 7,200 s by default, and Deno's TcpConn offers neither that time nor TCP_USER_TIMEOUT. `setKeepAlive` of node:net sets the idle time (TCP_KEEPIDLE) alone: the probes still follow each other as net.ipv4.tcp_keepalive_intvl and tcp_keepalive_probes have it, by default 9 of them 75 s apart, so that more than eleven minutes pass. What must be noticed within seconds needs a time limit of the program's own",
  code: [
    "const timer = setTimeout(() => conn.close(), 5_000); // the pending read rejects",
    "try {",
    "  await conn.read(reply);",
    "} finally {",
    "  clearTimeout(timer);",
    "}",
  ].join("\n"),
});

/** Watches all clients, side by side. */
export async function watchSilence(
  lab: Lab,
  end: (peer: number, sockets: RawSockets) => void = (peer) => loseSegments(peer, "everything"),
): Promise<{ told: readonly Told[] }> {
  return { told: await Promise.all(ARMS.map((arm) => watchArm(arm, lab, end))) };
}

async function watchArm(
  { what, writes, keepalive, userTimeoutMs }: Arm,
  lab: Lab,
  end: (peer: number, sockets: RawSockets) => void = (peer) => loseSegments(peer, "everything"),
): Promise<Told> {
  using sockets = new RawSockets(lab);
  const [client, server] = await sockets.openPair("tcp", lab);
  if (keepalive) {
    for (const name of ["SO_KEEPALIVE", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"] as const) {
      setOption(client, name, 1);
    }
  }
  if (userTimeoutMs !== undefined) setOption(client, "TCP_USER_TIMEOUT", userTimeoutMs);
  end(server, sockets);
  const startNs = lab.clock.nowNs();
  if (writes) {
    try {
      sendNow(client, new Uint8Array(8));
    } catch { /* told below: a reset may be there already */ }
  }
  const isTold = () => {
    const polled = new Int32Array([client, 0]);
    return requireLibc().symbols.poll(polled, 1n, 0) === 1;
  };
  const wasTold = await waitUntil(lab, isTold, LIMIT_MS);
  const error = getOption(client, "SO_ERROR");
  return {
    what,
    isGuarded: keepalive === true || userTimeoutMs !== undefined,
    isFitting: writes ? userTimeoutMs !== undefined : keepalive === true,
    error: wasTold ? error === 0 ? "the end" : errnoName(error) : null,
    afterMs: (lab.clock.nowNs() - startNs) / 1e6,
  };
}
