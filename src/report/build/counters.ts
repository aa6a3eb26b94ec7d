// Counters: what the kernel counted while cases were measured, as far as their operations explain it.

import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { Trial } from "../../model/trial.ts";

/** What a counter counts, `s` in brackets where there are several, and the most that one operation can cause: more came from others. */
type CounterRow = readonly [words: string, most?: (segments: number) => number];

/** One for each operation: a connection, a datagram. */
const ONE_EACH = () => 1;
/** One for each segment of request and reply. */
const EACH_SEGMENT = (segments: number) => 2 * segments;
/** Tries of the kernel for one connection: a SYN, its six retries (tcp_syn_retries), and the answer to one. */
const EACH_TRY = () => 8;
/** Segments that TCP retransmits may be retransmitted in turn. */
const EACH_RETRY = (segments: number) => 8 * segments;

/** Counters that built-in scenarios name. Others go by their own name, and have no bound. */
const COUNTERS: Readonly<Record<string, CounterRow>> = {
  "TcpExt.DelayedACKs": ["delayed ACK(s)", EACH_SEGMENT],
  "TcpExt.ListenOverflows": ["overflow(s) of the accept queue", EACH_TRY],
  "TcpExt.ListenDrops": ["connection(s) dropped by a listener", EACH_TRY],
  "TcpExt.TCPTimeouts": ["expired retransmission timer(s)", EACH_RETRY],
  "TcpExt.TCPAutoCorking": ["write(s) held back by autocorking", EACH_SEGMENT],
  "TcpExt.TCPRcvCollapsed": ["segment(s) merged as the receive buffer was full"],
  "TcpExt.TCPToZeroWindowAdv": ["zero-window advertisement(s)"],
  "Tcp.RetransSegs": ["retransmitted segment(s)", EACH_RETRY],
  "TcpExt.TW": ["connection(s) left in TIME-WAIT", ONE_EACH],
  "Udp.RcvbufErrors": ["datagram(s) dropped as the receive buffer was full", ONE_EACH],
};

/** Bytes of data that every TCP segment can carry (RFC 9293, 3.7.1): a message has at most as many segments as of this size. */
const MIN_SEGMENT_BYTES = 536;

/** Segments that the messages of one operation take at most, in one direction. */
function segmentsOf(spec: ScenarioSpec, { params, fixed }: Case): number {
  const all: Readonly<Record<string, unknown>> = { ...fixed, ...params };
  const sizes = spec.parameters.filter(({ kind }) => kind === "size").map(({ name }) => all[name]);
  const segments = sizes.reduce<number>(
    (sum, size) =>
      typeof size === "number" ? sum + Math.max(1, Math.ceil(size / MIN_SEGMENT_BYTES)) : sum,
    0,
  );
  return Math.max(1, segments);
}

const LOCAL = "unix|unixpacket|seqpacket|tls-unix|http-unix|pipe|message-port|shared-memory|icmp";
const OVER_TCP = "tcp6?|mptcp|tls|http|https|http2|h2c|websocket";
/** Transports that are known to run over something else; a user's own may run over anything. */
const OVER: readonly (readonly [table: RegExp, never: RegExp])[] = [
  [/^Tcp(Ext)?\./, new RegExp(`^(${LOCAL}|udp6?|quic|quic-datagram)(@|$)`)],
  [/^Udp\./, new RegExp(`^(${LOCAL}|${OVER_TCP}|udp6)(@|$)`)],
  [/^Udp6\./, new RegExp(`^(${LOCAL}|${OVER_TCP}|udp)(@|$)`)],
];

/** Whether sockets of the case's transport can move a counter at all. */
export function canHave(counter: string, { transport }: Case): boolean {
  return !OVER.some(([table, never]) => table.test(counter) && never.test(transport));
}

/** The counters that are meant: `syscall.*` are all with that beginning, those that count most first. */
export function expandCounters(
  counters: readonly string[],
  cases: readonly Case[],
  values: TrialValues,
): readonly string[] {
  return counters.flatMap((counter) => {
    if (!counter.endsWith("*")) return [counter];
    const totals = new Map<string, number>();
    for (const { counters = {} } of cases.flatMap(({ id }) => values.succeeded(id))) {
      for (const [name, count] of Object.entries(counters)) {
        if (name.startsWith(counter.slice(0, -1))) {
          totals.set(name, (totals.get(name) ?? 0) + count);
        }
      }
    }
    return [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  });
}

/** Where the threads' own counters start, the socket's and the machine's: they are not the network namespace's. */
const OWN = /^(socket|drive|serve|syscall|machine)\./;

/** A counter in few words. as in `delayed ACKs`, or the counter's own name */
export function nameCounter(counter: string, total: number): string {
  return COUNTERS[counter]?.[0].replace("(s)", total === 1 ? "" : "s") ??
    counter.replace(/^syscall\./, "");
}

/** Whether a counter counts for the whole network namespace, so that other programs' traffic is in it. */
export function isNamespaceWide(counter: string): boolean {
  return !OWN.test(counter);
}

export function countedTrials({ id }: Case, values: TrialValues): readonly Trial[] {
  return values.succeeded(id).filter(({ counters }) => counters !== undefined);
}

/** How often a counter moved in a case; `null` where its sockets cannot move it, or others' moved it too. */
export function totalOf(
  counter: string,
  spec: ScenarioSpec,
  one: Case,
  trials: readonly Trial[],
): number | null {
  if (!canHave(counter, one)) return null;
  const most = COUNTERS[counter]?.[1]?.(segmentsOf(spec, one)) ?? Infinity;
  const count = (trial: Trial) => trial.counters?.[counter] ?? 0;
  if (trials.some((trial) => count(trial) > most * operationsOf([trial]))) return null;
  return trials.reduce((sum, trial) => sum + count(trial), 0);
}

/** Operations within which the trials' counters were read. */
export const operationsOf = (trials: readonly Trial[]) =>
  trials.reduce(
    (sum, { operations, evidenceOperations }) => sum + (evidenceOperations ?? operations),
    0,
  );
