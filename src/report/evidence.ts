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
import type { EvidenceRow, EvidenceTable } from "./document.ts";
import { formatCount } from "../units/format_quantity.ts";

/** Counters in few words, one of them and many. Others go by their own name. */
const WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  "TcpExt.DelayedACKs": ["delayed ACK", "delayed ACKs"],
  "TcpExt.ListenOverflows": ["overflow of the accept queue", "overflows of the accept queue"],
  "TcpExt.ListenDrops": ["connection dropped by a listener", "connections dropped by a listener"],
  "TcpExt.TCPTimeouts": ["expired retransmission timer", "expired retransmission timers"],
  "TcpExt.TCPAutoCorking": ["write held back by autocorking", "writes held back by autocorking"],
  "TcpExt.TCPRcvCollapsed": [
    "segment copied together for want of buffer",
    "segments copied together for want of buffer",
  ],
  "TcpExt.TCPToZeroWindowAdv": ["closing of the window", "closings of the window"],
  "Tcp.RetransSegs": ["segment sent again", "segments sent again"],
  "TcpExt.TW": ["connection left in TIME-WAIT", "connections left in TIME-WAIT"],
  "Udp.RcvbufErrors": [
    "datagram dropped for want of receive buffer",
    "datagrams dropped for want of receive buffer",
  ],
};

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

/** Where the threads' own counters start, and the socket's: they count for nobody else. */
const OWN = /^(socket|drive|serve|syscall)\./;

/**
 * A counter in few words.
 *
 * @param counter as in `TcpExt.DelayedACKs`
 * @param total how many
 * @returns as in `delayed ACKs`, or the counter's own name
 */
export function nameCounter(counter: string, total: number): string {
  return WORDS[counter]?.[total === 1 ? 0 : 1] ?? counter.replace(/^syscall\./, "");
}

/**
 * Whether a counter counts for the whole network namespace, so that other programs' traffic is in it.
 *
 * @param counter as in `TcpExt.DelayedACKs`
 */
export function isNamespaceWide(counter: string): boolean {
  return !OWN.test(counter);
}

/** What was counted over some cases. */
interface Sum {
  readonly trials: number;
  readonly operations: number;
  readonly totals: readonly number[];
}

/** Sums over the measured intervals of the cases' trials; `undefined` where no trial has counters. */
function sum(
  counters: readonly string[],
  cases: readonly string[],
  values: TrialValues,
): Sum | undefined {
  const trials = cases.flatMap((id) => values.succeeded(id))
    .filter((trial) => trial.counters !== undefined);
  if (trials.length === 0) return undefined;
  const totalOf = (counter: string) =>
    trials.reduce((total, trial) => total + (trial.counters?.[counter] ?? 0), 0);
  return {
    trials: trials.length,
    operations: trials.reduce((total, { operations }) => total + operations, 0),
    totals: counters.map(totalOf),
  };
}

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
  const rows = cases.flatMap(({ id }): EvidenceRow[] => {
    const found = sum(counters, [id], values);
    if (isFamily && found?.totals.every((total) => total === 0)) return [];
    const label = id.startsWith(`${spec.id}/`) ? id.slice(spec.id.length + 1) : id;
    return found === undefined ? [] : [{ case: id, label, ...found }];
  });
  if (rows.length === 0) return undefined;
  return {
    counters: counters.map((counter) => ({ counter, title: nameCounter(counter, 0) })),
    operation: spec.operation,
    namespaceWide: counters.some(isNamespaceWide),
    rows,
  };
}

/**
 * What the counters say of comparisons: "397 delayed ACKs in 400 exchanges with nagle on; 0 in 3210 with nagle off".
 *
 * @param spec The scenario that declares them.
 * @param items Comparisons of one factor's two values.
 * @param values The record's trials.
 * @returns One sentence without full stop per counter that moved notably on either side; none where a side has no counters.
 */
export function sayEvidence(
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
  values: TrialValues,
): readonly string[] {
  const counters = (spec.evidence ?? []).filter((counter) => !counter.endsWith("*"));
  const [item] = items;
  const own = sum(counters, distinct(items.map((one) => one.case)), values);
  const theirs = sum(counters, distinct(items.map((one) => one.base)), values);
  if (own === undefined || theirs === undefined) return [];
  const side = (value: number | string) =>
    ["transport", "scenario"].includes(item.factor) ? String(value) : `${item.factor} ${value}`;
  return counters.flatMap((counter, index) => {
    const [ours, others] = [own.totals[index] ?? 0, theirs.totals[index] ?? 0];
    const isNotable = ours > 0 && ours >= NOTABLE_SHARE * own.operations ||
      others > 0 && others >= NOTABLE_SHARE * theirs.operations;
    if (!isNotable) return [];
    return [
      `${formatCount(ours)} ${nameCounter(counter, ours)} in ` +
      `${countOperations(own.operations, spec)} with ${side(item.value)}; ` +
      `${formatCount(others)} in ${formatCount(theirs.operations)} with ${side(item.baseValue)}`,
    ];
  });
}

function countOperations(operations: number, { operation }: ScenarioSpec): string {
  return plural(operations, operation, formatCount(operations));
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
