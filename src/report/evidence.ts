/**
 * Evidence: what the kernel counted while cases were measured, beside what was measured.
 *
 * @module
 */

import { plural } from "../text/plural.ts";
import type { Contrasted } from "../compare/contrast.ts";
import type { TrialValues } from "../compare/trial_values.ts";
import type { Case } from "../model/case.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { Trial } from "../model/trial.ts";
import type { EvidenceRow, EvidenceTable } from "./document.ts";
import { formatCount } from "../units/format_quantity.ts";

/** What is known of a counter beyond its name. */
interface CounterRow {
  /** In few words: one of them, and many. */
  readonly words: readonly [one: string, many: string];
  /**
   * The most that one operation can cause, where there is such a bound. More of them came from other programs in the network namespace, and
   * then nobody knows how many of the rest did.
   */
  readonly most?: (segments: number) => number;
}

/** One for each operation: a connection, a datagram. */
const ONE_EACH = () => 1;
/** One for each segment of request and reply. */
const EACH_SEGMENT = (segments: number) => 2 * segments;
/** Tries of the kernel for one connection: a SYN, its six retries (tcp_syn_retries), and the answer to one. */
const EACH_TRY = () => 8;
/** Segments that TCP sends again may be sent again in turn. */
const EACH_RETRY = (segments: number) => 8 * segments;

/** Counters that built-in scenarios name. Others go by their own name, and have no bound. */
const COUNTERS: Readonly<Record<string, CounterRow>> = {
  "TcpExt.DelayedACKs": { words: ["delayed ACK", "delayed ACKs"], most: EACH_SEGMENT },
  "TcpExt.ListenOverflows": {
    words: ["overflow of the accept queue", "overflows of the accept queue"],
    most: EACH_TRY,
  },
  "TcpExt.ListenDrops": {
    words: ["connection dropped by a listener", "connections dropped by a listener"],
    most: EACH_TRY,
  },
  "TcpExt.TCPTimeouts": {
    words: ["expired retransmission timer", "expired retransmission timers"],
    most: EACH_RETRY,
  },
  "TcpExt.TCPAutoCorking": {
    words: ["write held back by autocorking", "writes held back by autocorking"],
    most: EACH_SEGMENT,
  },
  "TcpExt.TCPRcvCollapsed": {
    words: [
      "segment copied together for want of buffer",
      "segments copied together for want of buffer",
    ],
  },
  "TcpExt.TCPToZeroWindowAdv": { words: ["closing of the window", "closings of the window"] },
  "Tcp.RetransSegs": { words: ["segment sent again", "segments sent again"], most: EACH_RETRY },
  "TcpExt.TW": {
    words: ["connection left in TIME-WAIT", "connections left in TIME-WAIT"],
    most: ONE_EACH,
  },
  "Udp.RcvbufErrors": {
    words: [
      "datagram dropped for want of receive buffer",
      "datagrams dropped for want of receive buffer",
    ],
    most: ONE_EACH,
  },
};

/** Bytes of data that every TCP segment can carry (RFC 9293, 3.7.1): a message has at most as many segments as of this size. */
const LEAST_SEGMENT_BYTES = 536;

/** Segments that the messages of one operation take at most, in one direction. */
function segmentsOf(spec: ScenarioSpec, { params, fixed }: Case): number {
  const all: Readonly<Record<string, unknown>> = { ...fixed, ...params };
  const sizes = spec.parameters.filter(({ kind }) => kind === "size").map(({ name }) => all[name]);
  const segments = sizes.reduce<number>(
    (sum, size) =>
      typeof size === "number" ? sum + Math.max(1, Math.ceil(size / LEAST_SEGMENT_BYTES)) : sum,
    0,
  );
  return Math.max(1, segments);
}

/** Transports that are known to run over something else; a user's own may run over anything. */
const OVER: readonly (readonly [table: RegExp, never: RegExp])[] = [
  [/^Tcp(Ext)?\./, /^(udp6?|unix|unixpacket|seqpacket|icmp|quic)(@|$)/],
  [/^Udp\./, /^(tcp6?|mptcp|tls|http|websocket|udp6|unix|unixpacket|seqpacket|icmp)(@|$)/],
  [/^Udp6\./, /^(tcp6?|mptcp|tls|http|websocket|udp|unix|unixpacket|seqpacket|icmp)(@|$)/],
];

/** Whether sockets of the case's transport can move a counter at all. */
function canHave(counter: string, { transport }: Case): boolean {
  return !OVER.some(([table, never]) => table.test(counter) && never.test(transport));
}

/** What happened in a smaller share of the operations than this on both sides explains no difference between them. */
const NOTABLE_SHARE = 0.001;

/** The counters that are meant: `syscall.*` are all with that beginning, those that count most first. */
function expand(
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

/**
 * A counter in few words.
 *
 * @param counter as in `TcpExt.DelayedACKs`
 * @param total how many
 * @returns as in `delayed ACKs`, or the counter's own name
 */
export function nameCounter(counter: string, total: number): string {
  return COUNTERS[counter]?.words[total === 1 ? 0 : 1] ?? counter.replace(/^syscall\./, "");
}

/**
 * Whether a counter counts for the whole network namespace, so that other programs' traffic is in it.
 *
 * @param counter as in `TcpExt.DelayedACKs`
 */
export function isNamespaceWide(counter: string): boolean {
  return !OWN.test(counter);
}

/** The trials of a case that have counters. */
function countedTrials({ id }: Case, values: TrialValues): readonly Trial[] {
  return values.succeeded(id).filter(({ counters }) => counters !== undefined);
}

/** How often a counter moved in a case; `null` where its sockets cannot move it, or others' moved it too. */
function totalOf(
  counter: string,
  spec: ScenarioSpec,
  one: Case,
  trials: readonly Trial[],
): number | null {
  if (!canHave(counter, one)) return null;
  const most = COUNTERS[counter]?.most?.(segmentsOf(spec, one)) ?? Infinity;
  const count = (trial: Trial) => trial.counters?.[counter] ?? 0;
  if (trials.some((trial) => count(trial) > most * trial.operations)) return null;
  return trials.reduce((sum, trial) => sum + count(trial), 0);
}

const operationsOf = (trials: readonly Trial[]) =>
  trials.reduce((sum, { operations }) => sum + operations, 0);

/**
 * The counters that a scenario names, summed over each case's trials.
 *
 * @param spec The scenario.
 * @param cases Its cases under one placement.
 * @param values The record's trials.
 * @returns The table, or `undefined` where the scenario names none or no trial has any.
 */
export function buildEvidence(
  spec: ScenarioSpec,
  cases: readonly Case[],
  values: TrialValues,
): EvidenceTable | undefined {
  const counters = expand(spec.evidence ?? [], cases, values);
  if (counters.length === 0) return undefined;
  // Where a whole family of counters is asked for, only some cases have any of them.
  const isFamily = spec.evidence?.every((counter) => counter.endsWith("*")) ?? false;
  const rows = cases.flatMap((one): EvidenceRow[] => {
    const trials = countedTrials(one, values);
    if (trials.length === 0) return [];
    const totals = counters.map((counter) => totalOf(counter, spec, one, trials));
    if (isFamily && totals.every((total) => total === 0)) return [];
    const { id } = one;
    const label = id.startsWith(`${spec.id}/`) ? id.slice(spec.id.length + 1) : id;
    const operations = operationsOf(trials);
    return [{ case: id, label, trials: trials.length, operations, totals }];
  });
  const able = new Map(cases.map((one) => [one.id, counters.map((c) => canHave(c, one))]));
  if (rows.every((row) => able.get(row.case)?.every((can) => !can))) return undefined;
  return {
    counters: counters.map((counter) => ({ counter, title: nameCounter(counter, 0) })),
    operation: spec.operation,
    namespaceWide: counters.some(isNamespaceWide),
    polluted: rows.some((row) =>
      row.totals.some((total, index) => total === null && able.get(row.case)?.[index] === true)
    ),
    rows,
  };
}

/** What the counters say of comparisons of one factor's two values: see {@linkcode evidenceOf}. */
export type EvidenceOf = (
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
) => readonly string[];

/**
 * Says what the counters say of comparisons: "397 delayed ACKs in 400 exchanges with nagle on; 0 in 3210 with nagle off".
 *
 * @param cases The record's cases.
 * @param values The record's trials.
 * @returns A function that gives one sentence without full stop per counter that moved notably on either side; none where a side has no
 * counters, or counts that its operations do not explain. Cases whose sockets cannot move a counter are not among those of its sentence.
 */
export function evidenceOf(cases: readonly Case[], values: TrialValues): EvidenceOf {
  const byId = new Map(cases.map((one) => [one.id, one]));
  return (spec, items) => sayEvidence(spec, items, byId, values);
}

function sayEvidence(
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
  cases: ReadonlyMap<string, Case>,
  values: TrialValues,
): readonly string[] {
  const counters = (spec.evidence ?? []).filter((counter) => !counter.endsWith("*"));
  const [item] = items;
  const sideOf = (ids: readonly string[], value: number | string): Side => ({
    name: ["transport", "scenario"].includes(item.factor)
      ? String(value)
      : `${item.factor} ${value}`,
    cases: [...new Set(ids)].flatMap((id) => cases.get(id) ?? []),
  });
  const own = sideOf(items.map((one) => one.case), item.value);
  const theirs = sideOf(items.map((one) => one.base), item.baseValue);
  return counters.flatMap((counter): string[] => {
    const [ours, others] = [own, theirs].map((side) => countSide(counter, spec, side, values));
    if (ours === undefined || others === undefined) return [];
    if (![ours, others].some(isNotable)) return [];
    const [first, second] = ours === "never"
      ? [{ side: theirs, count: others }, { side: own, count: ours }]
      : [{ side: own, count: ours }, { side: theirs, count: others }];
    return [`${sayCount(counter, spec, first)}; ${sayRest(second)}`];
  });
}

/** One side of a comparison. */
interface Side {
  /** As in `nagle on`. */
  readonly name: string;
  readonly cases: readonly Case[];
}

/** How often a counter moved, in how many operations; `never`: none of the sockets can move it. */
type SideCount = { readonly total: number; readonly operations: number } | "never";

/** `undefined` where a case has no counters, or some that its operations do not explain. */
function countSide(
  counter: string,
  spec: ScenarioSpec,
  { cases }: Side,
  values: TrialValues,
): SideCount | undefined {
  const able = cases.filter((one) => canHave(counter, one));
  if (able.length === 0) return "never";
  let [sum, operations] = [0, 0];
  for (const one of able) {
    const trials = countedTrials(one, values);
    const total = totalOf(counter, spec, one, trials);
    if (total === null) return undefined;
    sum += total;
    operations += operationsOf(trials);
  }
  return operations === 0 ? undefined : { total: sum, operations };
}

function isNotable(count: SideCount | undefined): boolean {
  return typeof count === "object" && count.total > 0 &&
    count.total >= NOTABLE_SHARE * count.operations;
}

interface Counted {
  readonly side: Side;
  readonly count: SideCount;
}

function sayCount(counter: string, { operation }: ScenarioSpec, { side, count }: Counted): string {
  if (count === "never") return `none with ${side.name}`;
  const { total, operations } = count;
  const many = plural(operations, operation, formatCount(operations));
  return `${formatCount(total)} ${nameCounter(counter, total)} in ${many} with ${side.name}`;
}

function sayRest({ side, count }: Counted): string {
  return count === "never"
    ? `${side.name} cannot have any`
    : `${formatCount(count.total)} in ${formatCount(count.operations)} with ${side.name}`;
}
